"""How the platform's answers and failures look on the wire."""

import json

from flask import Response

from sandbox.exchange import Looks, web_page
from sandbox.haravan import errors


def in_json(body: object, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, content_type="application/json; charset=utf-8")


def missing_page() -> Response:
    return web_page("404 Not Found", 404)


def server_error() -> Response:
    return in_json({"errors": "Internal Server Error"}, 500)


LOOKS = Looks(
    in_json=in_json,
    bad_request=lambda: errors.malformed("base"),
    throttled=errors.throttled,
    unauthorized=errors.unauthorized,
    forbidden=errors.forbidden,
    not_found=errors.not_found,
    server_error=server_error,
    missing_page=missing_page,
)
refusal = LOOKS.refusal
