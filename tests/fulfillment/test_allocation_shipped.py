"""What leaves the building leaves the books, and what its order held of them."""

import uuid

import pytest

from fulfillment import decisions, stock_news
from fulfillment.allocation import MORE_LEFT
from fulfillment.models import FulfillmentOrder, Source
from inventory.models import Allocation, Kind, StockMovement
from platforms.errors import Refusal
from tests.books import Shelf
from tests.dock import Dock
from tests.work import work

TENT = "TENT-2P-GRN"


def accepted(dock: Dock, units: int, *, forced: bool = False) -> FulfillmentOrder:
    order = dock.place(lines=[{"sku": TENT, "quantity": units}])
    assert decisions.accept({order.pk: None}, by=dock.person, forced=forced).done
    work()
    return dock.again(order)


def test_what_is_shipped_in_part_and_then_whole_takes_the_orders_own_units(
    dock: Dock, tents: Shelf
) -> None:
    tents.put(7)
    order, other = accepted(dock, 3), accepted(dock, 2)
    shipment = dock.ship(order, "1Z-A", units={TENT: 2})
    assert tents.stands == (5, 3)
    assert {row.order_id: row.held for row in Allocation.objects.all()} == {
        order.pk: 1,
        other.pk: 2,
    }
    movement = StockMovement.objects.get(kind=Kind.SHIPPED)
    assert (movement.on_hand, movement.allocated) == (-2, -2)
    assert (movement.cause_model, movement.cause_id) == (
        "fulfillment.fulfillmentorder",
        order.pk,
    )
    assert (movement.reason, movement.by) == (f"Shipment {shipment.pk}", dock.person)
    dock.ship(dock.again(order), "1Z-B")
    work()
    dock.pull()
    assert tents.stands == (4, 2)
    assert not Allocation.objects.filter(order_id=order.pk).exists()
    assert tents.moved(Kind.RELEASED) == []


def test_a_form_that_is_sent_twice_takes_units_once(dock: Dock, tents: Shelf) -> None:
    tents.put(5)
    order, form = accepted(dock, 3), uuid.uuid4()
    for _ in range(2):
        dock.ship(order, units={TENT: 2}, submission=form)
    assert tents.stands == (3, 1)


def test_a_shipment_that_is_refused_takes_nothing(dock: Dock, tents: Shelf) -> None:
    tents.put(5)
    order = accepted(dock, 3)
    with pytest.raises(Refusal, match="3 of “TENT-2P-GRN” are left to ship, not 4"):
        dock.ship(order, units={TENT: 4})
    assert tents.stands == (5, 3)


def test_lines_of_one_product_are_taken_from_one_shelf(dock: Dock, tents: Shelf) -> None:
    tents.put(3)
    order = dock.place(lines=[{"sku": TENT, "quantity": 1}, {"sku": TENT, "quantity": 2}])
    assert dock.accept(order).done
    work()
    assert tents.stands == (3, 3)
    dock.ship(dock.again(order))
    assert tents.stands == (0, 0)
    assert tents.moved(Kind.CORRECTED) == []


def test_when_more_leaves_than_the_books_have_they_are_corrected_for_all_to_see(
    dock: Dock, tents: Shelf
) -> None:
    tents.put(2)
    order = accepted(dock, 5, forced=True)
    dock.ship(order)
    assert tents.stands == (0, 0)
    assert tents.moved(Kind.CORRECTED) == [(3, 0)]
    assert StockMovement.objects.get(kind=Kind.CORRECTED).reason == MORE_LEFT
    assert tents.moved(Kind.SHIPPED) == [(-5, -5)]
    stock_news.follow()
    assert not order.problems.filter(source=Source.STOCK, settled_at=None).exists()


def test_units_that_leave_without_being_covered_are_missing_at_the_others(
    dock: Dock, tents: Shelf
) -> None:
    tents.put(5)
    first, second, third = accepted(dock, 3), accepted(dock, 2), accepted(dock, 2, forced=True)
    dock.ship(third)
    assert tents.stands == (3, 5)
    stock_news.follow()

    def short(order: FulfillmentOrder) -> bool:
        return order.problems.filter(source=Source.STOCK, settled_at=None).exists()

    assert [short(order) for order in (first, second, third)] == [False, True, False]


def test_what_was_promised_before_it_was_counted_leaves_the_books_all_the_same(
    dock: Dock, tents: Shelf
) -> None:
    order = accepted(dock, 3)
    tents.put(5)
    dock.ship(order, "1Z-A", units={TENT: 2})
    assert tents.stands == (3, 1), "the rest is held from now on"
    stock_news.follow()
    assert tents.stands == (3, 1)


def test_what_is_not_counted_is_shipped_as_before(dock: Dock) -> None:
    dock.ship(accepted(dock, 3))
    assert not StockMovement.objects.exists()
