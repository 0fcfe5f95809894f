"""Looking at a waiting order again keeps what is known, and closes what is gone."""

from fulfillment import problems
from fulfillment.models import Problem
from tests.dock import Dock
from tests.factories import ProductFactory


def test_a_product_added_later_is_noticed_by_the_next_pull(dock: Dock) -> None:
    order = dock.place(lines=[{"sku": "NEW-1", "quantity": 1}])
    assert order.open_problems == 1
    dock.pull()
    dock.pull()
    assert Problem.objects.count() == 1, "looking again makes no second problem of the first"
    ProductFactory(merchant=dock.store.merchant, sku="NEW-1")
    dock.pull()
    assert dock.again(order).open_problems == 0
    assert dock.again(order).requests.get().suggestion == "accept"


def test_a_problem_that_a_person_has_settled_stays_settled(dock: Dock) -> None:
    order = dock.place(lines=[{"sku": "NEW-1", "quantity": 1}, {"sku": "NEW-2", "quantity": 1}])
    first = order.problems.order_by("id").first()
    assert first is not None
    problems.settle(first.pk, by=dock.person, how="It is the old tent under a new number.")
    dock.pull()
    assert dock.again(order).open_problems == 1
    assert order.problems.filter(settled_at=None).get().detail != first.detail
