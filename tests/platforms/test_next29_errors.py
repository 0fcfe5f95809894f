"""What each refusal of 29 Next means, and what a person reads (contract next29, section 7)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.errors import (
    Malformed,
    Missing,
    PlatformError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from platforms.http import Exchange
from platforms.next29.client import Next29Client
from platforms.status import read_retry_after
from tests.platforms.contract import example
from tests.platforms.tiny_server import Reply, TinyServer, says, sends

ERRORS = example("errors.json")["errors"]
SENTENCES = {
    "action not allowed in this state or for this token": "action: Not allowed",
    "field validation": 'tracking_info 1 carrier: "dhl_paket" is not a valid choice.',
    "field required": "address: This field is required.",
    "non field errors": "29 Next: Fulfillment request has already been accepted. (400)",
    "message as list": "29 Next: Fulfillment order cannot be fulfilled. (400)",
    "missing scope": "29 Next: You do not have permission to perform this action. (403)",
    "unknown id or order of another location": "29 Next: Not found. (404)",
    "wrong base path or unknown store": "Check the store's name and API address",
    "server error": "29 Next: Server Error (500) (500)",
    "gateway error": "29 Next: Bad Gateway (502)",
    "token endpoint, bad code": "29 Next: invalid_grant (400)",
}


def as_reply(case: dict[str, Any]) -> Reply:
    body = case["body"]
    text = body if isinstance(body, str) else json.dumps(body)
    return sends(text.encode(), case["status"], case["headers"])


def expected(case: dict[str, Any], *, writes: bool) -> type[PlatformError]:
    status = case["status"]
    if status == 404:
        return Malformed if "html" in case["headers"]["Content-Type"] else Missing
    if status >= 500:
        return Uncertain if writes else Unavailable
    kinds: dict[int, type[PlatformError]] = {401: Unauthorized, 429: Throttled}
    return kinds.get(status, Refused)


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: str(case["name"]))
@pytest.mark.parametrize("writes", [False, True], ids=["read", "write"])
def test_every_error_of_the_contract(
    tiny: TinyServer,
    client: Next29Client,
    exchanges: list[Exchange],
    case: dict[str, Any],
    writes: bool,
) -> None:
    tiny.will(as_reply(case))
    with pytest.raises(PlatformError) as caught:
        _ = client.accept_request("80480", "") if writes else client.fetch_locations()
    assert type(caught.value) is expected(case, writes=writes)
    assert caught.value.status == case["status"] == exchanges[0].status
    assert caught.value.body
    assert SENTENCES.get(case["name"], "29 Next") in str(caught.value)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("1", 1),
        ("7", 7),
        (" 2.5 ", 2.5),
        ("0", 1),
        ("-5", 1),
        ("31", 30),
        ("999999999", 30),
        ("Mon, 02 Mar 2026 12:00:10 GMT", 10),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 1),
        ("Mon, 02 Mar 2027 12:00:00 GMT", 30),
        ("soon", None),
        ("", None),
        ("NaN", None),
        ("1e3", None),
        ("9" * 500, None),
        ("Mon, 99 Foo 2026", None),
    ],
)
def test_how_long_to_wait(header: str, seconds: float | None) -> None:
    now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    assert read_retry_after(header, now) == seconds


@pytest.mark.parametrize("header", [None, "0", "-1", "soon"])
def test_throttling_always_names_a_wait(
    tiny: TinyServer, client: Next29Client, header: str | None
) -> None:
    tiny.will(says({}, 429, {"Retry-After": header} if header else {}))
    with pytest.raises(Throttled) as caught:
        client.fetch_locations()
    assert caught.value.retry_after == 1.0


def test_a_store_that_is_down_may_name_a_wait(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(says({}, 503, {"Retry-After": "12"}), says({}, 503))
    waits = []
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            client.fetch_locations()
        waits.append(caught.value.retry_after)
    assert waits == [12.0, None]


@pytest.mark.parametrize("status", [405, 409, 410, 415, 422, 451])
def test_other_refusals_are_for_a_person(
    tiny: TinyServer, client: Next29Client, status: int
) -> None:
    tiny.will(says({"detail": "No."}, status))
    with pytest.raises(Refused, match=rf"No\. \({status}\)"):
        client.accept_request("1", "")


@pytest.mark.parametrize(
    "reply",
    [
        says(None),
        says([]),
        says({}),
        says({"id": 1}, 202),
        sends(b"", 204),
        sends(b""),
        sends(b"<html>ok</html>", 200, {"Content-Type": "text/html"}),
        sends(b'{"id": ', 200, {"Content-Type": "application/json"}),
    ],
)
def test_an_empty_or_odd_success_of_a_write_is_uncertain(
    tiny: TinyServer, client: Next29Client, reply: Reply
) -> None:
    tiny.will(reply)
    with pytest.raises(Uncertain, match="does not confirm it"):
        client.accept_request("80480", "")


@pytest.mark.parametrize("reply", [says(None), sends(b""), sends(b"ok"), says("x"), says({})])
def test_an_odd_success_of_a_read_is_malformed(
    tiny: TinyServer, client: Next29Client, reply: Reply
) -> None:
    tiny.will(reply)
    with pytest.raises(Malformed):
        client.fetch_locations()
