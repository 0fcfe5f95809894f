"""Two hundred orders in bad weather: every one ends right, nothing twice, nothing missing."""

from collections import Counter
from collections.abc import Callable

import pytest

from fulfillment.models import FulfillmentOrder
from locations.models import Store
from relay import engine
from relay.models import OPEN_STATES, OutboundCall
from sandbox import Sandbox
from tests.dock import Dock, hurry
from tests.factories import LocationFactory, ProductFactory, StoreFactory, UserFactory
from tests.sandbox.stage import Stage, open_store
from tests.work import work

STORES = 8
ORDERS = 25
WEATHER = {
    "status_429": 0.004,
    "status_503": 0.01,
    "error_500_before": 0.02,
    "error_500_after": 0.04,
    "drop_before": 0.01,
    "drop_after": 0.04,
}
ROUNDS = 40


@pytest.fixture
def docks(engine: None, sandbox: Sandbox) -> list[Dock]:
    person = UserFactory(username="kim")
    stages = [open_store(sandbox) for _ in range(STORES)]
    return [Dock(connected(stage), stage, person) for stage in stages]


def connected(stage: Stage) -> Store:
    stage.settings(page_size=25)
    store = StoreFactory(
        account=stage.subdomain,
        base_url=f"{stage.url}/next29/{stage.subdomain}/api/admin/",
        requests_per_second=1000,
    )
    store.set_credentials(access_token=stage.token)
    store.save()
    ProductFactory(merchant=store.merchant, sku="TENT-2P-GRN")
    LocationFactory(store=store, ref=str(stage.location()))
    return store


def ride_out(docks: list[Dock], done: Callable[[], bool], *, asking: bool = False) -> None:
    """Work until all is done, with a clock that runs fast between the rounds."""
    for _ in range(ROUNDS):
        for dock in docks:
            if asking:
                engine.wake_pull(dock.store.pk)
        hurry(dock.store for dock in docks)
        work()
        if done():
            return
    raise AssertionError("It never ended.")


def nothing_to_tell() -> bool:
    return not OutboundCall.objects.filter(state__in=OPEN_STATES).exists()


def waiting(status: str) -> int:
    return FulfillmentOrder.objects.filter(request_status=status, pending_answer="").count()


ENDS = {
    "rejected": (("rejected", "new"), ("open", "rejected"), ["reject"]),
    "cancelled": (
        ("cancel_accepted", "cancelled"),
        ("canceled", "cancel_accepted"),
        ["accept", "accept-cancellation"],
    ),
    "shipped": (("closed", "shipped"), ("closed", "closed"), ["accept", "fulfillment"]),
}


def fate(order: FulfillmentOrder) -> str:
    """Three in five are shipped."""
    return {0: "rejected", 1: "cancelled"}.get(int(order.ref) % 5, "shipped")


def each(docks: list[Dock], *fates: str) -> list[tuple[Dock, FulfillmentOrder]]:
    """The orders with one of these fates, each with its store."""
    return [
        (dock, order)
        for dock in docks
        for order in dock.store.fulfillment_orders.order_by("pk")
        if fate(order) in fates
    ]


def test_every_order_ends_right_and_nothing_happens_twice(docks: list[Dock]) -> None:
    for number, dock in enumerate(docks):
        dock.shop.control("POST", "orders", {"count": ORDERS})
        dock.shop.fault("mix", chances=WEATHER, seed=number)
    ride_out(docks, lambda: waiting("requested") == STORES * ORDERS, asking=True)

    for dock, order in each(docks, "rejected"):
        assert dock.reject(order).done
    for dock, order in each(docks, "cancelled", "shipped"):
        assert dock.accept(order).done
    ride_out(docks, nothing_to_tell)

    cancelled = each(docks, "cancelled")
    for dock, order in cancelled:
        dock.shop.press(int(order.ref), "ask-cancel")
    ride_out(docks, lambda: waiting("cancel_requested") == len(cancelled), asking=True)
    for dock, order in cancelled:
        assert dock.accept_cancellation(order).done
    for dock, order in each(docks, "shipped"):
        dock.ship(order, f"1Z-{order.pk}")
    ride_out(docks, nothing_to_tell)

    for dock in docks:
        dock.shop.control("DELETE", "faults")
        check_ends(dock)


def check_ends(dock: Dock) -> None:
    told = Counter(
        (str(effect["fulfillment_order_id"]), effect["operation"])
        for effect in dock.shop.control("GET", "effects")["effects"]
        if effect["by"] == "service" and effect["fulfillment_order_id"]
    )
    wanted = Counter[tuple[str, str]]()
    orders = dock.store.fulfillment_orders.all()
    for order in orders:
        ours, theirs, effects = ENDS[fate(order)]
        assert (order.request_status, order.work_status) == ours
        assert dock.state_there(order) == theirs
        wanted.update((order.ref, effect) for effect in effects)
    assert len(orders) == ORDERS
    assert told == wanted, "each effect once, and none is missing"
    assert dock.shop.violations() == []
