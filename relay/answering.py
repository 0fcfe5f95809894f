"""Where a platform asks us, and our answer is all that it hears. No network in here.

The order is the platform's: first whose call it is, then what it says. Nothing of the web framework
gets in between: no content type is refused, no form parsed, no page shown.
"""

import logging
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from locations.models import Store
from platforms import registry
from platforms.desk import Desk, NotUnderstood, Reply
from platforms.inbound import Inbound
from relay import answers, callers, correlation, tallies

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 5 * 1024 * 1024
TOO_LARGE = "The body is larger than 5 MiB."
UNAUTHORIZED = "Unauthorized"
NO_SUCH_PATH = "There is no such path."
ONLY_POST = "This path takes a POST."
ACCIDENT = "The warehouse could not do this now. Nothing was changed; it can be sent again."
PAUSED = "The warehouse does not take calls for this store now. It can be sent again later."
AUTH = "auth"


@method_decorator(csrf_exempt, name="dispatch")
class DeskView(View):
    """The services that a platform asks for. The token says which store it is, or the address."""

    platform_key = ""

    def dispatch(
        self, request: HttpRequest, *args: Any, path: str = "", **kwargs: Any
    ) -> HttpResponseBase:
        """Answer in the platform's own way, whatever happens."""
        desk = registry.get(self.platform_key).desk
        if desk is None:
            raise LookupError(f"{self.platform_key} has no desk.")
        key, name = _parts(path, desk)
        inbound = Inbound({n.lower(): value for n, value in request.headers.items()}, b"")
        try:
            reply = self._reply(request, desk, inbound, key, name)
        except Exception:
            # Whoever called reads JSON and tries again; a page about an error would say neither.
            log.exception("a call could not be answered")
            reply = desk.fail(Inbound(inbound.headers, _rest(request)), ACCIDENT)
        return self._sent(reply, name)

    def _reply(
        self, request: HttpRequest, desk: Desk, inbound: Inbound, key: str, name: str
    ) -> Reply:
        if request.method in ("GET", "HEAD"):
            return self._page(desk, inbound, key, name)
        if name not in desk.paths:
            return desk.refuse(HTTPStatus.NOT_FOUND, NO_SUCH_PATH)
        if request.method != "POST":
            return desk.refuse(HTTPStatus.METHOD_NOT_ALLOWED, ONLY_POST)
        store = callers.find(self.platform_key, desk, inbound, key)
        if store is None:
            return desk.refuse(HTTPStatus.UNAUTHORIZED, UNAUTHORIZED)
        correlation.serving(store.pk)
        body = _body(request)
        if body is None:
            return desk.refuse(HTTPStatus.NOT_ACCEPTABLE, TOO_LARGE)
        return self._answer(desk, store, Inbound(inbound.headers, body), name)

    def _answer(self, desk: Desk, store: Store, inbound: Inbound, name: str) -> Reply:
        if callers.names_another(self.platform_key, desk, inbound, store):
            return desk.refuse(HTTPStatus.UNAUTHORIZED, UNAUTHORIZED)
        try:
            asked = desk.read(name, inbound, store.filled_options)
        except NotUnderstood as error:
            return error.reply
        if store.paused_at:
            return desk.fail(inbound, PAUSED)
        try:
            return answers.answer(store, desk, asked, inbound)
        except Exception as error:
            log.exception("a call of store %s could not be answered", store.pk)
            reply = desk.fail(inbound, ACCIDENT)
            answers.note_accident(store, desk, asked, inbound, reply, error)
            return reply

    def _page(self, desk: Desk, inbound: Inbound, key: str, name: str) -> Reply:
        if name in desk.paths:
            return desk.refuse(HTTPStatus.METHOD_NOT_ALLOWED, ONLY_POST)
        page = desk.page(name)
        if page is None:
            return desk.refuse(HTTPStatus.NOT_FOUND, NO_SUCH_PATH)
        wrong = name == AUTH and callers.brings_token(desk, inbound)
        if wrong and callers.find(self.platform_key, desk, inbound, key) is None:
            return desk.refuse(HTTPStatus.UNAUTHORIZED, UNAUTHORIZED)
        return page

    def _sent(self, reply: Reply, name: str) -> HttpResponse:
        """Count what is refused: garbage leaves a number behind, and nothing else."""
        if 400 <= reply.status < 500:
            tallies.add(tallies.REFUSED, f"{self.platform_key}:desk", str(reply.status))
        response = HttpResponse(
            reply.body.encode(), status=reply.status, content_type=reply.content_type
        )
        if reply.status == HTTPStatus.METHOD_NOT_ALLOWED:
            response["Allow"] = "POST"
        return response


def _parts(path: str, desk: Desk) -> tuple[str, str]:
    """Return a store's own key, where the address has one, and the name of the service."""
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1 and parts[0] not in desk.paths and parts[0].isprintable():
        return parts[0], "/".join(parts[1:])
    return "", "/".join(parts)


def _body(request: HttpRequest) -> bytes | None:
    """Return the untouched bytes, or None for too many of them."""
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MAX_BODY_BYTES:
        return None
    body = bytes(request.read(MAX_BODY_BYTES + 1))
    return body if len(body) <= MAX_BODY_BYTES else None


def _rest(request: HttpRequest) -> bytes:
    """Return what can still be read of a call that went wrong."""
    try:
        return _body(request) or b""
    except Exception:
        return b""
