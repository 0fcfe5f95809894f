"""Placing orders from a wish in JSON, as the control endpoint and the shop page do."""

from sandbox.next29 import merchant, shopping, wire
from sandbox.next29.api.shipping_methods import METHODS
from sandbox.next29.shopping import SoldOut
from sandbox.next29.state import FulfillmentOrder, Json, Location
from sandbox.next29.store import Store
from sandbox.refusals import BadWish

WAREHOUSE_ADDRESS: Json = {
    "line1": "4500 Logistics Way",
    "line2": "Building C",
    "line4": "Reno",
    "state": "NV",
    "postcode": "89506",
    "country": "US",
}


class NoLocation(BadWish):
    """There is nowhere to ship from."""


def place_orders(store: Store, wish: Json) -> Json:
    """Place `count` equal orders and, unless told otherwise, request their fulfillment."""
    count = max(1, int(wish.get("count", 1)))
    orders = _place_several(store, wish, count)
    if wish.get("request", True):
        for order in orders:
            notify = bool(wish.get("notify", True))
            merchant.request(store, order, wish.get("message"), notify, {})
    return {
        "order_number": orders[0].order.number,
        "fulfillment_orders": [wire.fulfillment_order(each, store.settings) for each in orders],
        "sold_out": count - len(orders),
    }


def _place_several(store: Store, wish: Json, count: int) -> list[FulfillmentOrder]:
    """As many as the stock allows; when it allows none, that is a refusal."""
    orders = []
    for wanted in range(count, 0, -1):
        try:
            orders.append(_place(store, wish))
        except SoldOut:
            if wanted == 1 and not orders:
                raise
    return orders


def _place(store: Store, wish: Json) -> FulfillmentOrder:
    lines = wish.get("lines") or [{"sku": "TENT-2P-GRN", "quantity": 1}]
    address = wish.get("shipping_address", shopping.GOOD_ADDRESS)
    method = _shipping_method(wish.get("shipping_method"))
    place = location(store, wish.get("location_id"))
    placed = shopping.place(store, place, lines, address, method)
    placed.order.is_test = bool(wish.get("is_test", False))
    placed.order.tags = list(wish.get("tags", []))
    placed.order.metadata = wish.get("metadata")
    return placed


def location(store: Store, location_id: object) -> Location:
    if location_id is None:
        found = next(iter(store.locations.values()), None)
    else:
        found = store.locations.get(int(str(location_id)))
    if found is None:
        wanted = "any location yet" if location_id is None else f"a location {location_id}"
        raise NoLocation(f"{store.subdomain} does not have {wanted}; connect it or create one.")
    return found


def _shipping_method(wish: object) -> Json:
    """A code, a whole {"code", "name"}, or the first there is."""
    if isinstance(wish, dict):
        return wish
    named = {method.code: method.name for method in METHODS}
    code = str(wish) if wish else METHODS[0].code
    return {"code": code, "name": named.get(code, code)}
