"""What a store does to accepted work without a word: the floor stops, and a person sees why."""

import pytest

from fulfillment import edits, holds, intake
from fulfillment.transitions import Action
from platforms.errors import Refusal
from platforms.records import HoldReason
from relay.connections import client_for
from relay.models import Alarm
from tests.dock import Dock
from tests.work import work

TENT = "TENT-2P-GRN"


def read_again(dock: Dock, *refs: str) -> None:
    with client_for(dock.store, "test") as client:
        for _ in intake.read_again(dock.store, client, refs):
            pass


def edit_address(dock: Dock, ref: str, **changes: str) -> None:
    address = {**dock.shop.service.order(int(ref))["shipping_address"], **changes}
    dock.shop.press(int(ref), "edit-address", shipping_address=address)


def test_an_address_edited_after_acceptance_stops_the_floor_until_a_person_looks(
    dock: Dock,
) -> None:
    order = dock.accepted()
    dock.step(Action.START_PICKING, order)
    edit_address(dock, order.ref, line1="77 Fresh St")
    read_again(dock, order.ref)
    [problem] = order.problems.filter(settled_at=None)
    assert "“77 Fresh St”" in problem.detail
    with pytest.raises(Refusal, match="on hold here"):
        dock.ship(order)

    assert edits.take_over([order.pk], by=dock.person).done
    now = dock.again(order)
    assert now.address is not None
    assert now.address["line1"] == "77 Fresh St"
    assert (now.work_status, now.held_here) == ("picking", False)
    assert not order.problems.filter(settled_at=None).exists()
    dock.ship(now)
    work()
    assert dock.state(order) == ("closed", "shipped")


def test_an_edit_read_twice_is_one_problem(dock: Dock) -> None:
    order = dock.accepted()
    edit_address(dock, order.ref, line1="77 Fresh St")
    read_again(dock, order.ref)
    edit_address(dock, order.ref, line2="Rear")
    read_again(dock, order.ref)
    read_again(dock, order.ref)
    [problem] = order.problems.filter(settled_at=None)
    assert "Rear" in problem.detail
    assert order.holds.filter(released_at=None).count() == 1


def test_an_edit_that_is_changed_back_lets_the_floor_go_on(dock: Dock) -> None:
    order = dock.accepted()
    before = dock.shop.service.order(int(order.ref))["shipping_address"]["line1"]
    edit_address(dock, order.ref, line1="77 Fresh St")
    read_again(dock, order.ref)
    edit_address(dock, order.ref, line1=before)
    read_again(dock, order.ref)
    now = dock.again(order)
    assert (now.held_here, now.open_problems, now.edits) == (False, 0, None)


def test_releasing_the_hold_keeps_what_was_accepted(dock: Dock) -> None:
    order = dock.accepted()
    edit_address(dock, order.ref, line1="77 Fresh St")
    read_again(dock, order.ref)
    assert holds.lift([order.pk], by=dock.person).done
    read_again(dock, order.ref)
    now = dock.again(order)
    assert (now.held_here, now.open_problems) == (False, 0)
    assert now.address is not None
    assert now.address["line1"] != "77 Fresh St"


def test_lines_edited_after_acceptance_are_picked_again(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    dock.step(Action.FINISH_PICKING, order)
    line = order.lines.get()
    new = {"sku": "STOVE-1", "quantity": 1}
    dock.shop.press(int(order.ref), "edit-lines", lines=[{"id": int(line.ref), "quantity": 2}, new])
    read_again(dock, order.ref)
    [problem] = order.problems.filter(settled_at=None)
    assert "3 to ship, the store now wants 2" in problem.detail
    assert "New: 1 of “STOVE-1”" in problem.detail
    edits.take_over([order.pk], by=dock.person)
    assert dock.state(order) == ("accepted", "allocated")
    assert [(each.sku, each.ordered, each.open) for each in order.lines.all()] == [
        (TENT, 2, 2),
        ("STOVE-1", 1, 1),
    ]


@pytest.mark.parametrize("listed_on", ["new", "original"])
def test_our_own_partial_shipment_is_no_change_behind_our_back(dock: Dock, listed_on: str) -> None:
    dock.shop.settings(partial_listed_on=listed_on)
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    dock.ship(order, "1Z-ONE", units={TENT: 2})
    read_again(dock, order.ref)
    assert not order.problems.exists(), "the store does not know yet"
    work()
    read_again(dock, order.ref)
    assert not order.problems.exists(), "the store knows"
    dock.ship(order, "1Z-TWO", units={TENT: 1})
    work()
    assert dock.state(order) == ("closed", "shipped")


def test_an_order_that_is_gone_at_the_store_stops_the_pick(dock: Dock) -> None:
    order = dock.accepted()
    dock.shop.fault("status_404", "fulfillmentOrdersRetrieve", times=1)
    read_again(dock, order.ref)
    [problem] = order.problems.filter(settled_at=None)
    assert "does not know this order any more" in problem.detail
    with pytest.raises(Refusal, match="on hold here"):
        dock.ship(order)
    read_again(dock, order.ref)
    now = dock.again(order)
    assert (now.held_here, now.open_problems) == (False, 0), "the store knows it again"


def test_a_request_that_is_gone_at_the_store_leaves_the_work_list(dock: Dock) -> None:
    order = dock.place()
    dock.shop.fault("status_404", "fulfillmentOrdersRetrieve", times=1)
    read_again(dock, order.ref)
    assert dock.state(order) == ("unknown", "closed")
    assert order.requests.get().decision == "elsewhere"
    dock.pull()
    assert dock.state(order) == ("requested", "new"), "and comes back when the store asks again"
    assert dock.accept(dock.again(order)).done


def test_accepted_work_that_nobody_asks_for_any_more_is_stopped_and_shown(dock: Dock) -> None:
    order = dock.accepted()
    raw = {**dock.shop.service.order(int(order.ref)), "status": "open", "request_status": "pending"}
    dock.shop.control("POST", "plant", {"fulfillment_orders": [raw]})
    read_again(dock, order.ref)
    assert dock.state(order) == ("pending", "cancelled")
    [problem] = order.problems.filter(settled_at=None)
    assert "not asked for any more" in problem.detail


def test_a_hold_here_stops_pick_and_acceptance_until_it_is_released(dock: Dock) -> None:
    asked, accepted = dock.place(), dock.accepted()
    ids = [asked.pk, accepted.pk]
    holds.place(ids, by=dock.person, reason=HoldReason.OUT_OF_STOCK, message="Box is wet")
    again = holds.place(ids, by=dock.person, reason=HoldReason.OUT_OF_STOCK)
    assert len(again.done) == 2, "harmless when repeated"
    assert dock.accept(dock.again(asked)).refused
    assert dock.step(Action.START_PICKING, accepted).refused
    read_again(dock, accepted.ref)
    assert dock.again(accepted).held_here, "the store knows nothing of it, and does not release it"
    assert holds.lift(ids, by=dock.person).done
    assert dock.accept(dock.again(asked)).done
    assert dock.step(Action.START_PICKING, accepted).done
    assert dock.story(accepted).count("Put on hold here") == 1


def test_a_carrier_the_store_dropped_is_told_by_name_once(dock: Dock) -> None:
    dock.shop.settings(dropped_carriers=["ups"])
    order = dock.accepted()
    dock.ship(order, "1Z-A")
    work()
    assert dock.state(order) == ("closed", "shipped")
    asked = dock.shop.calls("fulfillmentsCreate")
    assert [call["status"] for call in asked] == [400, 201]
    told = asked[1]["body"]["tracking_info"][0]
    assert (told["carrier"], told["carrier_other_name"]) == ("other", "UPS")
    assert "told by its name only" in dock.story(order)
    assert Alarm.objects.get(store=dock.store).kind == "carrier:UPS"


def test_a_store_that_takes_no_carrier_at_all_is_asked_twice_and_no_more(dock: Dock) -> None:
    dock.shop.settings(dropped_carriers=["ups", "other"])
    order = dock.accepted()
    dock.ship(order, "1Z-A")
    work()
    assert len(dock.shop.calls("fulfillmentsCreate")) == 2
    assert dock.call(order, "create_fulfillment").state == "refused"
    assert order.problems.filter(settled_at=None).count() == 1


def test_a_cancellation_that_comes_after_the_parcel_left_is_shown_with_both_times(
    dock: Dock,
) -> None:
    order = dock.accepted()
    dock.shop.press(int(order.ref), "ask-cancel")
    left = dock.ship(order, "1Z-A")
    work()
    dock.later()
    assert dock.effects(order) == ["accept", "reject-cancellation", "fulfillment"]
    problem = order.problems.get(source="race")
    assert f"{left.shipped_at:%H:%M:%S}" in problem.detail
    assert problem.detail.startswith("The merchant’s wish to cancel came at")
    assert problem.settled_at is None


def test_a_parcel_that_comes_after_the_cancellation_was_accepted_is_shown_with_both_times(
    dock: Dock,
) -> None:
    order = dock.accepted()
    dock.shop.press(int(order.ref), "ask-cancel")
    dock.pull()
    dock.accept_cancellation(order)
    for _ in range(2):
        with pytest.raises(Refusal):
            dock.ship(order, "1Z-A")
    decided = order.requests.get(kind="cancel").decided_at
    [problem] = order.problems.filter(settled_at=None)
    assert f"accepted at {decided:%Y-%m-%d %H:%M:%S}" in problem.detail
    work()
    assert dock.effects(order) == ["accept", "accept-cancellation"]
