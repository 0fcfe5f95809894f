"""Gives each request a correlation id, and writes the access log: paths without keys or queries."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

from platforms.http import CORRELATION_HEADER
from relay import correlation

log = logging.getLogger(__name__)

# Asked every few seconds by machines; a line for each would bury the others.
QUIET = ("/health/", "/metrics")


class CorrelationMiddleware:
    """Works at a request under one id, and names it in the answer.

    What a client calls its request is not taken over: a stranger could put a message of theirs
    into the story of another one. A proxy that replaces the header can be trusted, by setting.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and write its line."""
        started = time.monotonic()
        with correlation.using(_id_of(request)):
            response = self._get_response(request)
            response[CORRELATION_HEADER] = correlation.current()
            if not request.path.startswith(QUIET):
                _note(request, response, time.monotonic() - started)
        return response


def _id_of(request: HttpRequest) -> str:
    given = request.headers.get(CORRELATION_HEADER, "") if settings.TRUST_CORRELATION_ID else ""
    return given if correlation.is_well_formed(given) else correlation.fresh()


def _note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    length = request.headers.get("Content-Length", "")
    size = int(length) if length.isdecimal() else 0
    log.info(
        "%s %s → %s in %.3f s, %s bytes",
        # Written as it stands in an address: a line break in it must not begin a line of its own.
        *(request.method, escape_uri_path(request.path), response.status_code, seconds, size),
        extra={"status": response.status_code, "seconds": round(seconds, 3), "bytes": size},
    )
