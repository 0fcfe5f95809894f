"""Whose units are promised: of products that are counted, by any SKU, for all stores together."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from fulfillment import allocation, decisions, stock_news
from fulfillment.models import FulfillmentOrder, Source
from inventory.models import Allocation, SkuAlias, StockLevel
from locations.models import Location
from tests.books import Shelf, assert_books_are_right
from tests.dock import Dock
from tests.factories import LocationFactory, ProductFactory, StoreFactory
from tests.screens import rows
from tests.work import work

TENT, GREEN = "TENT-2P-GRN", "tent (green)"


@pytest.fixture
def other_store(dock: Dock, tents: Shelf) -> Location:
    """The same merchant's other store, whose orders go to the same warehouse."""
    store = StoreFactory(merchant=dock.store.merchant)
    return LocationFactory(store=store, warehouse=tents.warehouse)


@pytest.fixture
def green(tents: Shelf) -> SkuAlias:
    return SkuAlias.objects.create(
        product=tents.product, merchant=tents.product.merchant, sku=GREEN
    )


def accept(order: FulfillmentOrder, *, forced: bool = False) -> str:
    """Why it cannot be accepted; empty when it was."""
    refused = decisions.accept({order.pk: None}, by=None, forced=forced).refused
    return refused[0][1] if refused else ""


def test_what_is_not_counted_is_promised_unseen(ruled: Dock, tents: Shelf) -> None:
    order = ruled.place(lines=[{"sku": TENT, "quantity": 500}])
    assert ruled.state(order) == ("accepted", "allocated")
    assert not StockLevel.objects.exists()
    assert not order.problems.exists()


def test_what_is_counted_and_lies_nowhere_near_is_not_promised(dock: Dock, tents: Shelf) -> None:
    Shelf(tents.product, LocationFactory(store=dock.store).warehouse).put(5)
    order = dock.place()
    assert "0 can be promised" in accept(order)
    assert order.problems.get(source=Source.TRIAGE).status_code.code == "010801"


def test_a_product_of_another_merchant_with_this_sku_is_another_product(
    dock: Dock, tents: Shelf
) -> None:
    Shelf(ProductFactory(sku=TENT), tents.warehouse).put(5)
    tents.put(1)
    assert accept(dock.place(lines=[{"sku": TENT, "quantity": 2}]))


def test_two_stores_of_a_merchant_share_what_is_there(
    dock: Dock, tents: Shelf, other_store: Location
) -> None:
    tents.put(3)
    here = dock.place(lines=[{"sku": TENT, "quantity": 2}])
    there = rows.order(other_store, units=2)
    assert accept(there) == ""
    assert "1 can be promised" in accept(here)
    assert Allocation.objects.get().store == other_store.store
    assert tents.stands == (3, 2)


def test_other_skus_of_a_product_hold_its_units(dock: Dock, tents: Shelf, green: SkuAlias) -> None:
    tents.put(3)
    order = dock.place(lines=[{"sku": GREEN, "quantity": 2}, {"sku": TENT, "quantity": 1}])
    assert dock.accept(order).done
    work()
    assert tents.stands == (3, 3)
    dock.ship(dock.again(order))
    assert tents.stands == (0, 0)


def test_two_skus_of_one_product_that_lacks_units_for_both_are_found_on_arrival(
    ruled: Dock, tents: Shelf, green: SkuAlias
) -> None:
    tents.put(3)
    order = ruled.place(lines=[{"sku": GREEN, "quantity": 2}, {"sku": TENT, "quantity": 2}])
    assert ruled.state(order) == ("requested", "new")
    [problem] = order.problems.filter(source=Source.TRIAGE, settled_at=None)
    assert problem.status_code.code == "010801"
    tents.put(1)
    stock_news.follow()
    work()
    assert ruled.state(order) == ("accepted", "allocated")


def test_what_was_promised_before_it_was_counted_is_held_from_then_on(
    dock: Dock, tents: Shelf
) -> None:
    order, waiting = dock.place(lines=[{"sku": TENT, "quantity": 3}]), dock.place()
    dock.accept(order)
    tents.put(5)
    assert tents.stands == (5, 0)
    stock_news.follow()
    assert tents.stands == (5, 3), "also while the store is still being told"
    stock_news.follow()
    work()
    assert tents.stands == (5, 3)
    assert not Allocation.objects.filter(order_id=waiting.pk).exists()


def test_more_promised_than_the_first_count_finds_is_shown(dock: Dock, tents: Shelf) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    tents.put(2)
    stock_news.follow()
    assert tents.stands == (2, 3)
    assert order.problems.filter(source=Source.STOCK, settled_at=None).count() == 1


def test_the_other_sku_of_a_counted_product_holds_what_was_promised_under_it(
    dock: Dock, tents: Shelf
) -> None:
    tents.put(5)
    order = dock.place(lines=[{"sku": GREEN, "quantity": 3}])
    assert accept(order) == ""
    assert tents.stands == (5, 0), "nobody knows it"
    SkuAlias.objects.create(product=tents.product, merchant=tents.product.merchant, sku=GREEN)
    type(tents.product).objects.update(recount_promises=True)
    stock_news.follow()
    assert tents.stands == (5, 3)


def test_what_is_accepted_at_the_store_without_us_is_held(dock: Dock, tents: Shelf) -> None:
    tents.put(5)
    order = dock.place(lines=[{"sku": TENT, "quantity": 3}])
    assert dock.shop.service.step(int(order.ref), "fulfillment-request/accept").ok
    dock.pull()
    assert dock.state(order) == ("accepted", "allocated")
    assert tents.stands == (5, 3)
    dock.pull()
    assert tents.stands == (5, 3)


def test_without_enough_it_is_ours_to_ship_all_the_same_and_the_shortage_shows(
    dock: Dock, tents: Shelf
) -> None:
    tents.put(1)
    order = dock.place(lines=[{"sku": TENT, "quantity": 3}])
    assert dock.shop.service.step(int(order.ref), "fulfillment-request/accept").ok
    dock.pull()
    assert tents.stands == (1, 3)
    assert order.problems.filter(source=Source.STOCK, settled_at=None).count() == 1


@pytest.fixture
def half_accepted(dock: Dock, tents: Shelf) -> Iterator[Callable[[], None]]:
    """Somebody accepts an order, and their transaction is not done until this is called."""
    order = dock.place(lines=[{"sku": TENT, "quantity": 3}])
    accepted, finish = threading.Event(), threading.Event()

    def run() -> None:
        with transaction.atomic():
            decisions.accept({order.pk: None}, by=None)
            accepted.set()
            finish.wait(10)
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    accepted.wait(10)

    def end() -> None:
        finish.set()
        thread.join()

    yield end
    end()


def test_what_is_promised_while_counting_begins_is_held_when_the_store_has_confirmed_it(
    dock: Dock, tents: Shelf, half_accepted: Callable[[], None]
) -> None:
    def count() -> None:
        tents.put(5)
        connections.close_all()

    counting = threading.Thread(target=count)
    counting.start()
    counting.join(1)
    stock_news.follow()
    half_accepted()
    counting.join()
    work()
    assert tents.stands == (5, 3)


def test_sixty_orders_take_as_many_statements_as_one(
    dock: Dock, tents: Shelf, location: Location
) -> None:
    tents.put(500)
    one, many = [rows.order(location)], [rows.order(location) for _ in range(60)]
    assert _statements(one) == _statements(many)
    assert tents.stands == (500, 61)
    assert_books_are_right()


def _statements(orders: list[FulfillmentOrder]) -> int:
    locked = FulfillmentOrder.objects.select_related("store", "order", "warehouse")
    found = list(locked.filter(pk__in=[order.pk for order in orders]).order_by("pk"))
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        assert allocation.promise(found, by=None) == {}
    return len(queries)
