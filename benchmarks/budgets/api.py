"""The API when there are a million orders: placing one, and the lists, beside bare views."""

import itertools
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode

from django.utils import timezone

from benchmarks import api_filling, clients, filling, furnishing, placing, programs
from benchmarks.api_filling import Program
from benchmarks.figures import Figure, in_turns, milliseconds, percentile, spread
from benchmarks.line import Line
from benchmarks.stage import Stage
from locations.models import Merchant, Store

COUNT = 1_000_000
MERCHANTS, WAREHOUSES = 20, 5
CONNECTIONS = 8
# As for the work list of people. What an order may take to place is agreed nowhere.
MOST_SECONDS = 0.3
PER_PAGE = 80
# A page of a list: its name, and its address.
Pages = Mapping[str, str]


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield what placing an order takes, then the waits for the lists."""
    count = stage.rounds(COUNT, quick=20_000)
    if stage.fresh:
        places = furnishing.warehouses(WAREHOUSES)
        api_filling.fill(api_filling.merchants(MERCHANTS, places), count)
    everybody = list(Merchant.objects.order_by("pk"))
    callers = [_program(merchant) for merchant in everybody]
    integrator = api_filling.program(f"integrator-{secrets.token_hex(4)}", everybody)
    with programs.web() as port:
        yield from _placing(stage, port, callers, count)
        for who, caller in (("one merchant", callers[0]), ("an integrator", integrator)):
            yield from _lists(port, who, caller, count, stage.rounds(20, quick=3))


def _program(merchant: Merchant) -> Program:
    return api_filling.program(f"{merchant.name}-{secrets.token_hex(4)}", [merchant])


def _placing(stage: Stage, port: int, callers: Sequence[Program], count: int) -> Iterator[Figure]:
    size = stage.rounds(400, quick=40)
    crowds: list[clients.Crowd] = []

    def rate_of(ask: placing.Ask) -> Callable[[], float]:
        def measured() -> float:
            wanted = [ask(one) for one in itertools.islice(itertools.cycle(callers), size)]
            crowd = clients.ask(port, wanted, connections=CONNECTIONS)
            if ask is placing.ours:
                crowds.append(crowd)
            return crowd.rate

        return measured

    for ask in (placing.bare, placing.ours):
        rate_of(ask)()
    crowds.clear()
    before = placing.placed()
    rounds = stage.rounds(9)
    pair = in_turns(rate_of(placing.bare), rate_of(placing.ours), rounds)
    if (made := placing.placed() - before) != rounds * size:
        raise RuntimeError(f"{rounds * size} orders were placed, and {made} are there.")
    waits = [wait for crowd in crowds for wait in crowd.waits]
    yield Figure(
        what="place an order",
        how=(
            f"{count:,} orders are there; rounds of {size} requests of {len(callers)} merchants "
            f"over {CONNECTIONS} connections that are kept alive, in turns with a bare "
            "ListCreateAPIView that inserts one row into the table of those orders; ours proves "
            "who calls, counts the call, and writes an order with lines, request, history and "
            f"problems in {placing.statements(callers[0])} statements"
        ),
        floor=f"{pair.floor:.0f}/s, a bare DRF view with one INSERT",
        figure=f"{pair.figure:.0f}/s; {spread(waits, 50, 95, 99)}",
        ratio=f"{pair.ratio:.0%}",
    )


def _lists(port: int, who: str, caller: Program, count: int, rounds: int) -> Iterator[Figure]:
    line, headers = Line(port), {"Authorization": f"Bearer {caller.token}"}
    their = count // MERCHANTS * len(caller.merchants)
    for kind, pages in _pages(caller, their).items():
        bare = _bare_page(kind, their)
        floors: list[float] = []
        waits: dict[str, list[float]] = {name: [] for name in pages}
        for _ in range(rounds):
            floors.append(line.ask("GET", bare).seconds)
            for name, address in pages.items():
                waits[name].append(line.ask("GET", address, headers=headers).seconds)
        yield _figure(f"{kind}, for {who}", count, floors, waits)


def _bare_page(kind: str, their: int) -> str:
    last = their // PER_PAGE
    return f"{placing.BARE}?page={last if kind.startswith('far') else 1}"


def _pages(caller: Program, their: int) -> dict[str, Pages]:
    last = their // PER_PAGE
    # Of the first merchant: orders go round.
    ours = filling.FIRST // MERCHANTS * MERCHANTS + MERCHANTS
    return {
        "newest orders": {
            "of an hour": _list(timedelta(hours=1)),
            "of a day": _list(timedelta(days=1)),
            "of a day, all filled in": _list(
                timedelta(days=1), hydrate="integrator,lineItems,trackingNumbers.carrier"
            ),
            "of a day, in short": _list(timedelta(days=1), "orders/simple"),
        },
        "first of all orders": {
            "in full": _list(None),
            "in short": _list(None, "orders/simple"),
            "of one merchant": _list(None, merchantIds=caller.merchants[0].pk),
            "of a warehouse": _list(None, warehouseIds=_warehouse_of(caller)),
        },
        "far pages of all orders": {
            "the middle": _list(None, page=max(1, last // 2)),
            "the last": _list(None, page=max(1, last)),
            "the last, in short": _list(None, "orders/simple", page=max(1, last)),
        },
        "one order": {
            "by our id": f"/v2/orders/{ours}",
            "by the merchant’s id": f"/v2/orders/NW-{ours}",
        },
    }


def _warehouse_of(caller: Program) -> int:
    store = Store.objects.get(merchant=caller.merchants[0])
    return store.locations.get().warehouse_id


def _list(age: timedelta | None, path: str = "orders", **query: object) -> str:
    now = timezone.now()
    window = {
        "fromDate": (now - (age or timedelta(days=400))).isoformat(),
        "toDate": (now + timedelta(days=1)).isoformat(),
    }
    return f"/v2/{path}?{urlencode({**window, **query})}"


def _figure(
    what: str, count: int, floors: Sequence[float], waits: Mapping[str, Sequence[float]]
) -> Figure:
    together = [wait for each in waits.values() for wait in each]
    slowest = max(waits, key=lambda name: percentile(waits[name], 95))
    most = percentile(waits[slowest], 95)
    floor = percentile(floors, 50)
    each = "; ".join(f"{name} p50 {milliseconds(percentile(waits[name], 50))}" for name in waits)
    return Figure(
        what=what,
        how=f"{count:,} orders, {len(floors)} times each in turns, over HTTP: {each}",
        floor=f"p50 {milliseconds(floor)}, a bare DRF page of {PER_PAGE} rows of one table",
        figure=f"{spread(together, 50, 95)}; slowest p95 {milliseconds(most)}",
        ratio=f"{percentile(together, 50) / floor:.1f} ×",
        budget=f"p95 ≤ {milliseconds(MOST_SECONDS)}",
        met=most <= MOST_SECONDS,
    )
