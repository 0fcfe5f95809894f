"""Haravan's app install: OpenID Connect at one host for all shops, and a code for a token.

Two rounds with the same endpoints: one to know who comes, one to be granted work without them.
Who asks for the scopes of the second in the first place needs only that one. Contract haravan,
section 2.
"""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from platforms.errors import (
    BadSignature,
    Malformed,
    PlatformError,
    Refused,
    Unauthorized,
    UnknownSender,
)
from platforms.haravan.api import LABEL
from platforms.haravan.claims import nonce_of, read_claims
from platforms.haravan.client import TOKEN
from platforms.haravan.sentences import read_sentence
from platforms.haravan.webhook import API_URL, DOMAIN, base_url, normal_account
from platforms.http import Answer, Transport
from platforms.interface import App, Grant
from platforms.status import error_of
from platforms.values import is_token, read_id, read_text

HOME = "https://accounts.haravan.com/"
# Who comes, and that the token is for work in the background.
SIGN_IN = ("openid", "profile", "email", "org", "userinfo", "grant_service")
SCOPES: Mapping[str, str] = {
    "com.read_orders": "see the orders that are to be shipped",
    "com.write_orders": "report shipments",
    "com.read_shop": "see the shop's name and its locations",
    "wh_api": "have changes announced to us, such as an order that is cancelled",
    "com.read_products": "see the shop's products, to tell its stock figures apart",
    "com.read_inventories": "see the shop's stock figures",
    "com.write_inventories": "keep the shop's stock figures right",
}
REQUIRED = ("com.read_orders", "com.write_orders", "com.read_shop", "wh_api")
_SPENT = "invalid_grant"
_OUR_FAULT = frozenset({"invalid_client", "unauthorized_client"})


class HaravanInstall:
    """Contract haravan, section 2. Pure, except for the request of `exchange`."""

    scopes = SCOPES
    required = REQUIRED

    def read_store(self, named: str) -> str:
        """Return the name of a shop; raises UnknownSender for anything else.

        It decides for whom a browser speaks, so it is exact: no blanks and no upper case.
        """
        account = named.removesuffix(DOMAIN)
        try:
            base_url(account)
        except ValueError as error:
            raise UnknownSender(str(error)) from None
        if account != normal_account(account):
            raise UnknownSender(f"{named[:80]!r} is not how {LABEL} writes the name of a shop.")
        return account

    def domain(self, account: str) -> str:
        """Return the domain of a shop."""
        return account + DOMAIN

    def home(self, account: str) -> str:
        """Return the address of the login, which all shops share; raises UnknownSender."""
        self.read_store(account)
        return HOME

    def api_url(self, home: str) -> str:
        """Return the address of the API; a shop that lives elsewhere has its API there too."""
        return API_URL if home == HOME else home

    def authorize_url(self, app: App, home: str, redirect_uri: str, state: str) -> str:
        """Return the page on which the merchant signs in and consents."""
        query = {
            "response_mode": "query",
            "response_type": "code",
            "scope": " ".join(dict.fromkeys((*SIGN_IN, *app.scopes))),
            "client_id": app.client_id,
            "redirect_uri": redirect_uri,
            "nonce": nonce_of(state),
            "state": state,
        }
        return f"{home}connect/authorize?{urlencode(query, quote_via=quote, safe='')}"

    def exchange(
        self, app: App, transport: Transport, redirect_uri: str, code: str, state: str = ""
    ) -> Grant:
        """Give a code for a token; it can be given once.

        The grant says which shop it is for, because the consent page lets people choose one. Where
        `state` is given, the shop's word must have been made for it. Raises Refused for a code
        that is spent, Unauthorized when our own client id or secret is wrong, and Malformed when
        the answer holds no token, or one for somebody else.
        """
        form = {
            "grant_type": "authorization_code",
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "code": code,
            "redirect_uri": redirect_uri,
        }
        answer = transport.request("POST", "connect/token", form=form, writes=True)
        error = _error_of(answer)
        if error:
            raise error
        return _read_grant(answer, app, state)

    def renew(self, app: App, transport: Transport, credentials: Mapping[str, str]) -> Grant:
        """Raise Unauthorized: whether a token can be refreshed is not documented (U).

        An expired one is refused like a revoked one, and the merchant installs us again.
        """
        raise Unauthorized(f"{LABEL} gives no fresh token. The merchant has to install us again.")

    def read_session(self, app: App, token: str, account: str) -> None:
        """Raise BadSignature: a shop's admin sends nothing that would prove who looks at us."""
        raise BadSignature(f"{LABEL} proves nobody to us but who installs us.")


def _error_of(answer: Answer) -> PlatformError | None:
    named = answer.json.get("error") if isinstance(answer.json, dict) else None
    if answer.status == 400 and named == _SPENT:
        return Refused(
            f"{LABEL} does not take this code: it was used before, or has run out.",
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


def _read_grant(answer: Answer, app: App, state: str) -> Grant:
    given = answer.json if isinstance(answer.json, dict) else {}
    token = _read_token(given.get("access_token"))
    kind = read_text(given.get("token_type", "Bearer"))
    if not token or kind.lower() != "bearer":
        raise Malformed(
            f"{LABEL} answered without an access token that we could use.",
            status=answer.status,
            body=answer.excerpt,
        )
    claims = read_claims(given.get("id_token"), app, state)
    return Grant(
        {TOKEN: token},
        _with_readers(read_text(given.get("scope")).split()) or app.scopes,
        account=normal_account(read_text(claims.get("orgsub"))),
        options={"org_id": read_id(claims.get("orgid"))},
    )


def _with_readers(scopes: list[str]) -> tuple[str, ...]:
    """Return scopes with those that they include: who may write may read."""
    included = [f"com.read_{each[10:]}" for each in scopes if each.startswith("com.write_")]
    return tuple(dict.fromkeys([*scopes, *included]))


def _read_token(value: object) -> str:
    """Return a token that can be sent in a header, and nothing for anything else."""
    return value if is_token(value) else ""


INSTALL = HaravanInstall()
