"""The shop page: a visitor acts as the shopper and as the merchant, with plain forms."""

from itertools import islice

from flask import Blueprint

from sandbox import page
from sandbox.next29 import errors, ordering, rules, shelves
from sandbox.next29.acting import stores
from sandbox.next29.api.operations import OPERATIONS
from sandbox.next29.api.shipping_methods import METHODS
from sandbox.next29.dashboard import BUTTONS
from sandbox.next29.goods import RANGE
from sandbox.next29.shopping import ADDRESSES
from sandbox.next29.state import FulfillmentOrder, Json, Location, StockRecord
from sandbox.next29.store import Store, free
from sandbox.next29.words import HOLD_REASONS
from sandbox.page import Form, Page
from sandbox.refusals import ApiError
from sandbox.world import World

SHOWN_ORDERS = 50
SHOWN_RECORDS = 25


def register(pages: Blueprint, world: World) -> None:
    """The page itself, and one address per form."""
    shown = Page("shop", "next29.html", _shown, FORMS, _refused)
    page.register(pages, world, stores(world), shown)


def _refused(error: ApiError) -> str:
    return f"The store refused: {error.body}"


def _shown(store: Store) -> Json:
    newest = sorted(store.fulfillment_orders.values(), key=lambda order: -order.id)
    records = _worst_first(store)
    return {
        "store": store,
        "orders": [_card(store, order) for order in newest[:SHOWN_ORDERS]],
        "hidden": max(0, len(newest) - SHOWN_ORDERS),
        "records": records,
        "oversold": sum(record.net_stock_level < 0 for record in store.stock.all()),
        "more_records": len(store.stock.all()) - len(records),
        "catalogue": list(dict.fromkeys([*RANGE, *(record.product for record in records)])),
        "addresses": ADDRESSES,
        "methods": METHODS,
        "hold_reasons": HOLD_REASONS,
        "operations": [operation.id for operation in OPERATIONS],
    }


def _worst_first(store: Store) -> list[StockRecord]:
    """What is oversold must not be hidden behind what is not."""
    every = store.stock.all()
    oversold = [record for record in every if record.net_stock_level < 0]
    others = (record for record in every if record.net_stock_level >= 0)
    return [*oversold, *islice(others, SHOWN_RECORDS)][:SHOWN_RECORDS]


def _card(store: Store, order: FulfillmentOrder) -> Json:
    parcels = [
        parcel
        for fulfillment in store.fulfillments.values()
        if fulfillment.fulfillment_order is order
        for parcel in fulfillment.parcels
    ]
    steps = {*BUTTONS} - {"edit-address", "edit-lines", "fulfil-by-hand"}
    allowed = {step for step in steps if rules.allows(step, order)}
    if rules.allows("fulfillment", order):
        allowed |= {"edit-address", "fulfil-by-hand"}
    if order.request_status in ("rejected", "cancel_accepted") or order.status == "on_hold":
        allowed.add("edit-address")
    return {"order": order, "parcels": parcels, "allowed": allowed}


def _place_order(store: Store, form: Form) -> str:
    line = {"sku": form["sku"], "quantity": int(form.get("quantity") or 1)}
    wish = {
        "lines": [line],
        "shipping_address": ADDRESSES[form["address"]],
        "location_id": form.get("location_id") or None,
        "shipping_method": form.get("shipping_method"),
        "request": "request" in form,
        "message": form.get("message") or None,
        "is_test": "is_test" in form,
    }
    placed = ordering.place_orders(store, wish)
    return f"Order {placed['order_number']} is placed."


def _press(store: Store, form: Form) -> str:
    order = store.fulfillment_order(int(form["id"]))
    button = BUTTONS.get(form["action"])
    if button is None:
        raise errors.not_found()
    wish: Json = {name: value for name, value in form.items() if value}
    if "address" in wish:
        wish["shipping_address"] = ADDRESSES[wish["address"]]
    if "new_location_id" in wish:
        wish["new_location_id"] = int(wish["new_location_id"])
    button(store, order, wish)
    return f"Fulfillment order {order.id} is now {order.status} / {order.request_status}."


def _count_stock(store: Store, form: Form) -> str:
    """The merchant counts the shelf; without a figure the product is not tracked."""
    product = store.catalogue.numbered(int(form["product"]))
    if product is None:
        raise errors.not_found()
    figure = form.get("num_in_stock") or None
    wish = {"sku": product.sku, "variant_id": product.variant_id, "num_in_stock": figure}
    [record] = shelves.fill(store, {"location_id": form["location_id"], "records": [wish]})
    told = "not tracked" if figure is None else f"{record.net_stock_level} to sell"
    return f"{record.product.name} at {record.location.name}: {told}."


def _add_location(store: Store, form: Form) -> str:
    address = dict(ordering.WAREHOUSE_ADDRESS)
    callback_url = form.get("callback_url") or None
    place = Location(free(store.location_ids, store.locations), form["name"], address, callback_url)
    store.locations[place.id] = place
    return f"Location {place.name} is open."


FORMS: dict[str, page.Act[Store]] = {
    "orders": _place_order,
    "fulfillment-orders/<id>/<action>": _press,
    "stock": _count_stock,
    "locations": _add_location,
}
