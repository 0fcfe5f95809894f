"""What we ask a store to change: hold, release, close short, move, split; each exactly once."""

import pytest

from fulfillment import changes, jobs
from fulfillment.models import FulfillmentOrder
from fulfillment.transitions import CHANGES, Action
from locations.models import Location
from platforms.records import HoldReason
from relay import outbox
from tests.dock import Dock
from tests.factories import LocationFactory, ProductFactory
from tests.work import work

TENT, STOVE = "TENT-2P-GRN", "STOVE-1"
TWO_LINES = [{"sku": TENT, "quantity": 3}, {"sku": STOVE, "quantity": 2}]


@pytest.fixture
def second(dock: Dock) -> Location:
    """Another warehouse of ours at the same store, and a second product."""
    ProductFactory(merchant=dock.store.merchant, sku=STOVE)
    return LocationFactory(store=dock.store, ref=str(dock.shop.location(name="Sparks")))


def units(order: FulfillmentOrder) -> dict[str, tuple[int, int, int, int]]:
    return {
        line.sku: (line.ordered, line.open, line.cancelled, line.short)
        for line in order.lines.all()
    }


def line_id(order: FulfillmentOrder, sku: str) -> int:
    return int(order.lines.get(sku=sku).pk)


def test_a_rejected_order_is_held_and_released_at_the_store(dock: Dock) -> None:
    order = dock.place()
    dock.reject(order)
    work()
    changes.hold_at_store(
        [order.pk], by=dock.person, reason=HoldReason.ADDRESS, message="Suite number?"
    )
    assert dock.again(order).pending_answer == Action.HOLD_AT_STORE
    assert not dock.again(order).on_hold, "not before the store has said so"
    work()
    assert dock.state_there(order)[0] == "on_hold"
    held = dock.again(order)
    assert (held.on_hold, held.pending_answer) == (True, "")
    assert [str(hold) for hold in held.holds.filter(released_at=None)] == [
        "address_incorrect: Suite number?"
    ]
    changes.release_at_store([order.pk], by=dock.person)
    work()
    assert dock.state_there(order) == ("open", "pending")
    assert not dock.again(order).on_hold
    assert not order.holds.filter(released_at=None).exists()
    assert dock.effects(order) == ["reject", "hold", "release"]


def test_closing_short_ends_the_order_when_the_store_has_confirmed_it(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    dock.ship(order, "1Z-ONE", units={TENT: 2})
    work()
    changes.close_short([order.pk], by=dock.person, message="One unit is damaged")
    assert dock.state(order) == ("accepted", "partly_shipped")
    work()
    assert dock.state(order) == ("closed", "closed")
    assert dock.state_there(order) == ("incomplete", "closed")
    assert units(order) == {TENT: (3, 0, 0, 1)}
    ended = dock.again(order)
    assert ended.departed_at == order.shipments.get().shipped_at
    assert str(ended.status_code) == "Fulfilled By FDC"


def test_what_has_left_is_told_before_the_order_is_closed_short(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    dock.ship(order, "1Z-ONE", units={TENT: 2})
    changes.close_short([order.pk], by=dock.person, message="One unit is damaged")
    work()
    assert dock.effects(order) == ["accept", "fulfillment", "close"]


@pytest.mark.parametrize("kind", ["error_500_after", "drop_after"])
@pytest.mark.parametrize(
    ("action", "operation", "effect"),
    [
        (Action.CLOSE_SHORT, "fulfillmentOrdersClose", "close"),
        (Action.HOLD_AT_STORE, "fulfillmentOrdersHold", "hold"),
        (Action.MOVE, "fulfillmentOrdersMove", "move"),
        (Action.SPLIT, "fulfillmentOrdersSplit", "split"),
    ],
)
def test_a_change_of_unknown_outcome_is_looked_up_and_not_made_twice(
    dock: Dock, second: Location, action: Action, operation: str, effect: str, kind: str
) -> None:
    order = _ready_for(action, dock)
    _ask(action, dock, order, second)
    dock.shop.fault(kind, operation, times=1)
    work()
    assert dock.call(order, action).state == "in_doubt"
    dock.later()
    assert dock.call(order, action).state == "done"
    assert dock.effects(order).count(effect) == 1
    assert dock.again(order).pending_answer == ""


def _ready_for(action: Action, dock: Dock) -> FulfillmentOrder:
    if action in (Action.CLOSE_SHORT, Action.SPLIT):
        return dock.accepted(lines=TWO_LINES)
    order = dock.place(lines=TWO_LINES)
    dock.reject(order)
    work()
    return dock.again(order)


def _ask(action: Action, dock: Dock, order: FulfillmentOrder, target: Location) -> None:
    match action:
        case Action.CLOSE_SHORT:
            asked = changes.close_short([order.pk], by=dock.person, message="Lost")
        case Action.HOLD_AT_STORE:
            asked = changes.hold_at_store([order.pk], by=dock.person, reason=HoldReason.OTHER)
        case Action.MOVE:
            asked = changes.move(order.pk, by=dock.person, to_ref=target.ref, to_name=target.name)
        case _:
            asked = changes.split(order.pk, by=dock.person, units={line_id(order, TENT): 1})
    assert asked.done, asked.refused


def test_an_order_moved_to_another_warehouse_of_ours_closes_and_goes_on_there(
    dock: Dock, second: Location
) -> None:
    order = dock.place(lines=TWO_LINES)
    changes.move(order.pk, by=dock.person, to_ref=second.ref, to_name=second.name)
    work()
    assert dock.state(order) == ("closed", "closed")
    assert units(order) == {TENT: (3, 0, 3, 0), STOVE: (2, 0, 2, 0)}
    moved = FulfillmentOrder.objects.exclude(pk=order.pk).get(store=dock.store)
    assert (moved.warehouse, moved.order) == (second.warehouse, order.order)
    assert (moved.request_status, moved.work_status) == ("pending", "new")
    dock.shop.press(int(moved.ref), "request")
    dock.pull()
    assert dock.accept(dock.again(moved)).done


def test_an_order_moved_to_somebody_else_closes_and_does_not_follow(dock: Dock) -> None:
    elsewhere = dock.shop.control("POST", "locations", {"name": "Elsewhere"})["id"]
    order = dock.place()
    changes.move(order.pk, by=dock.person, to_ref=str(elsewhere), to_name="Elsewhere")
    work()
    assert dock.state(order) == ("closed", "closed")
    assert FulfillmentOrder.objects.filter(store=dock.store).count() == 1


def test_single_lines_are_moved_and_the_others_stay(dock: Dock, second: Location) -> None:
    order = dock.place(lines=TWO_LINES)
    changes.move(
        order.pk,
        by=dock.person,
        to_ref=second.ref,
        to_name=second.name,
        line_ids=[line_id(order, STOVE)],
    )
    work()
    assert dock.state(order) == ("requested", "new")
    here = dock.again(order)
    assert {line.sku: line.open for line in here.lines.all()} == {TENT: 3, STOVE: 0}
    moved = FulfillmentOrder.objects.exclude(pk=order.pk).get(store=dock.store)
    assert [(line.sku, line.open) for line in moved.lines.all()] == [(STOVE, 2)]
    assert dock.accept(here).done


def test_a_token_that_may_not_move_is_told_in_words_and_the_move_can_be_taken_back(
    dock: Dock, second: Location
) -> None:
    scopes = ["fulfillment_service:read", "fulfillment_service:write"]
    dock.shop.control("POST", "tokens", {"token": dock.shop.token, "scopes": scopes})
    order = dock.place()
    changes.move(order.pk, by=dock.person, to_ref=second.ref, to_name=second.name)
    work()
    call = dock.call(order, Action.MOVE)
    assert call.state == "refused"
    [problem] = order.problems.filter(settled_at=None)
    assert "403" in problem.detail
    assert dock.accept(dock.again(order)).refused, "one thing at a time"
    outbox.give_up(call.pk, "Not allowed to move.")
    assert not order.problems.filter(settled_at=None).exists()
    assert dock.accept(dock.again(order)).done


def test_split_units_go_on_in_an_order_of_their_own(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    changes.split(order.pk, by=dock.person, units={line_id(order, TENT): 1})
    work()
    assert units(order) == {TENT: (2, 2, 0, 0)}
    assert dock.state(order) == ("accepted", "allocated")
    twin = FulfillmentOrder.objects.exclude(pk=order.pk).get(store=dock.store)
    assert (twin.request_status, twin.work_status) == ("accepted", "allocated")
    assert units(twin) == {TENT: (1, 1, 0, 0)}
    dock.ship(dock.again(twin), "1Z-TWIN")
    dock.ship(dock.again(order), "1Z-REST")
    work()
    assert dock.state(order) == dock.state(twin) == ("closed", "shipped")
    assert not order.problems.exists(), "what we split off is no change behind our back"


def test_a_split_of_all_units_is_refused(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    outcome = changes.split(order.pk, by=dock.person, units={line_id(order, TENT): 3})
    assert [why for _, why in outcome.refused] == ["At least one unit must stay in this order."]
    outcome = changes.split(order.pk, by=dock.person, units={line_id(order, TENT): 4})
    assert [why for _, why in outcome.refused] == ["3 of “TENT-2P-GRN” are open, not 4."]


def test_a_change_overtaken_by_a_cancellation_is_dropped(dock: Dock) -> None:
    order = dock.accepted()
    changes.close_short([order.pk], by=dock.person, message="Lost")
    dock.shop.press(int(order.ref), "ask-cancel")
    work()
    assert dock.effects(order) == ["accept"]
    assert dock.state(order) == ("cancel_requested", "allocated")
    assert "Answer that instead" in dock.story(order)


def test_two_changes_at_once_are_one(dock: Dock) -> None:
    order = dock.accepted()
    assert changes.close_short([order.pk], by=dock.person, message="Lost").done
    [(_, why)] = changes.close_short([order.pk], by=dock.person, message="Lost").refused
    assert why == "“closed short” is on its way to the store and not confirmed yet."


def test_what_the_store_does_not_offer_is_not_asked_for(dock: Dock, second: Location) -> None:
    order = dock.place()
    FulfillmentOrder.objects.filter(pk=order.pk).update(offers=["ship"])
    outcome = changes.move(order.pk, by=dock.person, to_ref=second.ref, to_name="Sparks")
    assert [why for _, why in outcome.refused] == ["The store does not offer to move it now."]


@pytest.mark.parametrize("action", CHANGES)
def test_every_change_has_a_delivery(action: Action, dock: Dock) -> None:
    from config.messages import DELIVERIES

    assert action in DELIVERIES


def test_the_store_is_asked_where_an_order_could_go(dock: Dock, second: Location) -> None:
    order = dock.place()
    jobs.ask_destinations_later(dock.store.pk, order.ref)
    work()
    now = dock.again(order)
    assert [(place["ref"], place["name"]) for place in now.destinations] == [(second.ref, "Sparks")]
    assert now.destinations_read_at
    assert "It could be moved to: Sparks." in dock.story(order)


def test_a_store_that_keeps_its_places_to_itself_is_quoted(dock: Dock) -> None:
    scopes = ["fulfillment_service:read", "fulfillment_service:write"]
    dock.shop.control("POST", "tokens", {"token": dock.shop.token, "scopes": scopes})
    order = dock.place()
    jobs.ask_destinations_later(dock.store.pk, order.ref)
    work()
    assert dock.again(order).destinations_read_at is None
    assert "does not say where it could be moved to" in dock.story(order)
    assert not dock.store.alarms.filter(cleared_at=None).exists()
