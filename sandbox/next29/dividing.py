"""Steps that make a second fulfillment order out of the first: move, split and cancel."""

from collections.abc import Mapping

from sandbox.next29 import errors
from sandbox.next29.rules import PENDING, State, require
from sandbox.next29.state import FulfillmentOrder, Line, Location
from sandbox.next29.store import Store

Units = Mapping[int, int]
"""How many units of which line."""


def move(
    store: Store, order: FulfillmentOrder, target: Location, line_ids: list[int], *, by: str
) -> FulfillmentOrder:
    """Whole lines go to another location, on a new order that has yet to be requested."""
    require("move", order)
    if target is order.location:
        raise errors.invalid({"new_location_id": ["The order is already at this location."]})
    wanted = line_ids or [line.id for line in order.lines]
    going = [_own_line(order, line_id) for line_id in wanted]
    lines = [_copy(store, line) for line in going]
    for line in lines:
        store.stock.assign(line, target)
    _part_with(order, going)
    moved = store.open_fulfillment_order(order.order, target, lines)
    moved.shipping_address = order.shipping_address
    store.effect("move", order, by, new_fulfillment_order_id=moved.id, location_id=target.id)
    return moved


def _part_with(order: FulfillmentOrder, going: list[Line]) -> None:
    staying = [line for line in order.lines if line not in going]
    if staying:
        order.rewrite(staying)
        return
    for line in going:
        line.fulfillable = 0
    order.rewrite(order.lines)
    order.become("closed", "closed")


def split(
    store: Store, order: FulfillmentOrder, units: Units, *, by: str, at_least: int = 1
) -> FulfillmentOrder:
    """Some units go on a second order in the same state; the first keeps at least one unit."""
    require("split", order)
    check_units(order, units)
    if order.units_left - sum(units.values()) < at_least:
        raise errors.invalid({"non_field_errors": ["The order must keep at least one unit."]})
    second = twin(store, order, take(store, order, units), order.state)
    store.effect("split", order, by, new_fulfillment_order_id=second.id)
    return second


def cancel(store: Store, order: FulfillmentOrder, *, by: str) -> FulfillmentOrder:
    """The order ends; its units wait for a decision on a fresh one."""
    require("cancel", order)
    # It gives back what it held before the fresh one holds the same units.
    order.become("canceled", "pending")
    fresh = twin(store, order, [_copy(store, line) for line in order.lines], PENDING)
    fresh.merchant_requests = []
    store.effect("cancel", order, by, new_fulfillment_order_id=fresh.id)
    return fresh


def twin(
    store: Store, order: FulfillmentOrder, lines: list[Line], state: State
) -> FulfillmentOrder:
    """A second order that shares everything but the units."""
    second = store.open_fulfillment_order(order.order, order.location, lines)
    second.shipping_address = order.shipping_address
    second.merchant_requests = [dict(asked) for asked in order.merchant_requests]
    second.become(*state)
    return second


def take(
    store: Store, order: FulfillmentOrder, units: Units, *, fulfilled: bool = False
) -> list[Line]:
    """Remove units from the order; a line with none left is gone."""
    taken = []
    for line_id, count in units.items():
        line = _own_line(order, line_id)
        left = 0 if fulfilled else count
        taken.append(line.part(next(store.line_ids), count, fulfillable=left))
        line.quantity -= count
        line.fulfillable -= count
    order.rewrite([line for line in order.lines if line.quantity > 0])
    return taken


def check_units(order: FulfillmentOrder, units: Units) -> None:
    """Every line is the order's own and none is asked for more than it has."""
    problems = [_problem(order, line_id, count) for line_id, count in units.items()]
    if any(problems):
        raise errors.invalid({"fulfillment_order_line_items": problems})


def _problem(order: FulfillmentOrder, line_id: int, count: int) -> dict[str, list[str]]:
    line = order.line(line_id)
    if line is None:
        return {"id": [f'Invalid pk "{line_id}" - object does not exist.']}
    if count < 1:
        return {"quantity": ["Ensure this value is greater than or equal to 1."]}
    if count > line.fulfillable:
        return {"quantity": [f"Ensure this value is less than or equal to {line.fulfillable}."]}
    return {}


def _own_line(order: FulfillmentOrder, line_id: int) -> Line:
    line = order.line(line_id)
    if line is None:
        raise errors.invalid({"fulfillment_order_line_items": [_problem(order, line_id, 1)]})
    return line


def _copy(store: Store, line: Line) -> Line:
    return line.part(next(store.line_ids), line.quantity, fulfillable=line.fulfillable)
