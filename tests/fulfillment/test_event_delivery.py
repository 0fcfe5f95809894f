"""What carriers say, told to the store: once, after the shipment, and with a reason if not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from fulfillment import tracking
from fulfillment.models import FulfillmentOrder, TrackingEvent, TrackingSource
from fulfillment.tracking import News
from platforms.records import TrackingStatus
from relay import outbox
from relay.models import CallState, OutboundCall
from tests.dock import Dock
from tests.fulfillment.test_whole_orders import allow, forbid
from tests.work import work

CREATE = "ordersFulfillmentsEventsCreate"
AT = timezone.now().replace(microsecond=0) - timedelta(hours=3)


@pytest.fixture
def telling(dock: Dock) -> Dock:
    dock.store.tells_tracking = True
    dock.store.save()
    return dock


@pytest.fixture
def shipped(telling: Dock) -> FulfillmentOrder:
    """An order whose parcel the store knows."""
    order = telling.accepted()
    telling.ship(order)
    work()
    return telling.again(order)


def say(
    dock: Dock, order: FulfillmentOrder, status: TrackingStatus = TrackingStatus.IN_TRANSIT
) -> TrackingEvent:
    news = News(status, AT, TrackingSource.STAFF, "Departed facility", city="Reno", region="NV")
    event, _ = tracking.record(order.parcels.get().pk, news, by=dock.person)
    return event


def there(dock: Dock, order: FulfillmentOrder) -> list[str]:
    """The statuses that the store has of the order's shipment."""
    number, shipment = order.order.ref, order.shipments.get().ref
    events = dock.shop.service.get(f"/orders/{number}/fulfillments/{shipment}/events/")
    return [event["status"] for event in events]


def call(dock: Dock, order: FulfillmentOrder) -> OutboundCall:
    return dock.call(order, tracking.VERB)


def test_the_store_learns_what_the_carrier_said(telling: Dock, shipped: FulfillmentOrder) -> None:
    event = say(telling, shipped)
    assert event.told_at is None, "not shown as told before the store says so"
    work()
    event.refresh_from_db()
    assert (event.told_at is not None, event.ref, event.untold_why) == (True, "91", "")
    [sent] = telling.shop.calls(CREATE)
    assert sent["body"]["message"] == "Departed facility"
    assert (sent["body"]["city"], sent["body"]["state"]) == ("Reno", "NV")
    assert there(telling, shipped) == ["in_transit"]
    assert "The store knows that parcel" in telling.story(shipped)


@pytest.mark.parametrize("fault", ["drop_after", "error_500_after", "empty_after"])
def test_an_event_that_was_applied_is_found_and_not_told_twice(
    telling: Dock, shipped: FulfillmentOrder, fault: str
) -> None:
    telling.shop.fault(fault, CREATE, times=1)
    event = say(telling, shipped)
    work()
    assert call(telling, shipped).state == CallState.IN_DOUBT
    event.refresh_from_db()
    assert event.told_at is None
    telling.later()
    event.refresh_from_db()
    assert (event.told_at is not None, event.ref) == (True, "91")
    assert there(telling, shipped) == ["in_transit"]


@pytest.mark.parametrize("fault", ["drop_before", "error_500_before", "empty_success"])
def test_an_event_that_was_not_applied_is_told_again(
    telling: Dock, shipped: FulfillmentOrder, fault: str
) -> None:
    telling.shop.fault(fault, CREATE, times=1)
    say(telling, shipped)
    work()
    telling.later()
    assert there(telling, shipped) == ["in_transit"]
    assert call(telling, shipped).state == CallState.DONE


def test_an_event_waits_until_the_store_knows_the_shipment(telling: Dock) -> None:
    order = telling.accepted()
    telling.shop.fault("error_500_before", "fulfillmentsCreate", times=1)
    telling.ship(order)
    say(telling, order)
    work()
    waiting = call(telling, order)
    assert (waiting.state, waiting.reason) == (
        CallState.WAITING,
        "The store is told of the shipment first.",
    )
    telling.later(2)
    assert there(telling, order) == ["in_transit"]


def test_an_event_of_a_shipment_that_was_given_up_is_dropped_in_words(telling: Dock) -> None:
    order = telling.accepted()
    telling.shop.press(int(order.ref), "fulfil-by-hand", tracking_code="HAND-1")
    telling.ship(order)
    event = say(telling, order)
    work()
    assert "The store has not taken the shipment" in call(telling, order).reason
    outbox.give_up(telling.call(order, "create_fulfillment").pk, "Shipped by hand.")
    telling.later()
    event.refresh_from_db()
    assert call(telling, order).state == CallState.CANCELLED
    assert event.untold_why == "The store was never told of the shipment; that was given up."


def test_a_missing_scope_is_named_and_telling_again_helps(
    telling: Dock, shipped: FulfillmentOrder
) -> None:
    forbid(telling)
    event = say(telling, shipped)
    work()
    refused = call(telling, shipped)
    assert refused.state == CallState.REFUSED
    assert "lacks the scope orders:read" in refused.reason
    event.refresh_from_db()
    assert "orders:read" in event.untold_why
    [problem] = shipped.problems.filter(settled_at=None)
    assert problem.detail.startswith("The store did not take what the carrier said:")

    allow(telling)
    outbox.retry(refused.pk)
    work()
    problem.refresh_from_db()
    event.refresh_from_db()
    assert problem.settled_at
    assert event.told_at
    assert telling.again(shipped).open_problems == 0


def test_reading_without_writing_is_refused_with_the_scope_to_ask_for(
    telling: Dock, shipped: FulfillmentOrder
) -> None:
    scopes = ["fulfillment_service:read", "fulfillment_service:write", "orders:read"]
    telling.shop.control("POST", "tokens", {"token": telling.shop.token, "scopes": scopes})
    say(telling, shipped)
    work()
    assert "lacks the scope orders:write" in call(telling, shipped).reason


def test_a_refused_event_keeps_no_parcel_waiting(telling: Dock) -> None:
    order = telling.accepted(lines=[{"sku": "TENT-2P-GRN", "quantity": 2}])
    telling.ship(order, "1Z-FIRST", units={"TENT-2P-GRN": 1})
    work()
    forbid(telling)
    say(telling, order)
    work()
    assert call(telling, order).state == CallState.REFUSED
    telling.ship(telling.again(order), "1Z-SECOND")
    work()
    assert telling.state(order) == ("closed", "shipped")


def test_what_is_told_is_heard_back_as_where_the_parcel_is(
    telling: Dock, shipped: FulfillmentOrder
) -> None:
    say(telling, shipped, TrackingStatus.DELIVERED)
    work()
    [shown] = telling.shop.control("GET", "state")["fulfillments"]
    assert shown["delivery_status"] == "delivered"
