"""Answers and shipments whose outcome is unknown: looked up, never sent twice (20.5, 20.6)."""

import pytest

from fulfillment.models import ShipmentState
from relay.models import CallState
from tests.dock import Dock
from tests.work import work

ACCEPT = "fulfillmentRequestAccept"
REJECT = "fulfillmentRequestReject"
CREATE = "fulfillmentsCreate"
SPOILT = ["error_500_after", "drop_after", "empty_after"]
NOTHING_DONE = ["error_500_before", "drop_before", "empty_success"]


@pytest.mark.parametrize("fault", SPOILT)
@pytest.mark.acceptance("next29", 5)
def test_an_acceptance_that_was_applied_is_found_and_not_repeated(dock: Dock, fault: str) -> None:
    order = dock.place()
    dock.shop.fault(fault, ACCEPT, times=1)
    dock.accept(order)
    work()
    assert dock.call(order, "accept_request").state == CallState.IN_DOUBT
    assert dock.state(order) == ("requested", "new"), "not told before the store says so"

    dock.later()
    assert dock.state(order) == ("accepted", "allocated")
    assert len(dock.shop.calls(ACCEPT)) == 1
    assert dock.store.fulfillment_orders.count() == 1


@pytest.mark.parametrize("fault", NOTHING_DONE)
def test_an_acceptance_that_was_not_applied_is_sent_again(dock: Dock, fault: str) -> None:
    order = dock.place()
    dock.shop.fault(fault, ACCEPT, times=1)
    dock.accept(order)
    work()
    assert dock.state(order) == ("requested", "new")
    dock.later()
    assert dock.state(order) == ("accepted", "allocated")
    assert dock.effects(order) == ["accept"]


@pytest.mark.parametrize("fault", SPOILT)
@pytest.mark.acceptance("next29", 6)
def test_a_shipment_that_was_applied_is_found_by_its_tracking(dock: Dock, fault: str) -> None:
    order = dock.accepted()
    dock.shop.fault(fault, CREATE, times=1)
    shipment = dock.ship(order)
    work()
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.QUEUED, "not shown as told"
    dock.later()
    shipment.refresh_from_db()
    assert (shipment.state, shipment.ref) == (ShipmentState.CONFIRMED, "70210")
    assert len(dock.shop.calls(CREATE)) == 1


@pytest.mark.parametrize("fault", NOTHING_DONE)
def test_a_shipment_that_was_not_applied_is_sent_again(dock: Dock, fault: str) -> None:
    order = dock.accepted()
    dock.shop.fault(fault, CREATE, times=1)
    shipment = dock.ship(order)
    work()
    dock.later()
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.CONFIRMED
    assert dock.effects(order) == ["accept", "fulfillment"]


@pytest.mark.parametrize("listed_on", ["new", "original"])
def test_a_part_in_doubt_is_found_wherever_the_store_keeps_it(dock: Dock, listed_on: str) -> None:
    dock.shop.settings(partial_listed_on=listed_on)
    order = dock.accepted(lines=[{"sku": "TENT-2P-GRN", "quantity": 3}])
    dock.shop.fault("drop_after", CREATE, times=1)
    dock.ship(order, "1Z-PART", units={"TENT-2P-GRN": 1})
    work()
    dock.later()
    assert len(dock.shop.calls(CREATE)) == 1
    assert [shipment.state for shipment in order.shipments.all()] == [ShipmentState.CONFIRMED]


def test_a_tracking_code_that_the_store_writes_otherwise_is_found(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": "TENT-2P-GRN", "quantity": 2}])
    dock.shop.fault("error_500_after", CREATE, times=1)
    dock.ship(order, " 1z 999 aa ", units={"TENT-2P-GRN": 1})
    work()
    dock.later()
    assert len(dock.shop.calls(CREATE)) == 1
    assert order.shipments.get().state == ShipmentState.CONFIRMED


def test_two_orders_in_one_box_are_both_told(dock: Dock) -> None:
    """They share order number, location and tracking code; only the lines tell them apart."""
    lines = [{"sku": "TENT-2P-GRN", "quantity": 1}, {"sku": "MUG-ENM", "quantity": 1}]
    whole = dock.shop.place(lines=lines, request=False)
    tent = dock.shop.service.order(whole)["line_items"][0]["id"]
    units = [{"id": tent, "quantity": 1}]
    dock.shop.press(whole, "request", fulfillment_order_line_items=units)
    dock.shop.press(whole, "request")
    dock.pull()
    first, second = dock.store.fulfillment_orders.order_by("ref")
    for order in (first, second):
        dock.accept(order)
    work()
    dock.ship(first, "1Z-SHARED")
    work()
    dock.shop.fault("error_500_before", CREATE, times=1)
    dock.ship(second, "1Z-SHARED")
    work()
    dock.later()
    assert dock.effects(first) == dock.effects(second) == ["accept", "fulfillment"]


def test_a_look_that_fails_does_not_end_the_doubt(dock: Dock) -> None:
    order = dock.place()
    dock.shop.fault("error_500_after", ACCEPT, times=1)
    dock.accept(order)
    work()
    dock.shop.fault("error_500_before", "fulfillmentOrdersRetrieve", times=1)
    dock.later()
    assert dock.call(order, "accept_request").state == CallState.IN_DOUBT
    dock.later()
    assert dock.state(order) == ("accepted", "allocated")


def test_a_rejection_in_doubt_does_not_reject_what_is_asked_for_anew(dock: Dock) -> None:
    order = dock.place()
    dock.shop.fault("error_500_after", REJECT, times=1)
    dock.reject(order)
    work()
    fixed = {**dock.shop.service.order(int(order.ref))["shipping_address"], "line1": "1 New St"}
    dock.shop.press(int(order.ref), "edit-address", shipping_address=fixed)
    dock.shop.press(int(order.ref), "request", message="Fixed the street")
    dock.pull()
    dock.later()
    assert dock.state(order) == ("requested", "new")
    assert len(dock.shop.effects("reject")) == 1
    newest = order.requests.latest("cycle")
    assert (newest.cycle, newest.decision, newest.message) == (2, "", "Fixed the street")
    assert "1 New St" in str(dock.again(order).address)
    assert dock.accept(dock.again(order)).done
    work()
    assert dock.state(order) == ("accepted", "allocated")


def test_a_cancellation_asked_for_while_the_acceptance_is_in_doubt_is_answered(
    dock: Dock,
) -> None:
    dock.store.cancellation_policy = "by_physical_state"
    dock.store.save()
    order = dock.place()
    dock.shop.fault("error_500_after", ACCEPT, times=1)
    dock.accept(order)
    work()
    dock.shop.press(int(order.ref), "ask-cancel")
    dock.pull()
    dock.later()
    assert dock.state(order)[0] == "cancel_requested", "the floor must not begin"
    dock.pull()
    assert dock.state(order) == ("cancel_accepted", "cancelled")
    assert dock.effects(order) == ["accept", "accept-cancellation"]


def test_nothing_is_shown_as_told_while_the_store_keeps_lying(dock: Dock) -> None:
    order = dock.place()
    dock.shop.fault("empty_success", ACCEPT)
    dock.accept(order)
    work()
    dock.later(2)
    assert dock.state(order) == ("requested", "new")
    call = dock.call(order, "accept_request")
    assert (call.state, call.attempts_made) == (CallState.IN_DOUBT, 3)
