"""Odd orders, served exactly as they were planted until somebody changes them."""

from collections.abc import Mapping
from typing import Any

from sandbox.clock import now
from sandbox.next29.shopping import GOOD_ADDRESS
from sandbox.next29.state import FulfillmentOrder, Json, Line, Location, Order
from sandbox.next29.store import Store


def plant(store: Store, raw: Json) -> FulfillmentOrder:
    """Whatever is absent is assumed for the rules' sake, and stays absent on the wire."""
    number, created = str(raw["order_number"]), str(raw.get("created_at", now()))
    lines = [_line(line) for line in raw.get("line_items") or []]
    order = Order(number, lines, raw.get("shipping_address"), raw["shipping_method"], created)
    store.orders.setdefault(number, order)
    planted = FulfillmentOrder(
        id=int(raw["id"]),
        order=store.orders[number],
        location=_location(store, raw.get("assigned_location") or {}),
        lines=lines,
        shipping_address=raw.get("shipping_address"),
        status=raw.get("status") or "open",
        request_status=raw.get("request_status") or "requested",
        merchant_requests=list(raw.get("merchant_requests") or []),
        holds=list(raw.get("fulfillment_holds") or []),
        created_at=created,
        planted=raw,
    )
    store.fulfillment_orders[planted.id] = planted
    return planted


def _location(store: Store, raw: Mapping[str, Any]) -> Location:
    """The store's own location of that id, or one made to match what was planted."""
    location_id = int(raw.get("id", 31))
    made = Location(
        location_id,
        str(raw.get("name", "")),
        dict(raw.get("address") or GOOD_ADDRESS),
        raw.get("callback_url"),
    )
    return store.locations.setdefault(location_id, made)


def _line(raw: Json) -> Line:
    fulfillable = int(raw.get("fulfillable_quantity") or raw.get("quantity") or 0)
    return Line(
        int(raw["id"]),
        int(raw.get("order_line_id", 0)),
        raw.get("product_id", 0),
        raw.get("sku", ""),
        raw.get("product_title", ""),
        int(raw.get("quantity", fulfillable)),
        fulfillable,
        raw.get("price_excl_tax", "0.00"),
    )
