"""The work list when there are a million orders: every queue, sort, filter and kind of search."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import filling, furnishing, programs
from benchmarks.browser import Browser
from benchmarks.figures import Figure, milliseconds, percentile, spread
from benchmarks.stage import Stage
from fulfillment.admin.queues import QUEUES
from fulfillment.models import FulfillmentOrder
from locations.models import Store, Warehouse

COUNT = 1_000_000
STORES, WAREHOUSES = 20, 5
MOST_SECONDS = 0.3
MOST_QUERIES = 12
LIST = "/admin/fulfillment/fulfillmentorder/"
# An admin page of ours that shows five rows: what a page costs here at least.
FLOOR = "/admin/locations/warehouse/"
COUNTED = re.compile(r"count\(", re.IGNORECASE)
# Who asks, and what they may: the same on every page of the admin.
ABOUT_THE_PERSON = re.compile(r'^SELECT .*? FROM "(django_session|auth_user|auth_permission)"')
PRIME = 7919
Query = Mapping[str, str | int]
Page = tuple[str, Sequence[Query]]


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield, for the operator and for staff of one warehouse, the waits and what they ask."""
    count = stage.rounds(COUNT, quick=20_000)
    people = _furnish(count) if stage.fresh else User.objects.order_by("pk")
    with programs.web() as port:
        for person in people:
            yield from _as_person(port, person, count, stage.rounds(20, quick=3))


def _furnish(count: int) -> Sequence[User]:
    places = furnishing.warehouses(WAREHOUSES)
    filling.fill(furnishing.stores(STORES, places=places), count)
    return [
        furnishing.person("operator", ""),
        furnishing.person("sue", "supervisor", places[0]),
    ]


def pages(count: int, rounds: int) -> dict[str, list[Page]]:
    """Return the pages of each kind; every page with a query for each round."""
    store, place = Store.objects.earliest("pk"), Warehouse.objects.earliest("pk")
    return {
        "queues": [(queue.label.lower(), [{"queue": queue.key}] * rounds) for queue in QUEUES],
        "sorted": [
            (f"{queue}, by column {column}", [{"queue": queue, "o": column}] * rounds)
            for queue in ("to_ship", "all")
            for column in ("2", "-2", "7", "-7")
        ],
        "filtered": [
            (f"{queue}, {name}", [{"queue": queue, name: value}] * rounds)
            for queue in ("to_decide", "to_ship", "all")
            for name, value in (
                ("store", store.pk),
                ("warehouse", place.pk),
                ("work_status__exact", "picking"),
            )
        ],
        "searched": _searches(count, rounds),
    }


def _searches(count: int, rounds: int) -> list[Page]:
    # Spread over all orders, and another one each time.
    some = [filling.FIRST + number * PRIME % count for number in range(rounds)]
    names = [name for name in filling.FIRST_NAMES if not name.startswith("Ma")]
    terms: dict[str, list[str | int]] = {
        "number": [*some],
        "begin of a number": [str(number)[:-2] for number in some],
        "number at the store": [number + filling.NUMBERS_AT_THE_STORE for number in some],
        "tracking code": [f"1Z{number * PRIME}" for number in some],
        "SKU": [f"SKU-{number % 2000}" for number in some],
        "popular SKU": ["SKU-POPULAR"] * rounds,
        "recipient": [_recipient(number) for number in some],
        "first name": list(itertools.islice(itertools.cycle(names), rounds)),
        "begin of a name that many have": ["Ma"] * rounds,
        "nothing": [f"nobody-{number}" for number in some],
    }
    return [
        (f"{what}, in {queue}", [{"queue": queue, "q": term} for term in wanted])
        for what, wanted in terms.items()
        for queue in ("to_ship", "all")
    ]


def _recipient(pk: int) -> str:
    return FulfillmentOrder.objects.values_list("recipient", flat=True).get(pk=pk)


def _as_person(port: int, person: User, count: int, rounds: int) -> Iterator[Figure]:
    browser = Browser(port, person.username)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    who = "the operator" if person.is_superuser else "staff of one warehouse"
    for kind, wanted in pages(count, rounds).items():
        floors, waits = _waits(browser, wanted, rounds)
        asked = {name: _asked(client, queries[0]) for name, queries in wanted}
        yield _figure(f"work list, {kind}, as {who}", count, floors, waits, asked)


def _waits(
    browser: Browser, wanted: Sequence[Page], rounds: int
) -> tuple[list[float], dict[str, list[float]]]:
    """Look at every page so many times, in turns with the floor."""
    floors: list[float] = []
    waits: dict[str, list[float]] = {name: [] for name, _ in wanted}
    for number in range(rounds):
        floors.append(browser.get(FLOOR).seconds)
        for name, queries in wanted:
            waits[name].append(browser.get(f"{LIST}?{urlencode(queries[number])}").seconds)
    return floors, waits


def _asked(client: Client, query: Query) -> list[str]:
    """Return the statements of a page, without those about the person."""
    with CaptureQueriesContext(connection) as asked:
        client.get(LIST, query)
    statements = [str(each["sql"]) for each in asked.captured_queries]
    return [each for each in statements if not ABOUT_THE_PERSON.match(each)]


def _figure(
    what: str,
    count: int,
    floors: Sequence[float],
    waits: Mapping[str, Sequence[float]],
    asked: Mapping[str, Sequence[str]],
) -> Figure:
    slowest = max(waits, key=lambda name: percentile(waits[name], 95))
    late = [name for name in waits if percentile(waits[name], 95) > MOST_SECONDS]
    most = percentile(waits[slowest], 95)
    together = [wait for each in waits.values() for wait in each]
    queries = max(map(len, asked.values()))
    full = [name for name, statements in asked.items() if any(map(_counts_all, statements))]
    floor = percentile(floors, 50)
    return Figure(
        what=what,
        how=(
            f"{count:,} orders, {len(waits)} pages, {len(floors)} times each in turns, over HTTP; "
            f"slowest: {slowest} ({spread(waits[slowest], 50, 95)})"
            + (f"; over the budget: {', '.join(late)}" if late else "")
            + (f"; a full COUNT: {', '.join(full)}" if full else "")
        ),
        floor=f"p50 {milliseconds(floor)}, a plain admin list of five rows",
        figure=f"{spread(together, 50, 95)}; slowest page p95 {milliseconds(most)}; "
        f"{queries} queries, {'a' if full else 'no'} full COUNT",
        ratio=f"{percentile(together, 50) / floor:.1f} ×",
        budget=(
            f"p95 ≤ {milliseconds(MOST_SECONDS)}; ≤ {MOST_QUERIES} queries besides those about the "
            "person; no full COUNT"
        ),
        met=most <= MOST_SECONDS and queries <= MOST_QUERIES and not full,
    )


def _counts_all(statement: str) -> bool:
    """Tell whether a statement counts without a limit to what it counts."""
    return bool(COUNTED.search(statement)) and "LIMIT" not in statement
