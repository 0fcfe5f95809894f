"""A page of many orders takes as many statements as a page of few, whatever is new about them."""

from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfillment import intake
from fulfillment.models import FulfillmentOrder, Line
from locations.models import Location, Store
from platforms.next29.wire import read_page
from platforms.records import FulfillmentOrderRecord
from tests.sandbox.stage import example

pytestmark = pytest.mark.usefixtures("engine")

FEW, MANY = range(1, 4), range(101, 121)


def page(numbers: range, **changes: Any) -> list[FulfillmentOrderRecord]:
    """Orders with these numbers; `changes` are parts of the address."""
    orders = []
    for number in numbers:
        order = deepcopy(example("fulfillment_order_open_requested"))
        order |= {"id": number, "order_number": str(number)}
        order["shipping_address"] |= changes
        for place, line in enumerate(order["line_items"]):
            line |= {"id": number * 10 + place, "fulfillment_order_id": number}
        orders.append(order)
    return [r for r in read_page(orders).records if isinstance(r, FulfillmentOrderRecord)]


def statements(store: Store, records: list[FulfillmentOrderRecord], at: datetime) -> int:
    with CaptureQueriesContext(connection) as asked:
        intake.take_in(store, records, at)
    return len(asked)


@pytest.mark.parametrize("changes", [{}, {"line1": "7 Elm Street"}], ids=["unchanged", "changed"])
def test_a_page_that_is_read_again_takes_as_many_for_many_orders_as_for_few(
    location: Location, changes: dict[str, str]
) -> None:
    for numbers in (FEW, MANY):
        intake.take_in(location.store, page(numbers), timezone.now())
    few, many = (
        statements(location.store, page(numbers, **changes), timezone.now())
        for numbers in (FEW, MANY)
    )
    assert many == few


def test_lines_that_change_are_replaced_and_units_that_left_stay(location: Location) -> None:
    store, [record] = location.store, page(range(1, 2))
    intake.take_in(store, [record], timezone.now())
    first, second = Line.objects.all()
    Line.objects.filter(pk=second.pk).update(open=0, shipped=second.ordered)
    [after] = page(range(1, 2))
    raw = deepcopy(dict(after.raw))
    new = raw["line_items"][0] | {"id": 99, "sku": "MUG-ENM", "fulfillable_quantity": 5}
    raw["line_items"] = [raw["line_items"][1] | {"fulfillable_quantity": 4}, new]
    [changed] = [r for r in read_page([raw]).records if isinstance(r, FulfillmentOrderRecord)]

    intake.take_in(store, [changed], timezone.now())

    assert [(each.sku, each.ordered, each.open, each.shipped) for each in Line.objects.all()] == [
        (first.sku, 0, 0, 0),
        (second.sku, 4 + second.ordered, 4, second.ordered),
        ("MUG-ENM", 5, 5, 0),
    ]
    order = FulfillmentOrder.objects.get()
    assert order.revision == 2
    assert order.events.filter(text="The store changed the address or the lines.").count() == 1


def test_a_line_that_is_named_twice_is_not_merged(location: Location) -> None:
    store, [record] = location.store, page(range(1, 2))
    intake.take_in(store, [record], timezone.now())
    raw = deepcopy(dict(record.raw))
    raw["line_items"].append(raw["line_items"][0])
    [twice] = [r for r in read_page([raw]).records if isinstance(r, FulfillmentOrderRecord)]
    with pytest.raises(Exception, match="line_once"):
        intake.take_in(store, [twice], timezone.now())
