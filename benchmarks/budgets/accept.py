"""Accepting many requests at once on the work list: the wait, and how many statements it takes."""

import itertools
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import books, furnishing, orders, programs
from benchmarks.accepting import OF_ANY, OF_COUNTED, Floor
from benchmarks.browser import Browser
from benchmarks.figures import Figure, milliseconds
from benchmarks.furnishing import SKUS
from benchmarks.stage import Stage
from fulfillment.models import FulfillmentOrder
from fulfillment.transitions import Action
from locations.models import Store

SIZES = (10, 100, 1000)
MOST_SECONDS = 1.0
LIST = "/admin/fulfillment/fulfillmentorder/"
ACT = f"{LIST}act/{Action.ACCEPT}/"
NUMBERS = itertools.count(1)
PLENTY = 100_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A store whose requests are accepted, what is said of it, and what that costs at least."""

    store: Store
    said: str
    floor: Floor


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield the waits for the page in between and for the answer, then the statements.

    First of products that nobody counts, then of products whose units are held.
    """
    [warehouse] = furnishing.warehouses(1)
    uncounted, counted = furnishing.stores(2, places=[warehouse])
    books.receive(counted, SKUS, PLENTY)
    kinds = (Kind(uncounted, "", OF_ANY), Kind(counted, " of counted products", OF_COUNTED))
    person = furnishing.person("sue", "supervisor", warehouse)
    with programs.web() as port:
        browser = Browser(port, person.username)
        for kind in kinds:
            _accept(browser, _new(kind.store, SIZES[0]))
            yield from _waits(browser, kind, stage.rounds(9))
    for kind in kinds:
        yield _statements(kind, person)
    if wrong := books.wrong_levels():
        raise RuntimeError(f"The books of {wrong} levels do not add up.")


def _waits(browser: Browser, kind: Kind, rounds: int) -> Iterator[Figure]:
    size = SIZES[-1]
    floors, pages, answers = [], [], []
    for _ in range(rounds):
        ids = _new(kind.store, size)
        page, answer = _accept(browser, ids)
        pages.append(page)
        answers.append(answer)
        floors.append(kind.floor.seconds(ids))
    floor, page, answer = map(statistics.median, (floors, pages, answers))
    plain = f"{kind.floor.statements} plain statements"
    yield Figure(
        what=f"accept {size:,} requests{kind.said}: until the answer",
        how=(
            f"the form of the page in between is sent over HTTP, median of {rounds}, in turns with "
            f"{plain}: {kind.floor.said}"
        ),
        floor=f"{milliseconds(floor)}, {plain} for the same rows",
        figure=f"{milliseconds(answer)}, slowest {milliseconds(max(answers))}",
        ratio=f"{answer / floor:.1f} ×",
        budget=f"≤ {MOST_SECONDS:g} s",
        met=answer <= MOST_SECONDS,
    )
    yield Figure(
        what=f"accept {size:,} requests{kind.said}: the page in between",
        how="all of the queue is selected on the list and “Accept” is chosen",
        floor=f"{milliseconds(floor)}, as above",
        figure=milliseconds(page),
        ratio=f"{page / floor:.1f} ×",
    )


def _accept(browser: Browser, ids: list[int]) -> tuple[float, float]:
    """Accept all of the queue as a person does; return the waits for the page and the answer."""
    shown = browser.get(f"{LIST}?queue=to_decide")
    chosen = {"action": str(Action.ACCEPT), "select_across": "1", "index": "0"}
    page = browser.post(
        f"{LIST}?queue=to_decide", {**shown.hidden, **chosen, "_selected_action": ids[:50]}
    )
    answer = browser.post(ACT, {**page.hidden, "confirmed": "1", "message": ""})
    accepted = FulfillmentOrder.objects.filter(pk__in=ids, pending_answer=Action.ACCEPT).count()
    if accepted != len(ids):
        raise RuntimeError(f"Only {accepted} of {len(ids)} requests were accepted.")
    return page.seconds, answer.seconds


def _new(store: Store, size: int) -> list[int]:
    """Take in so many requests, and let the planner know."""
    taken = orders.take_in(store, list(itertools.islice(NUMBERS, size)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE fulfillment_fulfillmentorder, fulfillment_request")
    return [order.pk for order in taken]


def _statements(kind: Kind, person: User) -> Figure:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    counts = []
    for size in SIZES:
        seen = " ".join(f"{pk}:1" for pk in _new(kind.store, size))
        with CaptureQueriesContext(connection) as asked:
            client.post(ACT, {"confirmed": "1", "seen": seen, "message": ""})
        counts.append(len(asked))
    return Figure(
        what=f"accept requests{kind.said}: statements",
        how=f"all statements of the request that accepts {', '.join(map(str, SIZES))} of them",
        floor=f"{kind.floor.statements} plain statements",
        figure=" / ".join(map(str, counts)),
        budget="as many for 1,000 as for 10",
        met=len(set(counts)) == 1,
    )
