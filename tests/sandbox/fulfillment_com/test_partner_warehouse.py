"""Logins, limits, shelves, returns and faults of the fake partner, and its page."""

import time
from typing import Any

import pytest
import requests

from sandbox.fulfillment_com.api.operations import OPERATIONS, Operation
from sandbox.fulfillment_com.settings import Settings
from sandbox.settings import BadSetting
from tests.sandbox.fulfillment_com.stage import (
    CLIENT,
    HTTP,
    LOGIN,
    SPEC,
    Partner,
    example,
    published,
)

GRANT = {**CLIENT, **LOGIN, "grant_type": "password", "scope": "oms"}
WINDOW = "fromDate=2020-01-01&toDate=2100-01-01"


def without_slash(operation: Operation) -> str:
    return operation.path.replace("<path:id>", "7").replace("<id>", "7")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_an_operation_is_where_the_document_has_it(operation: Operation) -> None:
    found = published(operation.method, without_slash(operation))
    assert found is not None
    assert found["operationId"] == operation.id
    shared = SPEC["components"]["parameters"]
    given = [
        shared.get(x.get("$ref", "").rpartition("/")[2], x) for x in found.get("parameters", [])
    ]
    assert operation.query == {each["name"] for each in given if each["in"] == "query"}


def ways_to_ask() -> dict[str, dict[str, Any]]:
    parts = {name: (None, value) for name, value in GRANT.items()}
    rest = {name: value for name, value in GRANT.items() if name not in CLIENT}
    return {
        "json": {"json": GRANT},
        "form": {"data": GRANT},
        "multipart": {"files": parts},
        "basic": {"data": rest, "auth": (CLIENT["client_id"], CLIENT["client_secret"])},
    }


@pytest.mark.parametrize("how", ways_to_ask().values(), ids=ways_to_ask().keys())
@pytest.mark.parametrize("path", ["/v2/oauth/access_token", "/oauth/access_token"])
def test_tokens_are_given_in_every_way(partner: Partner, how: dict[str, Any], path: str) -> None:
    """Check 2."""
    given = partner.ask_for_tokens(path, **how).json()
    assert given["token_type"] == "Bearer"
    partner.token = given["access_token"]
    assert partner.get("/users/me")["username"] == LOGIN["username"]


def test_a_refresh_changes_both_tokens_and_ends_the_old_ones(partner: Partner) -> None:
    """Check 2."""
    first = partner.login()
    wish = {**CLIENT, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = partner.ask_for_tokens(json=wish).json()
    assert not {first["access_token"], first["refresh_token"]} & set(map(str, second.values()))
    assert partner.call("GET", "/users/me").status_code == 401
    again = partner.ask_for_tokens(json=wish)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_request")
    partner.token = second["access_token"]
    assert partner.call("GET", "/users/me").ok


@pytest.mark.parametrize(
    ("but", "status", "error"),
    [
        ({"password": "wrong"}, 401, "invalid_credentials"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"username": ""}, 400, "invalid_request"),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type"),
        ({"scope": "all"}, 400, "invalid_scope"),
    ],
)
def test_what_opens_nothing_gets_no_token(
    partner: Partner, but: dict[str, str], status: int, error: str
) -> None:
    answer = partner.ask_for_tokens(json={**GRANT, **but})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["message"]


def test_without_a_good_token_nothing_is_shown(partner: Partner) -> None:
    """Check 3."""
    for value in ("", "Bearer ", "Bearer wrong", f"Basic {partner.token}"):
        answer = partner.call("GET", "/users/me", headers={"Authorization": value})
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    partner.settings(token_seconds=1)
    partner.login()
    time.sleep(1.1)
    assert partner.call("GET", "/users/me").status_code == 401
    assert partner.violations() == ["a token is sent that has run out"]


def test_nothing_that_opens_anything_is_written_down(partner: Partner) -> None:
    partner.login()
    written = str(partner.control("GET", "calls"))
    for secret in (LOGIN["password"], CLIENT["client_secret"], partner.token):
        assert secret not in written


def test_strange_clients_are_served_all_the_same(partner: Partner) -> None:
    """Checks 1 and 14: an odd content type, a body where none belongs, no slash at the end."""
    headers = {"Content-Type": "application/json", "Accept": "text/xml"}
    assert partner.call("GET", "/users/me", headers=headers, allow_redirects=False).ok
    order = partner.order()
    assert partner.call("DELETE", f"/orders/{order['id']}", {}).ok


def test_a_wrong_method_says_which_would_be_right(partner: Partner) -> None:
    headers = {"Authorization": f"Bearer {partner.token}"}
    answer = HTTP.put(f"{partner.url}/v2/orders", headers=headers, timeout=5)
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))
    assert answer.json()["message"]


def test_too_many_calls_are_told_to_wait(partner: Partner) -> None:
    partner.settings(calls_per_second=2)
    answers = [partner.call("GET", "/users/me") for _ in range(6)]
    refused = [each for each in answers if each.status_code == 429]
    assert refused
    assert refused[0].headers["Retry-After"] == "1"


def test_units_are_promised_to_orders_and_leave_with_them(partner: Partner) -> None:
    def tea_sets() -> tuple[int, int]:
        [found] = partner.get("/inventory?externalSkuNames=NW-TEA-SET")["data"]
        return found["quantity"]["total"]["availableToPromise"], found["quantity"]["total"][
            "onHand"
        ]

    assert tea_sets() == (118, 118)
    order, other = partner.order("A"), partner.order("B")
    assert tea_sets() == (116, 118)
    partner.good("DELETE", f"/orders/{other['id']}")
    assert tea_sets() == (117, 118)
    partner.press(order, "dispatch", "depart")
    assert tea_sets() == (117, 117)
    partner.press(order, "return", restocked=2)
    assert tea_sets() == (117, 117)
    rows = partner.get("/inventory/full?warehouseIds=3&externalSkuNames=NW-TEA-SET")["data"]
    assert [(each["warehouse"]["id"], each["availableToPromise"]) for each in rows] == [(3, 99)]


def test_stock_needs_a_permission_and_an_empty_list_is_not_found(partner: Partner) -> None:
    partner.control("DELETE", "stock")
    assert partner.call("GET", "/inventory").status_code == 404
    partner.settings(shows_inventory=False)
    assert partner.call("GET", "/inventory/full").status_code == 403


def test_what_comes_back_is_listed(partner: Partner) -> None:
    assert partner.get(f"/returns?{WINDOW}")["data"] == []
    partner.press(partner.order(), "dispatch", "depart", "return", restocked=2)
    partner.control("POST", "returns", {"number": "RMA-1"})
    known, unknown = partner.get(f"/returns?{WINDOW}")["data"]
    assert known["order"]["merchantOrderId"] == "NW-1"
    assert [each["quantityRestocked"] for each in known["rmaItems"]] == [2, 0]
    assert known["rmaItems"][1]["nonRestockedReason"]["title"] == "Damaged"
    assert (unknown["order"], unknown["rmaNumber"]) == (None, "RMA-1")


def test_faults_strike_before_and_after(partner: Partner) -> None:
    body = {**example("order_create_request"), "merchantOrderId": "F"}
    fault = {"kind": "error_500_before", "operation": "post-orders", "times": 1}
    partner.control("POST", "faults", fault)
    assert partner.call("POST", "/orders", body).status_code == 500
    partner.control("POST", "faults", {**fault, "kind": "status_400"})
    assert partner.call("POST", "/orders", body).status_code == 400
    assert partner.effects("create") == []
    partner.control("POST", "faults", {**fault, "kind": "drop_after"})
    with pytest.raises(requests.ConnectionError):
        partner.call("POST", "/orders", body)
    assert len(partner.effects("create")) == 1
    assert partner.call("POST", "/orders", body).status_code == 409
    partner.control("POST", "faults", {"kind": "no such"}, expect=400)


def test_what_stands_before_it_may_be_overloaded(partner: Partner) -> None:
    """No such answer is published: it is not the partner's own."""
    partner.control("POST", "faults", {"kind": "status_503", "times": 1, "retry_after": "7"})
    bearer = {"Authorization": f"Bearer {partner.token}"}
    answer = HTTP.post(f"{partner.url}/v2/orders", json={}, headers=bearer, timeout=5)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_setting_that_makes_no_sense_is_refused() -> None:
    for wish in ({"no": 1}, {"list_shape": "heap"}, {"calls_per_second": "many"}):
        with pytest.raises(BadSetting):
            Settings().changed(wish)


def test_a_visitor_is_the_staff(partner: Partner) -> None:
    order = partner.order("Z-9", recipient={**example("order_create_request")["recipient"]})
    page = f"{partner.url}/floor"
    form = HTTP.post(f"{page}/orders/{order['id']}/stop", data={"code": "010302"}, timeout=5)
    assert "Z-9 is 010302 now" in form.text
    for action in ("approve", "release", "dispatch", "relabel", "depart", "return"):
        answer = HTTP.post(f"{page}/orders/{order['id']}/{action}", timeout=5)
        assert f"{action}: order Z-9" in answer.text
    refused = HTTP.post(f"{page}/orders/{order['id']}/dispatch", timeout=5)
    assert "That cannot be done" in refused.text
    stocked = HTTP.post(
        f"{page}/stock", data={"sku": "NW-TEA-SET", "building": 5, "quantity": 4}, timeout=5
    )
    assert "There are 4 of NW-TEA-SET now." in stocked.text
    fault = {"kind": "status_429", "operation": "getOrder", "times": 1}
    failing = HTTP.post(f"{page}/faults", data=fault, timeout=5)
    assert "status_429 on getOrder, 0 of 1" in failing.text
    assert "status_429" in HTTP.get(page, timeout=5).text
    assert HTTP.get(f"{partner.url}-no/floor", timeout=5).status_code == 404
    assert partner.name in HTTP.get(f"{partner.url.partition('/fulfillment')[0]}/", timeout=5).text
