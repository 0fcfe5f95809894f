"""Delivers figures of stock: the newest one is told, however many changes have waited.

A figure is absolute, so telling it twice leaves the same. What a look is for is to leave alone
what the store does not track, and not to overwrite blindly where the figure jumps.
"""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from inventory import publishing
from inventory.models import StockRecord
from inventory.publishing import Figure
from inventory.sync import VERB
from platforms.errors import Missing, Refused
from platforms.interface import Client
from platforms.records import StockEntry
from relay import engine
from relay.delivery import Already, Send, Stop, Verdict
from relay.models import DUE_STATES, OutboundCall

# Read this lately, a record is told without a look: a burst then takes one request each, not two.
FRESH = timedelta(hours=1)
LARGE_JUMP = 10
# More is queued while so many are left: a look takes some seconds, and nobody should wait for it.
LOW = 400
MOOT = "The store is not to be told of this record any more."
BACK = "It has changed back; the store shows this figure already."
THERE = "The store shows this figure already."
UNTRACKED = "The store does not track the stock of it, and is left alone."
GONE = "The store does not know this record any more."


class StockDelivery:
    """Tells a store how much there is of one thing."""

    def look(self, client: Client, call: OutboundCall) -> StockEntry | Missing | None:
        """Fetch the record, unless it was read lately and the figure changes only a little."""
        figure = publishing.figure_of(call.subject_id)
        first = call.attempts.count() == 1
        if figure is None or (first and not _needs_look(figure)):
            return None
        try:
            return client.fetch_stock_entry(figure.ref)
        except Missing as missing:
            return missing

    def judge(self, call: OutboundCall, seen: StockEntry | Missing | None) -> Verdict:
        """Send only what the store tracks and does not show already."""
        if isinstance(seen, Missing):
            _of(call).update(gone_at=timezone.now())
            return Stop(GONE, moot=True)
        if seen is not None:
            _of(call).update(
                level=seen.level, reserved=seen.reserved, read_at=timezone.now(), doubtful=False
            )
            if seen.level is None:
                return Stop(UNTRACKED, moot=True)
        figure = publishing.figure_of(call.subject_id)
        if figure is None or figure.waits:
            return Stop(MOOT, moot=True)
        if seen is not None and seen.level == figure.wanted:
            return Already(_result(figure.wanted, seen), THERE)
        if seen is None and figure.level == figure.wanted:
            return Stop(BACK, moot=True)
        return Send()

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Tell the figure of this moment. The client raises Uncertain unless it is shown."""
        figure = publishing.figure_of(call.subject_id)
        if figure is None:
            raise Refused(MOOT)
        return _result(figure.wanted, client.set_stock(figure.ref, figure.wanted))

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """The store shows it. What has changed meanwhile is found by the next pass."""
        now = timezone.now()
        reserved = result["reserved"]
        said = f"{result['level']} in stock"
        _of(call).update(
            told=result["figure"],
            told_at=now,
            answer=said if reserved is None else f"{said}, {reserved} reserved for its orders",
            level=result["level"],
            reserved=reserved,
            read_at=now,
            doubtful=False,
        )
        _go_on(call)

    def refused(self, call: OutboundCall, reason: str) -> None:
        """The store will not have it; the record says so beside its figures."""
        _of(call).update(answer=f"Refused: {reason}")

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """Nothing needs to be told."""
        _go_on(call)

    def given_up(self, call: OutboundCall, reason: str) -> None:
        """A person gave it up; the next change is told again."""
        _of(call).update(answer=f"Not told: {reason}")


def _of(call: OutboundCall) -> QuerySet[StockRecord]:
    return StockRecord.objects.filter(pk=call.subject_id)


def _needs_look(figure: Figure) -> bool:
    if figure.doubtful or figure.read_at < timezone.now() - FRESH:
        return True
    jump = abs(figure.wanted - figure.level)
    return figure.wanted == 0 or (jump > LARGE_JUMP and jump > figure.level // 2)


def _result(figure: int, entry: StockEntry) -> dict[str, Any]:
    return {"figure": figure, "level": entry.level, "reserved": entry.reserved}


def _go_on(call: OutboundCall) -> None:
    """See what else has changed, before all that was queued has been told."""
    waiting = OutboundCall.objects.filter(store=call.store_id, verb=VERB, state__in=DUE_STATES)
    if waiting.order_by()[: LOW + 1].count() <= LOW:
        engine.wake_stock(call.store_id)
