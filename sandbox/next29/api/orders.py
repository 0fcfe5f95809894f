"""Fulfillment orders: reading them and taking the steps of their state machine."""

from collections.abc import Callable

from sandbox.next29 import dividing, errors, merchant, rules, wire
from sandbox.next29.api import filters
from sandbox.next29.api.visit import Answer, Visit
from sandbox.next29.state import MERCHANT, SERVICE, FulfillmentOrder, Json


def assigned(visit: Visit) -> Answer:
    orders = filters.own(list(visit.store.fulfillment_orders.values()))
    return visit.page(filters.chosen(visit, orders, filters.ASSIGNED_FILTERS), _shower(visit))


def index(visit: Visit) -> Answer:
    orders = list(visit.store.fulfillment_orders.values())
    if not _sees_all(visit):
        orders = filters.own(orders)
    return visit.page(filters.chosen(visit, orders, filters.ORDER_FILTERS), _shower(visit))


def retrieve(visit: Visit, id: int) -> Answer:
    return _answer(visit, visit.order(id))


def accept(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    rules.accept(visit.store, order, visit.text("message"))
    return _answer(visit, order)


def reject(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    rules.reject(visit.store, order, visit.text("rejected_reason"), visit.text("message"))
    return _answer(visit, order)


def accept_cancellation(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    rules.accept_cancellation(visit.store, order, visit.text("message"))
    return _answer(visit, order)


def reject_cancellation(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    rules.reject_cancellation(visit.store, order, visit.text("message"))
    return _answer(visit, order)


def close(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    rules.close(visit.store, order, visit.text("message"))
    return _answer(visit, order)


def hold(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    rules.hold(visit.store, order, str(visit.body["reason"]), visit.text("reason_message"))
    return _answer(visit, order)


def release(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    rules.release(visit.store, order)
    return _answer(visit, order)


def cancel(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    fresh = dividing.cancel(visit.store, order, by=SERVICE)
    return _both(visit, order, new_fulfillment_order=fresh)


def available_locations(visit: Visit, id: int) -> Answer:
    """Every other location of the store takes every line, whatever is in stock there."""
    order = visit.order(id)
    line_ids = [line.id for line in order.lines]
    found = [
        {"id": place.id, "name": place.name, "fulfillment_order_line_ids": line_ids}
        for place in visit.store.locations.values()
        if place is not order.location
    ]
    return Answer({"available_locations": found})


def move(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    rules.require("move", order)
    target = merchant.location(visit.store, visit.body["new_location_id"])
    moved = dividing.move(visit.store, order, target, visit.line_ids(), by=SERVICE)
    return _both(visit, order, moved_fulfillment_order=moved)


def split(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    if order.state == rules.ACCEPTED and not _may_split_accepted(visit):
        raise errors.not_allowed()
    second = dividing.split(visit.store, order, visit.units(), by=SERVICE)
    return _both(visit, order, split_fulfillment_order=second)


def send_request(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    notify = bool(visit.body.get("notify", True))
    requested = merchant.request(visit.store, order, visit.text("message"), notify, visit.units())
    rest = None if requested is order else order
    return _both(
        visit, order, requested_fulfillment_order=requested, unrequested_fulfillment_order=rest
    )


def cancel_request(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    rules.withdraw(visit.store, order, visit.text("message"), by=MERCHANT)
    return _answer(visit, order)


def send_cancellation(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    rules.ask_cancel(visit.store, order, visit.text("message"), by=MERCHANT)
    return _answer(visit, order)


def cancel_cancellation(visit: Visit, id: int) -> Answer:
    order = visit.order(id)
    rules.withdraw_cancel(visit.store, order, visit.text("message"), by=MERCHANT)
    return _answer(visit, order)


def _sees_all(visit: Visit) -> bool:
    return not visit.scopes.isdisjoint({"fulfillment_orders:read", "admin:read"})


def _may_split_accepted(visit: Visit) -> bool:
    """`fulfillment_orders:write` alone may not, although `supported_actions` lists it."""
    return not visit.scopes.isdisjoint({"fulfillment_service:write", "admin:write"})


def _shower(visit: Visit) -> Callable[[FulfillmentOrder], Json]:
    return lambda order: wire.fulfillment_order(order, visit.store.settings)


def _answer(visit: Visit, order: FulfillmentOrder) -> Answer:
    return Answer(wire.fulfillment_order(order, visit.store.settings))


def _both(visit: Visit, original: FulfillmentOrder, **others: FulfillmentOrder | None) -> Answer:
    settings = visit.store.settings
    body: Json = {"original_fulfillment_order": wire.fulfillment_order(original, settings)}
    for name, order in others.items():
        body[name] = order and wire.fulfillment_order(order, settings)
    return Answer(body)
