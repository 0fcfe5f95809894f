"""Where stores ring: prove the sender, keep the message, answer at once. No network in here."""

import logging
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, RawPostDataException
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException, MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from platforms import registry
from platforms.errors import BadSignature, Malformed, UnknownSender
from platforms.interface import Endpoint, Inbound
from relay import correlation, inbox, senders, tallies

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 1_000_000
NOBODY = "No store has this address."


class TooLarge(APIException):
    """The body is larger than any message of a platform."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = f"The body is larger than {MAX_BODY_BYTES} bytes."


class InboundView(APIView):
    """One endpoint of one platform. The unguessable key in the path says which store.

    At an address that all stores of the platform share, the message itself says so; it is
    believed only if it is signed with that store's secret.
    """

    http_method_names = ["get", "post"]
    platform_key = ""
    endpoint_name = ""

    @property
    def endpoint(self) -> Endpoint:
        """What the platform says of this way in."""
        return registry.get(self.platform_key).endpoints[self.endpoint_name]

    def get(self, request: Request, key: str = "") -> HttpResponseBase:
        """Answer the question by which a platform makes sure that the address is ours."""
        if self.endpoint.shakes_hands is None:
            raise MethodNotAllowed("GET")
        asked, refusal = request.query_params.dict(), NOBODY
        for sender in senders.at(self.platform_key, self.endpoint, key):
            try:
                answer = self.endpoint.shakes_hands(asked, sender)
            except BadSignature as error:
                refusal = str(error)
            else:
                return HttpResponse(answer, content_type="text/plain; charset=utf-8")
        status = HTTPStatus.NOT_FOUND if refusal == NOBODY else HTTPStatus.UNAUTHORIZED
        return _refuse(status, refusal)

    def post(self, request: Request, key: str = "") -> Response:
        """Keep the message and acknowledge it; what it means is worked out by a job."""
        endpoint = self.endpoint
        # Who has no address of ours is not worth reading a body for.
        known = senders.remembered(self.platform_key, key) if key else None
        if key and known is None:
            return _refuse(HTTPStatus.NOT_FOUND, NOBODY)
        inbound = Inbound(
            headers={name.lower(): value for name, value in request.headers.items()},
            body=_body(request),
        )
        known = known or senders.named(self.platform_key, endpoint, inbound)
        if known is None:
            return _refuse(HTTPStatus(endpoint.unknown_sender_status), NOBODY)
        correlation.serving(known.store_id)
        try:
            remark = self._authenticate(endpoint, inbound, known, key)
            notice = endpoint.read(inbound)
        except BadSignature as error:
            return _refuse(HTTPStatus.UNAUTHORIZED, str(error))
        except UnknownSender as error:
            log.warning("a message for store %s was not kept: %s", known.store_id, error)
            return _refuse(HTTPStatus(endpoint.unknown_sender_status), str(error))
        except Malformed as error:
            return _refuse(HTTPStatus.BAD_REQUEST, str(error))
        inbox.keep(known.store_id, self.endpoint_name, endpoint, inbound, notice, remark)
        return Response({"ok": True})

    def _authenticate(
        self, endpoint: Endpoint, inbound: Inbound, known: senders.Known, key: str
    ) -> str:
        """Prove who sent it; by what is true now, if what is remembered does not prove it."""
        try:
            return endpoint.authenticate(inbound, known.sender)
        except (BadSignature, UnknownSender):
            now = senders.look_up(self.platform_key, key) if key else None
            if now is None or now.sender == known.sender:
                raise
            return endpoint.authenticate(inbound, now.sender)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Count what is refused: garbage leaves a number behind, and nothing else."""
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            endpoint = f"{self.platform_key}:{self.endpoint_name}"
            tallies.add(tallies.REFUSED, endpoint, str(response.status_code))
        return super().finalize_response(request, response, *args, **kwargs)


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
