"""Fulfillments of a fulfillment order: parcels that left."""

from sandbox.next29 import shipping, wire
from sandbox.next29.api.visit import Answer, Visit
from sandbox.next29.state import SERVICE


def index(visit: Visit, id: int) -> Answer:
    """A bare list without pages."""
    shipped = shipping.fulfillments_of(visit.store, visit.order(id))
    return Answer([wire.fulfillment(each, visit.store.settings) for each in shipped])


def create(visit: Visit, id: int) -> Answer:
    fulfillment = shipping.fulfill(
        visit.store,
        visit.order(id),
        list(visit.body.get("tracking_info", [])),
        visit.units(),
        bool(visit.body.get("notify", True)),
        by=SERVICE,
    )
    settings = visit.store.settings
    return Answer(wire.fulfillment(fulfillment, settings), settings.create_status)
