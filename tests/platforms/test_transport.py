"""The HTTP seam against a real server: what each misfortune means, and what is recorded of it."""

import socket
import time

import pytest

from platforms.errors import Malformed, PlatformError, Unavailable, Uncertain
from platforms.http import Exchange, Transport
from tests.platforms.conftest import PATIENT
from tests.platforms.tiny_server import (
    Reply,
    TinyServer,
    breaks_off,
    drips,
    hangs_up,
    says,
    sends,
    stays_silent,
    talks_garbage,
)

JSON = {"Content-Type": "application/json"}
LOST = {
    "silent": stays_silent(2),
    "hangs up": hangs_up,
    "breaks off": breaks_off,
    "drips": drips(0.05),
    "garbage": talks_garbage,
}


def test_a_request_carries_who_we_are_and_a_fresh_correlation_id(
    tiny: TinyServer, transport: Transport
) -> None:
    tiny.will(says({}), says({}))
    transport.request("GET", "locations/", writes=False)
    transport.request("GET", "locations/", params={"a": "ö b"}, writes=False)
    first, second = tiny.asked
    assert first.path == "/api/admin/locations/"
    assert second.path == "/api/admin/locations/?a=%C3%B6+b"
    assert first.headers["user-agent"].startswith("Crossdock/")
    assert len(first.headers["x-correlation-id"]) == 32
    assert first.headers["x-correlation-id"] != second.headers["x-correlation-id"]


def test_pace_is_asked_before_each_request(tiny: TinyServer) -> None:
    asked_before: list[int] = []
    transport = Transport(tiny.base_url, pace=lambda: asked_before.append(len(tiny.asked)))
    tiny.will(says({}), says({}))
    transport.request("GET", "a/", writes=False)
    transport.request("GET", "a/", writes=False)
    assert asked_before == [0, 1]


def test_cookies_of_a_store_are_not_sent_back(tiny: TinyServer, transport: Transport) -> None:
    tiny.will(says({}, headers={"Set-Cookie": "session=1; Path=/"}), says({}))
    transport.request("GET", "a/", writes=False)
    transport.request("GET", "a/", writes=False)
    assert "cookie" not in tiny.asked[1].headers


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b'{"a": 1}', JSON, {"a": 1}),
        (b'{"a": 1}', {"Content-Type": "application/problem+json; charset=utf-8"}, {"a": 1}),
        (b'{"a": 1}', {"Content-Type": "text/html"}, None),
        (b'{"a": 1}', {}, None),
        (b'{"a": ', JSON, None),
        (b"", JSON, None),
        (b"\xff\xfe", JSON, None),
        (b"[" * 9000, JSON, None),
        (b"9" * 9000, JSON, None),
        (b'{"a": NaN}', JSON, {"a": None}),
        (b'"\\u0000\\ud800"', JSON, "\ufffd" * 4),
    ],
)
def test_only_what_says_it_is_json_and_is_becomes_json(
    tiny: TinyServer, transport: Transport, body: bytes, headers: dict[str, str], expected: object
) -> None:
    tiny.will(sends(body, headers=headers))
    assert transport.request("GET", "a/", writes=False).json == expected


@pytest.mark.parametrize("reply", LOST.values(), ids=LOST.keys())
def test_a_read_that_is_lost_may_be_made_again(
    tiny: TinyServer, hurried: Transport, exchanges: list[Exchange], reply: Reply
) -> None:
    tiny.will(reply)
    with pytest.raises(Unavailable) as caught:
        hurried.request("GET", "a/", writes=False)
    assert [each.error for each in exchanges] == [str(caught.value)]


@pytest.mark.parametrize("reply", LOST.values(), ids=LOST.keys())
def test_a_write_that_is_lost_is_uncertain(
    tiny: TinyServer, hurried: Transport, exchanges: list[Exchange], reply: Reply
) -> None:
    tiny.will(reply)
    with pytest.raises(Uncertain, match="is unknown"):
        hurried.request("POST", "a/", json={}, writes=True)
    assert len(tiny.asked) == 1
    assert exchanges[0].error


def test_a_dripping_answer_ends_at_the_deadline(tiny: TinyServer, hurried: Transport) -> None:
    tiny.will(drips(0.02))
    began = time.monotonic()
    with pytest.raises(Unavailable, match="longer than"):
        hurried.request("GET", "a/", writes=False)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("writes", [True, False])
def test_a_connection_that_cannot_be_made_changed_nothing(writes: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    transport = Transport(f"http://127.0.0.1:{port}/api/", limits=PATIENT)
    with pytest.raises(Unavailable, match="refused the connection"):
        transport.request("POST", "a/", json={}, writes=writes)


def test_an_unknown_name_changed_nothing() -> None:
    transport = Transport("https://no-such-store.invalid/api/", limits=PATIENT)
    with pytest.raises(Unavailable, match=r"no-such-store\.invalid could not be reached"):
        transport.request("POST", "a/", json={}, writes=True)


def test_an_older_failure_in_the_context_does_not_count(
    tiny: TinyServer, transport: Transport
) -> None:
    tiny.will(hangs_up)
    other = Transport("https://no-such-store.invalid/api/", limits=PATIENT)
    try:
        other.request("GET", "a/", writes=False)
    except Unavailable:
        with pytest.raises(Uncertain):
            transport.request("POST", "a/", json={}, writes=True)


@pytest.mark.parametrize(("writes", "error"), [(False, Malformed), (True, Uncertain)])
def test_an_answer_that_is_too_long_is_not_read_to_its_end(
    tiny: TinyServer, transport: Transport, writes: bool, error: type[PlatformError]
) -> None:
    tiny.will(sends(b" " * 200_000, headers=JSON))
    with pytest.raises(error, match="too long") as caught:
        transport.request("POST", "a/", json={}, writes=writes)
    assert caught.value.status == 200


def test_a_refusal_with_a_long_page_is_still_a_refusal(
    tiny: TinyServer, transport: Transport, exchanges: list[Exchange]
) -> None:
    tiny.will(sends(b"no " * 100_000, status=400))
    assert transport.request("POST", "a/", json={}, writes=True).status == 400
    assert len(exchanges[0].answer) <= 2000


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("writes", [True, False])
def test_a_redirect_is_named_and_never_followed(
    tiny: TinyServer, transport: Transport, exchanges: list[Exchange], status: int, writes: bool
) -> None:
    tiny.will(sends(b"", status, {"Location": "https://evil.example.com/api/admin/a/"}))
    with pytest.raises(Malformed, match=r"evil\.example\.com.*nothing was changed"):
        transport.request("POST", "a/", json={}, writes=writes)
    assert len(tiny.asked) == 1
    assert exchanges[0].status == status


def test_what_cannot_be_sent_is_told_without_its_headers(transport: Transport) -> None:
    with pytest.raises(Malformed) as caught:
        transport.request("GET", "a/", headers={"Authorization": "Bearer a\nb"}, writes=False)
    assert "Bearer" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_server_error_is_an_answer(
    tiny: TinyServer, transport: Transport, exchanges: list[Exchange]
) -> None:
    tiny.will(sends(b"<h1>Oh no</h1>", 500, {"Content-Type": "text/html"}))
    answer = transport.request("GET", "a/", writes=False)
    assert (answer.status, answer.json, answer.text) == (500, None, "<h1>Oh no</h1>")
    assert (exchanges[0].status, exchanges[0].answer) == (500, "<h1>Oh no</h1>")
    assert exchanges[0].seconds > 0
    assert exchanges[0].correlation_id == tiny.asked[0].headers["x-correlation-id"]
