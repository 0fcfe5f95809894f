"""The shopper's orders, with what carriers say about their fulfillments."""

from sandbox.next29 import carriers_say, errors, order_wire
from sandbox.next29.api.visit import Answer, Visit
from sandbox.next29.state import SERVICE, Fulfillment


def retrieve(visit: Visit, number: str) -> Answer:
    order = visit.store.orders.get(number)
    if order is None:
        raise errors.not_found()
    return Answer(order_wire.order(visit.store, order))


def events(visit: Visit, number: str, fulfillment_id: int) -> Answer:
    """A bare list without pages."""
    return Answer(list(_find(visit, number, fulfillment_id).events))


def create_event(visit: Visit, number: str, fulfillment_id: int) -> Answer:
    """Answers 200, not 201."""
    shipped = _find(visit, number, fulfillment_id)
    return Answer(carriers_say.tell(visit.store, shipped, visit.body, by=SERVICE))


def event(visit: Visit, number: str, fulfillment_id: int, event_id: int) -> Answer:
    return Answer(carriers_say.find(_find(visit, number, fulfillment_id), event_id))


def delete_event(visit: Visit, number: str, fulfillment_id: int, event_id: int) -> Answer:
    shipped = _find(visit, number, fulfillment_id)
    gone = carriers_say.find(shipped, event_id)
    carriers_say.forget(visit.store, shipped, gone, by=SERVICE)
    return Answer(None, 204)


def _find(visit: Visit, number: str, fulfillment_id: int) -> Fulfillment:
    shipped = visit.store.fulfillments.get(fulfillment_id)
    if shipped is None or shipped.fulfillment_order.order.number != number:
        raise errors.not_found()
    return shipped
