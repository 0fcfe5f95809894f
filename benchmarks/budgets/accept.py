"""Accepting many requests at once on the work list: the wait, and how many statements it takes."""

import itertools
import statistics
import time
from collections.abc import Iterator, Sequence

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import furnishing, orders, programs
from benchmarks.browser import Browser
from benchmarks.figures import Figure, milliseconds
from benchmarks.stage import Stage
from fulfillment.models import FulfillmentOrder
from fulfillment.transitions import Action
from locations.models import Store
from relay.models import OutboundCall

SIZES = (10, 100, 1000)
MOST_SECONDS = 1.0
LIST = "/admin/fulfillment/fulfillmentorder/"
ACT = f"{LIST}act/{Action.ACCEPT}/"
NUMBERS = itertools.count(1)
# The least that must be written, as plain as SQL can say it.
FLOOR = (
    "UPDATE fulfillment_fulfillmentorder SET pending_answer = 'accept_request' WHERE id = ANY(%s)",
    "UPDATE fulfillment_request SET decision = 'accepted', decided_at = now() "
    "WHERE fulfillment_order_id = ANY(%s) AND closed_at IS NULL",
    "INSERT INTO fulfillment_event (fulfillment_order_id, at, actor, text) "
    "SELECT id, now(), 'staff', 'Decided to accept the request.' "
    "FROM fulfillment_fulfillmentorder WHERE id = ANY(%s)",
    "INSERT INTO relay_outboundcall (store_id, key, verb, subject, subject_id, lane, priority, "
    "payload, state, run_after, attempts_made, reason, result, created_at) "
    "SELECT store_id, 'floor:' || id, 'accept_request', ref, id, 'fulfillment_order:' || id, 10, "
    "jsonb_build_object('fingerprint', fingerprint), 'waiting', now(), 0, '', '{}', now() "
    "FROM fulfillment_fulfillmentorder WHERE id = ANY(%s)",
)


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield the waits for the page in between and for the answer, then the statements."""
    [warehouse] = furnishing.warehouses(1)
    [store] = furnishing.stores(1, places=[warehouse])
    person = furnishing.person("sue", "supervisor", warehouse)
    with programs.web() as port:
        browser = Browser(port, person.username)
        _accept(browser, store, SIZES[0])
        yield from _waits(browser, store, stage.rounds(9))
    yield _statements(store, person)


def _waits(browser: Browser, store: Store, rounds: int) -> Iterator[Figure]:
    size = SIZES[-1]
    floors, pages, answers = [], [], []
    for _ in range(rounds):
        floors.append(_floor(store, size))
        page, answer = _accept(browser, store, size)
        pages.append(page)
        answers.append(answer)
    floor, page, answer = map(statistics.median, (floors, pages, answers))
    yield Figure(
        what=f"accept {size:,} requests: until the answer",
        how=(
            f"the form of the page in between is sent over HTTP, median of {rounds}, in turns with "
            "four plain statements that update the orders and requests and insert events and calls"
        ),
        floor=f"{milliseconds(floor)}, four plain statements for as many rows",
        figure=f"{milliseconds(answer)}, slowest {milliseconds(max(answers))}",
        ratio=f"{answer / floor:.1f} ×",
        budget=f"≤ {MOST_SECONDS:g} s",
        met=answer <= MOST_SECONDS,
    )
    yield Figure(
        what=f"accept {size:,} requests: the page in between",
        how="all of the queue is selected on the list and “Accept” chosen",
        floor=f"{milliseconds(floor)}, as above",
        figure=milliseconds(page),
        ratio=f"{page / floor:.1f} ×",
    )


def _accept(browser: Browser, store: Store, size: int) -> tuple[float, float]:
    """Accept new requests as a person does; return the waits for the page and for the answer."""
    ids = _new(store, size)
    token = browser.get(f"{LIST}?queue=to_decide").hidden
    chosen = {
        "action": str(Action.ACCEPT),
        "select_across": "1",
        "index": "0",
        "_selected_action": ids[:50],
    }
    page = browser.post(f"{LIST}?queue=to_decide", {**token, **chosen})
    answer = browser.post(ACT, {**page.hidden, "confirmed": "1", "message": ""})
    accepted = FulfillmentOrder.objects.filter(pk__in=ids, pending_answer=Action.ACCEPT).count()
    if accepted != size:
        raise RuntimeError(f"Only {accepted} of {size} requests were accepted.")
    return page.seconds, answer.seconds


def _floor(store: Store, size: int) -> float:
    ids = _new(store, size)
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in FLOOR:
            cursor.execute(statement, [ids])
    seconds = time.perf_counter() - began
    if OutboundCall.objects.filter(subject_id__in=ids).count() != size:
        raise RuntimeError("The floor did not do the same work.")
    return seconds


def _new(store: Store, size: int) -> Sequence[int]:
    """Take in so many requests, and let the database catch its breath."""
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
        floor=f"{len(FLOOR)} plain statements",
        figure=" / ".join(map(str, counts)),
        budget="as many for 1,000 as for 10",
        met=len(set(counts)) == 1,
    )
