"""Units leave: a fulfillment is created, in full or in part."""

from sandbox.next29 import errors
from sandbox.next29.dividing import Units, check_units, take, twin
from sandbox.next29.rules import require
from sandbox.next29.state import Fulfillment, FulfillmentOrder, Json, Line
from sandbox.next29.store import Notice, Store
from sandbox.next29.words import CARRIERS


def fulfill(
    store: Store,
    order: FulfillmentOrder,
    parcels: list[Json],
    units: Units,
    notify: bool,
    *,
    by: str,
) -> Fulfillment:
    """Ship the units named, or everything left when none are named."""
    require("fulfillment", order)
    check_carriers(store, parcels)
    check_units(order, units)
    shipped_order, lines = _ship(store, order, units or _everything(order))
    new_id = next(store.fulfillment_ids)
    fulfillment = Fulfillment(new_id, shipped_order, order.id, lines, parcels, notify)
    store.fulfillments[new_id] = fulfillment
    if store.settings.shipping_lowers_stock:
        _take_off_the_shelf(lines)
    _announce(store, order, fulfillment, by)
    return fulfillment


def _take_off_the_shelf(lines: list[Line]) -> None:
    """Allocated or not, what has left is not in stock; the order gave back what it had held."""
    for line in lines:
        if line.record and line.record.num_in_stock is not None:
            line.record.count(line.record.num_in_stock - line.quantity)


def _announce(store: Store, order: FulfillmentOrder, fulfillment: Fulfillment, by: str) -> None:
    codes = [parcel.get("tracking_code") for parcel in fulfillment.parcels]
    units = {line.sku: line.quantity for line in fulfillment.lines}
    step = "fulfillment" if by == "service" else "fulfil-by-hand"
    store.effect(step, order, by, fulfillment_id=fulfillment.id, tracking_codes=codes, units=units)
    store.notices.append(Notice("fulfillment.created", fulfillment))


def _everything(order: FulfillmentOrder) -> Units:
    return {line.id: line.fulfillable for line in order.lines if line.fulfillable > 0}


def _ship(
    store: Store, order: FulfillmentOrder, units: Units
) -> tuple[FulfillmentOrder, list[Line]]:
    """The last units close the order; fewer leave on a new, closed one and the rest waits."""
    if sum(units.values()) == order.units_left:
        return order, _close(order)
    shipped = twin(store, order, take(store, order, units, fulfilled=True), ("closed", "closed"))
    return shipped, shipped.lines


def _close(order: FulfillmentOrder) -> list[Line]:
    shipped = [
        line.part(line.id, line.fulfillable, fulfillable=0)
        for line in order.lines
        if line.fulfillable > 0
    ]
    for line in order.lines:
        line.fulfillable = 0
    order.rewrite(order.lines)
    order.become("closed", "closed")
    return shipped


def check_carriers(store: Store, parcels: list[Json]) -> None:
    taken = CARRIERS - set(store.settings.dropped_carriers)
    problems = [
        {} if parcel["carrier"] in taken else {"carrier": [_no_choice(parcel["carrier"])]}
        for parcel in parcels
    ]
    if any(problems):
        raise errors.invalid({"tracking_info": problems})


def _no_choice(value: str) -> str:
    return f'"{value}" is not a valid choice.'


def fulfillments_of(store: Store, order: FulfillmentOrder) -> list[Fulfillment]:
    """Those of this order; where a part that left is listed is the contract's open question."""
    by_original = store.settings.partial_listed_on == "original"
    return [
        each
        for each in store.fulfillments.values()
        if order.id == (each.original_id if by_original else each.fulfillment_order.id)
    ]
