"""Who may call: fixed tokens, and those given for client id and secret."""

import secrets
import time

from sandbox.spresso import errors
from sandbox.spresso.account import Account
from sandbox.spresso.state import Json

AUDIENCE = "https://spresso-api"
SCOPES = frozenset({"view", "edit"})


def admit(account: Account, authorization: str | None) -> None:
    """Let a caller in with a token of ours that has not run out."""
    scheme, _, token = (authorization or "").partition(" ")
    ends = account.fetched.get(token, 0.0)
    if scheme.lower() != "bearer" or (token not in account.tokens and ends <= time.monotonic()):
        raise errors.unauthorized()


def give(account: Account, body: Json) -> Json:
    """Give a token for client id and secret."""
    if body.get("grant_type") != "client_credentials" or body.get("audience") != AUDIENCE:
        raise errors.bad_request("grant_type or audience is not known")
    known = (account.client_id, account.client_secret)
    if not all(known) or (body.get("client_id"), body.get("client_secret")) != known:
        raise errors.unauthorized("Wrong client id or secret")
    wanted = set(str(body.get("scope") or "view edit").split())
    if not wanted <= SCOPES:
        raise errors.forbidden("Scopes are not allowed")
    token, lives = secrets.token_urlsafe(32), account.settings.token_seconds
    account.fetched[token] = time.monotonic() + lives
    account.effect("token", None, "fulfiller", expires_in=lives)
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": lives,
        "scope": " ".join(sorted(wanted)),
    }
