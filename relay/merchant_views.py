"""Where a merchant's browser arrives: to install us, and to see how their store is connected.

Nobody is logged in here. Whoever brings a session token of the store's dashboard is shown how
that store is connected, and can do nothing else. Whoever comes back from the consent page must be
the browser that we sent there: it brings our `state`, or, where the store does not hand that
back, at least our signed cookie for the same store.
"""

import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from locations.models import LocationState, Store
from platforms import registry
from platforms.errors import (
    BadSignature,
    Missing,
    PlatformError,
    Refusal,
    Refused,
    Unauthorized,
    UnknownSender,
)
from relay import alarms, granting, installing
from relay.installing import Visit

log = logging.getLogger(__name__)

COOKIE = "crossdock_install"
COOKIE_SECONDS = 15 * 60
TEMPLATE = "relay/merchant.html"
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"

NOT_OFFERED = "This site is not set up to be installed as an app."
NOT_PROVEN = (
    "We could not make sure that you come from your store. The link is good for a few seconds "
    "only: open the app from your store's dashboard once more."
)
OTHER_BROWSER = (
    "This installation was not begun in this browser, or it took too long. Nothing was changed."
)
NOT_AGREED = "The installation was not agreed to, so nothing was changed."
NOT_KNOWN = "The store does not know us. Nothing was changed. Please tell whoever runs this site."
NO_ANSWER = "The store did not give us access. Nothing was changed."


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the page: what is so, and whether that is as it should be."""

    text: str
    good: bool = True


class MerchantView(View):
    """A page for a merchant: which store, checked before anything else, and what to say."""

    platform_key = ""
    # A browser that looks ahead with HEAD must not use up a code.
    http_method_names = ["get"]

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, if merchants can install us; a page without scripts, in nobody's frame."""
        answer = self._answer(request)
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    def _answer(self, request: HttpRequest) -> HttpResponse:
        platform = registry.get(self.platform_key)
        install, app = platform.install, granting.app_of(platform)
        if install is None or app is None:
            return self.page(NOT_OFFERED, status=HTTPStatus.NOT_FOUND)
        if request.method != "GET":
            return self.http_method_not_allowed(request)
        try:
            account = install.read_store(self.named_store(request))
            visit = Visit(platform, install, app, account)
            return self.visited(visit, request.GET)
        except UnknownSender as error:
            return self.page(str(error), status=HTTPStatus.BAD_REQUEST)

    def named_store(self, request: HttpRequest) -> str:
        """Return the store that the browser names."""
        return request.GET.get("store", "")

    def visited(self, visit: Visit, query: Mapping[str, str]) -> HttpResponse:
        """Answer somebody who names a store that can be one."""
        raise NotImplementedError

    def page(
        self,
        message: str,
        *,
        visit: Visit | None = None,
        status: HTTPStatus = HTTPStatus.OK,
        **context: Any,
    ) -> HttpResponse:
        """Return the page with a sentence, and with a link to begin where a store is named."""
        if visit:
            store = visit.install.domain(visit.account)
            begin = f"{reverse(f'{self.platform_key}-app')}?store={store}"
            context = {"domain": store, "begin": begin, **context}
        return TemplateResponse(
            self.request, TEMPLATE, {"message": message, **context}, status=status
        ).render()


class AppView(MerchantView):
    """The App URL: begins the installation, or shows a merchant how their store is connected."""

    def visited(self, visit: Visit, query: Mapping[str, str]) -> HttpResponse:
        """Without a session token there is nothing to show, only something to ask for."""
        if "token" not in query:
            return self._begin(visit)
        try:
            visit.install.read_session(visit.app, query["token"], visit.account)
        except BadSignature as error:
            log.warning("a visitor for store %s was not let in: %s", visit.account, error)
            return self.page(NOT_PROVEN, status=HTTPStatus.FORBIDDEN)
        return self.page("", visit=visit, **connection(visit))

    def _begin(self, visit: Visit) -> HttpResponse:
        state = secrets.token_urlsafe(24)
        url = visit.install.authorize_url(
            visit.app, visit.home, redirect_uri(self.platform_key), state
        )
        answer = HttpResponseRedirect(url)
        answer.set_signed_cookie(
            COOKIE,
            f"{state}.{visit.account}",
            salt=self.platform_key,
            max_age=COOKIE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            # The browser comes back from the store, so the cookie must cross sites that way.
            samesite="Lax",
        )
        return answer


class InstalledView(MerchantView):
    """The redirect URL: the merchant has agreed, or has not."""

    def named_store(self, request: HttpRequest) -> str:
        """Return the store that the browser names, else the one that it began with."""
        return super().named_store(request) or self._begun()[1]

    def visited(self, visit: Visit, query: Mapping[str, str]) -> HttpResponse:
        """Make sure that this browser was sent by us, then give the code for tokens."""
        if not self._was_sent_by_us(visit, query.get("state")):
            return self.page(OTHER_BROWSER, visit=visit, status=HTTPStatus.BAD_REQUEST)
        answer = self._finish(visit, query.get("code", ""))
        answer.delete_cookie(COOKIE, samesite="Lax")
        return answer

    def _was_sent_by_us(self, visit: Visit, state: str | None) -> bool:
        ours, account = self._begun()
        if not ours or account != visit.account:
            return False
        # The vendor does not say whether a store hands our state back.
        return state is None or hmac.compare_digest(state.encode(), ours.encode())

    def _begun(self) -> tuple[str, str]:
        """Return the state and the store that this browser was sent away with, if it was."""
        cookie = self.request.get_signed_cookie(
            COOKIE, default="", salt=self.platform_key, max_age=COOKIE_SECONDS
        )
        state, _, account = (cookie or "").partition(".")
        return state, account

    def _finish(self, visit: Visit, code: str) -> HttpResponse:
        if not code:
            return self.page(NOT_AGREED, visit=visit, status=HTTPStatus.BAD_REQUEST)
        try:
            installing.finish(visit, redirect_uri(self.platform_key), code, self._begun()[0])
        except Refusal as refusal:
            return self.page(str(refusal), visit=visit, status=HTTPStatus.CONFLICT)
        except Missing:
            return self.page(NO_ANSWER, visit=visit, status=HTTPStatus.BAD_GATEWAY)
        except Refused:
            return self.page(installing.SPENT, visit=visit, status=HTTPStatus.CONFLICT)
        except Unauthorized:
            log.error("%s does not take our client id and secret", visit.platform.label)
            return self.page(NOT_KNOWN, visit=visit, status=HTTPStatus.BAD_GATEWAY)
        except PlatformError:
            return self.page(NO_ANSWER, visit=visit, status=HTTPStatus.BAD_GATEWAY)
        return self.page("Thank you. We are installed.", visit=visit, **connection(visit))


def redirect_uri(platform_key: str) -> str:
    """Return the address to which the consent page sends the browser back."""
    return f"{settings.PUBLIC_URL}{reverse(f'{platform_key}-installed')}"


def connection(visit: Visit) -> dict[str, Any]:
    """Return how the visitor's store is connected, in words; nothing that only we should know."""
    store = visit.store()
    if store is None:
        return {"facts": [Fact("This store is not connected to us yet.", good=False)]}
    locations = store.locations.filter(state=LocationState.REGISTERED).select_related("warehouse")
    return {
        "facts": [_traffic(store), *_lacks(store), *_waits(bool(locations))],
        "since": store.installed_at or store.created_at,
        "locations": locations,
        "complete": store.paused_at is None and not installing.lacks_required(store),
    }


def _traffic(store: Store) -> Fact:
    if store.paused_at is None:
        return Fact("Your store is connected to us.")
    kinds = (alarms.UNINSTALLED, alarms.UNAUTHORIZED)
    if store.alarms.filter(kind__in=kinds, cleared_at=None).exists():
        return Fact("Your store does not let us in any more. Install the app again.", good=False)
    return Fact("We have paused the exchange with your store for the moment.", good=False)


def _lacks(store: Store) -> list[Fact]:
    """Return what the merchant did not allow, each with what it is for."""
    needed = installing.lacks_required(store)
    facts = []
    for scope, use in installing.missing(store).items():
        what = f"We may not {use}" if use else "We were not granted something we asked for"
        if scope in needed:
            text = f"{what} ({scope}). We need that: install the app again and allow it."
        else:
            text = f"{what} ({scope}). We can work without."
        facts.append(Fact(text, good=scope not in needed))
    return facts


def _waits(has_location: bool) -> list[Fact]:
    if has_location:
        return []
    return [
        Fact(
            "No warehouse ships for your store yet. We assign one by hand, and then its address "
            "appears among your store's locations.",
            good=False,
        )
    ]
