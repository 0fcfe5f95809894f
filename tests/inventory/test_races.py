"""Fifty at once for the last units, while others cancel, ship, receive, count and move them."""

import fcntl
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from fulfillment import changes, decisions, shipments, stock_news
from fulfillment.models import FulfillmentOrder, Line, Source
from fulfillment.shipments import Leaving
from fulfillment.transitions import Action
from inventory import counting, transferring
from inventory.models import Allocation, Kind, Product, StockLevel, StockMovement, Transfer
from inventory.models import TransferLine as Load
from locations.models import Location, Warehouse
from platforms.errors import Refusal
from relay import outbox
from relay.models import OutboundCall
from tests import store_says
from tests.books import assert_books_are_right, change, receive
from tests.dock import parcel
from tests.factories import (
    LocationFactory,
    ProductFactory,
    StoreFactory,
    UserFactory,
    WarehouseFactory,
)
from tests.fulfillment.test_at_once import at_once
from tests.processes import ROOT
from tests.screens import rows

Act = Callable[[], None]
RACERS = 50
SEEDS = range(4)


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    """So many connections leave none for another race on the same server, in whichever process."""
    lock = ROOT / "var" / "races.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@dataclass
class Floor:
    """Five products of a merchant with two stores, in two warehouses; and what chance does."""

    chance: random.Random
    products: list[Product] = field(default_factory=list)
    doors: list[Location] = field(default_factory=list)

    def __post_init__(self) -> None:
        first = StoreFactory()
        second = StoreFactory(merchant=first.merchant)
        self.products = ProductFactory.create_batch(5, merchant=first.merchant)
        warehouse = WarehouseFactory()
        self.doors = [LocationFactory(store=s, warehouse=warehouse) for s in (first, second)]
        self.attic = WarehouseFactory()
        self.person = UserFactory()
        for product in self.products:
            receive(product, self.here, self.chance.randint(20, 40))
            receive(product, self.attic, 20)

    @property
    def here(self) -> Warehouse:
        found = self.doors[0].warehouse
        assert found
        return found

    def any(self) -> Product:
        return self.chance.choice(self.products)

    def order(self) -> FulfillmentOrder:
        """One to four lines over the products, in any order."""
        wanted = self.chance.sample(self.products, self.chance.randint(1, 4))
        order = rows.order(self.chance.choice(self.doors), skus=())
        for product in wanted:
            rows.line(order, product.sku, self.chance.randint(1, 3))
        return order

    def promised(self, count: int, *, told: bool = True) -> list[FulfillmentOrder]:
        """Orders that were accepted before the race."""
        orders = [self.order() for _ in range(count)]
        assert not decisions.accept({order.pk: None for order in orders}, by=None).refused
        for order in orders if told else ():
            store_says.yes(order)
        return orders


def accepting(orders: list[FulfillmentOrder]) -> Act:
    return lambda: decisions.accept({order.pk: None for order in orders}, by=None) and None


def cancelling(order: FulfillmentOrder) -> Act:
    FulfillmentOrder.objects.filter(pk=order.pk).update(request_status="cancel_requested")
    order.requests.create(kind="cancel", cycle=1)

    def act() -> None:
        assert decisions.accept_cancellation({order.pk: None}, by=None).done
        store_says.yes(order)

    return act


def giving_up(order: FulfillmentOrder) -> Act:
    call = OutboundCall.objects.get(subject_id=order.pk, verb=Action.ACCEPT)
    return lambda: outbox.give_up(call.pk, "The merchant rang.") and None


def closing_short(order: FulfillmentOrder, floor: Floor) -> Act:
    def act() -> None:
        assert changes.close_short([order.pk], by=floor.person, message="Lost").done
        store_says.yes(order)

    return act


def shipping(order: FulfillmentOrder, floor: Floor) -> Act:
    """In two parcels, so that a part is held while others write."""
    firsts = {line.pk: floor.chance.randint(0, line.open) for line in order.lines.all()}

    def act() -> None:
        for number in (1, 2):
            left = {line.pk: line.open for line in order.lines.all()}
            units = {pk: min(firsts[pk], n) if number == 1 else n for pk, n in left.items()}
            if any(units.values()):
                leaving = Leaving(units, [parcel(f"1Z-{number}")], True, uuid.uuid4())
                shipments.ship(order.pk, leaving, by=None)

    return act


def receiving(floor: Floor) -> Act:
    product, units = floor.any(), floor.chance.randint(1, 3)
    return lambda: receive(product, floor.here, units, damaged=units // 3) and None


def adding(floor: Floor) -> Act:
    product = floor.any()
    return lambda: change(product, floor.here, on_hand=1) and None


def bringing(floor: Floor, source: Warehouse, target: Warehouse) -> Act:
    """A transfer of two products; where too few are free, it is refused."""
    transfer = Transfer.objects.create(
        merchant=floor.products[0].merchant, source=source, target=target
    )
    loads = [
        Load.objects.create(transfer=transfer, product=product, quantity=2)
        for product in floor.chance.sample(floor.products, 2)
    ]

    def act() -> None:
        transferring.send(transfer.pk, by=None)
        transferring.receive(transfer.pk, {load.pk: 2 for load in loads}, by=None)

    return unless_refused(act)


def counting_all(floor: Floor, found: int) -> Act:
    """A count that finds so many more of each product than the books have. Else it is given up."""

    def act() -> None:
        stocktake = counting.begin(floor.here, by=None)
        books = {line.pk: line.level.on_hand for line in stocktake.lines.select_related("level")}
        counting.note(stocktake.pk, {pk: max(0, n + found) for pk, n in books.items()}, by=None)
        counting.finish(stocktake.pk, by=None)
        if found > 0 and any((line.difference or 0) < 0 for line in stocktake.lines.all()):
            counting.drop(stocktake.pk, by=None)
        else:
            counting.post(stocktake.pk, by=None)

    return unless_refused(act)


def taking(floor: Floor) -> Act:
    """Units are found broken, or not found at all."""
    product, units = floor.any(), floor.chance.randint(1, 6)
    figures = floor.chance.choice([{"damaged": units}, {"on_hand": -units}, {"safety": units}])
    return unless_refused(lambda: change(product, floor.here, **figures) and None)


def unless_refused(act: Act) -> Act:
    def run() -> None:
        try:
            act()
        except Refusal:
            return

    return run


def race(floor: Floor, acts: list[Act]) -> None:
    """All at once; whatever a thread raises is raised here."""
    floor.chance.shuffle(acts)
    at_once(*acts)


def assert_every_order_holds_its_lines_or_nothing(orders: list[FulfillmentOrder]) -> None:
    held = {row.line_id: row.held for row in Allocation.objects.all()}
    for order in FulfillmentOrder.objects.filter(pk__in=[order.pk for order in orders]):
        accepted = order.pending_answer == Action.ACCEPT
        for line in order.lines.all():
            assert held.get(line.pk, 0) == (line.open if accepted else 0)
        assert OutboundCall.objects.filter(subject_id=order.pk).count() == int(accepted)


def assert_no_promise_went_beyond_what_was_there() -> None:
    """As the books tell it: after each promise, at least nothing was left."""
    for movement in StockMovement.objects.filter(kind=Kind.ALLOCATED):
        left = {
            figure: getattr(movement, figure) + getattr(movement, f"{figure}_before")
            for figure in ("on_hand", "allocated", "damaged", "quarantine", "safety", "buffer")
        }
        on_hand = left.pop("on_hand")
        assert on_hand - sum(left.values()) >= 0, movement


def assert_no_more_could_be_accepted(floor: Floor, orders: list[FulfillmentOrder]) -> None:
    """Each refused order lacks something: nothing was left unpromised that it could have had."""
    levels = StockLevel.objects.filter(warehouse=floor.here).select_related("product")
    available = {level.product.sku: level.available for level in levels}
    refused = FulfillmentOrder.objects.filter(
        pk__in=[order.pk for order in orders], pending_answer=""
    )
    assert refused.exists(), "there was enough for all; it was no race"
    for order in refused:
        assert any(line.open > max(0, available[line.sku]) for line in order.lines.all()), order


@pytest.mark.parametrize("seed", SEEDS)
def test_fifty_who_accept_at_once_share_out_exactly_what_is_there(engine: None, seed: int) -> None:
    floor = Floor(random.Random(seed))
    orders = [floor.order() for _ in range(RACERS + 25)]
    packs = [orders[n::RACERS] for n in range(RACERS)]
    race(floor, [accepting(pack) for pack in packs])
    assert_books_are_right()
    assert not StockLevel.objects.filter(available__lt=0).exists()
    assert_every_order_holds_its_lines_or_nothing(orders)
    assert_no_promise_went_beyond_what_was_there()
    assert_no_more_could_be_accepted(floor, orders)


def others(floor: Floor) -> list[Act]:
    """What gives units back or brings more, each by its own use case."""
    told = floor.promised(6)
    return [
        *[cancelling(order) for order in told[:2]],
        *[closing_short(order, floor) for order in told[2:4]],
        *[shipping(order, floor) for order in told[4:]],
        *[giving_up(order) for order in floor.promised(2, told=False)],
        *[receiving(floor) for _ in range(3)],
        adding(floor),
        *[bringing(floor, floor.attic, floor.here) for _ in range(2)],
        counting_all(floor, 1),
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_units_that_come_back_meanwhile_are_promised_once_and_none_is_lost(
    engine: None, seed: int
) -> None:
    floor = Floor(random.Random(seed))
    acts = others(floor)
    orders = [floor.order() for _ in range(RACERS - len(acts))]
    race(floor, [*acts, *[accepting([order]) for order in orders]])
    assert_books_are_right()
    assert not StockLevel.objects.oversold().exists()
    assert_every_order_holds_its_lines_or_nothing(orders)
    assert_no_promise_went_beyond_what_was_there()
    # Who was refused before units came back asks once more.
    decisions.accept({order.pk: None for order in orders}, by=None)
    assert_every_order_holds_its_lines_or_nothing(orders)
    assert_no_more_could_be_accepted(floor, orders)


@pytest.mark.parametrize("seed", SEEDS)
def test_units_that_go_missing_meanwhile_are_missing_openly_and_nowhere_else(
    engine: None, seed: int
) -> None:
    floor = Floor(random.Random(seed))
    acts = [
        *others(floor),
        *[taking(floor) for _ in range(6)],
        counting_all(floor, -2),
        bringing(floor, floor.here, floor.attic),
    ]
    orders = [floor.order() for _ in range(RACERS - len(acts))]
    race(floor, [*acts, *[accepting([order]) for order in orders]])
    assert_books_are_right()
    assert_every_order_holds_its_lines_or_nothing(orders)
    assert_no_promise_went_beyond_what_was_there()
    stock_news.follow()
    assert_shortages_show()


def assert_shortages_show() -> None:
    """What is promised and not there is shown, and all that is not shown is there."""
    shown = set(
        Line.objects.filter(problems__source=Source.STOCK, problems__settled_at=None).values_list(
            "pk", flat=True
        )
    )
    for level in StockLevel.objects.all():
        there = level.on_hand - level.damaged - level.quarantine
        certain = [row.held for row in level.allocations.all() if row.line_id not in shown]
        lacking = [row.held for row in level.allocations.all() if row.line_id in shown]
        assert sum(certain) <= max(0, there)
        assert bool(lacking) == (level.uncovered > 0 and level.allocated > 0)
