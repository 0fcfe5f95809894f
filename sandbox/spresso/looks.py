"""How the platform's answers and failures look on the wire."""

import json

from flask import Response

from sandbox.exchange import Looks, web_page
from sandbox.spresso import errors
from sandbox.spresso.settings import BODIES, Settings


def in_json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def success(settings: Settings) -> Response:
    """Nobody knows what it says, so a caller must not rely on it."""
    body, content_type = BODIES[settings.success_body]
    return Response(body, settings.success_status, content_type=content_type or None)


def missing_page() -> Response:
    return web_page("Not Found", 404)


LOOKS = Looks(
    in_json=in_json,
    bad_request=lambda: errors.bad_request("This makes no sense"),
    throttled=errors.throttled,
    unauthorized=errors.unauthorized,
    forbidden=errors.forbidden,
    not_found=lambda: errors.not_found("Fulfillment"),
    server_error=lambda: web_page("Internal Server Error", 500),
    missing_page=missing_page,
)
refusal = LOOKS.refusal
