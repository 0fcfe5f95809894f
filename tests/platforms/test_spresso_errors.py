"""What each answer of Spresso means: by its status alone (contract spresso, section 9)."""

import json
from collections.abc import Iterator
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
from platforms.http import Exchange, Transport
from platforms.records import LineQuantity, Progress
from platforms.spresso.client import SpressoClient
from tests.platforms.conftest import PATIENT
from tests.platforms.spresso_examples import spresso_example
from tests.platforms.tiny_server import (
    Reply,
    TinyServer,
    breaks_off,
    hangs_up,
    says,
    sends,
    stays_silent,
)

TOKEN = "tok-n3ver-to-be-seen"
MEANINGS: dict[int, type[PlatformError]] = {
    400: Refused,
    401: Unauthorized,
    403: Unauthorized,
    404: Missing,
    405: Refused,
    408: Unavailable,
    409: Refused,
    410: Refused,
    422: Refused,
    425: Unavailable,
    429: Throttled,
    500: Uncertain,
    502: Uncertain,
    503: Unavailable,
    504: Uncertain,
    599: Uncertain,
}
EXAMPLES = ["error.400", "error.401", "error.404", "error.409", "error.429", "error.503_html"]
BODIES: list[tuple[bytes, str]] = [
    (b"", "application/json"),
    (b'{"message": ', "application/json"),
    (b"null", "application/json"),
    (b"[1, 2]", "application/json"),
    (b'{"message": {"a": [1]}}', "application/json"),
    (b"<html><body>Bad Gateway</body></html>", "text/html"),
    (b"\xff\xfe\x00", "application/octet-stream"),
    (b"x" * 30_000, "text/plain"),
]


@pytest.fixture
def spresso(tiny: TinyServer, exchanges: list[Exchange]) -> Iterator[SpressoClient]:
    transport = Transport(tiny.url, record=exchanges.append, limits=PATIENT)
    yield SpressoClient({"spresso_token": TOKEN}, transport, {})
    transport.close()


def failure(spresso: SpressoClient) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        spresso.report_final("1", (LineQuantity("2", 1),))
    return caught.value


@pytest.mark.parametrize(("status", "meaning"), MEANINGS.items())
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_the_status_decides_whatever_the_body(
    tiny: TinyServer,
    spresso: SpressoClient,
    status: int,
    meaning: type[PlatformError],
    body: tuple[bytes, str],
) -> None:
    tiny.will(sends(body[0], status, {"Content-Type": body[1]}))
    error = failure(spresso)
    assert type(error) is meaning
    assert error.status == status
    assert str(error).startswith("Spresso: ")
    assert len(str(error)) < 500


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_error_of_the_contract(tiny: TinyServer, spresso: SpressoClient, name: str) -> None:
    given = spresso_example(name)
    said: dict[str, Any] = given["response"]
    body = (
        b"<html>Bad Gateway</html>" if said["body"] is None else json.dumps(said["body"]).encode()
    )
    tiny.will(sends(body, said["status"], said["headers"]))
    error = failure(spresso)
    assert type(error) is MEANINGS[said["status"]]
    assert isinstance(error, Unavailable) is (given["expect"]["retry"] is True)
    assert (said["body"] or {"message": "Bad Gateway"})["message"] in str(error)
    if said["headers"].get("Retry-After"):
        assert isinstance(error, Throttled)
        assert error.retry_after == 7.0


@pytest.mark.parametrize("status", [408, 425, 503])
def test_a_wait_is_kept(tiny: TinyServer, spresso: SpressoClient, status: int) -> None:
    tiny.will(says({}, status, {"Retry-After": "12"}), says({}, status))
    waits = []
    for _ in range(2):
        error = failure(spresso)
        assert isinstance(error, Unavailable)
        waits.append(error.retry_after)
    assert waits == [12.0, None]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 207, 299])
@pytest.mark.parametrize("body", BODIES[:-1], ids=range(len(BODIES) - 1))
def test_any_success_is_one_and_its_body_is_ignored(
    tiny: TinyServer, spresso: SpressoClient, status: int, body: tuple[bytes, str]
) -> None:
    content = b"" if status == 204 else body[0]
    tiny.will(sends(content, status, {"Content-Type": body[1]}))
    spresso.report_progress("1", Progress.RECEIVED)
    assert len(tiny.asked) == 1


@pytest.mark.parametrize("reply", [hangs_up, breaks_off])
def test_a_lost_answer_is_uncertain_and_the_repeat_says_the_same(
    tiny: TinyServer, spresso: SpressoClient, reply: Reply
) -> None:
    tiny.will(reply, says({}))
    assert type(failure(spresso)) is Uncertain
    spresso.report_final("1", (LineQuantity("2", 1),))
    assert tiny.asked[0].body == tiny.asked[1].body
    assert tiny.asked[0].path == tiny.asked[1].path


def test_a_slow_answer_is_uncertain(tiny: TinyServer, hurried: Transport) -> None:
    tiny.will(stays_silent(1))
    client = SpressoClient({"spresso_token": TOKEN}, hurried, {})
    with pytest.raises(Uncertain, match="in time"):
        client.report_progress("1", Progress.RECEIVED)


def test_nobody_there_is_unavailable() -> None:
    client = SpressoClient({"spresso_token": TOKEN}, Transport("http://127.0.0.1:9/"), {})
    with pytest.raises(Unavailable, match="could not be reached"):
        client.report_progress("1", Progress.RECEIVED)


def test_a_redirect_is_not_followed(tiny: TinyServer, spresso: SpressoClient) -> None:
    tiny.will(sends(b"", 302, {"Location": "https://elsewhere.example/"}))
    assert type(failure(spresso)) is Malformed
    assert len(tiny.asked) == 1
