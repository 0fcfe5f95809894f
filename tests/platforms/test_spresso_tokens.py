"""Spresso's tokens: fixed or fetched, renewed in time, and never seen (contract, section 3)."""

import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.errors import Malformed, PlatformError, Unauthorized, Unavailable
from platforms.http import Exchange, Transport
from platforms.records import Progress
from platforms.spresso import SPRESSO
from platforms.spresso.client import SpressoClient
from platforms.spresso.tokens import renew, usable_token
from tests.platforms.conftest import PATIENT
from tests.platforms.published import request_problems
from tests.platforms.spresso_examples import spresso_example
from tests.platforms.tiny_server import Reply, TinyServer, hangs_up, says, sends

NOW = datetime(2025, 3, 11, 17, tzinfo=UTC)
SECRET = "client-secret-n3ver-to-be-seen"
TOKEN = "fetched-n3ver-to-be-seen"
PASTED = {"spresso_client_id": "harbor3pl-client", "spresso_client_secret": f" {SECRET}\n"}
GIVEN = {**spresso_example("token.response")["response"]["body"], "access_token": TOKEN}


@pytest.fixture
def way(tiny: TinyServer, exchanges: list[Exchange]) -> Iterator[Transport]:
    # The API lives elsewhere: only the token's own address may be asked for one.
    transport = Transport("http://127.0.0.1:9/", record=exchanges.append, limits=PATIENT)
    yield transport
    transport.close()


def options(tiny: TinyServer, **given: Any) -> dict[str, Any]:
    url = f"{tiny.url}/identity/v1/public/token"
    return SPRESSO.filled_in({"token_url": url, **given})


def test_client_id_and_secret_are_exchanged_as_published(tiny: TinyServer, way: Transport) -> None:
    tiny.will(says(GIVEN))
    fresh = renew(PASTED, way, options(tiny), NOW)
    (asked,) = tiny.asked
    assert request_problems("spresso", asked) == []
    assert asked.json == {
        **spresso_example("token.request")["request"]["body"],
        "client_secret": SECRET,
    }
    assert "authorization" not in asked.headers
    until = NOW + timedelta(seconds=86400 - 1800)
    assert fresh == {"spresso_fetched_token": TOKEN, "spresso_token_until": until.isoformat()}


def test_audience_and_scopes_are_settings(tiny: TinyServer, way: Transport) -> None:
    tiny.will(says(GIVEN))
    renew(PASTED, way, options(tiny, audience="https://uat", scope=" view  edit "), NOW)
    assert (tiny.asked[0].json["audience"], tiny.asked[0].json["scope"]) == (
        "https://uat",
        "view edit",
    )


@pytest.mark.parametrize(
    ("expires_in", "used_for"),
    [
        (86400, 84600),
        (3600, 1800),
        (3599, 1799.5),
        (600, 300),
        ("7200", 5400),
        (None, 1800),
        (0, 1800),
        (-5, 1800),
        (True, 1800),
        ("soon", 1800),
    ],
)
def test_when_a_token_is_to_be_renewed(
    tiny: TinyServer, way: Transport, expires_in: Any, used_for: float
) -> None:
    tiny.will(says({**GIVEN, "expires_in": expires_in}))
    fresh = {**PASTED, **renew(PASTED, way, options(tiny), NOW)}
    end = NOW + timedelta(seconds=used_for)
    assert usable_token(fresh, end - timedelta(seconds=1)) == TOKEN
    with pytest.raises(Unauthorized, match="anew"):
        usable_token(fresh, end)


@pytest.mark.parametrize("kept", [{}, {"spresso_fetched_token": TOKEN}])
def test_nothing_is_sent_until_a_token_was_fetched(kept: dict[str, str]) -> None:
    client = SpressoClient({**PASTED, **kept}, Transport("http://127.0.0.1:9/"), {})
    with pytest.raises(Unauthorized, match="Nothing was sent"):
        client.report_progress("1", Progress.RECEIVED)


def test_a_renewed_token_is_sent(tiny: TinyServer) -> None:
    tiny.will(says(GIVEN), says({}))
    transport = Transport(tiny.url)
    kept = {**PASTED, **renew(PASTED, transport, options(tiny))}
    SpressoClient(kept, transport, {}).report_progress("1", Progress.RECEIVED)
    transport.close()
    assert tiny.asked[1].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_pasted_token_is_used_as_it_is() -> None:
    assert usable_token({"spresso_token": " pasted\n"}) == "pasted"
    with pytest.raises(Unauthorized, match="cannot be renewed"):
        renew({"spresso_token": "pasted"}, Transport("http://127.0.0.1:9/"), {})


@pytest.mark.parametrize("token", ["", "  ", "a b", "a\nb", "tökên", "a\x00b"])
def test_a_token_that_cannot_be_sent_is_not(token: str) -> None:
    with pytest.raises(Unauthorized) as caught:
        usable_token({"spresso_token": token})
    assert not token.strip() or token not in str(caught.value)


@pytest.mark.parametrize("given", PASTED)
def test_half_of_id_and_secret_is_told(given: str) -> None:
    with pytest.raises(Unauthorized, match="missing"):
        usable_token({given: "x", "spresso_token": "pasted"})


@pytest.mark.parametrize(
    ("reply", "meaning"),
    [
        (says({"message": "Wrong"}, 401), Unauthorized),
        (says({"message": "Scopes"}, 403), Unauthorized),
        (says({"message": "Malformed"}, 400), Unauthorized),
        (sends(b"<html>", 404), Unauthorized),
        (says({}, 429), Unavailable),
        (says({}, 500), Unavailable),
        (says({}, 503), Unavailable),
        (hangs_up, Unavailable),
        (sends(b"ok"), Malformed),
        (says([]), Malformed),
        (says({"access_token": None}), Malformed),
        (says({"access_token": "a b"}), Malformed),
        (says({"access_token": "tökên"}), Malformed),
    ],
)
def test_what_an_exchange_that_fails_means(
    tiny: TinyServer, way: Transport, reply: Reply, meaning: type[PlatformError]
) -> None:
    tiny.will(reply)
    with pytest.raises(meaning):
        renew(PASTED, way, options(tiny))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "identity/v1",
        "http://api.spresso.com/token",
        "https://user:pass@api.spresso.com/",
        "ftp://localhost/",
        "https://",
        "https://[",
        "https://a:port/",
        "https://api.spresso.com/token?tenant=harbor",
        "https://api.spresso.com/token#harbor",
    ],
)
def test_a_secret_is_sent_to_no_odd_address(way: Transport, url: str) -> None:
    (option,) = [each for each in SPRESSO.options if each.name == "token_url"]
    assert option.check is not None
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        option.check(url)
    with pytest.raises(Unauthorized, match="No token can be fetched"):
        renew(PASTED, way, SPRESSO.filled_in({"token_url": url}))


def test_the_usual_address_of_tokens_is_good() -> None:
    for option in SPRESSO.options:
        if option.check:
            option.check(option.default)


@pytest.mark.parametrize(
    "reply",
    [
        says(GIVEN),
        says({"message": f"{SECRET} is wrong", "access_token": TOKEN}, 401),
        sends(f"client_secret={SECRET} access_token={TOKEN}".encode(), 500),
        says({"nested": [{"access_token": TOKEN}]}),
    ],
)
def test_no_secret_of_an_exchange_is_seen(
    tiny: TinyServer, way: Transport, exchanges: list[Exchange], reply: Reply
) -> None:
    tiny.will(reply)
    shown = ""
    try:
        renew(PASTED, way, options(tiny))
    except PlatformError as error:
        trace = "".join(traceback.format_exception(error))
        shown = f"{error}{error!r}{error.body}{trace}"
    shown += repr(exchanges)
    assert len(exchanges) == 1
    assert exchanges[0].body["client_id"] == "harbor3pl-client"
    assert SECRET not in shown
    assert TOKEN not in shown


def test_the_token_of_a_call_is_not_seen(tiny: TinyServer, exchanges: list[Exchange]) -> None:
    tiny.will(says({"message": f"Bearer {TOKEN} has run out"}, 401))
    transport = Transport(tiny.url, record=exchanges.append)
    with pytest.raises(Unauthorized) as caught:
        SpressoClient({"spresso_token": TOKEN}, transport, {}).report_progress(
            "1", Progress.RECEIVED
        )
    transport.close()
    assert tiny.asked[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in f"{caught.value}{caught.value.body}{exchanges!r}"
