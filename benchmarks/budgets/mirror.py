"""Taking in a page of orders: beside a raw INSERT of the same rows, and in how many statements."""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks import furnishing, orders, rows
from benchmarks.figures import Figure, milliseconds
from benchmarks.stage import Stage
from fulfillment import intake
from locations.models import Store

PAGES = (50, 200)
KINDS = ("new", "unchanged", "changed")
LEAST_RATIO = 0.2
NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds for one page: taken in as new, unchanged and changed, and inserted raw."""

    seconds: dict[str, float]
    floor: float
    rows: int


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield, for each size of a page and each kind of news, the rate beside the floor."""
    [store] = furnishing.stores(1, places=furnishing.warehouses(1))
    for _ in range(3):
        _round(store, PAGES[0])
    statements = {size: _statements(store, size) for size in PAGES}
    for size in PAGES:
        rounds = [_round(store, size) for _ in range(stage.rounds(15))]
        for kind in KINDS:
            yield _figure(kind, size, rounds, [statements[each][kind] for each in PAGES])


def _steps(store: Store, size: int) -> dict[str, Callable[[], object]]:
    """Return what takes a page of new orders in, then again as it was, then changed."""
    numbers = list(itertools.islice(NUMBERS, size))
    as_is, moved = orders.records(numbers), orders.records(numbers, line1="7 Elm Street")
    return {
        "new": lambda: intake.take_in(store, as_is, timezone.now()),
        "unchanged": lambda: intake.take_in(store, as_is, timezone.now()),
        "changed": lambda: intake.take_in(store, moved, timezone.now()),
    }


def _round(store: Store, size: int) -> Round:
    steps = _steps(store, size)
    seconds = {"new": _seconds(steps["new"])}
    ids = list(store.fulfillment_orders.values_list("pk", flat=True).order_by("-pk")[:size])
    copies = rows.copy(rows.OF_NEW_ORDERS, ids)
    for kind in KINDS[1:]:
        seconds[kind] = _seconds(steps[kind])
    rows.delete(rows.copy(rows.OF_NEW_ORDERS, ids))
    began = time.perf_counter()
    count = rows.insert(copies)
    return Round(seconds, time.perf_counter() - began, count)


def _seconds(step: Callable[[], object]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def _statements(store: Store, size: int) -> dict[str, int]:
    counts = {}
    for kind, step in _steps(store, size).items():
        with CaptureQueriesContext(connection) as asked:
            step()
        counts[kind] = len(asked)
    return counts


def _figure(kind: str, size: int, rounds: list[Round], statements: list[int]) -> Figure:
    floor = statistics.median(each.floor for each in rounds)
    figure = statistics.median(each.seconds[kind] for each in rounds)
    count = rounds[0].rows
    constant = len(set(statements)) == 1
    said = f"{statements[0]}" if constant else " and ".join(map(str, statements))
    return Figure(
        what=f"take in a page of {size} orders, {kind}",
        how=(
            f"median of {len(rounds)} pages, each in turns with a raw INSERT of the {count} rows "
            "that the new orders are: one statement for each of five tables, one transaction"
        ),
        floor=f"{count / floor:.0f} rows/s, raw ({milliseconds(floor)})",
        figure=f"{count / figure:.0f} rows/s ({milliseconds(figure)}), {said} statements",
        ratio=f"{floor / figure:.0%}",
        budget=f"≥ {LEAST_RATIO:.0%}, as many statements for {PAGES[0]} as for {PAGES[1]}",
        met=floor / figure >= LEAST_RATIO and constant,
    )
