"""29 Next's app install: the merchant's consent, a code for a token, and the dashboard's proof."""

import re
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import jwt

from platforms.errors import (
    BadSignature,
    Malformed,
    PlatformError,
    Refused,
    Unauthorized,
    UnknownSender,
)
from platforms.http import Answer, Transport
from platforms.interface import App, Grant
from platforms.next29.api import LABEL
from platforms.next29.client import TOKEN
from platforms.next29.sentences import read_sentence
from platforms.next29.webhook import STORE_DOMAIN
from platforms.status import error_of
from platforms.values import is_token, read_text

REFRESH = "refresh_token"
ALGORITHM = "HS256"
# A session token lives 30 seconds and is used at once; a clock may be off by a few of them.
LEEWAY_SECONDS = 5

# Contract next29, section 3.1. It decides where the client secret is sent, so it is exact: no
# blanks, no upper case, no port, and nothing after the domain.
_STORE = re.compile(r"([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)\.29next\.store", re.ASCII)

SCOPES: Mapping[str, str] = {
    "fulfillment_service:read": "see the orders that are assigned to us",
    "fulfillment_service:write": "answer requests, register our warehouse and report shipments",
    "webhooks:read": "see what the store announces to us",
    "webhooks:write": "have changes announced to us, such as an order that is cancelled",
    "orders:read": "see the customer's e-mail address and what was shipped by others",
    "orders:write": "report how a delivery goes",
    "catalogue:read": "see the store's stock figures and products",
    "catalogue:write": "keep the store's stock figures right",
    "fulfillment_orders:read": "see to which other locations an order could move",
    "fulfillment_orders:write": "move an order to another location",
}
REQUIRED = (
    "fulfillment_service:read",
    "fulfillment_service:write",
    "webhooks:read",
    "webhooks:write",
)
# RFC 6749, section 5.2.
_OUR_FAULT = frozenset({"invalid_client", "unauthorized_client"})
_SPENT = frozenset({"invalid_grant"})


class Next29Install:
    """Contract next29, section 3. Pure, except for the requests of `exchange` and `renew`."""

    scopes = SCOPES
    required = REQUIRED

    def read_store(self, named: str) -> str:
        """Return the subdomain of a network domain; raises UnknownSender for anything else."""
        found = _STORE.fullmatch(named)
        if not found:
            raise UnknownSender(
                f"{named[:80]!r} is not a {LABEL} store. "
                f"Open the app from the dashboard of a store, such as acme-outdoors{STORE_DOMAIN}."
            )
        return found[1]

    def domain(self, account: str) -> str:
        """Return the network domain of a store."""
        return account + STORE_DOMAIN

    def home(self, account: str) -> str:
        """Return the address of the network domain; raises UnknownSender for what is no account."""
        self.read_store(self.domain(account))
        return f"https://{self.domain(account)}/"

    def api_url(self, home: str) -> str:
        """Return the address of the Admin API below it. Contract next29, section 2."""
        return f"{home}api/admin/"

    def authorize_url(self, app: App, home: str, redirect_uri: str, state: str) -> str:
        """Return the consent page. Only `code` is supported; PKCE is not documented."""
        query = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(app.scopes),
            "state": state,
        }
        return f"{home}oauth2/authorize/?{urlencode(query, quote_via=quote, safe='')}"

    def exchange(
        self, app: App, transport: Transport, redirect_uri: str, code: str, state: str = ""
    ) -> Grant:
        """Give a code for tokens; it can be given once. Contract next29, section 3.1.

        Raises Refused for a code that is spent, Unauthorized when our own client id or secret is
        wrong, and Malformed when the answer holds no token.
        """
        form = {"grant_type": "authorization_code", "redirect_uri": redirect_uri, "code": code}
        return _ask(app, transport, form)

    def renew(self, app: App, transport: Transport, credentials: Mapping[str, str]) -> Grant:
        """Return a fresh grant for a refresh token; raises Unauthorized where we have none."""
        token = credentials.get(REFRESH, "")
        if not token:
            raise Unauthorized(f"There is no refresh token for this {LABEL} store.")
        return _ask(app, transport, {"grant_type": REFRESH, REFRESH: token})

    def read_session(self, app: App, token: str, account: str) -> None:
        """Verify a session token; raises BadSignature. Contract next29, section 3.2.

        It must be signed by HS256 and no other algorithm, for us, for this store and for now.
        """
        try:
            claims = jwt.decode(
                token,
                app.client_secret,
                algorithms=[ALGORITHM],
                audience=app.client_id,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "nbf", "aud", "store"]},
            )
        except jwt.PyJWTError as error:
            raise BadSignature(f"The session token is not valid: {error}.") from None
        if claims["store"] != self.domain(account):
            raise BadSignature("The session token is for another store.")


def _ask(app: App, transport: Transport, form: Mapping[str, str]) -> Grant:
    ours = {"client_id": app.client_id, "client_secret": app.client_secret}
    answer = transport.request("POST", "oauth2/token/", form={**form, **ours}, writes=True)
    error = _error_of(answer)
    if error:
        raise error
    return _read_grant(answer, app)


def _error_of(answer: Answer) -> PlatformError | None:
    """Return what an answer of the token endpoint means. RFC 6749, section 5.2."""
    named = answer.json.get("error") if isinstance(answer.json, dict) else None
    if answer.status in (400, 401) and named in _SPENT:
        return Refused(
            f"{LABEL} does not take this code or token: it was used before, or has run out.",
            status=answer.status,
            body=answer.excerpt,
        )
    if answer.status in (400, 401) and named in _OUR_FAULT:
        return Unauthorized(
            f"{LABEL} does not know us by our client id and client secret ({named}).",
            status=answer.status,
            body=answer.excerpt,
        )
    sentence = read_sentence(answer) if answer.status >= 400 else ""
    return error_of(answer, label=LABEL, sentence=sentence, writes=True)


def _read_grant(answer: Answer, app: App) -> Grant:
    """Return the tokens of an answer; raises Malformed without an access token."""
    given = answer.json if isinstance(answer.json, dict) else {}
    token, fresh = _read_token(given.get("access_token")), _read_token(given.get(REFRESH))
    kind = read_text(given.get("token_type", "Bearer"))
    if not token or kind.lower() != "bearer":
        raise Malformed(
            f"{LABEL} answered without an access token that we could use.",
            status=answer.status,
            body=answer.excerpt,
        )
    credentials = {TOKEN: token, **({REFRESH: fresh} if fresh else {})}
    granted = tuple(read_text(given.get("scope")).split())
    # What is not said is as asked. RFC 6749, section 5.1. `expires_in` is not to be trusted:
    # contract next29, section 1, item 12.
    return Grant(credentials, granted or app.scopes)


def _read_token(value: object) -> str:
    """Return a token that can be sent in a header, and nothing for anything else."""
    return value if is_token(value) else ""


INSTALL = Next29Install()
