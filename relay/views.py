"""Where stores ring: prove the sender, keep the message, answer at once. No network in here."""

import logging
from http import HTTPStatus
from typing import Any

from django.http import RawPostDataException
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from locations.models import Store
from platforms import registry
from platforms.errors import BadSignature, Malformed, UnknownSender
from platforms.interface import Inbound, Sender
from relay import correlation, inbox, tallies

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1_000_000


class TooLarge(APIException):
    """The body is larger than any message of a platform."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = f"The body is larger than {MAX_BODY_BYTES} bytes."


class InboundView(APIView):
    """One endpoint of one platform. The unguessable key in the path says which store."""

    http_method_names = ["post"]
    platform_key = ""
    endpoint_name = ""

    def post(self, request: Request, key: str) -> Response:
        """Keep the message and acknowledge it; what it means is worked out by a job."""
        platform = registry.get(self.platform_key)
        endpoint = platform.endpoints[self.endpoint_name]
        store = _store_with(self.platform_key, key)
        if store is None:
            return _refuse(HTTPStatus.NOT_FOUND, "No store has this address.")
        correlation.serving(store.pk)
        inbound = Inbound(
            headers={name.lower(): value for name, value in request.headers.items()},
            body=_body(request),
        )
        try:
            remark = endpoint.authenticate(inbound, Sender(store.account, store.webhook_secret))
            notice = endpoint.read(inbound)
        except BadSignature as error:
            return _refuse(HTTPStatus.UNAUTHORIZED, str(error))
        except UnknownSender as error:
            log.warning("a message for store %s was not kept: %s", store.pk, error)
            return _refuse(HTTPStatus(endpoint.unknown_sender_status), str(error))
        except Malformed as error:
            return _refuse(HTTPStatus.BAD_REQUEST, str(error))
        inbox.keep(store, self.endpoint_name, inbound, notice, remark)
        return Response({"ok": True})

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Count what is refused: garbage leaves a number behind, and nothing else."""
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            endpoint = f"{self.platform_key}:{self.endpoint_name}"
            tallies.add(tallies.REFUSED, endpoint, str(response.status_code))
        return super().finalize_response(request, response, *args, **kwargs)


def _store_with(platform_key: str, key: str) -> Store | None:
    # No key of ours has such signs, and the database would choke on some.
    if not key.isprintable():
        return None
    try:
        return Store.objects.get(platform_key=platform_key, endpoint_key=key)
    except Store.DoesNotExist:
        return None


def _body(request: Request) -> bytes:
    """Return the untouched bytes; raise TooLarge before reading too many of them."""
    try:
        if int(request.headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
            raise TooLarge
        return bytes(request._request.body)
    except (ValueError, RawPostDataException) as error:
        raise TooLarge from error


def _refuse(status: HTTPStatus, reason: str) -> Response:
    return Response({"detail": reason}, status=status)
