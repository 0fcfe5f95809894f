"""Which step may follow which, and what it does to dates, tracking and stock: all, or nothing."""

from sandbox.fulfillment_com import codes, errors
from sandbox.fulfillment_com.state import CARRIERS, Carrier, Event, Order, moment
from sandbox.fulfillment_com.warehouse import Warehouse

# By the first two digits. What is not here is a conflict.
STEPS = {
    "01": ("01", "02", "05"),
    "02": ("01", "02", "03"),
    "03": ("03", "04"),
}
RELEASED, BY_PARTNER = "010901", "030101"


def move(
    warehouse: Warehouse,
    order: Order,
    code: str,
    reason: str,
    *,
    variant: int = 1,
    by: int = 21,
    at_once: bool = False,
) -> None:
    """Give an order another status, with all that follows from it.

    `at_once` is the short way of a released order to its departure.
    """
    target = code[:2]
    shortcut = at_once and order.status.code == RELEASED and code == BY_PARTNER
    if not shortcut and target not in STEPS.get(order.state, ()):
        raise errors.conflict(f"No step leads from {order.status.code} to {code}")
    if target == "03" and not order.numbers:
        raise errors.conflict("An order without a tracking number cannot depart")
    if target == "01" and order.state == "02":
        # A new iteration: nothing of the old one counts.
        order.numbers, order.dispatched_on = [], None
    if target in ("02", "03"):
        order.dispatched_on = order.dispatched_on or moment()
    if target == "03" and order.departed_on is None:
        order.departed_on = moment()
        _take_off(warehouse, order)
    say(warehouse, order, code, reason, variant=variant, by=by)


def say(
    warehouse: Warehouse, order: Order, code: str, reason: str, *, variant: int = 1, by: int = 21
) -> None:
    """Write a status down, whatever came before it."""
    status = codes.find(code, variant)
    order.events.append(Event(next(warehouse.event_ids), status, reason, by))
    warehouse.effect("status", order, str(by), code=code, variant=variant)


def label(warehouse: Warehouse, order: Order, number: str = "", carrier: str = "UPS") -> None:
    """Give an order its tracking number, in place of any it had; none after it departed."""
    if order.departed_on is not None:
        raise errors.conflict("The tracking number of a departed order is final")
    made = number or f"1ZC1F423YW00{next(warehouse.labels)}"
    known = next((each for each in CARRIERS if each.name == carrier), Carrier(99, carrier))
    order.numbers, order.dispatched_on = [(made, known)], moment()
    warehouse.effect("label", order, "staff", number=made)


def cancel(warehouse: Warehouse, order: Order, by: int) -> None:
    """Stop an order, which can be done until its dispatch."""
    if order.state == "05":
        if warehouse.settings.cancel_twice == 405:
            raise errors.too_late()
        return
    if order.dispatched_on is not None or order.state != "01":
        raise errors.too_late()
    move(warehouse, order, "050101", "Cancelled by merchant", by=by)


def _take_off(warehouse: Warehouse, order: Order) -> None:
    for sku, units in order.units.items():
        item = warehouse.items.get(sku)
        if item is not None:
            left = item.on_hand.get(order.warehouse_id, 0) - units
            item.on_hand[order.warehouse_id] = max(0, left)
