"""What a merchant does without a word to us: withdraws, edits, holds, moves, ships (20.9-12)."""

import pytest

from fulfillment import intake
from fulfillment.transitions import Action
from locations.models import RequestPolicy
from platforms.errors import Refusal
from relay.connections import client_for
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


def test_a_request_withdrawn_before_the_decision_leaves_the_list_of_work(dock: Dock) -> None:
    order = dock.place()
    dock.shop.press(int(order.ref), "withdraw")
    dock.pull()
    assert dock.state(order) == ("pending", "new")
    assert order.requests.get().decision == "withdrawn"
    outcome = dock.accept(dock.again(order))
    assert [reason for _, reason in outcome.refused] == [
        "The merchant has not asked for it (any more)."
    ]


@pytest.mark.acceptance("next29", 12)
def test_a_request_withdrawn_between_decision_and_delivery_is_not_accepted(dock: Dock) -> None:
    order = dock.place()
    dock.accept(order)
    dock.shop.press(int(order.ref), "withdraw")
    work()
    assert dock.effects(order) == []
    assert dock.state(order) == ("pending", "new")
    assert dock.again(order).pending_answer == ""
    assert order.requests.get().decision == "withdrawn"


def test_an_address_edited_after_the_decision_takes_the_decision_back(dock: Dock) -> None:
    order = dock.place()
    dock.accept(order)
    edit_address(dock, order.ref, line1="77 Fresh St")
    work()
    assert dock.effects(order) == []
    now = dock.again(order)
    assert (now.request_status, now.pending_answer) == ("requested", "")
    assert now.address is not None
    assert now.address["line1"] == "77 Fresh St"
    assert now.revision > order.revision
    assert "were changed at the store after it was decided" in dock.story(order)

    assert dock.accept(order).refused, "decided on what was on the screen before"
    assert dock.accept(now).done
    work()
    assert dock.state(order) == ("accepted", "allocated")


def test_a_hold_after_the_decision_takes_the_decision_back(dock: Dock) -> None:
    order = dock.place()
    dock.accept(order)
    dock.shop.press(int(order.ref), "withdraw")
    dock.shop.press(int(order.ref), "hold", reason="high_risk", message="Check the card")
    work()
    now = dock.again(order)
    assert (now.on_hold, now.pending_answer) == (True, "")
    assert [str(hold) for hold in now.holds.all()] == ["high_risk: Check the card"]
    assert dock.effects(order) == []


def test_a_released_hold_is_closed_and_the_request_can_be_made_again(dock: Dock) -> None:
    ref = dock.shop.place(request=False)
    dock.shop.press(ref, "request")
    dock.pull()
    order = dock.order(ref)
    dock.shop.press(ref, "withdraw")
    dock.shop.press(ref, "hold", reason="awaiting_payment")
    dock.pull()
    assert dock.again(order).on_hold
    dock.shop.press(ref, "release")
    dock.shop.press(ref, "request")
    dock.pull()
    assert not dock.again(order).on_hold
    assert order.holds.get().released_at
    assert [request.cycle for request in order.requests.all()] == [1, 2]


@pytest.mark.acceptance("next29", 9)
def test_a_rejected_order_asked_for_again_uses_the_new_address(dock: Dock) -> None:
    order = dock.place()
    dock.reject(order)
    work()
    edit_address(dock, order.ref, line1="1 Repaired Rd")
    dock.shop.press(int(order.ref), "request", message="Repaired")
    dock.pull()
    again = dock.again(order)
    assert again.address is not None
    assert again.address["line1"] == "1 Repaired Rd"
    first, second = again.requests.all()
    assert (first.decision, second.decision, second.cycle) == ("rejected", "", 2)
    assert second.snapshot["address"]["line1"] == "1 Repaired Rd"
    dock.accept(again)
    work()
    assert dock.effects(order) == ["reject", "accept"]
    assert dock.story(order).count("changed the address") == 1


def test_a_list_read_before_our_answer_opens_no_new_cycle(dock: Dock) -> None:
    order = dock.place()
    with client_for(dock.store, "test") as client:
        pull = intake.pull(dock.store, client)
        dock.reject(order)
        old = client.fetch_fulfillment_order(order.ref)
        asked_at = order.read_at
        work()
        assert intake.take_in(dock.store, [old], asked_at) == []
        pull.close()
    assert dock.state(order) == ("rejected", "new")
    assert order.requests.count() == 1


def test_an_older_reading_does_not_undo_a_newer_one(dock: Dock) -> None:
    order = dock.place()
    with client_for(dock.store, "test") as client:
        old = client.fetch_fulfillment_order(order.ref)
    asked_at = dock.again(order).read_at
    dock.shop.press(int(order.ref), "withdraw")
    read_again(dock, order.ref)
    intake.take_in(dock.store, [old], asked_at)
    assert dock.state(order) == ("pending", "new")
    assert order.requests.count() == 1


def test_a_merchant_who_accepts_at_the_store_gives_us_the_work(dock: Dock) -> None:
    order = dock.place()
    dock.shop.service.step(int(order.ref), "fulfillment-request/accept")
    dock.pull()
    assert dock.state(order) == ("accepted", "allocated")
    assert order.requests.get().decision == "elsewhere"
    dock.ship(order)
    work()
    assert dock.state(order) == ("closed", "shipped")


@pytest.mark.acceptance("next29", 11)
def test_a_merchant_who_ships_by_hand_stops_our_pick(dock: Dock) -> None:
    order = dock.accepted()
    dock.step(Action.START_PICKING, order)
    dock.shop.press(int(order.ref), "fulfil-by-hand", tracking_code="BY-HAND")
    read_again(dock, order.ref)
    assert dock.state(order) == ("closed", "closed")
    [problem] = order.problems.filter(settled_at=None)
    assert "Stop working on it" in problem.detail
    with pytest.raises(Refusal):
        dock.ship(order)
    assert dock.shop.calls("fulfillmentsCreate") == []


def test_a_parcel_that_left_while_the_merchant_shipped_by_hand_is_shown_not_posted(
    dock: Dock,
) -> None:
    order = dock.accepted()
    dock.ship(order)
    dock.shop.press(int(order.ref), "fulfil-by-hand", tracking_code="BY-HAND")
    work()
    assert dock.shop.calls("fulfillmentsCreate") == []
    assert dock.state(order)[1] == "shipped", "it did leave"
    [problem] = order.problems.filter(settled_at=None)
    assert "closed" in problem.detail


@pytest.mark.acceptance("next29", 12)
def test_an_order_moved_before_acceptance_is_not_shipped(dock: Dock) -> None:
    order = dock.place()
    elsewhere = dock.shop.control("POST", "locations", {"name": "Elsewhere"})["id"]
    dock.shop.press(int(order.ref), "move", new_location_id=elsewhere)
    dock.pull()
    assert dock.state(order) == ("closed", "closed")
    assert [(line.open, line.cancelled) for line in order.lines.all()] == [(0, 1)]


def test_an_order_cancelled_before_acceptance_is_not_shipped(dock: Dock) -> None:
    order = dock.place()
    dock.accept(order)
    dock.shop.press(int(order.ref), "cancel")
    work()
    assert dock.effects(order) == []
    assert dock.state(order)[1] == "cancelled"


@pytest.mark.acceptance("next29", 10)
def test_a_part_and_then_the_rest_are_two_fulfillments_and_close_once(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    dock.ship(order, "1Z-ONE", units={TENT: 2})
    work()
    assert dock.state(order) == ("accepted", "partly_shipped")
    with pytest.raises(Refusal, match="1 of “TENT-2P-GRN” are left to ship, not 2"):
        dock.ship(order, "1Z-TOO-MANY", units={TENT: 2})
    dock.ship(order, "1Z-TWO", units={TENT: 1})
    work()
    assert dock.state(order) == ("closed", "shipped")
    assert dock.state_there(order) == ("closed", "closed")
    told = [each["detail"] for each in dock.shop.effects("fulfillment")]
    assert [(each["tracking_codes"], each["units"]) for each in told] == [
        (["1Z-ONE"], {TENT: 2}),
        (["1Z-TWO"], {TENT: 1}),
    ]
    assert dock.story(order).count("The store confirmed the tracking") == 2


def test_a_shipment_in_several_parcels_is_one_fulfillment(dock: Dock) -> None:
    order = dock.accepted()
    dock.ship(order, "1Z-A", "1Z-B")
    work()
    [told] = dock.shop.effects("fulfillment")
    assert told["detail"]["tracking_codes"] == ["1Z-A", "1Z-B"]


def test_a_form_sent_twice_is_one_shipment(dock: Dock) -> None:
    order = dock.accepted()
    first = dock.ship(order, "1Z-A")
    second = dock.ship(order, "1Z-A", submission=first.submission)
    work()
    assert first == second
    assert dock.effects(order) == ["accept", "fulfillment"]


@pytest.mark.parametrize("codes", [("",), ("  ",), ("1Z-A", "1Z-A"), ("1Z-A", " 1z-a")])
def test_tracking_codes_that_would_not_be_found_again_are_refused(
    dock: Dock, codes: tuple[str, ...]
) -> None:
    order = dock.accepted()
    with pytest.raises(Refusal, match="racking code"):
        dock.ship(order, *codes)


def test_a_line_of_another_order_cannot_be_shipped(dock: Dock) -> None:
    order, other = dock.accepted(), dock.accepted()
    foreign = other.lines.get().pk
    with pytest.raises(Refusal, match="not of this order"):
        dock.ship_units(order, {order.lines.get().pk: 1, foreign: 1})
    assert dock.state(other) == ("accepted", "allocated")


def test_the_rule_accepts_what_is_clear_and_leaves_the_rest_to_a_person(dock: Dock) -> None:
    dock.store.request_policy = RequestPolicy.ACCEPT_WHEN_CLEAR
    dock.store.save()
    clear = dock.place()
    unknown = dock.place(lines=[{"sku": "NEVER-HEARD", "quantity": 1}])
    work()
    assert dock.state(clear) == ("accepted", "allocated")
    assert dock.state(unknown) == ("requested", "new")
    assert clear.requests.get().decided_by is None


def test_what_was_asked_of_the_customer_is_done(dock: Dock) -> None:
    order = dock.place(notify=False, message="Gift: no invoice")
    request = order.requests.get()
    assert (request.notify, request.message) == (False, "Gift: no invoice")
