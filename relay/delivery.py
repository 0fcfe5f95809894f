"""What the courier asks of whoever queued a call: look, judge, send, and hear how it ended."""

from dataclasses import dataclass
from typing import Any, Protocol

from platforms.interface import Client
from relay.models import OutboundCall


@dataclass(frozen=True, slots=True)
class Send:
    """The store is as we thought: make the change."""


@dataclass(frozen=True, slots=True)
class Already:
    """The store has it already: nothing to send. `result` is kept with the call."""

    result: dict[str, Any]
    remark: str


@dataclass(frozen=True, slots=True)
class Later:
    """Something else must happen first; look again in so many seconds."""

    reason: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Stop:
    """Must not be sent any more. `moot` calls are given up; others wait for a person."""

    reason: str
    moot: bool = False


Verdict = Send | Already | Later | Stop


class Delivery(Protocol):
    """One verb. Only `look` and `send` touch the network, and never inside a transaction.

    `judge`, `settled`, `dropped` and `refused` run inside one. The courier always looks before
    it sends; that is what makes a repeated, crashed or doubtful call harmless.
    """

    def look(self, client: Client, call: OutboundCall) -> Any:
        """Fetch the truth about the call's subject from the store."""

    def judge(self, call: OutboundCall, seen: Any) -> Verdict:
        """Decide what to do, given what `look` returned."""

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Make the one change upstream and return what is worth keeping of the answer.

        Raises Uncertain when the answer does not prove that it happened.
        """

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """Note that the store has confirmed it."""

    def refused(self, call: OutboundCall, reason: str) -> None:
        """Note that the store will not have it; a person decides."""

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """Note that the call is moot: the store is not told, and need not be."""

    def given_up(self, call: OutboundCall, reason: str) -> None:
        """Note that a person gave the call up: the store should be told, and is not."""
