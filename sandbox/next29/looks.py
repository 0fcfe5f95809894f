"""How the platform's answers and failures look on the wire."""

import json
from urllib.parse import urlsplit

from flask import Response

from sandbox.exchange import HTML, Looks
from sandbox.next29 import errors

ELSEWHERE = "https://elsewhere.example.com"


def in_json(body: object, status: int = 200) -> Response:
    if body is None:
        return Response(status=status)
    return Response(json.dumps(body), status, content_type="application/json")


def missing_page() -> Response:
    page = (
        "<!DOCTYPE html><html><head><title>Page not found</title></head>"
        "<body>Page not found</body></html>"
    )
    return Response(page, 404, content_type=HTML)


def server_error() -> Response:
    return Response("<h1>Server Error (500)</h1>", 500, content_type=HTML)


def foreign_next(answer: Response) -> Response:
    """The paging link leads to another host, as a client must notice before it sends a token."""
    body = answer.get_json(silent=True)
    if isinstance(body, dict) and "results" in body:
        path = urlsplit(body["next"] or "/next29/elsewhere/api/admin/locations/?cursor=cD0x")
        body["next"] = ELSEWHERE + path._replace(scheme="", netloc="").geturl()
        answer.set_data(json.dumps(body))
    return answer


LOOKS = Looks(
    in_json=in_json,
    bad_request=lambda: errors.invalid({"non_field_errors": ["Invalid request."]}),
    throttled=errors.throttled,
    unauthorized=errors.invalid_token,
    forbidden=errors.forbidden,
    not_found=errors.not_found,
    server_error=server_error,
    missing_page=missing_page,
    foreign_next=foreign_next,
)
refusal = LOOKS.refusal
