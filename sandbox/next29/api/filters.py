"""What the query of a list may ask for."""

from collections.abc import Callable
from datetime import date, datetime

from sandbox.next29 import errors
from sandbox.next29.api.visit import Visit
from sandbox.next29.state import SERVICE, FulfillmentOrder
from sandbox.next29.words import ASSIGNMENTS, ENDED

Values = list[str]
Filter = Callable[[FulfillmentOrder, Values], bool]

FILTERS: dict[str, Filter] = {
    "order_number": lambda order, values: order.order.number == values[-1],
    "location_id": lambda order, values: str(order.location.id) == values[-1],
    "status": lambda order, values: order.status in values,
    "request_status": lambda order, values: order.request_status in values,
    "fulfillment_order_id": lambda order, values: str(order.id) == values[-1],
    "shipping_method": lambda order, values: order.order.shipping_method["code"] in values,
    "product": lambda order, values: any(str(line.product_id) in values for line in order.lines),
    "sku": lambda order, values: any(line.sku in values for line in order.lines),
    "date_created_from": lambda order, values: _day(order) >= _date(values[-1]),
    "date_created_to": lambda order, values: _day(order) <= _date(values[-1]),
    "assignment_status": lambda order, values: _assigned(order, values[-1]),
}
ASSIGNED_FILTERS = ("assignment_status", "location_id", "date_created_from", "date_created_to")
ORDER_FILTERS = tuple(name for name in FILTERS if name != "assignment_status")


def chosen(
    visit: Visit, orders: list[FulfillmentOrder], names: tuple[str, ...]
) -> list[FulfillmentOrder]:
    asked = [(FILTERS[name], visit.query[name]) for name in names if name in visit.query]
    return [order for order in orders if all(fits(order, values) for fits, values in asked)]


def own(orders: list[FulfillmentOrder]) -> list[FulfillmentOrder]:
    return [order for order in orders if order.location.owner == SERVICE]


def _assigned(order: FulfillmentOrder, assignment: str) -> bool:
    if assignment not in ASSIGNMENTS:
        problem = f"Select a valid choice. {assignment} is not one of the available choices."
        raise errors.invalid({"assignment_status": [problem]})
    return order.request_status == ASSIGNMENTS[assignment] and order.status not in ENDED


def _day(order: FulfillmentOrder) -> date:
    return datetime.fromisoformat(order.created_at).date()


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise errors.invalid({"date_created": ["Enter a valid date."]}) from None
