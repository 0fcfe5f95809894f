"""Delivers figures of stock: the newest one is told, however many changes have waited.

A figure is absolute, so telling it twice leaves the same. What a look is for is to leave alone
what the store does not track, and not to overwrite blindly where the figure jumps.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from inventory import publishing
from inventory.models import StockRecord
from inventory.publishing import Figure
from inventory.sync import VERB
from platforms.errors import Missing
from platforms.interface import Client
from platforms.records import StockEntry
from relay import engine
from relay.delivery import Already, Send, Stop, Verdict
from relay.models import DUE_STATES, OutboundCall

# Read this lately, a record is told without a look: a burst then takes one request each, not two.
FRESH = timedelta(hours=1)
LARGE_JUMP = 10
MOOT = "The store is not to be told of this record any more."
BACK = "It has changed back; the store shows this figure already."
UNTRACKED = "The store does not track the stock of it, and is left alone."
GONE = "The store does not know this record any more."


class StockDelivery:
    """Tells a store how much there is of one thing."""

    def look(self, client: Client, call: OutboundCall) -> StockEntry | Missing | None:
        """Fetch the record, unless it was read lately and the figure changes only a little."""
        record = _record(call)
        figure = publishing.figure_of(record.store, record.pk)
        first = call.attempts.count() == 1
        if first and figure and not _needs_look(record, figure):
            return None
        try:
            return client.fetch_stock_entry(record.ref)
        except Missing as missing:
            return missing

    def judge(self, call: OutboundCall, seen: StockEntry | Missing | None) -> Verdict:
        """Send only what the store tracks and does not show already."""
        record = _record(call)
        if isinstance(seen, Missing):
            StockRecord.objects.filter(pk=record.pk).update(gone_at=timezone.now())
            return Stop(GONE, moot=True)
        if seen is not None:
            _keep(record, seen)
        if record.level is None:
            return Stop(UNTRACKED, moot=True)
        figure = publishing.figure_of(record.store, record.pk)
        if figure is None or figure.waits:
            return Stop(MOOT, moot=True)
        if seen is not None and seen.level == figure.wanted:
            return Already(_result(figure.wanted, seen), "The store shows this figure already.")
        if seen is None and record.level == figure.wanted:
            return Stop(BACK, moot=True)
        return Send()

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Tell the figure of this moment. The client raises Uncertain unless it is shown."""
        record = _record(call)
        figure = publishing.figure_of(record.store, record.pk)
        wanted = figure.wanted if figure else record.level or 0
        return _result(wanted, client.set_stock(record.ref, wanted))

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """The store shows it. What has changed meanwhile is found by the next pass."""
        now = timezone.now()
        reserved = result["reserved"]
        said = f"{result['level']} in stock"
        StockRecord.objects.filter(pk=call.subject_id).update(
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
        StockRecord.objects.filter(pk=call.subject_id).update(answer=f"Refused: {reason}")

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """Nothing needs to be told."""
        _go_on(call)

    def given_up(self, call: OutboundCall, reason: str) -> None:
        """A person gave it up; the next change is told again."""
        StockRecord.objects.filter(pk=call.subject_id).update(answer=f"Not told: {reason}")


def _record(call: OutboundCall) -> StockRecord:
    return StockRecord.objects.select_related("store").get(pk=call.subject_id)


def _needs_look(record: StockRecord, figure: Figure) -> bool:
    if figure.doubtful or record.read_at < timezone.now() - FRESH:
        return True
    jump = abs(figure.wanted - figure.level)
    return figure.wanted == 0 or (jump > LARGE_JUMP and jump > figure.level // 2)


def _keep(record: StockRecord, seen: StockEntry) -> None:
    record.level, record.reserved, record.read_at = seen.level, seen.reserved, timezone.now()
    record.doubtful = False
    record.save(update_fields=["level", "reserved", "read_at", "doubtful"])


def _result(figure: int, entry: StockEntry) -> dict[str, Any]:
    return {"figure": figure, "level": entry.level, "reserved": entry.reserved}


def _go_on(call: OutboundCall) -> None:
    """See what else has changed, once all that was queued has been told."""
    waiting = OutboundCall.objects.filter(store=call.store_id, verb=VERB, state__in=DUE_STATES)
    if not waiting.exclude(pk=call.pk).exists():
        engine.wake_stock(call.store_id)
