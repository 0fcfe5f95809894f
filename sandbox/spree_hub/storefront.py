"""What the shop does with what the hub hands on; it is as strict as a Spree store.

Contract spree_hub, sections 7.4 and 8.3.
"""

from typing import Any

from sandbox.spree_hub.hearing import in_messages
from sandbox.spree_hub.state import GOODS, LOCATION, METHODS, REACHABLE, Hub, Json, Shipment


def apply(hub: Hub, body: Any) -> None:
    """Hand all that an answer brings to the shop."""
    with hub.lock:
        if hub.settings.generation == 1:
            for payload in in_messages(body, "shipment:confirm"):
                confirmed = payload["shipment"]
                update(hub, {**confirmed, "id": confirmed["number"], "items": None})
            for payload in in_messages(body, "stock:actual"):
                set_stock(hub, {"product_id": payload["sku"], **payload, "location": LOCATION})
            hub.notes += body.get("notifications", []) if isinstance(body, dict) else []
            return
        for shipment in body.get("shipments", []):
            update(hub, shipment)
        for row in body.get("inventories", []):
            set_stock(hub, row)
        if body.get("summary"):
            hub.notes.append({"level": "info", "subject": body["summary"]})


def update(hub: Hub, wish: Json) -> None:
    """The handler `update_shipment`: it refuses with a 500 what it cannot have."""
    shipment = hub.shipments.get(str(wish.get("id")))
    if shipment is None:
        hub.note("refused", str(wish.get("id")), "unknown shipment")
        return
    if reason := _why_not(shipment, wish):
        hub.note("refused", shipment.number, reason)
        return
    _change(hub, shipment, wish)


def _why_not(shipment: Shipment, wish: Json) -> str:
    if wish.get("stock_location") != shipment.stock_location:
        return f"unknown stock location {wish.get('stock_location')!r}"
    if wish.get("shipping_method") not in METHODS:
        return f"unknown shipping method {wish.get('shipping_method')!r}"
    pairs = list(shipment.pairs)
    for item in wish.get("items") or []:
        pair = (item.get("product_id"), item.get("quantity"))
        if pair not in pairs:
            return f"no inventory unit {pair}"
        pairs.remove(pair)
    status = wish.get("status")
    if status != shipment.status and (shipment.status, status) not in REACHABLE:
        return f"cannot go from {shipment.status} to {status}"
    return ""


def _change(hub: Hub, shipment: Shipment, wish: Json) -> None:
    before = (shipment.status, shipment.tracking)
    shipment.status = wish["status"]
    shipment.tracking = wish.get("tracking") or shipment.tracking
    shipment.shipped_at = wish.get("shipped_at") or shipment.shipped_at
    if before == (shipment.status, shipment.tracking):
        return
    shipment.touch()
    hub.note(shipment.status, shipment.number, shipment.tracking)


def set_stock(hub: Hub, row: Json) -> None:
    """The handler `set_inventory`: location by its name, product by its SKU."""
    sku, place = str(row.get("product_id")), str(row.get("location"))
    if sku not in GOODS or place != LOCATION:
        hub.note("refused", sku, f"unknown product or location {place!r}")
        return
    if not isinstance(row.get("quantity"), int):
        hub.note("refused", sku, "the quantity is no whole number")
        return
    if hub.stock.get((sku, place)) != row["quantity"]:
        hub.stock[sku, place] = row["quantity"]
        hub.note("stock", sku, row["quantity"])
