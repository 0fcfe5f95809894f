"""Orders, and what an app may do to one in place of the merchant."""

from collections.abc import Callable

from sandbox.haravan import filters, merchant
from sandbox.haravan.api.visit import Answer, Visit
from sandbox.haravan.wire import only


def index(visit: Visit) -> Answer:
    chosen = filters.orders([*visit.store.orders.values()], visit.query)
    most = visit.store.settings.page_size
    written = [visit.writer.order(each) for each in filters.page(chosen, visit.query, most)]
    return {"orders": [only(visit.query.get("fields"), each) for each in written]}, 200


def count(visit: Visit) -> Answer:
    return {"count": len(filters.orders([*visit.store.orders.values()], visit.query))}, 200


def retrieve(visit: Visit, order: int) -> Answer:
    return {"order": visit.writer.order(visit.store.order(order))}, 200


def update(visit: Visit, order: int) -> Answer:
    found, wish = visit.store.order(order), visit.wrapped("order")
    found.note = wish.get("note", found.note)
    found.note_attributes = wish.get("note_attributes", found.note_attributes)
    visit.store.effect("update order", found, "app")
    return retrieve(visit, order)


def pressing(name: str) -> Callable[..., Answer]:
    def press(visit: Visit, order: int) -> Answer:
        found = visit.store.order(order)
        merchant.BUTTONS[name](visit.store, found, {**visit.body, "by": "app"})
        return retrieve(visit, order)

    return press


def transactions(visit: Visit, order: int) -> Answer:
    found = visit.store.order(order).transactions
    return {"transactions": [visit.writer.transaction(each) for each in found]}, 200


def refunds(visit: Visit, order: int) -> Answer:
    return {"refunds": visit.store.order(order).refunds}, 200
