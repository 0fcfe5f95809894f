"""Promising units by several at the same time: of many products, and of the same two."""

import itertools
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from benchmarks import books, furnishing, orders
from benchmarks.figures import Figure
from benchmarks.furnishing import SKUS
from benchmarks.promisers import Promisers, promisers
from benchmarks.promises import MAKE_PLAIN
from benchmarks.stage import Stage
from inventory.models import Allocation, Product
from locations.models import StockPolicy, Store

WORKERS = (1, 2, 4, 8)
ORDERS = 160
# Bare UPDATEs are so quick that as many as there are orders would be over too soon to time.
UPDATES_FOR_EACH = 5
PLENTY = 1_000_000
NUMBERS = itertools.count(1)
WAYS = ("accept", "promise")


@dataclass(frozen=True, slots=True)
class Kind:
    """Which products the orders of a run ask for, two each."""

    name: str
    skus_of: orders.SkusOf


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield the rates with 1, 2, 4 and 8 processes, of distinct products and of the same ones."""
    count = stage.rounds(ORDERS, quick=16)
    own = [(f"OWN-{number}-A", f"OWN-{number}-B") for number in range(count)]
    store, levels = _furnish([*SKUS, *itertools.chain.from_iterable(own)])
    kinds = (
        Kind("no two orders alike", lambda number: own[number % count]),
        Kind("all of the same two products", orders.usual_skus),
    )
    with promisers(max(WORKERS)) as crew:
        for kind in kinds:
            seen = [Rounds(workers) for workers in WORKERS]
            # All of them in every round: whatever else the machine does hits each of them.
            for _ in range(stage.rounds(5, quick=1)):
                for rounds in seen:
                    _round(crew, store, kind, levels, count, rounds)
            for rounds in seen:
                yield _figure(kind, rounds, count, alone=seen[0])


def _furnish(skus: Sequence[str]) -> tuple[Store, Mapping[str, int]]:
    """A store that is told of stock, as most will be, and plenty of each product."""
    [store] = furnishing.stores(1, places=furnishing.warehouses(1))
    store.stock_policy = StockPolicy.SELLABLE
    store.save()
    Product.objects.bulk_create(
        [Product(merchant=store.merchant, sku=sku) for sku in skus if sku not in SKUS]
    )
    levels = books.receive(store, skus, PLENTY)
    with connection.cursor() as cursor:
        cursor.execute(MAKE_PLAIN)
    return store, levels


@dataclass(slots=True)
class Rounds:
    """What some rounds with so many processes saw: rates and deadlocks by way, wrong levels."""

    workers: int
    rates: dict[str, list[float]] = field(default_factory=dict)
    deadlocks: Counter[str] = field(default_factory=Counter)
    wrong: int = 0

    def rate(self, way: str) -> float:
        """Return the median rate of a way."""
        return statistics.median(self.rates[way])


def _round(
    crew: Promisers,
    store: Store,
    kind: Kind,
    levels: Mapping[str, int],
    count: int,
    rounds: Rounds,
) -> None:
    """Promise new orders in each way, with the bare UPDATE of the same levels in turns."""
    for way in WAYS:
        numbers = list(itertools.islice(NUMBERS, count))
        taken = orders.take_in(store, numbers, skus_of=kind.skus_of)
        rows = [[levels[sku] for sku in kind.skus_of(number)] for number in numbers]
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        before = Allocation.objects.count()
        _run(crew, "update", rows * UPDATES_FOR_EACH, rounds)
        _run(crew, way, [[order.pk] for order in taken], rounds)
        if Allocation.objects.count() != before + len(taken) * len(SKUS):
            raise RuntimeError("Not every unit was promised.")
    rounds.wrong += books.wrong_levels()


def _run(crew: Promisers, way: str, jobs: Sequence[Sequence[int]], rounds: Rounds) -> None:
    run = crew.run(way, jobs, rounds.workers)
    rounds.rates.setdefault(way, []).append(run.rate)
    rounds.deadlocks[way] += run.deadlocks


def _figure(kind: Kind, rounds: Rounds, count: int, alone: Rounds) -> Figure:
    floor, accepted, promised = map(rounds.rate, ("update", *WAYS))
    workers = rounds.workers
    deadlocks = sum(rounds.deadlocks[way] for way in WAYS)
    wrong = f"{rounds.wrong} levels wrong" if rounds.wrong else "the books add up"
    return Figure(
        what=(
            f"promise units, {kind.name}, {workers} process{'es' if workers > 1 else ''} at a time"
        ),
        how=(
            f"{count} orders of two lines, a transaction each, median of "
            f"{len(rounds.rates['accept'])} rounds in turns with bare UPDATEs of the two rows in "
            "a plain copy of the levels; accepting also writes the answer for the store and the "
            "order’s history; the books: held = promised, movements = levels"
        ),
        floor=f"{floor:.0f}/s, one bare UPDATE; {rounds.deadlocks['update']} deadlocks",
        figure=(
            f"{accepted:.0f}/s accepted, {promised:.0f}/s when only the units are held; "
            f"{deadlocks} deadlocks, {wrong}"
        ),
        ratio=(
            f"{accepted / floor:.0%} accepted, {promised / floor:.0%} held; "
            f"{accepted / alone.rate('accept'):.2f} × one process"
        ),
        budget="no deadlock; held = promised; movements = levels",
        met=not deadlocks and not rounds.wrong,
    )
