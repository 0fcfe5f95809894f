"""How the warehouse's answers and failures look on the wire."""

import json

from flask import Response

from sandbox.exchange import Looks, web_page
from sandbox.fulfillment_com import errors


def in_json(body: object, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, content_type="application/json")


def missing_page() -> Response:
    return web_page("404 Not Found", 404)


LOOKS = Looks(
    in_json=in_json,
    bad_request=errors.invalid,
    throttled=errors.throttled,
    unauthorized=errors.unauthorized,
    forbidden=errors.forbidden,
    not_found=errors.not_found,
    server_error=lambda: in_json({"message": "Internal error"}, 500),
    missing_page=missing_page,
)
refusal = LOOKS.refusal
