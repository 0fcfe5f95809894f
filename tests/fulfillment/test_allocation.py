"""A promise holds units: all that an order asks for, or none, and never what is not there."""

import pytest

from fulfillment import decisions, problems, stock_news
from fulfillment.models import FulfillmentOrder, Problem, Source
from fulfillment.transitions import Action
from inventory.models import Allocation, Kind
from tests.books import Shelf
from tests.dock import Dock
from tests.factories import ProductFactory
from tests.work import work

TENT, STOVE = "TENT-2P-GRN", "STOVE-1"
SHORT = (
    "Not as much of “TENT-2P-GRN” as is asked for can be promised in Reno. "
    "Reject it, hold it, move it, or split off what there is."
)


@pytest.fixture
def stoves(dock: Dock, tents: Shelf) -> Shelf:
    return Shelf(ProductFactory(merchant=dock.store.merchant, sku=STOVE), tents.warehouse)


def asking(dock: Dock, tents: int, stoves: int = 0) -> FulfillmentOrder:
    lines = [{"sku": TENT, "quantity": tents}]
    return dock.place(lines=lines + [{"sku": STOVE, "quantity": stoves}] * bool(stoves))


def open_problems(order: FulfillmentOrder, source: Source) -> list[Problem]:
    return [*order.problems.filter(source=source, settled_at=None)]


def test_accepting_holds_the_units_of_every_line(dock: Dock, tents: Shelf, stoves: Shelf) -> None:
    tents.put(5)
    stoves.put(4)
    order = asking(dock, 3, 4)
    assert (tents.stands, stoves.stands) == ((5, 0), (4, 0)), "a wish holds nothing"
    assert dock.accept(order).done
    assert (tents.stands, stoves.stands) == ((5, 3), (4, 4)), "a decision does, before it is told"
    held = Allocation.objects.filter(order_id=order.pk)
    assert sorted(row.held for row in held) == [3, 4]
    assert {row.store for row in held} == {dock.store}
    work()
    assert dock.state(order) == ("accepted", "allocated")
    dock.pull()
    assert tents.moved(Kind.ALLOCATED) == [(0, 3)], "and only once"


def test_an_order_that_one_line_lacks_units_for_holds_nothing_at_all(
    dock: Dock, tents: Shelf, stoves: Shelf
) -> None:
    tents.put(5)
    stoves.put(1)
    order = asking(dock, 3, 2)
    [(_, why)] = dock.accept(order).refused
    warehouse = tents.warehouse
    assert why == (
        f"Not enough stock in {warehouse}: 2 of “STOVE-1” are asked for, 1 can be promised. "
        "Reject it, hold it, move it, or split off what there is."
    )
    assert (tents.stands, stoves.stands) == ((5, 0), (1, 0))
    assert dock.again(order).pending_answer == ""
    assert not dock.store.calls.exists()


@pytest.mark.parametrize("aside", ["damaged", "quarantine", "safety", "buffer"])
def test_units_that_are_set_aside_are_promised_to_nobody(
    dock: Dock, tents: Shelf, aside: str
) -> None:
    tents.put(5)
    tents.change(**{aside: 2})
    assert dock.accept(asking(dock, 4)).refused
    assert dock.accept(asking(dock, 3)).done


def test_what_cannot_be_promised_is_found_on_arrival_with_an_answer_to_give(
    ruled: Dock, tents: Shelf
) -> None:
    tents.put(2)
    order = asking(ruled, 3)
    [problem] = open_problems(order, Source.TRIAGE)
    assert (str(problem.status_code.code), problem.detail) == ("010801", SHORT)
    assert problem.line == order.lines.get()
    request = order.requests.get()
    assert (request.suggestion, request.suggested_reason) == ("reject", "out_of_stock")
    assert "is out of stock" in request.suggested_message
    assert ruled.state(order) == ("requested", "new"), "the rule leaves it to a person"
    assert ruled.effects(order) == []


def test_where_more_is_promised_than_there_is_the_next_order_is_found_short_as_well(
    ruled: Dock, tents: Shelf
) -> None:
    tents.put(1)
    force(ruled, asking(ruled, 3))
    order = asking(ruled, 1)
    assert ruled.state(order) == ("requested", "new")
    assert [problem.detail for problem in open_problems(order, Source.TRIAGE)] == [SHORT]


def test_of_two_orders_for_the_last_unit_the_rule_accepts_one_and_shows_why_not_the_other(
    ruled: Dock, tents: Shelf
) -> None:
    tents.put(1)
    refs = [ruled.shop.place() for _ in range(2)]
    ruled.pull()
    first, second = (ruled.order(ref) for ref in refs)
    assert ruled.state(first) == ("accepted", "allocated")
    assert ruled.state(second) == ("requested", "new")
    assert [p.detail for p in open_problems(second, Source.TRIAGE)] == [SHORT]
    assert tents.stands == (1, 1)


def test_when_goods_come_the_rule_accepts_what_waited_for_them(ruled: Dock, tents: Shelf) -> None:
    tents.put(2)
    order = asking(ruled, 3)
    stock_news.follow()
    assert ruled.again(order).pending_answer == ""
    tents.put(1)
    stock_news.follow()
    assert ruled.again(order).pending_answer == Action.ACCEPT
    assert open_problems(order, Source.TRIAGE) == []
    work()
    assert tents.stands == (3, 3)


def force(dock: Dock, order: FulfillmentOrder) -> None:
    assert decisions.accept({order.pk: order.revision}, by=dock.person, forced=True).done


def test_a_forced_promise_shows_what_is_missing_until_it_comes(dock: Dock, tents: Shelf) -> None:
    tents.put(2)
    order = asking(dock, 3)
    force(dock, order)
    work()
    assert dock.state(order) == ("accepted", "allocated")
    assert tents.stands == (2, 3)
    [problem] = open_problems(order, Source.STOCK)
    assert problem.detail == "“TENT-2P-GRN” is promised, and not enough of it is there."
    assert (problem.status_code.code, problem.line) == ("010801", order.lines.get())
    stock_news.follow()
    assert open_problems(order, Source.STOCK) == [problem], "looking again changes nothing"
    tents.put(1)
    stock_news.follow()
    assert open_problems(order, Source.STOCK) == []
    problem.refresh_from_db()
    assert problem.settled_how == "There is enough of it now."
    assert dock.again(order).open_problems == 0


def test_a_forced_promise_that_there_is_enough_for_is_an_ordinary_one(
    dock: Dock, tents: Shelf
) -> None:
    tents.put(3)
    order = asking(dock, 3)
    force(dock, order)
    assert tents.stands == (3, 3)
    assert open_problems(order, Source.STOCK) == []


def test_units_that_go_missing_after_the_promise_are_shown_at_who_leaves_last(
    dock: Dock, tents: Shelf
) -> None:
    tents.put(4)
    first, second = asking(dock, 2), asking(dock, 2)
    for order in (first, second):
        dock.accept(order)
    tents.change(on_hand=-1)
    stock_news.follow()
    assert open_problems(first, Source.STOCK) == []
    assert len(open_problems(second, Source.STOCK)) == 1
    tents.change(on_hand=1)
    stock_news.follow()
    assert open_problems(second, Source.STOCK) == []


def test_a_shortage_that_a_person_has_settled_is_not_shown_again(dock: Dock, tents: Shelf) -> None:
    tents.put(2)
    order = asking(dock, 3)
    force(dock, order)
    [problem] = open_problems(order, Source.STOCK)
    problems.settle(problem.pk, by=dock.person, how="It comes tomorrow.")
    stock_news.follow()
    assert open_problems(order, Source.STOCK) == []


def test_however_many_products_are_oversold_every_shortage_stays_on_show(
    dock: Dock, tents: Shelf
) -> None:
    tents.put(2)
    order = asking(dock, 3)
    force(dock, order)
    for product in ProductFactory.create_batch(205, merchant=dock.store.merchant):
        other = Shelf(product, tents.warehouse)
        other.change(on_hand=1, damaged=2)
    stock_news.follow()
    assert len(open_problems(order, Source.STOCK)) == 1
