"""An order of Spresso from its message to its end, over real HTTP, whatever goes wrong between."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from fulfillment import changes, corrections, final_count, shipments, telling, tracking
from fulfillment.models import FulfillmentOrder, Shipment, TrackingSource
from fulfillment.shipments import Leaving
from fulfillment.tracking import News
from fulfillment.transitions import Action
from locations.models import Store
from platforms.records import ParcelRecord, TrackingStatus
from relay import arrivals, inbox, mapping
from relay.models import DUE_STATES, CallState, InboundMessage
from sandbox import Sandbox
from tests.dock import Dock
from tests.factories import ProductFactory, StoreFactory, UserFactory, WarehouseFactory
from tests.sandbox.spresso.stage import KETTLE, TEE, Console, open_console
from tests.work import work

LOCATION = "67cf52e06b2e8f40c17a0101"
PROGRESS = ["received_by_fulfiller", "preparing_items", "preparing_items_complete"]


@pytest.fixture
def console(sandbox: Sandbox) -> Console:
    return open_console(sandbox)


@pytest.fixture
def store(engine: None, console: Console, live_server: Any) -> Store:
    store = StoreFactory(
        platform_key="spresso",
        account=console.name,
        base_url=f"{console.url}/spresso/{console.name}/",
        requests_per_second=1000,
        tells_tracking=True,
        options={
            "token_url": f"{console.url}/spresso/{console.name}/identity/v1/public/token",
        },
    )
    store.set_credentials(
        webhook_secret="example-only-spresso-client-secret-7f3a",
        spresso_client_id=f"client-of-{console.name}",
        spresso_client_secret=f"secret-of-{console.name}",
    )
    store.save()
    for sku in (TEE, KETTLE):
        ProductFactory(merchant=store.merchant, sku=sku)
    addresses = {
        f"order_{name}": [f"{live_server.url}{arrivals.path_of(store, name)}"]
        for name in ("fulfillable", "cancelled")
    }
    console.control("PUT", "webhooks", addresses)
    return store


@pytest.fixture
def dock(store: Store, console: Console) -> Iterator[Dock]:
    yield Dock(store, console, UserFactory(username="kim"))  # type: ignore[arg-type]
    assert console.violations() == []


def arrived(dock: Dock, *lines: tuple[str, int], **wishes: object) -> FulfillmentOrder:
    """An order that Spresso announced and that waits for us."""
    console = dock.shop
    placed = console.place(*lines, **wishes)
    place = placed["fulfillments"][0]["fulfillerLocation"]
    if not dock.store.locations.exists():
        mapping.assign(dock.store, WarehouseFactory(), place)
    console.settle()
    work()
    return dock.order(placed["fulfillments"][0]["id"])


def accepted(dock: Dock, *lines: tuple[str, int], **wishes: object) -> FulfillmentOrder:
    order = arrived(dock, *lines, **wishes)
    assert dock.accept(order).done
    work()
    return dock.again(order)


def there(dock: Dock, order: FulfillmentOrder) -> dict[str, Any]:
    """The fulfillment as Spresso has it."""
    found = dock.shop.control("GET", f"orders/{order.order.ref}")
    return next(each for each in found["fulfillments"] if each["id"] == order.ref)


def calls(dock: Dock, order: FulfillmentOrder) -> list[tuple[str, str]]:
    """What was sent about the order, in its order: the status, and the tracking number."""
    found = dock.shop.control("GET", "calls")["calls"]
    return [
        (each["body"]["status"], each["body"].get("trackingNumber", ""))
        for each in found
        if f"/fulfillments/{order.ref}" in each["path"]
    ]


def counts(dock: Dock, order: FulfillmentOrder) -> list[dict[str, int]]:
    """Each final count that was sent, in units by SKU."""
    skus = {line.ref: line.sku for line in order.lines.all()}
    found = dock.shop.control("GET", "calls")["calls"]
    return [
        {
            skus[part["variant"]]: part["fulfilledQuantity"]
            for part in each["body"]["fulfillmentVariants"]
        }
        for each in found
        if f"/fulfillments/{order.ref}" in each["path"] and each["body"]["status"] == "in_transit"
    ]


def deliver(dock: Dock, shipment: Shipment) -> None:
    news = News(TrackingStatus.DELIVERED, timezone.now(), TrackingSource.STAFF)
    for parcel in shipment.parcels.all():
        tracking.record(parcel.pk, news, by=dock.person)
    work()


def test_an_order_is_told_step_by_step_to_its_end(dock: Dock) -> None:
    order = accepted(dock)
    dock.step(Action.START_PICKING, order)
    dock.step(Action.FINISH_PICKING, order)
    dock.step(Action.PACK, order)
    work()
    shipment = dock.ship(order, "1Z1")
    work()
    assert dock.state(order) == ("closed", "shipped")
    deliver(dock, shipment)
    expected = [*((step, "") for step in PROGRESS), ("shipped", "1Z1"), ("in_transit", "")]
    assert calls(dock, order) == [*expected, ("delivered", "1Z1"), ("delivered", "")]
    assert there(dock, order)["status"] == "delivered"
    assert dock.shop.mails() == ["shipped", "delivered"]


@pytest.mark.acceptance("spresso", 11)
def test_parcels_are_told_as_they_leave_and_counted_once(dock: Dock) -> None:
    order = accepted(dock, (TEE, 2), (KETTLE, 1))
    first = dock.ship(order, "1Z1", units={TEE: 2})
    work()
    assert counts(dock, order) == []
    deliver(dock, first)
    assert ("delivered", "1Z1") not in calls(dock, order)
    dock.ship(order, "1Z2", units={KETTLE: 1})
    work()
    dock.later()
    assert counts(dock, order) == [{TEE: 2, KETTLE: 1}]
    told = calls(dock, order)
    assert told[1:] == [
        ("shipped", "1Z1"),
        ("shipped", "1Z2"),
        ("in_transit", ""),
        ("delivered", "1Z1"),
    ]


@pytest.mark.acceptance("spresso", 12)
@pytest.mark.acceptance("spresso", 13)
def test_what_is_short_is_counted_as_it_left(dock: Dock) -> None:
    order = accepted(dock, (TEE, 2), (KETTLE, 1))
    dock.ship(order, "1Z1", units={TEE: 1})
    outcome = changes.close_short([order.pk], by=dock.person, message="The rest is broken")
    assert outcome.done
    work()
    assert counts(dock, order) == [{TEE: 1, KETTLE: 0}]
    assert dock.state(order) == ("closed", "closed")
    assert {line.sku: line.short for line in order.lines.all()} == {TEE: 1, KETTLE: 1}


@pytest.mark.acceptance("spresso", 14)
def test_nothing_to_ship_is_for_the_merchant_to_cancel(dock: Dock) -> None:
    order = accepted(dock)
    [(_, why)] = changes.close_short([order.pk], by=dock.person, message="All gone").refused
    assert "cancel it in Foxtrot" in why
    work()
    assert counts(dock, order) == []


@pytest.mark.acceptance("spresso", 16)
def test_a_carrier_without_a_code_there_is_told_when_it_has_one(dock: Dock) -> None:
    order = accepted(dock)
    leaving = Leaving(
        quantities={line.pk: line.open for line in order.lines.all()},
        parcels=[ParcelRecord("other", "1Z1", carrier_name="Brown Trucks")],
        notify=True,
        submission=uuid.uuid4(),
    )
    shipments.ship(order.pk, leaving, by=dock.person)
    work()
    assert calls(dock, order) == [("received_by_fulfiller", "")]
    [problem] = dock.again(order).problems.filter(settled_at=None)
    assert "code for the carrier 'Brown Trucks' is not known" in problem.detail

    dock.store.options = {**dock.store.options, "carrier_map": "ups = Brown Trucks"}
    dock.store.save()
    telling.tell_again(order.pk, by=dock.person)
    work()
    assert there(dock, order)["shipments"][0]["carrier"] == "ups"
    assert dock.state(order) == ("closed", "shipped")
    assert not dock.again(order).open_problems


def test_a_label_that_was_changed_after_it_was_told_is_for_a_person(dock: Dock) -> None:
    order = accepted(dock)
    shipment = dock.ship(order, "1Z1")
    work()
    told = calls(dock, order)
    parcel = shipment.parcels.get()
    corrections.correct(parcel.pk, ParcelRecord("ups", "1Z2"), by=dock.person)
    work()
    assert calls(dock, order) == told
    [task] = dock.again(order).problems.filter(settled_at=None)
    assert "1Z2 now" in task.detail
    assert "Foxtrot" in task.detail


@pytest.mark.acceptance("spresso", 21)
@pytest.mark.parametrize(
    "kind", ["error_500_before", "error_500_after", "drop_after", "status_429"]
)
def test_a_call_that_fails_is_made_again_and_in_its_place(dock: Dock, kind: str) -> None:
    order = accepted(dock)
    dock.shop.fault(kind, "upsertShipment", times=1)
    dock.ship(order, "1Z1")
    work()
    dock.later(3)
    told = calls(dock, order)
    assert told[-1] == ("in_transit", "")
    assert set(told[1:-1]) == {("shipped", "1Z1")}
    assert dock.state(order) == ("closed", "shipped")
    assert len(dock.shop.effects("settle")) == 1
    before = len(told)
    dock.later(2)
    assert len(calls(dock, order)) == before


def test_an_unproven_count_is_told_again_and_paid_once(dock: Dock) -> None:
    order = accepted(dock)
    dock.shop.fault("drop_before", "updateFulfillment", times=1)
    dock.ship(order, "1Z1")
    work()
    dock.later(3)
    assert dock.state(order) == ("closed", "shipped")
    assert len(dock.shop.effects("settle")) == 1


@pytest.mark.acceptance("spresso", 18)
def test_a_token_that_is_refused_is_renewed_once(dock: Dock) -> None:
    order = accepted(dock)
    dock.shop.fault("status_401", "upsertShipment", times=1)
    given = len(dock.shop.effects("token"))
    dock.ship(order, "1Z1")
    work()
    dock.later()
    assert dock.state(order) == ("closed", "shipped")
    assert calls(dock, order)[1:] == [("shipped", "1Z1"), ("shipped", "1Z1"), ("in_transit", "")]
    assert len(dock.shop.effects("token")) == given + 1
    dock.store.refresh_from_db()
    assert dock.store.paused_at is None


@pytest.mark.acceptance("spresso", 19)
@pytest.mark.parametrize("kind", ["status_400", "status_404"])
def test_a_parcel_that_is_refused_keeps_only_its_own_order_waiting(dock: Dock, kind: str) -> None:
    order, other = accepted(dock), accepted(dock)
    dock.shop.fault(kind, "upsertShipment", times=1)
    dock.ship(order, "1Z1")
    work()
    dock.ship(other, "1Z2")
    work()
    assert dock.call(order, "create_fulfillment").state == CallState.REFUSED
    assert counts(dock, order) == []
    assert dock.again(order).open_problems
    assert dock.state(other) == ("closed", "shipped")


def test_an_order_that_is_cancelled_before_it_left_is_told_nothing_more(dock: Dock) -> None:
    order = accepted(dock)
    dock.step(Action.START_PICKING, order)
    dock.shop.control("POST", f"orders/{order.order.ref}/cancel")
    dock.shop.settle()
    work()
    assert dock.state(order)[1] == "cancelled"
    assert dock.again(order).open_problems
    assert sum(line.open for line in order.lines.all()) == 0


@pytest.mark.acceptance("spresso", 20)
def test_a_cancellation_after_the_count_changes_nothing(dock: Dock) -> None:
    order = accepted(dock)
    dock.ship(order, "1Z1")
    work()
    told = calls(dock, order)
    dock.shop.control("POST", f"orders/{order.order.ref}/cancel")
    dock.shop.settle()
    work()
    assert dock.state(order) == ("closed", "shipped")
    [problem] = dock.again(order).problems.filter(settled_at=None)
    assert "expect it back" in problem.detail
    assert calls(dock, order) == told


def test_a_cancellation_between_parcels_waits_for_a_person(dock: Dock) -> None:
    order = accepted(dock, (TEE, 2), (KETTLE, 1))
    dock.shop.fault("error_500_before", "upsertShipment", times=1)
    dock.ship(order, "1Z1", units={TEE: 2})
    work()
    dock.shop.control("POST", f"orders/{order.order.ref}/cancel")
    dock.shop.settle()
    work()
    tried = len(calls(dock, order))
    dock.later(2)
    assert dock.again(order).held_here
    assert dock.again(order).open_problems
    assert len(calls(dock, order)) == tried
    assert dock.call(order, "create_fulfillment").state in DUE_STATES


def test_a_rest_that_waits_too_long_is_shown(dock: Dock) -> None:
    order = accepted(dock, (TEE, 2), (KETTLE, 1))
    shipment = dock.ship(order, "1Z1", units={TEE: 2})
    work()
    final_count.note_overdue(dock.store)
    assert not dock.again(order).open_problems
    Shipment.objects.filter(pk=shipment.pk).update(
        shipped_at=timezone.now() - timedelta(days=3, minutes=1)
    )
    for _ in range(2):
        final_count.note_overdue(dock.store)
    [problem] = dock.again(order).problems.filter(settled_at=None)
    assert "close it short" in problem.detail


def test_an_order_that_is_sent_again_after_it_left_is_no_news(dock: Dock) -> None:
    order = accepted(dock)
    dock.ship(order, "1Z1")
    work()
    dock.shop.control("POST", f"orders/{order.order.ref}/announce", {"event": "order_fulfillable"})
    dock.shop.settle()
    work()
    for message in InboundMessage.objects.all():
        inbox.replay(message.pk)
    work()
    assert dock.state(order) == ("closed", "shipped")
    assert not dock.again(order).open_problems
