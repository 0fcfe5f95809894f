"""Tokens: by every body and header that clients send, renewed, revoked, refused in three nodes."""

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from api.jobs import forget_tokens
from api.models import Login, Tries
from tests.api.caller import PASSWORD, SECRET, Heard, Program, body, breaches, client_row, heard

BOTH = pytest.mark.parametrize("path", ["/v2/oauth/access_token", "/oauth/access_token"])
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart"
BACK = "https://shop.example/back"


class Asking:
    """A program that asks for tokens."""

    def __init__(self, program: Program, **options: Any) -> None:
        self.row = client_row(**options)
        self.user = program.user
        self.client = Client(raise_request_exception=False)

    def fields(self, **changes: Any) -> dict[str, Any]:
        named = {"client_id": self.row.client_id, "client_secret": SECRET}
        mine = {"username": self.user.username, "password": PASSWORD}
        given = {**body("oauth_token_request_password"), **named, **mine, **changes}
        return {name: value for name, value in given.items() if value is not None}

    def refresh(self, token: str, **changes: Any) -> dict[str, Any]:
        given = body("oauth_token_request_refresh", refresh_token=token, **changes)
        return {**given, "client_id": self.row.client_id, "client_secret": SECRET}

    def ask(
        self,
        fields: Any,
        path: str = "/v2/oauth/access_token",
        kind: str = "application/json",
        **headers: str,
    ) -> Heard:
        if kind == MULTIPART:
            return heard(self.client.post(path, fields, headers=headers))
        if kind == FORM:
            text = "&".join(f"{k}={v}" for k, v in fields.items())
            return heard(self.client.post(path, text, content_type=kind, headers=headers))
        raw = fields if isinstance(fields, bytes) else json.dumps(fields)
        where = {"REMOTE_ADDR": headers.pop("REMOTE_ADDR", "127.0.0.1")}
        answer = self.client.post(path, raw, content_type=kind, headers=headers, **where)
        return heard(answer)

    def basic(self, secret: str = SECRET) -> str:
        return "Basic " + base64.b64encode(f"{self.row.client_id}:{secret}".encode()).decode()


@pytest.fixture
def asking(program: Program) -> Asking:
    return Asking(program)


@BOTH
@pytest.mark.parametrize("kind", ["application/json", FORM, MULTIPART, "text/plain"])
def test_a_token_is_given_for_every_kind_of_body(asking: Asking, path: str, kind: str) -> None:
    answer = asking.ask(asking.fields(), path, kind)
    assert answer.status == 200, answer.said
    assert not breaches("AccessTokenResponseV2", answer.said)
    assert answer.said["token_type"].lower() == "bearer"
    assert answer.said["expires_in"] == 604_800
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_client_may_stand_in_a_header_and_the_body_wins(asking: Asking) -> None:
    bare = asking.fields(client_id=None, client_secret=None)
    for kind in ("application/json", FORM):
        assert asking.ask(bare, kind=kind, Authorization=asking.basic()).status == 200
    assert asking.ask(bare, Authorization=asking.basic("wrong")).status == 401
    assert asking.ask(asking.fields(), Authorization=asking.basic("wrong")).status == 200
    assert asking.ask(bare, Authorization="Basic not-base-64!").status == 400


def test_a_token_opens_the_api_and_is_nowhere_in_the_database(
    asking: Asking, program: Program
) -> None:
    given = asking.ask(asking.fields()).said
    answer = program.call("GET", "users/me", token=given["access_token"])
    assert answer.said["id"] == program.user.pk
    assert not breaches("UserContactV2", answer.said)
    for model in (get_access_token_model(), get_refresh_token_model()):
        assert not model.objects.exclude(token="").exists()


def test_a_refresh_renews_both_and_ends_those_before(asking: Asking, program: Program) -> None:
    first = asking.ask(asking.fields()).said
    second = asking.ask(asking.refresh(first["refresh_token"]))
    assert second.status == 200
    assert not {*first.values()} & {second.said["access_token"], second.said["refresh_token"]}
    assert program.call("GET", "users/me", token=first["access_token"]).status == 401
    assert program.call("GET", "users/me", token=second.said["access_token"]).status == 200
    again = asking.ask(asking.refresh(first["refresh_token"]))
    assert (again.status, again.said) == (401, body("oauth_error_401_refresh_token"))
    # Somebody has a copy: whoever used which, all of its line are good no more.
    assert program.call("GET", "users/me", token=second.said["access_token"]).status == 401


def test_a_refresh_needs_no_scope(asking: Asking) -> None:
    first = asking.ask(asking.fields()).said
    wish = asking.refresh(first["refresh_token"])
    wish.pop("scope")
    assert asking.ask(wish).status == 200


def test_a_refresh_token_is_good_for_thirty_days(asking: Asking) -> None:
    first = asking.ask(asking.fields()).said
    row = get_access_token_model().objects.latest("pk")
    row.expires = timezone.now() - timedelta(days=24)
    row.save()
    assert asking.ask(asking.refresh(first["refresh_token"])).status == 401


@pytest.mark.parametrize(
    ("changes", "example"),
    [
        ({"password": "wrong"}, "oauth_error_401_credentials"),
        ({"username": "nobody"}, "oauth_error_401_credentials"),
        ({"client_secret": "wrong"}, "oauth_error_401_client"),
        ({"client_id": "nobody"}, "oauth_error_401_client"),
        ({"grant_type": "client_credentials"}, "oauth_error_400_grant"),
    ],
)
def test_what_is_wrong_is_said_as_the_contract_says_it(
    asking: Asking, changes: dict[str, str], example: str
) -> None:
    answer = asking.ask(asking.fields(**changes))
    assert answer.status == int(example.split("_")[2])
    assert answer.said == body(example)


@pytest.mark.parametrize(
    "name", ["grant_type", "client_id", "client_secret", "username", "password"]
)
def test_a_field_that_is_missing_is_400_and_named(asking: Asking, name: str) -> None:
    answer = asking.ask(asking.fields(**{name: None}))
    assert (answer.status, answer.said["error"]) == (400, "invalid_request")
    assert name in answer.said["message"]
    assert answer.said["message"] == answer.said["error_description"]


def test_there_is_one_scope(asking: Asking) -> None:
    answer = asking.ask(asking.fields(scope="oms admin"))
    assert (answer.status, answer.said["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 50_000,
        b"\xff",
        b'{"client_id": 7}',
        b'{"a": "\\ud800"}',
        b'{"username": "\\u0000"}',
        b"x" * 100_000,
    ],
)
def test_garbage_is_400(asking: Asking, sent: bytes) -> None:
    answer = asking.ask(sent)
    assert (answer.status, answer.said["error"]) == (400, "invalid_request")


def test_only_post_gives_tokens(asking: Asking) -> None:
    for method in ("get", "put", "delete", "options"):
        answer = heard(getattr(asking.client, method)("/v2/oauth/access_token"))
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")


def test_who_was_shut_out_gets_nothing(asking: Asking, program: Program) -> None:
    first = asking.ask(asking.fields()).said
    Login.objects.all().delete()
    assert asking.ask(asking.fields()).said == body("oauth_error_401_credentials")
    assert program.call("GET", "users/me", token=first["access_token"]).status == 403
    Login.objects.create(user=program.user, merchant=program.merchant)
    program.user.is_active = False
    program.user.save()
    assert asking.ask(asking.fields()).status == 401
    assert asking.ask(asking.refresh(first["refresh_token"])).status == 401
    assert program.call("GET", "users/me", token=first["access_token"]).status == 401


def test_passwords_cannot_be_guessed_by_the_thousand(asking: Asking, settings: Any) -> None:
    settings.API_LOGINS_PER_MINUTE = 3
    wrong = [asking.ask(asking.fields(password="wrong")).status for _ in range(5)]
    assert wrong == [401, 401, 401, 429, 429]
    answer = asking.ask(asking.fields())
    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_nobody_is_locked_out_from_elsewhere(asking: Asking, settings: Any) -> None:
    settings.API_LOGINS_PER_MINUTE = 2
    wrong = asking.fields(client_secret="guessed", password="wrong")
    statuses = [asking.ask(wrong, REMOTE_ADDR="198.51.100.7").status for _ in range(30)]
    assert set(statuses[:2]) == {401}
    assert set(statuses[2:]) == {429}
    assert asking.ask(asking.fields(), REMOTE_ADDR="203.0.113.9").status == 200
    far = [asking.ask(wrong, REMOTE_ADDR=f"2001:db8::{n}").status for n in range(1, 4)]
    assert far == [401, 401, 429], "a network is one address"


def test_with_the_secret_nobody_guesses_from_everywhere(asking: Asking, settings: Any) -> None:
    settings.API_LOGINS_PER_MINUTE = 1
    wrong = asking.fields(password="wrong")
    statuses = [asking.ask(wrong, REMOTE_ADDR=f"198.51.100.{n}").status for n in range(1, 13)]
    assert statuses == [401] * 10 + [429] * 2
    first = asking.ask(asking.fields(), REMOTE_ADDR="203.0.113.9")
    assert (first.status, first.said["message"]) == (429, "Too Many Requests")


def test_behind_a_proxy_the_address_that_it_adds_counts(asking: Asking, settings: Any) -> None:
    settings.API_LOGINS_PER_MINUTE, settings.BEHIND_PROXY = 1, True
    wrong = asking.fields(password="wrong")
    said = [f"10.0.0.{n}, 198.51.100.7" for n in range(3)]
    statuses = [asking.ask(wrong, **{"X-Forwarded-For": each}).status for each in said]
    assert statuses == [401, 429, 429], "what a client says of itself is nothing"
    assert asking.ask(asking.fields(), **{"X-Forwarded-For": "203.0.113.9"}).status == 200


def test_tries_of_a_minute_that_is_over_are_forgotten(asking: Asking, settings: Any) -> None:
    settings.API_LOGINS_PER_MINUTE = 1
    assert [asking.ask(asking.fields()).status for _ in range(2)] == [200, 429]
    forget_tokens()
    assert Tries.objects.exists()
    Tries.objects.update(begun_at=timezone.now() - timedelta(minutes=2))
    assert asking.ask(asking.fields()).status == 200
    Tries.objects.update(begun_at=timezone.now() - timedelta(minutes=2))
    forget_tokens()
    assert not Tries.objects.exists()


@pytest.mark.parametrize("path", ["/v2/oauth/authorize", "/oauth/authorize"])
def test_a_code_is_given_in_the_browser_and_good_once(
    program: Program, path: str, settings: Any
) -> None:
    asking = Asking(program, authorization_grant_type="authorization-code", redirect_uris=BACK)
    there = consent(asking, path, "code")
    assert there.startswith(f"{BACK}?")
    said = parse_qs(urlsplit(there).query)
    assert (said["state"], said["iss"]) == (["s t"], [settings.PUBLIC_URL])
    wish = {
        "grant_type": "authorization_code",
        "code": said["code"][0],
        "redirect_uri": BACK,
        "client_id": asking.row.client_id,
        "client_secret": SECRET,
    }
    first = asking.ask(wish)
    assert first.status == 200, first.said
    assert program.call("GET", "users/me", token=first.said["access_token"]).status == 200
    again = asking.ask(wish)
    assert (again.status, again.said["error"]) == (400, "invalid_grant")


def test_a_token_is_given_in_the_browser(program: Program, settings: Any) -> None:
    asking = Asking(program, authorization_grant_type="implicit", redirect_uris=BACK)
    said = parse_qs(urlsplit(consent(asking, "/oauth/authorize", "token")).fragment)
    assert said["expires_in"] == ["604800"]
    assert (said["state"], said["iss"]) == (["s t"], [settings.PUBLIC_URL])
    assert "refresh_token" not in said
    assert program.call("GET", "users/me", token=said["access_token"][0]).status == 200


def test_nobody_is_sent_to_an_address_that_is_not_the_clients(program: Program) -> None:
    asking = Asking(program, authorization_grant_type="authorization-code", redirect_uris=BACK)
    asking.client.force_login(program.user)
    for wrong in ("https://evil.example/", f"{BACK}/more", "javascript:alert(1)"):
        answer = asking.client.get("/oauth/authorize", query(asking, "code", redirect_uri=wrong))
        assert answer.status_code == 400
        assert "Location" not in answer.headers


def test_who_may_not_call_cannot_let_a_program_call(program: Program) -> None:
    asking = Asking(program, authorization_grant_type="authorization-code", redirect_uris=BACK)
    Login.objects.all().delete()
    asking.client.force_login(program.user)
    assert asking.client.get("/oauth/authorize", query(asking, "code")).status_code == 403


def query(asking: Asking, kind: str, **changes: str) -> dict[str, str]:
    asked = {"response_type": kind, "client_id": asking.row.client_id, "redirect_uri": BACK}
    return {**asked, "scope": "oms", "state": "s t", **changes}


def consent(asking: Asking, path: str, kind: str) -> str:
    """Log in, consent, and return where the browser is sent."""
    first = asking.client.get(path, query(asking, kind))
    assert first.status_code == 302
    page = first.headers["Location"]
    logged_in = asking.client.post(
        page, {"username": asking.user.username, "password": PASSWORD, "next": next_of(page)}
    )
    assert logged_in.status_code == 302
    shown = asking.client.get(logged_in.headers["Location"])
    assert b"Northwind shop" in shown.content
    assert shown.context["form"].initial["client_id"] == asking.row.client_id
    sent = {k: v for k, v in shown.context["form"].initial.items() if v}
    answer = asking.client.post(path, {**sent, "allow": "Authorize"})
    assert answer.status_code == 302, answer.content
    return str(answer.headers["Location"])


def next_of(page: str) -> str:
    return parse_qs(urlsplit(page).query)["next"][0]
