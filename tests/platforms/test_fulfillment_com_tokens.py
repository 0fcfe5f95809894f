"""Tokens of Fulfillment.com: given for a login, renewed as a pair, and never seen (section 3)."""

import json
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from platforms.errors import Malformed, PlatformError, Unauthorized, Unavailable
from platforms.fulfillment_com import FULFILLMENT_COM
from platforms.fulfillment_com.client import FulfillmentComClient
from platforms.fulfillment_com.tokens import renew, usable_token
from platforms.http import Exchange, Transport
from platforms.secret_ways import check_url
from tests.platforms.conftest import PATIENT
from tests.platforms.fulfillment_com_examples import SECRETS, VALID, example
from tests.platforms.published import request_problems
from tests.platforms.tiny_server import Asked, Reply, TinyServer, hangs_up, says, sends

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ACCESS, REFRESH = "access-n3ver-to-be-seen", "refresh-n3ver-to-be-seen"
OLD = {**SECRETS, "fdc_access_token": "old-access-1", "fdc_refresh_token": "old-refresh-1"}
GIVEN = {
    **example("oauth_token_response"),
    "access_token": ACCESS,
    "refresh_token": REFRESH,
}


@pytest.fixture
def way(exchanges: list[Exchange]) -> Iterator[Transport]:
    # The API lives elsewhere: only the token's own address may be asked for one.
    transport = Transport("http://127.0.0.1:9/", record=exchanges.append, limits=PATIENT)
    yield transport
    transport.close()


def options(tiny: TinyServer, **given: Any) -> dict[str, Any]:
    url = f"{tiny.url}/v2/oauth/access_token"
    return FULFILLMENT_COM.filled_in({"token_url": url, **given})


def test_a_login_gives_a_pair_of_tokens(tiny: TinyServer, way: Transport) -> None:
    tiny.will(says(GIVEN))
    assert renew(SECRETS, way, options(tiny), NOW) == {
        "fdc_access_token": ACCESS,
        "fdc_refresh_token": REFRESH,
        # Seven days, but for an hour.
        "fdc_token_until": (NOW + timedelta(seconds=604800 - 3600)).isoformat(),
    }
    [asked] = tiny.asked
    assert request_problems("fulfillment_com", asked) == []
    assert set(asked.json) == set(example("oauth_token_request_password"))
    assert "authorization" not in asked.headers


def test_a_refresh_gives_both_tokens_anew(tiny: TinyServer, way: Transport) -> None:
    tiny.will(says(GIVEN))
    fresh = renew(OLD, way, options(tiny), NOW)
    assert (fresh["fdc_access_token"], fresh["fdc_refresh_token"]) == (ACCESS, REFRESH)
    [asked] = tiny.asked
    assert request_problems("fulfillment_com", asked) == []
    assert asked.json["grant_type"] == "refresh_token"
    assert asked.json["refresh_token"] == "old-refresh-1"
    assert not {"username", "password"} & set(asked.json)


@pytest.mark.parametrize(
    "refusal",
    [
        says(example("oauth_error_401_refresh_token"), 401),
        says({"error": "invalid_request"}, 400),
        sends(b"", 401),
    ],
)
def test_a_refresh_that_fails_falls_back_to_the_login(
    tiny: TinyServer, way: Transport, refusal: Reply
) -> None:
    tiny.will(refusal, says(GIVEN))
    assert renew(OLD, way, options(tiny), NOW)["fdc_access_token"] == ACCESS
    assert [each.json["grant_type"] for each in tiny.asked] == ["refresh_token", "password"]


@pytest.mark.parametrize("reply", [hangs_up, sends(b"", 503), sends(b"", 429)])
def test_a_refresh_that_is_not_answered_is_tried_again_later(
    tiny: TinyServer, way: Transport, reply: Reply
) -> None:
    """The password is not used for what an outage explains."""
    tiny.will(reply)
    with pytest.raises(Unavailable):
        renew(OLD, way, options(tiny), NOW)
    assert len(tiny.asked) == 1


def test_a_form_in_place_of_json_to_another_host(tiny: TinyServer, way: Transport) -> None:
    tiny.will(says(GIVEN))
    url = f"{tiny.url}/oauth/access_token"
    renew(SECRETS, way, options(tiny, token_url=url, token_as_form=True), NOW)
    [asked] = tiny.asked
    assert asked.path == "/oauth/access_token"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    body = json.dumps(dict(parse_qsl(asked.body.decode()))).encode()
    as_json = Asked("POST", "/v2/oauth/access_token", {}, body)
    assert request_problems("fulfillment_com", as_json) == []


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (says(example("oauth_error_401_credentials"), 401), "gave no token for this login"),
        (says(example("oauth_error_401_client"), 401), "gave no token"),
        (says(example("oauth_error_400_grant"), 400), "gave no token"),
        (says({"error": "x", "error_description": "Only this says why."}, 401), "Only this says"),
        (sends(b"", 404), "gave no token"),
    ],
)
def test_a_login_that_is_not_taken_needs_a_person(
    tiny: TinyServer, way: Transport, reply: Reply, said: str
) -> None:
    tiny.will(reply)
    with pytest.raises(Unauthorized, match=said):
        renew(SECRETS, way, options(tiny), NOW)


@pytest.mark.parametrize("name", SECRETS)
def test_what_is_not_pasted_is_named_and_nothing_is_sent(
    tiny: TinyServer, way: Transport, name: str
) -> None:
    with pytest.raises(Unauthorized, match="is missing"):
        renew({**SECRETS, name: ""}, way, options(tiny), NOW)
    assert tiny.asked == []


@pytest.mark.parametrize(
    "but",
    [
        {"access_token": None},
        {"access_token": "two words"},
        {"access_token": 7},
        {"token_type": "MAC"},
    ],
)
def test_an_answer_without_a_token_says_so(
    tiny: TinyServer, way: Transport, but: dict[str, Any]
) -> None:
    tiny.will(says({**GIVEN, **but}))
    with pytest.raises(Malformed, match="without a token"):
        renew(SECRETS, way, options(tiny), NOW)


def test_the_old_refresh_token_never_stays_beside_a_new_access_token(
    tiny: TinyServer, way: Transport
) -> None:
    tiny.will(says({"access_token": ACCESS, "token_type": "bearer", "expires_in": 100}))
    fresh = renew(OLD, way, options(tiny), NOW)
    assert {**OLD, **fresh}["fdc_refresh_token"] == ""
    assert fresh["fdc_token_until"] == (NOW + timedelta(seconds=50)).isoformat()


@pytest.mark.parametrize(
    "credentials",
    [
        SECRETS,
        {**VALID, "fdc_access_token": ""},
        {**VALID, "fdc_token_until": NOW.isoformat()},
        {**VALID, "fdc_token_until": "soon"},
    ],
)
def test_without_a_token_that_lasts_nothing_is_sent(
    tiny: TinyServer, credentials: dict[str, str]
) -> None:
    with pytest.raises(Unauthorized):
        usable_token(credentials, NOW)
    dead = {**credentials, "fdc_token_until": "2020-01-01T00:00:00+00:00"}
    client = FulfillmentComClient(dead, Transport(f"{tiny.url}/v2/"), {})
    with pytest.raises(Unauthorized, match="Nothing was sent"):
        client.fetch_inventory()
    assert tiny.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://auth.example/oauth/access_token",
        "ftp://auth.example/",
        "https://user@auth.example/",
        "https://",
        "https://auth.example:x/",
        "https://auth.example/?a=1",
    ],
)
def test_a_secret_goes_to_no_strange_address(way: Transport, url: str) -> None:
    with pytest.raises(ValueError, match=r"address|host"):
        check_url(url)
    with pytest.raises(Unauthorized, match="No Fulfillment"):
        renew(SECRETS, way, {"token_url": url}, NOW)


ECHOES = {
    "given": (says(GIVEN), says(GIVEN)),
    "echoed": (
        says({"message": f"What is {REFRESH}?"}, 401),
        says({"message": f"{SECRETS['fdc_password']} of {SECRETS['fdc_client_secret']}"}, 401),
    ),
    "text": (sends(f"password={SECRETS['fdc_password']}".encode(), 500),) * 2,
    "strange": (says({"refresh_token": REFRESH, "access_token": None}),) * 2,
}


@pytest.mark.parametrize("as_form", [False, True])
@pytest.mark.parametrize("replies", ECHOES.values(), ids=ECHOES.keys())
def test_no_secret_is_seen_anywhere(
    tiny: TinyServer,
    way: Transport,
    exchanges: list[Exchange],
    replies: tuple[Reply, ...],
    as_form: bool,
) -> None:
    tiny.will(*replies)
    shown = ""
    try:
        renew({**SECRETS, "fdc_refresh_token": REFRESH}, way, options(tiny, token_as_form=as_form))
    except PlatformError as error:
        shown = "".join(traceback.format_exception(error)) + error.body
    shown += repr(exchanges)
    for secret in (ACCESS, REFRESH, SECRETS["fdc_client_secret"], SECRETS["fdc_password"]):
        assert secret not in shown
    assert exchanges


def test_numbers_in_the_options_are_numbers() -> None:
    checks = {each.name: each.check for each in FULFILLMENT_COM.options if each.check}
    for good in ("", "7", " 50012 "):
        checks["merchant_id"](good)
    with pytest.raises(ValueError, match="no number"):
        checks["warehouse_id"]("Savannah")


def test_every_secret_that_is_pasted_can_be_asked_for() -> None:
    assert {each.name for each in FULFILLMENT_COM.credentials} == set(SECRETS)
