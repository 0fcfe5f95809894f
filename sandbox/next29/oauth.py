"""The install flow of an app: the merchant's links, the consent page, and the token endpoint."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, render_template, request

from sandbox import exchange
from sandbox.next29.acting import acting
from sandbox.next29.apps import App, Code
from sandbox.next29.looks import LOOKS, in_json
from sandbox.next29.state import SERVICE, Json
from sandbox.next29.store import Store
from sandbox.recorder import Call, redacted
from sandbox.world import World

DOMAIN = ".29next.store"
OPERATION = "oauthToken"
FORM = "application/x-www-form-urlencoded"
EXPIRES_IN = 15778476000
SESSION_SECONDS = 30

Page = Callable[[Store], Response]


class OAuthError(Exception):
    """The token endpoint refuses, in the words of RFC 6749."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


def register(pages: Blueprint, world: World) -> None:
    """What a merchant's browser and the app's server find outside the API."""
    _page(pages, world, "dashboard/apps/install-app/", install_link)
    _page(pages, world, "dashboard/apps/open-app/", open_link)
    _page(pages, world, "oauth2/authorize/", lambda store: authorize(world, store))

    @pages.post("/<subdomain>/oauth2/token/")
    def token(subdomain: str) -> Response:
        return answer(world, _find(world, subdomain))


def _page(pages: Blueprint, world: World, path: str, page: Page) -> None:
    def view(subdomain: str) -> Response:
        return page(_find(world, subdomain))

    pages.add_url_rule(f"/<subdomain>/{path}", path, view, methods=["GET", "POST"])


def _find(world: World, subdomain: str) -> Store:
    store = world.next29.get(subdomain)
    if store is None:
        abort(Response(f"There is no store {subdomain}.", 404, content_type="text/plain"))
    return store


def _refused(reason: str) -> Response:
    return Response(reason, 400, content_type="text/plain; charset=utf-8")


def domain(store: Store) -> str:
    return store.subdomain + DOMAIN


def install_link(store: Store) -> Response:
    """The merchant installs: on to the App URL, without a token."""
    if request.args.get("client_id") != store.app.client_id:
        return _refused("There is no app with this client id.")
    return _to(store.app.app_url, {"store": domain(store)})


def open_link(store: Store) -> Response:
    """The merchant opens the installed app: on to the App URL, with a session token."""
    return _to(store.app.app_url, {"store": domain(store), "token": session_token(store)})


def session_token(store: Store) -> str:
    """A JWT of half a minute, signed with the client secret."""
    issued = int(time.time())
    claims = {
        "iss": f"https://{domain(store)}/dashboard",
        "sub": f"https://{domain(store)}",
        "aud": store.app.client_id,
        "exp": issued + SESSION_SECONDS,
        "nbf": issued,
        "iat": issued,
        "uid": 3,
        "user_email": f"ops@{store.subdomain}.example",
        "store": domain(store),
    }
    parts = [_part({"alg": "HS256", "typ": "JWT"}), _part(claims)]
    key = store.app.client_secret.encode()
    signature = hmac.new(key, ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _base64(signature)])


def _part(value: Json) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def authorize(world: World, store: Store) -> Response:
    """The consent page; unless the store asks for a click, the merchant has agreed already."""
    asked = request.values
    redirect_uri = asked.get("redirect_uri", "")
    if asked.get("client_id") != store.app.client_id:
        return _refused("There is no app with this client id.")
    if redirect_uri not in store.app.redirect_urls:
        return _refused("This redirect URL is not registered.")
    if asked.get("response_type") != "code":
        return _back(store, redirect_uri, {"error": "unsupported_response_type"})
    if request.method == "POST" and "refuse" in request.form:
        return _back(store, redirect_uri, {"error": "access_denied"})
    if store.settings.ask_consent and request.method == "GET":
        return Response(render_template("consent.html", store=store, asked=asked.to_dict()))
    with acting(world, store):
        code = _new_code(store, redirect_uri, asked.get("scope", "").split())
    return _back(store, redirect_uri, {"code": code})


def _new_code(store: Store, redirect_uri: str, asked: list[str]) -> str:
    only = store.settings.grant_only
    granted = tuple(scope for scope in asked if not only or scope in only)
    code = secrets.token_urlsafe(12)
    store.app.codes[code] = Code(redirect_uri, granted)
    return code


def _back(store: Store, redirect_uri: str, found: dict[str, str]) -> Response:
    state = request.values.get("state", "")
    echoed = {"state": state} if state and store.settings.echo_state else {}
    return _to(redirect_uri, {"store": domain(store), **found, **echoed})


def _to(url: str, query: dict[str, str]) -> Response:
    return Response(status=302, headers={"Location": f"{url}?{urlencode(query)}"})


def answer(world: World, store: Store) -> Response:
    """The token endpoint, with the store's faults."""
    call = world.recorder.begin(
        store.place, request.method, request.path, "", request.headers.get("X-Correlation-Id")
    )
    call.operation = OPERATION
    call.body = redacted(request.form.to_dict())
    strike = store.faults.draw(OPERATION)
    call.fault = strike.kind if strike else None
    found = exchange.answer(strike, LOOKS, lambda: _answer(world, store, call))
    call.status = found.status_code
    return found


def _answer(world: World, store: Store, call: Call) -> Response:
    try:
        if request.mimetype != FORM:
            call.violations.append("the token endpoint takes a form, nothing else")
            raise OAuthError("invalid_request")
        with acting(world, store):
            return in_json(_give(store))
    except OAuthError as refusal:
        return in_json({"error": refusal.error}, refusal.status)


def _give(store: Store) -> Json:
    form, app = request.form, store.app
    known = (app.client_id, app.client_secret)
    if (form.get("client_id"), form.get("client_secret")) != known:
        raise OAuthError("invalid_client", 401)
    match form.get("grant_type"):
        case "authorization_code":
            return _tokens(store, _spend_code(app))
        case "refresh_token":
            return _tokens(store, _spend_refresh_token(app))
        case _:
            raise OAuthError("unsupported_grant_type")


def _spend_code(app: App) -> tuple[str, ...]:
    code = app.codes.get(request.form.get("code", ""))
    if code is None or code.spent or code.redirect_uri != request.form.get("redirect_uri"):
        raise OAuthError("invalid_grant")
    code.spent = True
    return code.scopes


def _spend_refresh_token(app: App) -> tuple[str, ...]:
    granted = app.refresh_tokens.pop(request.form.get("refresh_token", ""), None)
    if granted is None:
        raise OAuthError("invalid_grant")
    return granted


def _tokens(store: Store, scopes: tuple[str, ...]) -> Json:
    """Fresh tokens; those that the app was given before are good no longer."""
    for former in store.app.tokens:
        store.tokens.pop(former, None)
    token, fresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    store.tokens[token] = frozenset(scopes)
    store.app.tokens = {token}
    store.app.refresh_tokens = {fresh: scopes}
    store.effect("token", None, SERVICE, grant_type=request.form["grant_type"])
    given = {
        "access_token": token,
        "expires_in": EXPIRES_IN,
        "token_type": "Bearer",
        "scope": " ".join(scopes),
    }
    return given | ({"refresh_token": fresh} if store.settings.refresh_tokens else {})
