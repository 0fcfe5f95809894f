"""Who may call what, how often, and in which words it is refused. Contract, sections 2 and 4."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from api import keys
from api.models import Login, Use
from tests.api.caller import Program, open_program, token_of

OPERATIONS = (
    ("GET", "users/me"),
    ("GET", "orders"),
    ("POST", "orders"),
    ("GET", "orders/simple"),
    ("GET", "orders/1"),
    ("DELETE", "orders/1"),
    ("PUT", "orders/1/ship"),
    ("PUT", "orders/1/status"),
    ("GET", "inventory"),
    ("GET", "inventory/full"),
    ("GET", "returns"),
    ("PUT", "returns"),
    ("GET", "accounting"),
    ("GET", "track/1Z"),
    ("GET", "track"),
)
EACH = pytest.mark.parametrize(("method", "path"), OPERATIONS)


@EACH
def test_nobody_gets_in_without_a_good_token(program: Program, method: str, path: str) -> None:
    old = token_of(program.user, expires=timezone.now() - timedelta(seconds=1))
    other = token_of(program.user, scope="read")
    for given in (
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        f"Bearer {old}",
        f"Bearer {other}",
        f"Basic {program.token}",
        program.token,
    ):
        answer = program.call(method, path, {}, token="", **{"Authorization": given})
        assert (answer.status, answer.said) == (401, {"message": "Unauthorized"}), given
        assert "WWW-Authenticate" in answer.headers
    assert program.call("GET", f"{path}?access_token={program.token}", token="").status == 401


@EACH
def test_the_word_bearer_is_taken_in_any_case(program: Program, method: str, path: str) -> None:
    answer = program.call(method, path, token="", Authorization=f"bearer {program.token}")
    assert answer.status != 401


@EACH
def test_whatever_it_accepts_it_gets_json(program: Program, method: str, path: str) -> None:
    for accepts in ("text/html", "application/xml;q=1", "*/*", "nonsense"):
        answer = program.call(method, path, {}, Accept=accepts)
        assert answer.headers["Content-Type"] == "application/json"
        assert "Set-Cookie" not in answer.headers


@EACH
def test_a_wrong_method_is_405_and_says_which_there_are(
    program: Program, method: str, path: str
) -> None:
    for wrong in ("PATCH", "OPTIONS"):
        answer = program.call(wrong, path)
        assert answer.status == 405
        assert method in answer.headers["Allow"]
        assert answer.said["message"]


@pytest.mark.parametrize("path", ["", "orders/1/", "nothing", "orders//", "users", "%00"])
def test_another_address_is_404_in_json_and_no_redirect(program: Program, path: str) -> None:
    assert program.call("GET", path).status == 404


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("POST", "orders", "creates_orders"),
        ("DELETE", "orders/1", "creates_orders"),
        ("PUT", "returns", "creates_orders"),
        ("GET", "inventory", "reads_inventory"),
        ("GET", "inventory/full", "reads_inventory"),
        ("PUT", "orders/1/ship", "is_partner"),
        ("PUT", "orders/1/status", "is_partner"),
    ],
)
def test_what_a_login_may_not_do_is_403(
    program: Program, method: str, path: str, permission: str
) -> None:
    Login.objects.update(creates_orders=True, reads_inventory=True, is_partner=True)
    assert program.call(method, path, {}).status != 403
    Login.objects.update(**{permission: False})
    answer = program.call(method, path, {})
    assert (answer.status, answer.said) == (403, {"message": "Access Denied"})


def test_a_login_for_several_merchants_says_for_which_one(program: Program) -> None:
    other = open_program()
    Login.objects.create(user=program.user, merchant=other.merchant, creates_orders=True)
    assert program.place().status == 400
    theirs = program.place(merchantId=other.merchant.pk)
    assert theirs.said["merchant"]["id"] == other.merchant.pk
    assert program.place(merchantId=program.merchant.pk).status == 201
    assert len(program.listed().said["data"]) == 2
    assert len(other.listed().said["data"]) == 1
    for spelling in ("{a}", "{a},{b}", "{a}%2C{b}", "{a}&merchantIds={b}"):
        path = f"orders?fromDate=2020-01-01&toDate=2100-01-01&merchantIds={spelling}"
        ids = {"a": program.merchant.pk, "b": other.merchant.pk}
        found = program.call("GET", path.format(**ids)).said["data"]
        assert len(found) == (1 if "{b}" not in spelling else 2), spelling
    path = "orders?fromDate=2020-01-01&toDate=2100-01-01&merchantIds[]={a}&merchantIds[]={b}"
    assert len(program.call("GET", path.format(**ids)).said["data"]) == 2


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0}, {"limit": 201}, {"limit": "x"}, {"page": 0}, {"page": -1}, {"page": "1.5"},
        {"fromDate": ""}, {"toDate": "tomorrow"}, {"fromDate": "2026-13-01"},
        {"fromDate": "2026-11-02", "toDate": "2026-11-01"}, {"merchantIds": "x"},
        {"warehouseIds": "1;2"}, {"fromDate": "2026-11-01T25:00:00Z"},
    ],
)  # fmt: skip
def test_a_query_that_makes_no_sense_is_400(program: Program, query: dict[str, Any]) -> None:
    answer = program.listed(**query)
    assert answer.status == 400
    assert next(iter(query)).split("Id")[0].split("Date")[0][:4] in answer.said["message"]


@pytest.mark.parametrize(
    "moment",
    ["2020-01-01", "2020-01-01T00:00:00Z", "2020-01-01 00:00:00", "2020-01-01T00:00:00 00:00",
     "2020-01-01T00:00:00%2B00:00", "2020-01-01T00:00:00.123456-05:00", "2020-01-01T00:00+0200"],
)  # fmt: skip
def test_dates_are_taken_in_all_their_forms(program: Program, moment: str) -> None:
    program.placed()
    assert program.call("GET", f"orders?fromDate={moment}&toDate=2100-01-01").status == 200


def test_an_empty_value_counts_as_not_given(program: Program) -> None:
    program.placed()
    assert program.listed(merchantIds="", warehouseIds="", page="", limit="").status == 200


def test_who_calls_too_often_waits(program: Program, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 3
    other = open_program()
    answers = [program.get("users/me") for _ in range(5)]
    # A minute may have begun in between.
    assert [each.status for each in answers].count(429) >= 1
    refused = answers[-1]
    assert refused.said == {"message": "Too Many Requests"}
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert other.get("users/me").status == 200


def test_every_call_is_counted_and_logged_under_its_user(
    program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="api")
    program.get("users/me")
    program.get("orders/1")
    use = Use.objects.get()
    assert (use.user, use.calls) == (program.user, 2)
    lines = [record for record in caplog.records if record.name == "api.calls"]
    assert [record.api_user for record in lines] == [program.user.pk] * 2
    assert lines[1].getMessage().endswith("GET /v2/orders/1 → 404")
    assert program.token not in caplog.text


def test_a_key_opens_tracking_and_nothing_else(program: Program) -> None:
    key = keys.issue(program.user)
    assert program.call("GET", "track/1Z", token="", **{"x-api-key": key}).status == 404
    assert program.call("GET", "track/1Z", token="", **{"x-api-key": "wrong"}).status == 401
    assert program.call("GET", "orders/1", token="", **{"x-api-key": key}).status == 401
    row = program.user.api_keys.get()
    assert key not in (row.digest, row.begins)
    keys.revoke(row.pk)
    assert program.call("GET", "track/1Z", token="", **{"x-api-key": key}).status == 401
