"""Failures on demand: which call fails next, and how."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sandbox.refusals import BadWish

BEFORE = frozenset(
    {
        "delay_before",
        "drop_before",
        "empty_success",
        "error_500_before",
        "html_404",
        "status_400",
        "status_401",
        "status_403",
        "status_404",
        "status_429",
        "status_503",
    }
)
AFTER = frozenset({"delay_after", "drop_after", "empty_after", "error_500_after", "foreign_next"})
KINDS = BEFORE | AFTER
MIX = "mix"


class BadFault(BadWish):
    """The wish for a fault makes no sense; the message says why."""


@dataclass(frozen=True)
class Strike:
    """What happens to one call."""

    kind: str
    seconds: float
    retry_after: str | None


@dataclass
class Fault:
    """One standing order to fail; `times` is None for ever, `chances` is for a mix."""

    kind: str
    operation: str = "*"
    times: int | None = None
    probability: float = 1.0
    seconds: float = 1.0
    retry_after: str | None = "1"
    chances: dict[str, float] = field(default_factory=dict)
    seed: int = 0
    struck: int = 0
    dice: Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)

    def strike(self, operation: str) -> Strike | None:
        """The failure of this call, or None when it is spared."""
        spent = self.times is not None and self.struck >= self.times
        if spent or self.operation not in ("*", operation):
            return None
        kind = self._roll()
        if kind is None:
            return None
        self.struck += 1
        return Strike(kind, self.seconds, self.retry_after)

    def _roll(self) -> str | None:
        luck = self.dice.random()
        chances = self.chances if self.kind == MIX else {self.kind: self.probability}
        for kind, chance in chances.items():
            if luck < chance:
                return kind
            luck -= chance
        return None

    def as_json(self) -> dict[str, Any]:
        shown = ("kind", "operation", "times", "probability", "seconds", "retry_after")
        return {name: getattr(self, name) for name in (*shown, "chances", "seed", "struck")}


class Faults:
    """The standing orders of one store, asked in the order in which they were given."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, wish: Mapping[str, Any]) -> Fault:
        fault = read_fault(wish)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def drop(self, number: int) -> None:
        with self._lock:
            del self._faults[number : number + 1]

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.as_json() for fault in self._faults]

    def draw(self, operation: str) -> Strike | None:
        with self._lock:
            strikes = (fault.strike(operation) for fault in self._faults)
            return next((strike for strike in strikes if strike is not None), None)


WISHES = frozenset(
    {
        "kind",
        "operation",
        "times",
        "probability",
        "seconds",
        "retry_after",
        "chances",
        "seed",
    }
)


def read_fault(wish: Mapping[str, Any]) -> Fault:
    """Refuse what would silently do nothing."""
    unknown = sorted(set(wish) - WISHES)
    if unknown:
        raise BadFault(f"A fault has no {unknown[0]!r}; it has {', '.join(sorted(WISHES))}.")
    chances = wish.get("chances") or {}
    wanted = set(chances) if wish.get("kind") == MIX else {wish.get("kind")}
    if not wanted or not wanted <= KINDS:
        raise BadFault(f"A fault is one of {', '.join(sorted(KINDS))}, or a mix with chances.")
    return Fault(**wish)
