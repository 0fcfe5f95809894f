"""Every call a platform received, kept so that a test or a person can see what happened."""

import itertools
import json
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any

from sandbox.clock import now

KEPT_CALLS = 100_000
MASK = "(not recorded)"
SECRETS = frozenset({"secret_key", "client_secret", "access_token", "refresh_token", "token"})


@dataclass
class Call:
    """One request; a status of None means that no answer was sent, or none yet."""

    number: int
    place: str
    method: str
    path: str
    query: str
    body: object
    correlation_id: str | None
    time: str = field(default_factory=now)
    arrived: float = field(default_factory=monotonic)
    operation: str | None = None
    status: int | None = None
    fault: str | None = None
    violations: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Recorder:
    """A bounded diary of calls; headers are never kept, so neither is Authorization."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self._numbers = itertools.count(1)

    def begin(
        self, place: str, method: str, path: str, query: str, correlation_id: str | None
    ) -> Call:
        """Written down on arrival, so that a call shows even while its answer is held back."""
        call = Call(next(self._numbers), place, method, path, query, None, correlation_id)
        self._calls.append(call)
        return call

    def calls(self, place: str, operation: str | None = None) -> list[Call]:
        return [
            call
            for call in list(self._calls)
            if call.place == place and operation in (None, call.operation)
        ]

    def violations(self, place: str) -> list[dict[str, Any]]:
        """Broken rules of the contract, one row each."""
        return [
            {
                "violation": violation,
                "call": call.number,
                "time": call.time,
                "method": call.method,
                "path": call.path,
                "operation": call.operation,
            }
            for call in self.calls(place)
            for violation in call.violations
        ]


def most_in_a_second(calls: Iterable[Call]) -> int:
    """The most that arrived within any one second, wherever on the clock it began."""
    most, window = 0, deque[float]()
    for arrived in sorted(call.arrived for call in calls):
        window.append(arrived)
        while window[0] <= arrived - 1.0:
            window.popleft()
        most = max(most, len(window))
    return most


def legible(raw: bytes) -> Any:
    """A body as it can be shown: as JSON where it is that, else as text."""
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw.decode(errors="replace")


def redacted(body: object) -> object:
    """The body without the values a log must not hold."""
    if isinstance(body, dict):
        return {key: MASK if key in SECRETS else redacted(value) for key, value in body.items()}
    if isinstance(body, list):
        return [redacted(item) for item in body]
    return body
