"""Cancellations: decided by what is physically so, and never left unanswered (20.7, 20.8)."""

import pytest

from fulfillment.models import ShipmentState
from fulfillment.transitions import Action, why_not
from locations.models import CancellationPolicy
from platforms.errors import Refusal
from tests.dock import Dock
from tests.work import work


@pytest.fixture
def ruled(dock: Dock) -> Dock:
    """A store whose cancellations are answered by rule."""
    dock.store.cancellation_policy = CancellationPolicy.BY_PHYSICAL_STATE
    dock.store.save()
    return dock


@pytest.mark.acceptance("next29", 7)
def test_between_pick_and_label_a_person_accepts_and_no_label_can_be_used(dock: Dock) -> None:
    order = dock.accepted()
    dock.step(Action.START_PICKING, order)
    dock.shop.press(int(order.ref), "ask-cancel")
    dock.pull()
    with pytest.raises(Refusal, match="Answer that first"):
        dock.ship(order)
    assert not dock.step(Action.FINISH_PICKING, order).done

    dock.accept_cancellation(order)
    work()
    assert dock.state(order) == ("cancel_accepted", "cancelled")
    with pytest.raises(Refusal):
        dock.ship(dock.again(order))
    assert dock.shop.calls("fulfillmentsCreate") == []


def test_before_picking_the_rule_accepts(ruled: Dock) -> None:
    order = ruled.accepted()
    ruled.shop.press(int(order.ref), "ask-cancel")
    ruled.pull()
    assert ruled.state(order) == ("cancel_accepted", "cancelled")
    assert [(line.ordered, line.open, line.cancelled) for line in order.lines.all()] == [(1, 0, 1)]


def test_during_picking_the_rule_leaves_it_to_a_person(ruled: Dock) -> None:
    order = ruled.accepted()
    ruled.step(Action.START_PICKING, order)
    ruled.shop.press(int(order.ref), "ask-cancel")
    ruled.pull()
    assert ruled.state(order) == ("cancel_requested", "picking")
    assert ruled.shop.calls("cancellationRequestAccept") == []


def test_after_the_parcel_left_a_person_cannot_accept(dock: Dock) -> None:
    order = dock.accepted()
    dock.shop.press(int(order.ref), "ask-cancel")
    order.request_status = "cancel_requested"
    order.work_status = "shipped"
    assert "too late to cancel" in why_not(Action.ACCEPT_CANCELLATION, order)


@pytest.mark.parametrize("policy", CancellationPolicy.values)
@pytest.mark.parametrize("noticed", [True, False], ids=["seen in a pull", "seen by the courier"])
@pytest.mark.acceptance("next29", 7)
def test_a_cancellation_after_the_parcel_left_is_rejected_first_then_the_parcel_is_told(
    dock: Dock, policy: str, noticed: bool
) -> None:
    dock.store.cancellation_policy = policy
    dock.store.save()
    order = dock.accepted()
    shipment = dock.ship(order)
    dock.shop.press(int(order.ref), "ask-cancel")
    if noticed:
        dock.pull()
    work()
    dock.later()
    assert dock.effects(order) == ["accept", "reject-cancellation", "fulfillment"]
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.CONFIRMED
    assert dock.state(order) == ("closed", "shipped")


def test_a_person_rejects_and_the_order_is_shipped_all_the_same(dock: Dock) -> None:
    order = dock.accepted()
    dock.step(Action.START_PICKING, order)
    dock.shop.press(int(order.ref), "ask-cancel")
    dock.pull()
    dock.reject_cancellation(order)
    work()
    assert dock.state(order) == ("cancel_rejected", "picking")
    dock.ship(order)
    work()
    assert dock.state(order) == ("closed", "shipped")
    assert dock.effects(order) == ["accept", "reject-cancellation", "fulfillment"]


@pytest.mark.acceptance("next29", 8)
def test_a_cancellation_of_an_order_we_never_saw_is_answered(dock: Dock) -> None:
    ref = dock.shop.place()
    dock.shop.service.step(ref, "fulfillment-request/accept")
    dock.shop.press(ref, "ask-cancel")
    dock.pull()
    assert dock.state(dock.order(ref)) == ("cancel_accepted", "cancelled")
    assert len(dock.shop.effects("accept-cancellation")) == 1


def test_a_withdrawn_cancellation_lets_the_work_go_on(dock: Dock) -> None:
    order = dock.accepted()
    dock.shop.press(int(order.ref), "ask-cancel")
    dock.pull()
    dock.shop.press(int(order.ref), "withdraw-cancel")
    dock.pull()
    assert dock.state(order) == ("accepted", "allocated")
    assert order.requests.get(kind="cancel").decision == "withdrawn"
    assert dock.step(Action.START_PICKING, order).done


def test_a_cancellation_withdrawn_before_our_answer_arrives_is_not_answered(dock: Dock) -> None:
    order = dock.accepted()
    dock.shop.press(int(order.ref), "ask-cancel")
    dock.pull()
    dock.accept_cancellation(order)
    dock.shop.press(int(order.ref), "withdraw-cancel")
    work()
    assert dock.state(order) == ("accepted", "allocated")
    assert dock.effects(order) == ["accept"]
    assert dock.step(Action.START_PICKING, order).done


def test_after_an_accepted_cancellation_the_order_can_be_asked_for_again(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": "TENT-2P-GRN", "quantity": 2}])
    dock.shop.press(int(order.ref), "ask-cancel")
    dock.pull()
    dock.accept_cancellation(order)
    work()
    dock.shop.press(int(order.ref), "request")
    dock.pull()
    assert dock.state(order) == ("requested", "new")
    assert [(line.open, line.cancelled) for line in order.lines.all()] == [(2, 2)]
    dock.accept(dock.again(order))
    work()
    dock.ship(order)
    work()
    assert dock.state(order) == ("closed", "shipped")
    assert dock.shop.effects("fulfillment")[0]["detail"]["units"] == {"TENT-2P-GRN": 2}


def test_a_cancellation_that_a_list_showed_too_early_is_read_again_in_the_same_pull(
    dock: Dock,
) -> None:
    """The list was asked for before our answer was confirmed, and read after."""
    order = dock.accepted()
    dock.shop.press(int(order.ref), "ask-cancel")
    dock.store.fulfillment_orders.update(told_at="2100-01-01T00:00:00Z")
    dock.pull()
    assert dock.state(order)[0] == "accepted", "older than what we know"
    asked = [call["path"] for call in dock.shop.calls("fulfillmentOrdersRetrieve")]
    assert asked[-1].endswith(f"/{order.ref}/"), "so it was asked for again"
