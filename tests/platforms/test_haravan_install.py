"""Haravan's login: who comes, for which shop, and a code for a token (contract, section 2)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from platforms.errors import BadSignature, Malformed, Refused, Unauthorized, UnknownSender
from platforms.haravan.claims import nonce_of
from platforms.haravan.install import HOME, INSTALL, REQUIRED, SCOPES
from platforms.http import Exchange, Transport
from platforms.interface import App, Grant
from sandbox import Sandbox, serve
from tests.platforms.haravan_examples import example
from tests.platforms.tiny_server import TinyServer, says

CLAIMS = example("oauth_id_token_claims")
GIVEN = example("oauth_token.response")
ASKED = example("oauth_token.request")
APP = App(ASKED["client_id"], ASKED["client_secret"], REQUIRED)
BACK = ASKED["redirect_uri"]


def worded(**changes: Any) -> str:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    return jwt.encode(claims, "a key of somebody else, 32 bytes and more", "HS256")


def exchange(tiny: TinyServer, transport: Transport, answer: Any, state: str = "") -> Grant:
    tiny.will(says(answer))
    return INSTALL.exchange(APP, transport, BACK, ASKED["code"], state)


def test_a_shop_is_named_exactly() -> None:
    assert INSTALL.read_store("gom-may.myharavan.com") == "gom-may"
    assert INSTALL.domain("gom-may") == "gom-may.myharavan.com"
    for named in ("", "Gom-May", " gom-may", "gom.may", "evil.com/", "gom-may.myharavan.com.evil"):
        with pytest.raises(UnknownSender):
            INSTALL.read_store(named)


def test_all_shops_share_a_login_and_an_api() -> None:
    assert INSTALL.home("gom-may") == HOME
    assert INSTALL.api_url(HOME) == "https://apis.haravan.com/"
    here = "http://127.0.0.1:8029/haravan/gom-may/"
    assert INSTALL.api_url(here) == here
    with pytest.raises(UnknownSender):
        INSTALL.home("evil.com/")


def test_the_merchant_is_asked_for_what_we_need() -> None:
    url = urlsplit(INSTALL.authorize_url(APP, HOME, BACK, "a state"))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (url.netloc, url.path) == ("accounts.haravan.com", "/connect/authorize")
    assert {"grant_service", "openid", *REQUIRED} <= set(query["scope"].split())
    assert (query["response_type"], query["response_mode"]) == ("code", "query")
    assert (query["state"], query["redirect_uri"]) == ("a state", BACK)
    assert query["nonce"] == nonce_of("a state")
    assert query["nonce"] != nonce_of("another state")
    assert set(REQUIRED) <= set(SCOPES)


def test_a_code_is_given_for_a_token_and_says_for_which_shop(
    tiny: TinyServer, transport: Transport, exchanges: list[Exchange]
) -> None:
    grant = exchange(tiny, transport, {**GIVEN, "id_token": worded()})
    assert grant.credentials == {"haravan_token": GIVEN["access_token"]}
    assert (grant.account, grant.options) == ("gom-may", {"org_id": "200000918273"})
    # Who may write may read.
    assert {"com.write_orders", "com.read_orders", "wh_api"} <= set(grant.scopes)
    form = {name: values[0] for name, values in parse_qs(tiny.asked[0].body.decode()).items()}
    assert form == ASKED
    for secret in (APP.client_secret, GIVEN["access_token"], ASKED["code"]):
        assert secret not in f"{exchanges!r}{grant!r}"


def test_the_word_must_be_for_us_and_for_now(tiny: TinyServer, transport: Transport) -> None:
    good = {**GIVEN, "id_token": worded(nonce=nonce_of("a state"), aud=["x", APP.client_id])}
    assert exchange(tiny, transport, good, "a state").account == "gom-may"
    for claims in (
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another app"},
        {"aud": None},
        {"orgsub": None},
        {"orgsub": " "},
        {"orgid": None},
        {"orgid": "x"},
    ):
        usual = {"nonce": nonce_of("a state")}
        with pytest.raises(Malformed):
            exchange(
                tiny, transport, {**GIVEN, "id_token": worded(**{**usual, **claims})}, "a state"
            )
    for token in (None, "", "header.payload.signature", 7, []):
        with pytest.raises(Malformed):
            exchange(tiny, transport, {**GIVEN, "id_token": token})


@pytest.mark.parametrize(
    "changes", [{"access_token": None}, {"access_token": "a b"}, {"token_type": "mac"}]
)
def test_a_token_that_cannot_be_used_is_none(
    tiny: TinyServer, transport: Transport, changes: dict[str, Any]
) -> None:
    with pytest.raises(Malformed):
        exchange(tiny, transport, {**GIVEN, "id_token": worded(), **changes})


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (example("oauth_error_400.response"), Refused),
        ({"error": "invalid_client"}, Unauthorized),
        ({"error": "something else", "error_description": "E"}, Refused),
    ],
)
def test_a_refusal_of_the_login(
    tiny: TinyServer, transport: Transport, body: Any, error: type[Exception]
) -> None:
    tiny.will(says(body, 400))
    with pytest.raises(error):
        INSTALL.exchange(APP, transport, BACK, "spent")


def test_there_is_no_fresh_token_and_no_session(transport: Transport) -> None:
    with pytest.raises(Unauthorized):
        INSTALL.renew(APP, transport, {"haravan_token": "old"})
    with pytest.raises(BadSignature):
        INSTALL.read_session(APP, worded(), "gom-may")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


def test_the_whole_round_at_the_sandbox(sandbox: Sandbox) -> None:
    stores = f"{sandbox.url}/haravan/_sandbox/stores"
    opened = requests.post(stores, json={"name": "gom-may", "token": "t"}, timeout=5).json()
    home = f"{sandbox.url}/haravan/gom-may/"
    url = INSTALL.authorize_url(APP, home, BACK, "a state")
    answer = requests.get(url, allow_redirects=False, timeout=5)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == ["a state"]
    transport = Transport(home)
    grant = INSTALL.exchange(APP, transport, BACK, back["code"][0], "a state")
    assert (grant.account, grant.options) == ("gom-may", {"org_id": str(opened["org_id"])})
    with pytest.raises(Refused, match="used before"):
        INSTALL.exchange(APP, transport, BACK, back["code"][0], "a state")
    transport.close()
    headers = {"Authorization": f"Bearer {grant.credentials['haravan_token']}"}
    shop = requests.get(f"{INSTALL.api_url(home)}com/shop.json", headers=headers, timeout=5)
    assert shop.json()["shop"]["id"] == opened["org_id"]
