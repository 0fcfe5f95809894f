"""Turns the status of an answer into the error that says what to do next."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from platforms.errors import (
    Malformed,
    Missing,
    PlatformError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from platforms.http import Answer

SHORTEST_WAIT = 1.0
LONGEST_WAIT = 30.0
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{0,9})?", re.ASCII)


def error_of(answer: Answer, *, label: str, sentence: str, writes: bool) -> PlatformError | None:
    """Return what a status means, or None for a success.

    `sentence` is what the platform said, read by its own adapter; `writes` says whether the
    request may have changed something there.
    """
    status, body = answer.status, answer.excerpt
    if 200 <= status < 300:
        return None
    said = f"{label}: {sentence or 'no reason given'} ({status})"
    if status == 401:
        return Unauthorized(said, status=status, body=body)
    if status == 404:
        return Missing(said, status=status, body=body)
    if status == 429:
        return Throttled(said, status=status, body=body, retry_after=_wait(answer) or SHORTEST_WAIT)
    if 400 <= status < 500 and status != 408:
        return Refused(said, status=status, body=body)
    if status < 400:
        return Malformed(f"{said}: no status that can be understood", status=status, body=body)
    if writes:
        return Uncertain(
            f"{said}; whether the change was made is unknown", status=status, body=body
        )
    return Unavailable(said, status=status, body=body, retry_after=_wait(answer))


def read_retry_after(value: str, now: datetime | None = None) -> float | None:
    """Return the seconds to wait that a `Retry-After` header names, None where it names none.

    Seconds and HTTP dates are read. What is past, zero or negative is one second, so that nobody
    spins; more than 30 seconds is 30. Contract next29, section 5.
    """
    text = value.strip()
    if _NUMBER.fullmatch(text):
        seconds = float(text)
    else:
        try:
            then = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        then = then if then.tzinfo else then.replace(tzinfo=UTC)
        seconds = (then - (now or datetime.now(UTC))).total_seconds()
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT)


def _wait(answer: Answer) -> float | None:
    return read_retry_after(answer.headers.get("Retry-After", ""))
