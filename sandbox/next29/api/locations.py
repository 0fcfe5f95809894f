"""Locations: the warehouses a service or a merchant ships from."""

from sandbox.next29 import access, errors, wire
from sandbox.next29.api.visit import Answer, Visit
from sandbox.next29.state import SERVICE, Location
from sandbox.next29.store import free


def index(visit: Visit) -> Answer:
    places = visit.store.locations.values()
    seen = [place for place in places if access.sees_location(visit.scopes, place, "read")]
    return visit.page(seen, wire.location)


def retrieve(visit: Visit, id: int) -> Answer:
    return Answer(wire.location(visit.location(id)))


def create(visit: Visit) -> Answer:
    new_id = free(visit.store.location_ids, visit.store.locations)
    place = Location(new_id, "", {}, owner=SERVICE)
    _write(place, visit)
    visit.store.locations[new_id] = place
    visit.store.effect("location-create", None, SERVICE, location_id=new_id)
    return Answer(wire.location(place), 201)


def update(visit: Visit, id: int) -> Answer:
    """PUT replaces: what is not sent back is lost."""
    place = visit.location(id)
    _write(place, visit)
    visit.store.effect("location-update", None, SERVICE, location_id=id)
    return Answer(wire.location(place))


def destroy(visit: Visit, id: int) -> Answer:
    place = visit.location(id)
    if any(order.location is place for order in visit.store.fulfillment_orders.values()):
        raise errors.invalid({"non_field_errors": ["This location still has fulfillment orders."]})
    if any(record.location is place for record in visit.store.stock.all()):
        raise errors.invalid({"non_field_errors": ["This location still has stock records."]})
    del visit.store.locations[id]
    visit.store.effect("location-delete", None, SERVICE, location_id=id)
    return Answer(None, 204)


def _write(place: Location, visit: Visit) -> None:
    place.name = visit.text("name") or ""
    place.callback_url = visit.text("callback_url")
    place.accept_return = bool(visit.body.get("accept_return", False))
    place.address = dict(visit.body["address"])
