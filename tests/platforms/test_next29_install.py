"""The install flow of 29 Next, without Django: stores, addresses, tokens and session tokens."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from platforms.errors import (
    BadSignature,
    Malformed,
    PlatformError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
    UnknownSender,
)
from platforms.http import Exchange, Transport
from platforms.interface import App
from platforms.next29 import NEXT29
from platforms.next29.install import INSTALL, REQUIRED, SCOPES
from tests.platforms.contract import example
from tests.platforms.tiny_server import Reply, TinyServer, hangs_up, says, sends

SAMPLE = example("session_token.json")
ANSWER = example("oauth_token_response.json")
ASKED = example("oauth_token_request.json")
REDIRECT = ASKED["form"]["redirect_uri"]
CODE = ASKED["form"]["code"]
APP = App(SAMPLE["client_id"], SAMPLE["client_secret"], ("catalogue:read", "webhooks:read"))
STORE = "acme-outdoors.29next.store"


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of the contract's sample, as if they were made now; None leaves one out."""
    now = int(time.time())
    made = {**SAMPLE["claims"], "iat": now, "nbf": now, "exp": now + 30, **changes}
    return {name: value for name, value in made.items() if value is not None}


def token(key: str = APP.client_secret, algorithm: str = "HS256", **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm=algorithm)


# --- which store ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a", "acme", "acme-outdoors", "9lives", "a" * 63])
def test_a_store_is_named_by_its_network_domain(name: str) -> None:
    assert INSTALL.read_store(f"{name}.29next.store") == name
    assert INSTALL.home(name) == f"https://{name}.29next.store/"
    assert INSTALL.api_url(INSTALL.home(name)) == NEXT29.base_url(name)


@pytest.mark.parametrize(
    "named",
    [
        "",
        "acme",
        "evil.example.com",
        "acme.29next.store.evil.example.com",
        "evil.example.com/.29next.store",
        "evil.example.com#.29next.store",
        "evil.example.com?.29next.store",
        "user@evil.29next.store",
        "a.b.29next.store",
        "acme.29next.store:8443",
        "acme.29next.store\n",
        " acme.29next.store",
        "ACME.29next.store",
        "-acme.29next.store",
        "acme-.29next.store",
        f"{'a' * 64}.29next.store",
        "acmé.29next.store",
        "acme.29next。store",
        "127.0.0.1",
    ],
)
def test_nothing_else_is_a_store(named: str) -> None:
    with pytest.raises(UnknownSender):
        INSTALL.read_store(named)


@pytest.mark.parametrize("account", ["evil.example.com/", "a/b", "", "ACME", "a@b"])
def test_an_account_that_is_none_has_no_address(account: str) -> None:
    with pytest.raises(UnknownSender):
        INSTALL.home(account)


def test_the_consent_page_is_asked_as_the_contract_shows() -> None:
    sample = example("oauth_authorize_redirect.json")["url"]
    wanted = parse_qs(urlsplit(sample).query)
    app = App(wanted["client_id"][0], "x", tuple(wanted["scope"][0].split()))
    home = INSTALL.home("acme-outdoors")
    url = INSTALL.authorize_url(app, home, wanted["redirect_uri"][0], "a-state")
    assert url == f"{sample}&state=a-state"


def test_every_scope_is_explained() -> None:
    assert set(REQUIRED) <= set(SCOPES)
    assert all(SCOPES.values())


# --- code and tokens ----------------------------------------------------------------------------


@pytest.fixture
def home(tiny: TinyServer, exchanges: list[Exchange]) -> Iterator[Transport]:
    transport = Transport(f"{tiny.url}/", record=exchanges.append)
    yield transport
    transport.close()


def test_a_code_is_exchanged_as_the_contract_shows(tiny: TinyServer, home: Transport) -> None:
    tiny.will(says(ANSWER))
    app = App(ASKED["form"]["client_id"], ASKED["form"]["client_secret"])

    grant = INSTALL.exchange(app, home, REDIRECT, CODE)

    [asked] = tiny.asked
    assert (asked.method, asked.path) == ("POST", "/oauth2/token/")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    sent = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
    assert sent == ASKED["form"]
    assert grant.credentials == {
        "access_token": ANSWER["access_token"],
        "refresh_token": ANSWER["refresh_token"],
    }
    assert " ".join(grant.scopes) == ANSWER["scope"]


def test_a_refresh_token_is_exchanged_in_the_standard_form(
    tiny: TinyServer, home: Transport
) -> None:
    tiny.will(says({"access_token": "fresh", "token_type": "bearer"}))

    grant = INSTALL.renew(APP, home, {"access_token": "old", "refresh_token": "again"})

    sent = parse_qs(tiny.asked[0].body.decode())
    assert (sent["grant_type"], sent["refresh_token"]) == (["refresh_token"], ["again"])
    assert "redirect_uri" not in sent
    # What the answer leaves out is as it was.
    assert grant.credentials == {"access_token": "fresh"}
    assert grant.scopes == APP.scopes


def test_without_a_refresh_token_nobody_is_asked(tiny: TinyServer, home: Transport) -> None:
    with pytest.raises(Unauthorized):
        INSTALL.renew(APP, home, {"access_token": "old"})
    assert not tiny.asked


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (says({"error": "invalid_grant"}, 400), Refused),
        (says({"error": "invalid_client"}, 401), Unauthorized),
        (says({"error": "unauthorized_client"}, 400), Unauthorized),
        (says({"error": "unsupported_grant_type"}, 400), Refused),
        (says({"error": "invalid_request", "error_description": "No code."}, 400), Refused),
        (says(["odd"], 400), Refused),
        (says({"detail": "Slow down."}, 429), Throttled),
        (sends(b"<h1>Server Error (500)</h1>", 500), Uncertain),
        (sends(b"", 302, {"Location": "https://evil.example.com/"}), Malformed),
        (hangs_up, Uncertain),
        (says({}), Malformed),
        (says([]), Malformed),
        (sends(b"ok"), Malformed),
        (says({**ANSWER, "access_token": ""}), Malformed),
        (says({**ANSWER, "access_token": None}), Malformed),
        (says({**ANSWER, "access_token": ["a"]}), Malformed),
        (says({**ANSWER, "access_token": "a b"}), Malformed),
        (says({**ANSWER, "token_type": "mac"}), Malformed),
    ],
)
def test_every_other_answer_is_an_error_and_never_an_empty_token(
    tiny: TinyServer, home: Transport, reply: Reply, error: type[PlatformError]
) -> None:
    tiny.will(reply)
    with pytest.raises(error) as caught:
        INSTALL.exchange(APP, home, REDIRECT, CODE)
    assert type(caught.value) is error
    assert len(tiny.asked) == 1


def test_a_store_that_does_not_answer_has_used_nothing_up() -> None:
    nowhere = Transport("http://127.0.0.1:9/")
    with pytest.raises(Unavailable):
        INSTALL.exchange(APP, nowhere, REDIRECT, CODE)


@pytest.mark.parametrize(
    "reply",
    [
        says(ANSWER),
        says({"error": "invalid_grant", "error_description": f"code {CODE} is spent"}, 400),
        says({"error": "invalid_client", "client_secret": APP.client_secret}, 401),
        sends(f"client_secret={APP.client_secret}&code={CODE}".encode(), 500),
        sends(f"<p>{APP.client_secret} {CODE}</p>".encode()),
        hangs_up,
    ],
)
def test_neither_secret_nor_code_nor_token_is_in_a_record_or_an_error(
    tiny: TinyServer, home: Transport, exchanges: list[Exchange], reply: Reply
) -> None:
    tiny.will(reply)
    shown = ""
    try:
        grant = INSTALL.exchange(APP, home, REDIRECT, CODE)
        shown = repr(grant)
    except PlatformError as error:
        shown = f"{error}{error!r}{error.body}"
    shown += f"{exchanges!r}{APP!r}"
    secrets = (APP.client_secret, CODE, ANSWER["access_token"], ANSWER["refresh_token"])
    assert not [secret for secret in secrets if secret in shown]
    assert exchanges[0].body["grant_type"] == "authorization_code"


# --- session tokens -----------------------------------------------------------------------------


def test_a_token_of_the_stores_dashboard_is_believed() -> None:
    INSTALL.read_session(APP, token(), "acme-outdoors")


def test_the_contracts_sample_is_believed_in_its_own_time_and_refused_today(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(BadSignature, match="expired"):
        INSTALL.read_session(APP, SAMPLE["token"], "acme-outdoors")

    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.fromtimestamp(SAMPLE["claims"]["iat"] + 5, UTC)

    monkeypatch.setattr("jwt.api_jwt.datetime", Then)
    INSTALL.read_session(APP, SAMPLE["token"], "acme-outdoors")


def test_a_clock_may_be_a_little_off_and_no_more() -> None:
    now = int(time.time())
    INSTALL.read_session(APP, token(exp=now - 2), "acme-outdoors")
    INSTALL.read_session(APP, token(nbf=now + 3, iat=now + 3), "acme-outdoors")


def unsigned() -> str:
    return jwt.encode(claims(), "", algorithm="none")


def by_public_key() -> str:
    """As if our secret were a public key that the attacker knows: the header says RS256."""
    _, body, signature = token().split(".")
    forged = jwt.utils.base64url_encode(b'{"alg":"RS256","typ":"JWT"}').decode()
    return f"{forged}.{body}.{signature}"


def tampered() -> str:
    header, _, signature = token().split(".")
    body = jwt.encode(claims(user_email="eve@evil.example"), "x" * 32).split(".")[1]
    return f"{header}.{body}.{signature}"


NOW = int(time.time())
BAD = {
    "wrong audience": lambda: token(aud="somebody-else"),
    "no audience": lambda: token(aud=None),
    "expired": lambda: token(exp=NOW - 60, nbf=NOW - 120, iat=NOW - 120),
    "no expiry": lambda: token(exp=None),
    "expiry is no time": lambda: token(exp="soon"),
    # Counted from when the tests were collected, which may be long ago.
    "not valid yet": lambda: token(nbf=NOW + 86_400),
    "no beginning": lambda: token(nbf=None),
    "unsigned": unsigned,
    "unsigned, without its last part": lambda: unsigned().rstrip("."),
    "another algorithm of the same key": lambda: token(algorithm="HS512"),
    "algorithm confusion": by_public_key,
    "another key": lambda: token(key="another-secret-of-thirty-two-bytes"),
    "tampered": tampered,
    "other store": lambda: token(store="blue-harbor.29next.store"),
    "store as a bare name": lambda: token(store="acme-outdoors"),
    "several stores": lambda: token(store=[STORE]),
    "no store": lambda: token(store=None),
    "garbage": lambda: "garbage",
    "empty": lambda: "",
    "dots": lambda: "..",
    "not ASCII": lambda: "ä.ö.ü",
    "null bytes": lambda: "\x00.\x00.\x00",
    "very long": lambda: "a" * 100_000,
}


@pytest.mark.parametrize("bad", BAD)
def test_every_other_session_token_is_refused(bad: str) -> None:
    with pytest.raises(BadSignature) as caught:
        INSTALL.read_session(APP, BAD[bad](), "acme-outdoors")
    assert APP.client_secret not in str(caught.value)
