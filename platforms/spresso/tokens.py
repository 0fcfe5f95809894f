"""The token of a Spresso connection: a fixed one, or one that is fetched and soon runs out."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from platforms import secret_ways
from platforms.errors import Malformed, Refused, Unauthorized
from platforms.http import Answer, Transport
from platforms.spresso.answers import LABEL, error_in
from platforms.values import is_token, read_count, read_instant, read_text

# The names of the credentials, not the credentials.
STATIC = "spresso_token"
CLIENT_ID = "spresso_client_id"
CLIENT_SECRET = "spresso_client_secret"  # noqa: S105
FETCHED = "spresso_fetched_token"
FETCHED_UNTIL = "spresso_token_until"

# Contract spresso, section 3: renewed 30 minutes early; at half life where it lives under an hour.
EARLY_SECONDS = 1800
SHORT_SECONDS = 3600


def usable_token(credentials: Mapping[str, str], now: datetime | None = None) -> str:
    """Return the token to send; raises Unauthorized where there is none, or it is to be renewed.

    One that is fetched goes before a fixed one, because it can be renewed.
    """
    if not fetches(credentials):
        return _sendable(credentials.get(STATIC, ""))
    until = read_instant(credentials.get(FETCHED_UNTIL))
    if until is None or until <= (now or datetime.now(UTC)):
        raise Unauthorized(f"The {LABEL} token is to be fetched anew. Nothing was sent.")
    return _sendable(credentials.get(FETCHED, ""))


def fetches(credentials: Mapping[str, str]) -> bool:
    """Tell whether a token is fetched; raises Unauthorized where half of what it takes is there."""
    given = [bool(credentials.get(name, "").strip()) for name in (CLIENT_ID, CLIENT_SECRET)]
    if any(given) and not all(given):
        missing = "secret" if given[0] else "id"
        raise Unauthorized(
            f"The {LABEL} client {missing} is missing. Fill it in, or leave both out."
        )
    return all(given)


def renew(
    credentials: Mapping[str, str],
    transport: Transport,
    options: Mapping[str, Any],
    now: datetime | None = None,
) -> dict[str, str]:
    """Exchange client id and secret for a fresh token, and say until when it is to be used.

    Raises Unauthorized where they are missing or not taken, and Unavailable where it may work
    later. Contract spresso, section 3.
    """
    if not fetches(credentials):
        raise Unauthorized(f"This {LABEL} token cannot be renewed. Paste a new one.")
    origin, path = _split(read_text(options.get("token_url")))
    body = {
        "client_id": credentials[CLIENT_ID].strip(),
        "client_secret": credentials[CLIENT_SECRET].strip(),
        "audience": read_text(options.get("audience")).strip(),
        "grant_type": "client_credentials",
    }
    scope = " ".join(read_text(options.get("scope")).split())
    with closing(transport.beside(origin)) as way:
        # A token more or less changes nothing there, so a lost answer may just be asked for again.
        answer = way.request(
            "POST", path, json={**body, **({"scope": scope} if scope else {})}, writes=False
        )
    _raise_for(answer)
    return read_grant(answer, now or datetime.now(UTC))


def _split(url: str) -> tuple[str, str]:
    try:
        return secret_ways.split(url)
    except ValueError as error:
        raise Unauthorized(f"No token can be fetched: {error}") from None


def _raise_for(answer: Answer) -> None:
    error = error_in(answer, writes=False)
    if isinstance(error, Refused):
        raise Unauthorized(
            f"{LABEL} gave no token for the client id and secret: {error}",
            status=answer.status,
            body=answer.excerpt,
        )
    if error:
        raise error


def read_grant(answer: Answer, now: datetime) -> dict[str, str]:
    """Return the token of an answer, and until when it is to be used; raises Malformed."""
    given = answer.json if isinstance(answer.json, dict) else {}
    token = given.get("access_token")
    if not is_token(token):
        raise Malformed(
            f"{LABEL} answered without a token that we could use.",
            status=answer.status,
            body=answer.excerpt,
        )
    # What is not said counts as an hour: a token that is refused earlier is renewed then.
    seconds = read_count(given.get("expires_in")) or SHORT_SECONDS
    life = seconds - EARLY_SECONDS if seconds >= SHORT_SECONDS else seconds / 2
    return {FETCHED: token, FETCHED_UNTIL: (now + timedelta(seconds=life)).isoformat()}


def _sendable(token: str) -> str:
    token = token.strip()
    if not is_token(token):
        raise Unauthorized(f"The store has no usable {LABEL} token. Paste it again.")
    return token
