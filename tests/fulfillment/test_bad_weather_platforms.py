"""Sixty orders of Spresso and of Haravan in bad weather: all are shipped, and none twice."""

from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from fulfillment import tracking
from fulfillment.models import FulfillmentOrder, TrackingSource
from fulfillment.tracking import News
from fulfillment.transitions import Action
from locations.models import Store
from platforms.records import TrackingStatus
from relay import arrivals, mapping
from sandbox import Sandbox
from tests.dock import Dock
from tests.factories import ProductFactory, StoreFactory, UserFactory, WarehouseFactory
from tests.fulfillment.haravan_shop import BOWL, CUP, LOCATION, open_shop
from tests.fulfillment.test_bad_weather import nothing_to_tell, ride_out, waiting
from tests.sandbox.spresso.stage import KETTLE, TEE, open_console
from tests.work import work

STORES = 3
ORDERS = 20
WEATHER = {
    "status_429": 0.01,
    "status_503": 0.02,
    "error_500_before": 0.06,
    "error_500_after": 0.08,
    "drop_before": 0.04,
    "drop_after": 0.08,
}


def connected(key: str, there: Any, skus: tuple[str, ...], **credentials: str) -> Store:
    store = StoreFactory(
        platform_key=key,
        account=there.name,
        base_url=f"{there.url}/{key}/{there.name}/",
        requests_per_second=1000,
        tells_tracking=True,
    )
    store.set_credentials(**credentials)
    store.save()
    for sku in skus:
        ProductFactory(merchant=store.merchant, sku=sku)
    return store


def storm(docks: list[Dock]) -> None:
    for number, dock in enumerate(docks):
        dock.shop.fault("mix", "*", chances=WEATHER, seed=number)


def calm(docks: list[Dock]) -> None:
    """The weather was bad indeed, and is no more."""
    for dock in docks:
        faults = [each["fault"] for each in dock.shop.control("GET", "calls")["calls"]]
        assert len({fault for fault in faults if fault}) >= 3
        dock.shop.control("DELETE", "faults")


def leaves_in_two(order: FulfillmentOrder) -> bool:
    """Every third order does."""
    return order.pk % 3 == 0


def ship(dock: Dock, order: FulfillmentOrder, first: str, second: str) -> None:
    """Ship it, in two shipments where it leaves in two."""
    if not leaves_in_two(order):
        dock.ship(order, f"1Z-{order.pk}")
        return
    dock.ship(order, f"1Z-{order.pk}-A", units={first: 1})
    dock.ship(order, f"1Z-{order.pk}-B", units={first: 1, second: 1})


def codes(order: FulfillmentOrder) -> list[str]:
    ends = ("-A", "-B") if leaves_in_two(order) else ("",)
    return [f"1Z-{order.pk}{end}" for end in ends]


def orders_of(docks: list[Dock]) -> list[tuple[Dock, FulfillmentOrder]]:
    return [(dock, order) for dock in docks for order in dock.store.fulfillment_orders.all()]


def delivered(order: FulfillmentOrder, dock: Dock) -> None:
    news = News(TrackingStatus.DELIVERED, timezone.now(), TrackingSource.STAFF)
    for parcel in order.parcels.all():
        tracking.record(parcel.pk, news, by=dock.person)


@pytest.fixture
def organizations(engine: None, sandbox: Sandbox, live_server: Any) -> list[Dock]:
    person = UserFactory(username="kim")
    docks = []
    for _ in range(STORES):
        console = open_console(sandbox)
        store = connected("spresso", console, (TEE, KETTLE), spresso_token=console.token)
        store.set_credentials(webhook_secret="example-only-spresso-client-secret-7f3a")
        store.save()
        console.settings(webhooks="duplicate", times=2, success_body="html")
        ways = {
            f"order_{name}": [f"{live_server.url}{arrivals.path_of(store, name)}"]
            for name in ("fulfillable", "cancelled")
        }
        console.control("PUT", "webhooks", ways)
        docks.append(Dock(store, console, person))  # type: ignore[arg-type]
    return docks


def test_every_order_of_spresso_is_delivered_and_paid_once(organizations: list[Dock]) -> None:
    for dock in organizations:
        lines = [{"sku": TEE, "quantity": 2}, {"sku": KETTLE, "quantity": 1}]
        placed = dock.shop.control("POST", "orders", {"count": ORDERS, "lines": lines})
        place = placed["orders"][0]["fulfillments"][0]["fulfillerLocation"]
        mapping.assign(dock.store, WarehouseFactory(), place)
        dock.shop.settle()
    work()
    storm(organizations)
    for dock, order in orders_of(organizations):
        assert dock.accept(order).done
        for action in (Action.START_PICKING, Action.FINISH_PICKING, Action.PACK):
            dock.step(action, order)
    ride_out(organizations, nothing_to_tell)
    for dock, order in orders_of(organizations):
        ship(dock, order, TEE, KETTLE)
    ride_out(organizations, nothing_to_tell)
    for dock, order in orders_of(organizations):
        delivered(order, dock)
    ride_out(organizations, nothing_to_tell)
    calm(organizations)
    for dock in organizations:
        check_paid_once(dock)


def check_paid_once(dock: Dock) -> None:
    orders = list(dock.store.fulfillment_orders.all())
    assert len(orders) == ORDERS
    refs = sorted(order.ref for order in orders)
    settled = dock.shop.effects("settle")
    assert sorted(each["fulfillment_id"] for each in settled) == refs
    assert {tuple(sorted(each["detail"]["units"].values())) for each in settled} == {(1, 2)}
    placed = dock.shop.control("GET", "state")["orders"]
    there = {part["id"]: part for each in placed for part in each["fulfillments"]}
    for order in orders:
        assert (order.request_status, order.work_status) == ("closed", "shipped")
        assert there[order.ref]["status"] == "delivered"
        parcels = {each["trackingNumber"]: each["status"] for each in there[order.ref]["shipments"]}
        assert parcels == dict.fromkeys(codes(order), "delivered")
        assert not order.open_problems
    assert dock.shop.violations() == []


@pytest.fixture
def shops(engine: None, sandbox: Sandbox) -> list[Dock]:
    person = UserFactory(username="kim")
    docks = []
    for _ in range(STORES):
        shop = open_shop(sandbox)
        shop.control("PUT", "settings", {"bucket_size": 0, "page_size": 10})
        store = connected("haravan", shop, (BOWL, CUP), haravan_token=shop.token)
        mapping.assign(store, WarehouseFactory(country="VN"), LOCATION)
        docks.append(Dock(store, shop, person))  # type: ignore[arg-type]
    return docks


def test_every_order_of_haravan_is_fulfilled_once(shops: list[Dock]) -> None:
    for dock in shops:
        lines = [{"sku": BOWL, "quantity": 2}, {"sku": CUP, "quantity": 1}]
        dock.shop.control("POST", "orders", {"count": ORDERS, "lines": lines})
    storm(shops)
    ride_out(shops, lambda: waiting("requested") == STORES * ORDERS, asking=True)
    for dock, order in orders_of(shops):
        assert dock.accept(order).done
        ship(dock, dock.again(order), BOWL, CUP)
    ride_out(shops, nothing_to_tell)
    calm(shops)
    for dock in shops:
        # What the shop lists now is what we think, so that nothing is left to look at.
        dock.pull()
        check_fulfilled_once(dock)


def check_fulfilled_once(dock: Dock) -> None:
    orders = list(dock.store.fulfillment_orders.all())
    assert len(orders) == ORDERS
    made = dock.shop.control("GET", "state")["fulfillments"]
    told = Counter((str(each["order_id"]), *each["numbers"]) for each in made)
    assert told == Counter((order.ref, code) for order in orders for code in codes(order))
    assert {each["status"] for each in made} == {"success"}
    confirmed = {s.ref for order in orders for s in order.shipments.all()}
    assert confirmed == {str(each["id"]) for each in made}
    for order in orders:
        assert (order.request_status, order.work_status) == ("closed", "shipped")
        assert not order.open_problems
    assert dock.shop.violations() == []
