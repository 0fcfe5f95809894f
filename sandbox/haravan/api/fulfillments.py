"""The seven operations on the fulfillments of an order."""

from collections.abc import Callable

from sandbox.haravan import errors, filters, rules
from sandbox.haravan.api.visit import Answer, Visit
from sandbox.haravan.state import Fulfillment, Order
from sandbox.haravan.store import Store
from sandbox.haravan.wire import only


def _one(visit: Visit, order: Order, made: Fulfillment, status: int) -> Answer:
    written = visit.writer.fulfillment(order, made)
    return {"fulfillment": only(visit.query.get("fields"), written)}, status


def index(visit: Visit, order: int) -> Answer:
    found = visit.store.order(order)
    chosen = filters.fulfillments(found.fulfillments, visit.query)
    written = [visit.writer.fulfillment(found, x) for x in filters.page(chosen, visit.query, 250)]
    return {"fulfillments": [only(visit.query.get("fields"), each) for each in written]}, 200


def count(visit: Visit, order: int) -> Answer:
    found = visit.store.order(order).fulfillments
    return {"count": len(filters.fulfillments(found, visit.query))}, 200


def retrieve(visit: Visit, order: int, id: int) -> Answer:
    found = visit.store.order(order)
    return _one(visit, found, rules.find(found, id), 200)


def create(visit: Visit, order: int) -> Answer:
    found = visit.store.order(order)
    made = rules.create(visit.store, found, visit.wrapped("fulfillment"), "app")
    return _one(visit, found, made, visit.store.settings.create_status)


def update(visit: Visit, order: int, id: int) -> Answer:
    found = visit.store.order(order)
    made = rules.find(found, id)
    rules.update(visit.store, found, made, visit.wrapped("fulfillment"))
    return _one(visit, found, made, 200)


def ending(step: Callable[[Store, Order, Fulfillment, str], None]) -> Callable[..., Answer]:
    def end(visit: Visit, order: int, id: int) -> Answer:
        status = visit.store.settings.ending_status
        if status >= 400:
            raise errors.not_offered(status)
        found = visit.store.order(order)
        made = rules.find(found, id)
        step(visit.store, found, made, "app")
        return _one(visit, found, made, status)

    return end


complete = ending(rules.complete)
cancel = ending(rules.cancel)
