"""Who may call: a login gives a pair of tokens, and a refresh gives a new pair for the old one."""

import secrets
import time

from flask import Request

from sandbox.fulfillment_com import errors
from sandbox.fulfillment_com.state import Json
from sandbox.fulfillment_com.warehouse import Login, Ticket, Warehouse
from sandbox.recorder import Call

SCOPE = "oms"


def read_wish(request: Request) -> Json:
    """JSON, either kind of form, and the client's own part in a Basic header: all are taken."""
    body = request.get_json(force=True, silent=True) if not request.form else None
    wish = body if isinstance(body, dict) else request.form.to_dict()
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        wish = {"client_id": basic.username, "client_secret": basic.password, **wish}
    return wish


def give(warehouse: Warehouse, wish: Json) -> Json:
    """Answer a request for tokens."""
    kind = wish.get("grant_type")
    if not kind:
        raise errors.no_token(400, "invalid_request", "The grant type is missing.")
    if kind not in GRANTS:
        raise errors.no_token(400, "unsupported_grant_type", "The grant type is not known.")
    needed = GRANTS[kind]
    missing = [name for name in ("client_id", "client_secret", *needed) if not wish.get(name)]
    if missing:
        raise errors.no_token(400, "invalid_request", f"{missing[0]} is missing.")
    client = (wish["client_id"], wish["client_secret"])
    if client != (warehouse.client_id, warehouse.client_secret):
        raise errors.no_token(401, "invalid_client", "The client is not known.")
    if wish.get("scope", SCOPE) != SCOPE:
        raise errors.no_token(400, "invalid_scope", "The scope is not known.")
    login = _by_password(warehouse, wish) if kind == "password" else _by_refresh(warehouse, wish)
    return _pair(warehouse, login)


GRANTS = {"password": ("scope", "username", "password"), "refresh_token": ("refresh_token",)}


def admit(warehouse: Warehouse, authorization: str | None, call: Call) -> Login:
    """Return whose token it is."""
    scheme, _, token = (authorization or "").partition(" ")
    ticket = warehouse.access.get(token.strip()) if scheme.lower() == "bearer" else None
    if ticket is None:
        raise errors.unauthorized()
    if ticket.is_over:
        call.violations.append("a token is sent that has run out")
        raise errors.unauthorized()
    return ticket.login


def _by_password(warehouse: Warehouse, wish: Json) -> Login:
    login = warehouse.logins.get(wish["username"])
    if login is None or login.password != wish["password"]:
        raise errors.no_token(401, "invalid_credentials", "The user credentials were incorrect.")
    return login


def _by_refresh(warehouse: Warehouse, wish: Json) -> Login:
    ticket = warehouse.refresh.pop(wish["refresh_token"], None)
    if ticket is None or ticket.is_over:
        status = warehouse.settings.refresh_refused
        raise errors.no_token(status, "invalid_request", "The refresh token is invalid.")
    warehouse.access.pop(ticket.beside, None)
    return ticket.login


def _pair(warehouse: Warehouse, login: Login) -> Json:
    settings, instant = warehouse.settings, time.monotonic()
    access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    warehouse.access[access] = Ticket(login, instant + settings.token_seconds, refresh)
    warehouse.refresh[refresh] = Ticket(login, instant + settings.refresh_seconds, access)
    warehouse.effect("token", None, login.username)
    given = {"access_token": access, "token_type": "Bearer", "expires_in": settings.token_seconds}
    return {**given, **({"refresh_token": refresh} if settings.gives_refresh_token else {})}
