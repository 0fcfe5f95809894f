"""The tokens of a Fulfillment.com login: given for name and password, renewed before they end."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from platforms.errors import Malformed, Refused, Unauthorized
from platforms.fulfillment_com.addresses import TOKENS
from platforms.fulfillment_com.answers import LABEL, error_in
from platforms.http import Answer, Transport
from platforms.secret_ways import split
from platforms.values import is_token, read_count, read_instant, read_text

# The names of the credentials, not the credentials.
CLIENT_ID = "fdc_client_id"
CLIENT_SECRET = "fdc_client_secret"  # noqa: S105
USERNAME = "fdc_username"
PASSWORD = "fdc_password"  # noqa: S105
ACCESS = "fdc_access_token"
REFRESH = "fdc_refresh_token"
UNTIL = "fdc_token_until"
PASTED = {
    CLIENT_ID: "client id",
    CLIENT_SECRET: "client secret",
    USERNAME: "user name",
    PASSWORD: "password",
}
SCOPE = "oms"

# Ours: a token is renewed an hour early, or at half its life where it lives less than two.
EARLY_SECONDS = 3600


def usable_token(credentials: Mapping[str, str], now: datetime | None = None) -> str:
    """Return the token to send; raises Unauthorized where there is none, or it is about to end."""
    until = read_instant(credentials.get(UNTIL))
    token = credentials.get(ACCESS, "").strip()
    if not is_token(token) or until is None or until <= (now or datetime.now(UTC)):
        raise Unauthorized(f"The {LABEL} token is to be renewed. Nothing was sent.")
    return token


def renew(
    credentials: Mapping[str, str],
    transport: Transport,
    options: Mapping[str, Any],
    now: datetime | None = None,
) -> dict[str, str]:
    """Return a new pair of tokens and until when they are to be used, to be kept in one step.

    The refresh token is tried first and, where it is not taken, the login. Raises Unauthorized
    where that is not taken either, and Unavailable where it may work later. An answer that is
    lost has used up the refresh token: the login is then what works. Contract, section 3.
    """
    moment = now or datetime.now(UTC)
    refresh = credentials.get(REFRESH, "").strip()
    if refresh:
        wish = {"grant_type": "refresh_token", "refresh_token": refresh}
        answer = _ask(credentials, transport, options, wish)
        if answer.status not in (400, 401):
            return _given(answer, moment)
    wish = {
        "grant_type": "password",
        "username": _pasted(credentials, USERNAME),
        "password": _pasted(credentials, PASSWORD),
    }
    return _given(_ask(credentials, transport, options, wish), moment)


def _ask(
    credentials: Mapping[str, str],
    transport: Transport,
    options: Mapping[str, Any],
    wish: Mapping[str, str],
) -> Answer:
    client = {name: _pasted(credentials, f"fdc_{name}") for name in ("client_id", "client_secret")}
    body = {**client, "scope": SCOPE, **wish}
    try:
        origin, path = split(read_text(options.get("token_url")).strip() or TOKENS)
    except ValueError as error:
        raise Unauthorized(f"No {LABEL} token can be asked for: {error}") from None
    as_form = options.get("token_as_form") is True
    with closing(transport.beside(origin)) as way:
        # A pair of tokens more or less changes nothing there: a lost answer is asked for again.
        return way.request(
            "POST",
            path,
            json=None if as_form else body,
            form=body if as_form else None,
            writes=False,
        )


def _pasted(credentials: Mapping[str, str], name: str) -> str:
    value = credentials.get(name, "")
    # A password may begin or end with a blank; nothing else does.
    value = value if name == PASSWORD else value.strip()
    if not value:
        raise Unauthorized(f"The {LABEL} {PASTED[name]} is missing. Paste it on the page.")
    return value


def _given(answer: Answer, now: datetime) -> dict[str, str]:
    error = error_in(answer, writes=False)
    if isinstance(error, Refused | Unauthorized):
        raise Unauthorized(
            f"{LABEL} gave no token for this login: {error}",
            status=answer.status,
            body=answer.excerpt,
        )
    if error:
        raise error
    return read_grant(answer, now)


def read_grant(answer: Answer, now: datetime) -> dict[str, str]:
    """Return the tokens of an answer, and until when they are to be used; raises Malformed.

    Both are replaced: without a new refresh token the old one is dropped, for it belongs to a
    pair that is over. Contract fulfillment_com, section 3.2.
    """
    given = answer.json if isinstance(answer.json, dict) else {}
    access, refresh = given.get("access_token"), given.get("refresh_token")
    kind = read_text(given.get("token_type")).strip().casefold()
    if not is_token(access) or kind not in ("bearer", ""):
        raise Malformed(
            f"{LABEL} answered without a token that we could use.",
            status=answer.status,
            body=answer.excerpt,
        )
    # What is not said counts as an hour: a token that is refused earlier is renewed then.
    seconds = read_count(given.get("expires_in")) or EARLY_SECONDS
    life = seconds - EARLY_SECONDS if seconds >= 2 * EARLY_SECONDS else seconds / 2
    usable = is_token(refresh)
    until = now + timedelta(seconds=life)
    return {ACCESS: access, REFRESH: str(refresh) if usable else "", UNTIL: until.isoformat()}
