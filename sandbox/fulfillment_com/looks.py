"""How the warehouse's answers and failures look on the wire."""

import json

from flask import Response

from sandbox.exchange import Looks
from sandbox.fulfillment_com import errors
from sandbox.refusals import ApiError

HTML = "text/html"


def in_json(body: object, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status, content_type="application/json")


def refusal(error: ApiError) -> Response:
    answer = in_json(error.body, error.status)
    answer.headers.update(error.headers)
    return answer


def missing_page() -> Response:
    return Response("<html><body><h1>404 Not Found</h1></body></html>", 404, content_type=HTML)


LOOKS = Looks(
    throttled=lambda retry_after: refusal(errors.throttled(retry_after)),
    unauthorized=lambda: refusal(errors.unauthorized()),
    forbidden=lambda: refusal(errors.forbidden()),
    not_found=lambda: refusal(errors.not_found()),
    server_error=lambda: in_json({"message": "Internal error"}, 500),
    missing_page=missing_page,
    # Its lists have no links.
    foreign_next=lambda answer: answer,
)
