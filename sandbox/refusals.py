"""How the sandbox says no: to an API call in the platform's words, to a visitor in its own."""

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A call is refused with this status and body."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


class BadWish(ValueError):
    """What is wished for makes no sense; the message says what would."""

    status = 400
