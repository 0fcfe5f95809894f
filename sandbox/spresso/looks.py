"""How the platform's answers and failures look on the wire."""

import json

from flask import Response

from sandbox.exchange import Looks
from sandbox.refusals import ApiError
from sandbox.spresso import errors
from sandbox.spresso.settings import BODIES, Settings

HTML = "text/html; charset=utf-8"


def in_json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def refusal(error: ApiError) -> Response:
    answer = in_json(error.body, error.status)
    answer.headers.update(error.headers)
    return answer


def success(settings: Settings) -> Response:
    """Nobody knows what it says, so a caller must not rely on it."""
    body, content_type = BODIES[settings.success_body]
    return Response(body, settings.success_status, content_type=content_type or None)


def web_page(title: str, status: int) -> Response:
    return Response(f"<html><body><h1>{title}</h1></body></html>", status, content_type=HTML)


LOOKS = Looks(
    throttled=lambda retry_after: refusal(errors.throttled(retry_after)),
    unauthorized=lambda: refusal(errors.unauthorized()),
    forbidden=lambda: refusal(errors.forbidden()),
    not_found=lambda: refusal(errors.not_found("Fulfillment")),
    server_error=lambda: web_page("Internal Server Error", 500),
    missing_page=lambda: web_page("Not Found", 404),
    # There are no lists, so there is no next page either.
    foreign_next=lambda good: good,
)
