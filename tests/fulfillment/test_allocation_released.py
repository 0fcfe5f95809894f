"""Every way a promise ends lets go exactly what it held, once, however often it is told."""

from dataclasses import replace

import pytest
from django.db import transaction
from django.utils import timezone

from fulfillment import allocation, changes, edits, intake
from fulfillment.models import FulfillmentOrder
from fulfillment.transitions import Action
from inventory.models import Allocation, Kind, StockMovement
from locations.models import CancellationPolicy, Location
from relay import outbox
from relay.connections import client_for
from tests.books import Shelf
from tests.dock import Dock
from tests.factories import LocationFactory, ProductFactory
from tests.work import work

TENT, STOVE = "TENT-2P-GRN", "STOVE-1"


@pytest.fixture
def order(dock: Dock, tents: Shelf) -> FulfillmentOrder:
    """Five tents are there, and three of them are asked for."""
    tents.put(5)
    return dock.place(lines=[{"sku": TENT, "quantity": 3}])


@pytest.fixture
def promised(dock: Dock, order: FulfillmentOrder) -> FulfillmentOrder:
    """The store knows that we have accepted it."""
    dock.accept(order)
    work()
    return dock.again(order)


@pytest.fixture
def second(dock: Dock, tents: Shelf) -> Location:
    """Another warehouse of ours at the same store."""
    return LocationFactory(store=dock.store, ref=str(dock.shop.location(name="Sparks")))


def press(dock: Dock, order: FulfillmentOrder, button: str, **wishes: object) -> None:
    """The merchant presses a button, and we hear of it."""
    dock.shop.press(int(order.ref), button, **wishes)
    read_again(dock, order)


def read_again(dock: Dock, order: FulfillmentOrder) -> None:
    dock.pull()
    with client_for(dock.store, "test") as client:
        for _ in intake.read_again(dock.store, client, [order.ref]):
            pass
    work()


def assert_let_go_once(dock: Dock, order: FulfillmentOrder, shelf: Shelf, units: int) -> None:
    """So many units were released in one movement; whatever is heard again changes nothing."""
    assert shelf.moved(Kind.RELEASED) == [(0, -units)]
    written = StockMovement.objects.count()
    read_again(dock, order)
    with transaction.atomic():
        allocation.settle([dock.again(order)])
    assert StockMovement.objects.count() == written


def test_what_is_rejected_was_never_held(dock: Dock, tents: Shelf, order: FulfillmentOrder) -> None:
    dock.reject(order)
    work()
    read_again(dock, order)
    assert tents.stands == (5, 0)
    assert not Allocation.objects.exists()


def test_an_accept_call_that_is_given_up_lets_go(
    dock: Dock, tents: Shelf, order: FulfillmentOrder
) -> None:
    dock.accept(order)
    assert tents.stands == (5, 3)
    outbox.give_up(dock.call(order, Action.ACCEPT).pk, "The merchant rang.")
    assert tents.stands == (5, 0)
    assert_let_go_once(dock, order, tents, 3)
    assert dock.accept(dock.again(order)).done, "and it can be accepted again"
    assert tents.stands == (5, 3)


def test_a_wish_withdrawn_while_we_accept_lets_go(
    dock: Dock, tents: Shelf, order: FulfillmentOrder
) -> None:
    dock.accept(order)
    dock.shop.press(int(order.ref), "withdraw")
    work()
    assert dock.state(order) == ("pending", "new")
    assert tents.stands == (5, 0)
    assert_let_go_once(dock, order, tents, 3)


def test_an_address_changed_while_we_accept_lets_go_until_it_is_decided_anew(
    dock: Dock, tents: Shelf, order: FulfillmentOrder
) -> None:
    dock.accept(order)
    line = order.lines.get()
    dock.shop.press(int(order.ref), "edit-lines", lines=[{"id": int(line.ref), "quantity": 4}])
    work()
    assert dock.state(order) == ("requested", "new")
    assert tents.stands == (5, 0)
    assert dock.accept(dock.again(order)).done
    assert tents.stands == (5, 4)


def test_a_cancellation_lets_go_when_the_store_has_confirmed_it(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder
) -> None:
    press(dock, promised, "ask-cancel")
    dock.accept_cancellation(promised)
    assert tents.stands == (5, 3), "not before the store knows"
    work()
    assert dock.state(promised) == ("cancel_accepted", "cancelled")
    assert tents.stands == (5, 0)
    assert_let_go_once(dock, promised, tents, 3)


def test_a_cancellation_that_the_rule_accepts_lets_go(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder
) -> None:
    dock.store.cancellation_policy = CancellationPolicy.BY_PHYSICAL_STATE
    dock.store.save()
    press(dock, promised, "ask-cancel")
    assert_let_go_once(dock, promised, tents, 3)


@pytest.mark.parametrize("end", ["withdrawn", "rejected"])
def test_a_cancellation_that_does_not_happen_lets_nothing_go(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder, end: str
) -> None:
    press(dock, promised, "ask-cancel")
    if end == "withdrawn":
        press(dock, promised, "withdraw-cancel")
    else:
        dock.reject_cancellation(promised)
        work()
    assert tents.stands == (5, 3)
    assert tents.moved(Kind.RELEASED) == []


def test_after_a_part_has_left_a_cancellation_lets_the_rest_go(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder
) -> None:
    dock.ship(promised, units={TENT: 2})
    work()
    press(dock, promised, "ask-cancel")
    dock.accept_cancellation(promised)
    work()
    assert tents.stands == (3, 0)
    assert_let_go_once(dock, promised, tents, 1)


def test_what_is_asked_for_again_after_a_cancellation_is_held_again(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder
) -> None:
    press(dock, promised, "ask-cancel")
    dock.accept_cancellation(promised)
    work()
    press(dock, promised, "request")
    assert tents.stands == (5, 0)
    assert dock.accept(dock.again(promised)).done
    work()
    assert tents.stands == (5, 3)


def test_what_the_merchant_ships_by_hand_is_let_go_and_stays_on_the_shelf(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder
) -> None:
    press(dock, promised, "fulfil-by-hand", tracking_code="1Z-THEIRS")
    assert dock.state(promised)[1] == "closed"
    assert tents.stands == (5, 0)
    assert_let_go_once(dock, promised, tents, 3)


def test_closing_short_lets_go_when_the_store_has_confirmed_it(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder
) -> None:
    dock.ship(promised, units={TENT: 1})
    work()
    changes.close_short([promised.pk], by=dock.person, message="Two are damaged")
    assert tents.stands == (4, 2), "not before the store knows"
    work()
    assert tents.stands == (4, 0)
    assert_let_go_once(dock, promised, tents, 2)


def test_closing_short_that_is_given_up_lets_nothing_go(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder
) -> None:
    changes.close_short([promised.pk], by=dock.person, message="Lost")
    outbox.give_up(dock.call(promised, Action.CLOSE_SHORT).pk, "Found again.")
    assert tents.stands == (5, 3)


@pytest.mark.parametrize("kind", ["error_500_after", "drop_after"])
def test_a_call_of_unknown_outcome_lets_go_once(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder, kind: str
) -> None:
    changes.close_short([promised.pk], by=dock.person, message="Lost")
    dock.shop.fault(kind, "fulfillmentOrdersClose", times=1)
    work()
    assert tents.stands == (5, 3), "nobody knows yet"
    dock.later()
    assert_let_go_once(dock, promised, tents, 3)


def test_split_units_are_held_by_the_order_that_they_went_to(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder
) -> None:
    changes.split(promised.pk, by=dock.person, units={promised.lines.get().pk: 1})
    work()
    twin = FulfillmentOrder.objects.exclude(pk=promised.pk).get()
    held = {row.order_id: row.held for row in Allocation.objects.all()}
    assert held == {promised.pk: 2, twin.pk: 1}
    assert tents.stands == (5, 3)
    assert_let_go_once(dock, promised, tents, 1)


def test_a_split_of_the_last_units_is_no_shortage(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder
) -> None:
    tents.change(on_hand=-2)
    changes.split(promised.pk, by=dock.person, units={promised.lines.get().pk: 1})
    work()
    assert tents.stands == (3, 3)
    assert [order.open_problems for order in FulfillmentOrder.objects.all()] == [0, 0]


def test_what_moves_before_it_is_accepted_is_held_where_it_is_accepted(
    dock: Dock, tents: Shelf, order: FulfillmentOrder, second: Location
) -> None:
    there = Shelf(tents.product, second.warehouse)
    there.put(3)
    changes.move(order.pk, by=dock.person, to_ref=second.ref, to_name=second.name)
    work()
    moved = FulfillmentOrder.objects.exclude(pk=order.pk).get()
    press(dock, moved, "request")
    assert dock.accept(dock.again(moved)).done
    work()
    assert (tents.stands, there.stands) == ((5, 0), (3, 3))


@pytest.mark.parametrize(("wanted", "held"), [(1, 1), (4, 4), (7, 7), (0, 0)])
def test_an_edit_changes_what_is_held_when_it_is_taken_over(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder, wanted: int, held: int
) -> None:
    stoves = Shelf(ProductFactory(merchant=dock.store.merchant, sku=STOVE), tents.warehouse)
    stoves.put(9)
    line = int(promised.lines.get().ref)
    new = {"sku": STOVE, "quantity": 2}
    press(dock, promised, "edit-lines", lines=[{"id": line, "quantity": wanted}, new])
    assert (tents.stands, stoves.stands) == ((5, 3), (9, 0)), "not before somebody has looked"
    assert edits.take_over([promised.pk], by=dock.person).done
    assert (tents.stands, stoves.stands) == ((5, held), (9, 2))
    read_again(dock, promised)
    assert (tents.stands, stoves.stands) == ((5, held), (9, 2))


def test_an_edit_to_another_warehouse_moves_what_is_held(
    dock: Dock, tents: Shelf, promised: FulfillmentOrder, second: Location
) -> None:
    there = Shelf(tents.product, second.warehouse)
    there.put(3)
    with client_for(dock.store, "test") as client:
        record = client.fetch_fulfillment_order(promised.ref)
    elsewhere = replace(record, location_ref=second.ref, raw={"edited": True})
    intake.take_in(dock.store, [elsewhere], timezone.now())
    assert (tents.stands, there.stands) == ((5, 3), (3, 0))
    assert edits.take_over([promised.pk], by=dock.person).done
    assert (tents.stands, there.stands) == ((5, 0), (3, 3))
    dock.ship(dock.again(promised))
    assert (tents.stands, there.stands) == ((5, 0), (0, 0))
