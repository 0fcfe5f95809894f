"""What a fulfillment may become, and what that does to the order: all of it, or nothing."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sandbox.haravan import errors, stocking
from sandbox.haravan.state import MANUAL, WAITING, Fulfillment, Json, Line, Order, moment
from sandbox.haravan.store import Store

SEARCH = "http://www.google.com/search?q="
REFUSES_TRACKING = frozenset({"cancelled"})


def create(store: Store, order: Order, wish: Mapping[str, Any], by: str) -> Fulfillment:
    """Ship the units named, or everything left when none are named."""
    if order.cancelled_at:
        raise errors.broken("Order is cancelled")
    units = _units(order, wish)
    services = {line.service for line in order.lines if line.id in units}
    if len(services) > 1:
        text = "All line items of a fulfillment must use the same fulfillment service."
        raise errors.broken(text)
    [service] = services
    external = service != MANUAL and service in store.settings.external_services
    made = Fulfillment(
        next(store.fulfillment_ids),
        units,
        service,
        "pending" if external else "success",
        notify=bool(wish.get("notify_customer", False)),
        cod_amount=max(0.0, order.total - order.paid) if order.cod else 0.0,
        by=by,
    )
    track(made, wish)
    order.fulfillments.append(made)
    for line in order.lines:
        if external:
            line.pending += units.get(line.id, 0)
        else:
            line.fulfilled += units.get(line.id, 0)
    if not external:
        stocking.take_off(store, order, units)
    _tell(store, order, made, "create", by)
    return made


def track(made: Fulfillment, wish: Mapping[str, Any]) -> None:
    """Replace the tracking as a whole: what is not said falls back to what is usual."""
    several = [str(each) for each in wish.get("tracking_numbers") or []]
    single = wish.get("tracking_number")
    made.numbers = several or ([str(single)] if single else [])
    company, url = wish.get("tracking_company"), wish.get("tracking_url")
    made.company = company or ("Other" if made.numbers else None)
    usual = [f"{SEARCH}{quote(number, safe='')}" for number in made.numbers]
    made.urls = [str(url), *usual[1:]] if url else usual
    made.updated_at = moment()


def update(store: Store, order: Order, made: Fulfillment, wish: Mapping[str, Any]) -> None:
    """Only tracking changes; the status stays."""
    if made.status in REFUSES_TRACKING:
        raise errors.broken("Fulfillment can not be updated in its current state")
    track(made, wish)
    made.notify = bool(wish.get("notify_customer", made.notify))
    store.effect("update", order, "app", fulfillment_id=made.id, numbers=made.numbers)


def complete(store: Store, order: Order, made: Fulfillment, by: str) -> None:
    """What was pending has left."""
    _require(made, "completed")
    for line in order.lines:
        units = made.units.get(line.id, 0)
        line.pending -= units
        line.fulfilled += units
    stocking.take_off(store, order, made.units)
    made.status = "success"
    _tell(store, order, made, "complete", by)


def cancel(store: Store, order: Order, made: Fulfillment, by: str) -> None:
    """What was pending does not leave; its units are open again, and this is final."""
    _require(made, "cancelled")
    fall_through(store, order, made, "cancelled", by)


def fall_through(store: Store, order: Order, made: Fulfillment, status: str, by: str) -> None:
    """A pending fulfillment ends without having left."""
    for line in order.lines:
        line.pending -= made.units.get(line.id, 0)
    made.status = status
    made.cancelled_at = moment()
    _tell(store, order, made, status, by)


def find(order: Order, fulfillment_id: int) -> Fulfillment:
    found = next((each for each in order.fulfillments if each.id == fulfillment_id), None)
    if found is None:
        raise errors.not_found()
    return found


def _require(made: Fulfillment, ended: str) -> None:
    if made.status not in WAITING:
        raise errors.broken(f"Fulfillment can not be {ended} in its current state")


def _tell(store: Store, order: Order, made: Fulfillment, step: str, by: str) -> None:
    made.updated_at = moment()
    stocking.settle(store, order)
    shown = {
        "fulfillment_id": made.id,
        "numbers": made.numbers,
        "units": {str(line_id): count for line_id, count in made.units.items()},
        "notify": made.notify,
    }
    store.effect(step, order, by, **shown)
    if order.status == "fulfilled" and made.status == "success":
        store.announce("orders/fulfilled", order)


def _units(order: Order, wish: Mapping[str, Any]) -> dict[int, int]:
    if wish.get("line_items") is None:
        units = {line.id: line.left for line in order.lines if line.left > 0}
        if not units:
            raise errors.broken("Line items are already fulfilled")
        return units
    units = {}
    for selector in wish["line_items"] or [{}]:
        line = _line(order, selector)
        if line.id in units:
            raise errors.broken("a line is named twice", field="line_items")
        units[line.id] = _count(line, selector)
    return units


def _line(order: Order, selector: object) -> Line:
    found = order.line(selector.get("id")) if isinstance(selector, dict) else None
    if found is None:
        raise errors.broken("is not a line of this order", field="line_items")
    return found


def _count(line: Line, selector: Json) -> int:
    count = selector.get("quantity", line.left)
    if line.left <= 0:
        raise errors.broken("Line items are already fulfilled")
    if type(count) is not int or not 1 <= count <= line.left:
        raise errors.broken("quantity is more than what is left to fulfill", field="line_items")
    return count
