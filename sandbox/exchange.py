"""How a fault changes the answer to one call."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from sandbox.faults import BEFORE, Strike


class HungUp(Exception):
    """The connection is to be closed without an answer."""


@dataclass(frozen=True)
class Looks:
    """What a platform's failures look like; each platform words them in its own way."""

    throttled: Callable[[str | None], Response]
    unauthorized: Callable[[], Response]
    forbidden: Callable[[], Response]
    not_found: Callable[[], Response]
    server_error: Callable[[], Response]
    missing_page: Callable[[], Response]
    foreign_next: Callable[[Response], Response]


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
            return looks.throttled(strike.retry_after)
        case "status_401":
            return looks.unauthorized()
        case "status_403":
            return looks.forbidden()
        case "status_404":
            return looks.not_found()
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
