"""How a fault changes the answer to one call."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from sandbox.faults import BEFORE, Strike
from sandbox.refusals import ApiError


class HungUp(Exception):
    """The connection is to be closed without an answer."""


HTML = "text/html; charset=utf-8"


def web_page(title: str, status: int) -> Response:
    """What a web server says where nobody thought of a program that reads it."""
    return Response(f"<html><body><h1>{title}</h1></body></html>", status, content_type=HTML)


def overloaded(retry_after: str | None) -> Response:
    """Said by what stands before the platform, so that it looks the same everywhere."""
    answer = web_page("503 Service Unavailable", 503)
    if retry_after is not None:
        answer.headers["Retry-After"] = retry_after
    return answer


def as_it_is(answer: Response) -> Response:
    """The lists of most platforms have no links that could lead elsewhere."""
    return answer


@dataclass(frozen=True)
class Looks:
    """What a platform's answers and failures look like; each platform words them in its own way."""

    in_json: Callable[[object, int], Response]
    bad_request: Callable[[], ApiError]
    throttled: Callable[[str | None], ApiError]
    unauthorized: Callable[[], ApiError]
    forbidden: Callable[[], ApiError]
    not_found: Callable[[], ApiError]
    server_error: Callable[[], Response]
    missing_page: Callable[[], Response]
    foreign_next: Callable[[Response], Response] = as_it_is

    def refusal(self, error: ApiError) -> Response:
        """The answer to a call that is refused."""
        answer = self.in_json(error.body, error.status)
        answer.headers.update(error.headers)
        return answer


def answer(strike: Strike | None, looks: Looks, apply: Callable[[], Response]) -> Response:
    """Apply the call, unless the fault comes first; then let the fault spoil the answer."""
    if strike is None:
        return apply()
    if strike.kind in BEFORE:
        return _fail_before(strike, looks) or apply()
    return _spoil(strike, looks, apply())


def _fail_before(strike: Strike, looks: Looks) -> Response | None:
    match strike.kind:
        case "delay_before":
            time.sleep(strike.seconds)
            return None
        case "drop_before":
            raise HungUp
        case "status_429":
            return looks.refusal(looks.throttled(strike.retry_after))
        case "status_400":
            return looks.refusal(looks.bad_request())
        case "status_401":
            return looks.refusal(looks.unauthorized())
        case "status_403":
            return looks.refusal(looks.forbidden())
        case "status_404":
            return looks.refusal(looks.not_found())
        case "status_503":
            return overloaded(strike.retry_after)
        case "html_404":
            return looks.missing_page()
        case "empty_success":
            return Response(status=200)
        case _:
            return looks.server_error()


def _spoil(strike: Strike, looks: Looks, good: Response) -> Response:
    match strike.kind:
        case "delay_after":
            time.sleep(strike.seconds)
            return good
        case "drop_after":
            raise HungUp
        case "empty_after":
            return Response(status=good.status_code)
        case "foreign_next":
            return looks.foreign_next(good)
        case _:
            return looks.server_error()
