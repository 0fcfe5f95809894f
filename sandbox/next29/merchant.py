"""What the merchant does to an order, from the dashboard or with a merchant's token."""

from sandbox.next29 import dividing, errors, rules, shipping
from sandbox.next29.dividing import Units
from sandbox.next29.shopping import line_from
from sandbox.next29.state import MERCHANT, Fulfillment, FulfillmentOrder, Json, Line, Location
from sandbox.next29.store import Store


def request(
    store: Store, order: FulfillmentOrder, message: str | None, notify: bool, units: Units
) -> FulfillmentOrder:
    """Request the whole order, or split off the units named and request those."""
    rules.require("request", order)
    dividing.check_units(order, units)
    if units and sum(units.values()) < order.units_left:
        order = dividing.split(store, order, units, by=MERCHANT)
    rules.request(store, order, message, notify, by=MERCHANT)
    return order


def location(store: Store, location_id: int) -> Location:
    found = store.locations.get(location_id)
    if found is None:
        problem = f'Invalid pk "{location_id}" - object does not exist.'
        raise errors.invalid({"new_location_id": [problem]})
    return found


def edit_address(store: Store, order: FulfillmentOrder, address: Json | None) -> None:
    """The merchant repairs the address; nobody is told but those who subscribed to orders."""
    if order.shipping_address and address:
        address = {"id": order.shipping_address.get("id"), **address}
    order.shipping_address = order.order.shipping_address = address
    order.touch()
    store.effect("edit-address", order, MERCHANT)


def edit_lines(store: Store, order: FulfillmentOrder, wishes: list[Json]) -> None:
    """A wish names a line by id and sets its quantity, 0 to drop it, or describes a new line."""
    lines = [_edited(store, order, wish) for wish in wishes]
    order.rewrite([line for line in lines if line.quantity > 0])
    store.effect("edit-lines", order, MERCHANT)


def _edited(store: Store, order: FulfillmentOrder, wish: Json) -> Line:
    line = order.line(int(wish["id"])) if "id" in wish else None
    if line is None:
        return line_from(store, wish, order.location)
    line.quantity = line.fulfillable = int(wish["quantity"])
    return line


def fulfil_by_hand(store: Store, order: FulfillmentOrder, tracking_code: str | None) -> Fulfillment:
    """The merchant presses Fulfill Items; what we would post afterwards is refused."""
    parcels = [{"carrier": "other", "tracking_code": tracking_code}] if tracking_code else []
    return shipping.fulfill(store, order, parcels, {}, True, by=MERCHANT)
