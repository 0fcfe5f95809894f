"""Acknowledging what stores send: throughput beside a bare view, and waits at a steady rate."""

import hashlib
import hmac
import itertools
import json
from collections.abc import Callable, Iterator

from benchmarks import clients, furnishing, programs
from benchmarks.client import request
from benchmarks.figures import Figure, Pair, in_turns, milliseconds, percentile, spread
from benchmarks.stage import Stage
from locations.models import Store
from relay.models import InboundMessage, MessageState

STORES = 20
CONNECTIONS = 16
LEAST_RATIO = 0.7
RATE = 200
STEADY_CONNECTIONS = 64
MOST_SECONDS = 0.25
NUMBERS = itertools.count(1)
Ask = Callable[[Store], str]


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield the throughput of both endpoints beside the floor, then the waits at 200/s."""
    stores = furnishing.stores(STORES, places=furnishing.warehouses(1))
    with programs.web() as port:
        for ask in (floor, callback, webhook):
            _throughput(port, ask, stores, 200)
        for name, ask in (("callback", callback), ("webhook", webhook)):
            yield _beside_the_floor(stage, port, name, ask, stores)
        yield _steady(stage, port, stores)
        # Only what comes in from now on is read, and no store is asked what it means.
        InboundMessage.objects.update(state=MessageState.DONE)
        Store.objects.update(paused_at="2026-01-01T00:00:00Z", pause_reason="Measuring.")
        with programs.worker():
            yield _steady(stage, port, stores, while_read=True)


def floor(store: Store) -> str:
    """Ask the bare view."""
    body = json.dumps({"type": "fulfillment_requested"})
    return request("POST", f"/benchmarks/floor/{store.pk}", body, Content_Type="application/json")


def callback(store: Store) -> str:
    """Ring the doorbell of a 29 Next store."""
    return request(
        "POST",
        f"/next29/cb/{store.endpoint_key}/fulfillment-order-notification/",
        json.dumps({"type": "fulfillment_requested"}),
        Content_Type="application/json",
        X_29Next_Store=store.account,
    )


def webhook(store: Store) -> str:
    """Send a signed webhook about an order."""
    body = json.dumps(
        {
            "event_id": f"event-{next(NUMBERS)}",
            "event_type": "order.updated",
            "webhook": {"store": store.account},
            "data": {"number": "100250", "lines": [{"sku": sku} for sku in furnishing.SKUS]},
        }
    )
    signature = hmac.new(furnishing.WEBHOOK_SECRET.encode(), body.encode(), hashlib.sha256)
    return request(
        "POST",
        f"/next29/webhooks/{store.endpoint_key}/",
        body,
        Content_Type="application/json",
        X_29Next_Signature=signature.hexdigest(),
    )


def _throughput(port: int, ask: Ask, stores: list[Store], count: int) -> clients.Crowd:
    wanted = [ask(store) for store in itertools.islice(itertools.cycle(stores), count)]
    return clients.ask(port, wanted, connections=CONNECTIONS)


def _beside_the_floor(stage: Stage, port: int, name: str, ask: Ask, stores: list[Store]) -> Figure:
    count = stage.rounds(800, quick=200)
    costs = []

    def rate_of(what: Ask) -> Callable[[], float]:
        def measured() -> float:
            crowd = _throughput(port, what, stores, count)
            costs.append(crowd.cpu_each)
            return crowd.rate

        return measured

    pair = in_turns(rate_of(floor), rate_of(ask), stage.rounds(9))
    return _as_figure(name, pair, count, max(costs))


def _as_figure(name: str, pair: Pair, count: int, cost: float) -> Figure:
    return Figure(
        what=f"acknowledge a {name}",
        how=(
            f"rounds of {count} requests over {CONNECTIONS} connections that are kept alive, in "
            "turns with the floor on the same gunicorn (2 workers, 4 threads); "
            f"a request costs the clients {milliseconds(cost)} of CPU"
        ),
        floor=f"{pair.floor:.0f}/s, a bare view with one INSERT",
        figure=f"{pair.figure:.0f}/s",
        ratio=f"{pair.ratio:.0%}",
        budget=f"≥ {LEAST_RATIO:.0%}",
        met=pair.ratio >= LEAST_RATIO,
    )


def _steady(stage: Stage, port: int, stores: list[Store], *, while_read: bool = False) -> Figure:
    seconds = stage.rounds(20, quick=3)
    before = InboundMessage.objects.count()
    bare = _at_rate(port, [floor], stores, seconds)
    crowd = _at_rate(port, [callback, webhook], stores, seconds)
    if InboundMessage.objects.count() != before + 2 * RATE * seconds:
        raise RuntimeError("Not every message was kept.")
    slowest = percentile(crowd.waits, 99)
    reading = ", while a worker reads them" if while_read else ""
    return Figure(
        what=f"wait for the acknowledgement at {RATE}/s{reading}",
        how=f"callbacks and webhooks in turns for {seconds} s, each timed from its moment",
        floor=f"{spread(bare.waits, 50, 99)}, the bare view at the same rate",
        figure=spread(crowd.waits, 50, 95, 99),
        ratio=f"{slowest / percentile(bare.waits, 99):.1f} ×",
        budget=f"p99 ≤ {milliseconds(MOST_SECONDS)}",
        met=slowest <= MOST_SECONDS,
    )


def _at_rate(port: int, kinds: list[Ask], stores: list[Store], seconds: int) -> clients.Crowd:
    turns = zip(itertools.cycle(kinds), itertools.cycle(stores), strict=False)
    wanted = [ask(store) for ask, store in itertools.islice(turns, RATE * seconds)]
    return clients.ask(port, wanted, connections=STEADY_CONNECTIONS, rate=RATE)
