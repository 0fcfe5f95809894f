"""Reads all stock records of a store, and says where they show other figures than they should.

Comparing changes nothing at the store. What if it dies, or runs twice? The next reading begins
anew, and finds what is so then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from inventory import mirror, publishing
from inventory.models import Mapped, StockRecord
from locations.models import StockPolicy, Store
from platforms.interface import Client
from platforms.records import StockEntry, Unreadable
from relay import alarms
from relay.asking import MAX_PAGES, Asking, ask
from relay.models import Comparison

DIFFERENCES_KEPT = 200
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that shows another figure than it should, in words."""

    ref: str
    sku: str
    ours: int
    theirs: int
    told: int | None

    @property
    def line(self) -> str:
        """All of it in one line."""
        before = "never told" if self.told is None else f"last told {self.told}"
        return f"{self.sku} (record {self.ref}): here {self.ours}; there {self.theirs} ({before})."


@dataclass(slots=True)
class Report:
    """What a reading found. `unclear` records have no product, or more than one could be meant."""

    read: int = 0
    unreadable: list[str] = field(default_factory=list)
    gone: int = 0
    unclear: int = 0
    untracked: int = 0
    compared: int = 0
    found: list[Difference] = field(default_factory=list)


def read_all(store: Store, client: Client) -> Asking[Report]:
    """Read every stock record at our locations, map each, and compare. Raises PlatformError."""
    report, began = Report(), timezone.now()
    places = list(store.locations.exclude(ref="").values_list("ref", flat=True))
    whole = yield from _read_pages(store, client, places, report)
    if whole:
        report.gone = mirror.note_gone(store, began)
    mirror.map_records(store)
    Store.objects.filter(pk=store.pk).update(stock_read_at=began)
    _compare(store, report)
    return report


def _read_pages(
    store: Store, client: Client, places: Sequence[str], report: Report
) -> Asking[bool]:
    """Mirror page after page; tell whether all of them were read."""
    following: str | None = None
    seen: set[str | None] = set()
    while following not in seen and len(seen) < MAX_PAGES * 10:
        seen.add(following)
        at = timezone.now()
        page = yield from ask(store, partial(client.fetch_stock, places, following))
        entries = [entry for entry in page.entries if isinstance(entry, StockEntry)]
        broken = [entry for entry in page.entries if isinstance(entry, Unreadable)]
        mirror.mirror(store, entries, at)
        report.read += len(entries)
        report.unreadable += [f"record {entry.ref or '?'}: {entry.reason}" for entry in broken]
        # One that cannot be read is not gone; what we knew of it stays.
        refs = [entry.ref for entry in broken]
        store.stock_records.filter(ref__in=refs).update(read_at=at)
        if page.next is None:
            return True
        following = page.next
    return False


def _compare(store: Store, report: Report) -> None:
    records = store.stock_records.filter(gone_at=None)
    report.unclear = records.exclude(mapped__in=[Mapped.YES, Mapped.LEFT_OUT]).count()
    report.untracked = records.filter(level=None).count()
    figures = publishing.all_of(store)
    report.compared = len(figures)
    differing = {each.record_id: each for each in figures if each.wanted != each.level}
    for record in StockRecord.objects.filter(pk__in=differing).order_by("sku", "pk"):
        each = differing[record.pk]
        report.found.append(
            Difference(record.ref, record.sku, each.wanted, each.level, record.told)
        )


@transaction.atomic
def keep(store: Store, report: Report, began: datetime) -> None:
    """Keep a nightly report, and raise or clear the alarm.

    What changes while we look is no drift: a record counts that two reports in a row found.
    """
    mine = store.comparisons.filter(about=Comparison.About.STOCK)
    before = mine.first()
    known = {each["ref"] for each in before.differences} if before else set()
    again = [each for each in report.found if each.ref in known]
    Comparison.objects.create(
        store=store,
        about=Comparison.About.STOCK,
        started_at=began,
        ended_at=timezone.now(),
        compared=report.compared,
        found=len(report.found),
        persistent=len(again),
        differences=[
            {"ref": each.ref, "number": each.sku, "line": each.line}
            for each in report.found[:DIFFERENCES_KEPT]
        ],
    )
    mine.filter(ended_at__lt=timezone.now() - KEPT).delete()
    if not again or store.stock_policy == StockPolicy.OFF:
        alarms.clear(store, alarms.STOCK_DRIFT)
        return
    message = (
        f"{len(again)} stock records show another figure than ours, and did the time before, such "
        f"as {again[0].sku}. They are told again; the store's page lists them."
    )
    alarms.raise_alarm(store, alarms.STOCK_DRIFT, message)
    # The count of today, also where the alarm is older.
    store.alarms.filter(kind=alarms.STOCK_DRIFT, cleared_at=None).update(message=message)
