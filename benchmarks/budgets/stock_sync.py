"""Telling a store of its stock: the wait until what has changed is found, and queued."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from benchmarks import books, furnishing, stock_filling
from benchmarks.figures import Figure, milliseconds
from benchmarks.stage import Stage
from inventory import ledger, publishing, sync
from inventory.ledger import Move
from inventory.models import Kind, StockRecord
from locations.models import StockPolicy, Store
from relay.models import CallState

COUNT = 100_000
SHARE = 100  # One of so many records changes: 1 %.
MOST_SECONDS = 1.0
# What whoever looks for differences must do at least: join the two tables, compare two columns.
FLOOR = """
    SELECT record.id FROM inventory_stockrecord record
    JOIN inventory_stocklevel stock ON stock.product_id = record.product_id
    WHERE record.store_id = %s AND record.level <> stock.on_hand
"""


@dataclass(slots=True)
class Waits:
    """Seconds of each round, and whether it found and queued what it should."""

    floors: list[float] = field(default_factory=list)
    finding: list[float] = field(default_factory=list)
    queueing: list[float] = field(default_factory=list)
    queued: list[int] = field(default_factory=list)
    exact: bool = True


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield the waits with nothing changed, with 1 % changed, and while these are being told."""
    count = stage.rounds(COUNT, quick=2000)
    store = _furnish(count) if stage.fresh else Store.objects.get()
    rounds = stage.rounds(15)
    none, some, told = Waits(), Waits(), Waits()
    for _ in range(rounds):
        _round(store, [], none)
        changed = _change(store, count)
        _round(store, changed, some)
        _round(store, [], told, found_by_floor=len(changed))
        _tell(store)
    if wrong := books.wrong_levels():
        raise RuntimeError(f"The books of {wrong} levels do not add up.")
    for what, waits in (
        ("nothing changed", none),
        ("1 % changed", some),
        ("1 % being told", told),
    ):
        yield from _figures(f"{count:,} stock records, {what}", waits)
    yield _all_changed(store, count, rounds)


def _furnish(count: int) -> Store:
    [store] = furnishing.stores(1, places=furnishing.warehouses(1))
    store.stock_policy = StockPolicy.SELLABLE
    store.save()
    stock_filling.fill(store, count)
    return store


def _change(store: Store, count: int) -> list[int]:
    """Have one unit of every hundredth product taken out of the books; return its records."""
    ids = list(range(stock_filling.FIRST, stock_filling.FIRST + count, SHARE))
    with transaction.atomic():
        levels = ledger.lock(ids)
        moves = [Move(pk, Kind.ADJUSTED, {"on_hand": -1}, reason="Broken") for pk in levels]
        ledger.post(levels, moves, by=None)
    return ids


def _round(
    store: Store, expected: Sequence[int], waits: Waits, *, found_by_floor: int | None = None
) -> None:
    """Find and queue once; exactly the expected records must be found, and then be queued."""
    before = set(_open(store))
    wanted = len(expected) if found_by_floor is None else found_by_floor
    waits.floors.append(_seconds(lambda: _ask_floor(store), wanted))
    waits.finding.append(_seconds(lambda: len(publishing.changed(store)), len(expected)))
    waits.queueing.append(_seconds(lambda: sync.push_changes(store).queued, len(expected)))
    new = set(_open(store)) - before
    waits.queued.append(len(new))
    waits.exact &= new == set(expected)


def _ask_floor(store: Store) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FLOOR, [store.pk])
        return len(cursor.fetchall())


def _seconds(step: Callable[[], int], wanted: int) -> float:
    """Return how long a step takes, which must find so many."""
    began = time.perf_counter()
    found = step()
    seconds = time.perf_counter() - began
    if found != wanted:
        raise RuntimeError(f"{found} were found, and {wanted} have changed.")
    return seconds


def _open(store: Store) -> Iterator[int]:
    calls = store.calls.filter(verb=sync.VERB).exclude(state=CallState.DONE)
    yield from calls.values_list("subject_id", flat=True)


def _tell(store: Store) -> None:
    """Have the store told of everything that is queued, as if it had answered at once."""
    ids = list(_open(store))
    for figure in publishing.all_of(store):
        if figure.wanted != figure.level:
            StockRecord.objects.filter(pk=figure.record_id).update(level=figure.wanted)
    store.calls.filter(verb=sync.VERB, subject_id__in=ids).update(state=CallState.DONE)


def _figures(what: str, waits: Waits) -> Iterator[Figure]:
    floor, finding, queueing = map(statistics.median, (waits.floors, waits.finding, waits.queueing))
    rounds = len(waits.floors)
    yield Figure(
        what=f"{what}: finding them",
        how=(
            f"median of {rounds}, in turns with one bare statement that joins records and levels "
            "and compares two columns; every record was told once before, every fifth is held "
            "for an order"
        ),
        floor=f"{milliseconds(floor)}, one bare join",
        figure=f"{milliseconds(finding)}, slowest {milliseconds(max(waits.finding))}",
        ratio=f"{finding / floor:.1f} ×",
        budget=f"≤ {MOST_SECONDS:g} s",
        met=max(waits.finding) <= MOST_SECONDS,
    )
    yield Figure(
        what=f"{what}: until they are queued",
        how="finding them, and one call for each of them, committed",
        floor=f"{milliseconds(floor)}, as above",
        figure=(
            f"{milliseconds(queueing)}, slowest {milliseconds(max(waits.queueing))}; "
            f"{_numbers(waits.queued)} calls"
        ),
        ratio=f"{queueing / floor:.1f} ×",
        budget="only what has changed, each once",
        met=waits.exact,
    )


def _all_changed(store: Store, count: int, rounds: int) -> Figure:
    """The worst there is: the store is told of one unit less of everything from now on."""
    Store.objects.filter(pk=store.pk).update(stock_buffer=1)
    store.refresh_from_db()
    floors = [_seconds(lambda: _ask_floor(store), 0) for _ in range(rounds)]
    waits = [_seconds(lambda: len(publishing.changed(store)), count) for _ in range(rounds)]
    Store.objects.filter(pk=store.pk).update(stock_buffer=0)
    floor, finding = statistics.median(floors), statistics.median(waits)
    return Figure(
        what=f"{count:,} stock records, all changed: finding them",
        how=f"median of {rounds}; the store keeps one unit more of each product back",
        floor=f"{milliseconds(floor)}, one bare join",
        figure=f"{milliseconds(finding)}, slowest {milliseconds(max(waits))}",
        ratio=f"{finding / floor:.1f} ×",
    )


def _numbers(counts: Sequence[int]) -> str:
    return " or ".join(f"{count:,}" for count in sorted(set(counts)))
