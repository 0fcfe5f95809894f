"""Accepting many requests at once on the work list: the wait, and how many statements it takes."""

import itertools
import statistics
import time
from collections.abc import Iterator

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import furnishing, orders, programs, rows
from benchmarks.browser import Browser
from benchmarks.figures import Figure, milliseconds
from benchmarks.stage import Stage
from fulfillment.decisions import TEXTS
from fulfillment.models import Decision, Event, FulfillmentOrder
from fulfillment.transitions import Action
from locations.models import Store
from relay.models import OutboundCall

SIZES = (10, 100, 1000)
MOST_SECONDS = 1.0
LIST = "/admin/fulfillment/fulfillmentorder/"
ACT = f"{LIST}act/{Action.ACCEPT}/"
NUMBERS = itertools.count(1)
# What is written about each order besides new rows, as plain as SQL can say it.
UPDATES = (
    "UPDATE fulfillment_fulfillmentorder SET pending_answer = %s WHERE id = ANY(%s)",
    "UPDATE fulfillment_request SET decision = %s WHERE fulfillment_order_id = ANY(%s)",
)
NEW_ROWS: rows.Tables = (
    (OutboundCall, "subject_id = ANY(%s)"),
    (Event, f"fulfillment_order_id = ANY(%s) AND text = '{TEXTS[Action.ACCEPT]}'"),
)


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield the waits for the page in between and for the answer, then the statements."""
    [warehouse] = furnishing.warehouses(1)
    [store] = furnishing.stores(1, places=[warehouse])
    person = furnishing.person("sue", "supervisor", warehouse)
    with programs.web() as port:
        browser = Browser(port, person.username)
        _accept(browser, _new(store, SIZES[0]))
        yield from _waits(browser, store, stage.rounds(9))
    yield _statements(store, person)


def _waits(browser: Browser, store: Store, rounds: int) -> Iterator[Figure]:
    size = SIZES[-1]
    floors, pages, answers = [], [], []
    for _ in range(rounds):
        ids = _new(store, size)
        page, answer = _accept(browser, ids)
        pages.append(page)
        answers.append(answer)
        floors.append(_floor(ids))
    floor, page, answer = map(statistics.median, (floors, pages, answers))
    yield Figure(
        what=f"accept {size:,} requests: until the answer",
        how=(
            f"the form of the page in between is sent over HTTP, median of {rounds}, in turns with "
            "four plain statements: update orders and requests, insert the same events and calls"
        ),
        floor=f"{milliseconds(floor)}, four plain statements for the same rows",
        figure=f"{milliseconds(answer)}, slowest {milliseconds(max(answers))}",
        ratio=f"{answer / floor:.1f} ×",
        budget=f"≤ {MOST_SECONDS:g} s",
        met=answer <= MOST_SECONDS,
    )
    yield Figure(
        what=f"accept {size:,} requests: the page in between",
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


def _floor(ids: list[int]) -> float:
    """Write once more, raw, what accepting these orders wrote."""
    copies = rows.copy(NEW_ROWS, ids)
    if any(len(each.rows) != len(ids) for each in copies):
        raise RuntimeError("Accepting wrote other rows than the floor would.")
    rows.delete(copies)
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UPDATES[0], [Action.ACCEPT, ids])
        cursor.execute(UPDATES[1], [Decision.ACCEPTED, ids])
        rows.insert(copies)
    return time.perf_counter() - began


def _new(store: Store, size: int) -> list[int]:
    """Take in so many requests, and let the planner know."""
    taken = orders.take_in(store, list(itertools.islice(NUMBERS, size)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE fulfillment_fulfillmentorder, fulfillment_request")
    return [order.pk for order in taken]


def _statements(store: Store, person: User) -> Figure:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    counts = []
    for size in SIZES:
        seen = " ".join(f"{pk}:1" for pk in _new(store, size))
        with CaptureQueriesContext(connection) as asked:
            client.post(ACT, {"confirmed": "1", "seen": seen, "message": ""})
        counts.append(len(asked))
    return Figure(
        what="accept requests: statements",
        how=f"all statements of the request that accepts {', '.join(map(str, SIZES))} of them",
        floor=f"{len(UPDATES) + len(NEW_ROWS)} plain statements",
        figure=" / ".join(map(str, counts)),
        budget="as many for 1,000 as for 10",
        met=len(set(counts)) == 1,
    )
