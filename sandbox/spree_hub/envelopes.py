"""Writes what a hub sends, in either generation. Contract spree_hub, sections 4, 5 and 8."""

from collections import Counter

from sandbox.spree_hub.state import GOODS, METHODS, Hub, Json, Shipment, Unit

POLLS = {"get_shipments": "shipment_results:poll", "get_inventory": "stock:poll"}
MARKS = {"get_shipments": "last_polling_datetime", "get_inventory": "last_stock_datetime"}
MESSAGES = {
    "drop_ship": "shipment:ready",
    "add_shipment": "shipment:ready",
    "update_shipment": "order:updated",
    "cancel_shipment": "order:canceled",
    "validate_address": "order:new",
}


def about(hub: Hub, path: str, shipment: Shipment, call_id: str) -> Json:
    """A call about a shipment."""
    if hub.settings.generation == 1:
        things = {"shipment": first(shipment), "order": order_of(hub, shipment)}
        return _first(hub, call_id, MESSAGES[path], things, hub.settings.static)
    return {
        "request_id": call_id,
        "parameters": dict(hub.settings.static),
        "shipment": second(shipment),
    }


def poll(hub: Hub, path: str, call_id: str, page: int | None) -> Json:
    """A call that asks what is new."""
    settings = hub.settings
    extra = {} if page is None else {"page": page if page > 1 else str(page)}
    if settings.generation == 1:
        name = f"{settings.prefix}.{MARKS[path]}"
        known = {name: hub.parameters[name]} if name in hub.parameters else {}
        given = {**settings.static, **known, **extra}
        return _first(hub, call_id, f"{settings.prefix}:{POLLS[path]}", {}, given)
    if settings.cangaroo:
        # It keeps no parameters: it says when it last polled, by its own clock.
        return {
            "request_id": call_id,
            "parameters": dict(settings.static),
            "last_poll": hub.last_poll.get(path, 0),
        }
    known = {"since": hub.parameters[path]} if path in hub.parameters else {}
    return {"request_id": call_id, "parameters": {**settings.static, **known, **extra}}


def _first(hub: Hub, call_id: str, message: str, things: Json, parameters: Json) -> Json:
    listed = [{"name": name, "value": value} for name, value in parameters.items()]
    payload = {**things, **({"parameters": listed} if listed else {})}
    return {
        "message": message,
        "message_id": call_id,
        "store_id": hub.settings.store_id,
        "payload": payload,
    }


def first(shipment: Shipment) -> Json:
    """A shipment of the first generation: one entry for each SKU."""
    counted = Counter(unit.sku for unit in shipment.units)
    named = {unit.sku: unit for unit in shipment.units}
    return {
        "number": shipment.number,
        "order_number": shipment.order_number,
        "email": shipment.email,
        "cost": shipment.cost,
        "status": shipment.status,
        "stock_location": shipment.stock_location,
        "shipping_method": shipment.shipping_method,
        "tracking": shipment.tracking,
        "updated_at": None,
        "shipped_at": shipment.shipped_at,
        "shipping_address": shipment.address,
        "items": [
            {
                "name": named[sku].name,
                "sku": sku,
                "external_ref": "",
                "quantity": quantity,
                "price": named[sku].price,
                "variant_id": None,
                "options": {},
            }
            for sku, quantity in counted.items()
        ],
    }


def second(shipment: Shipment) -> Json:
    """A shipment of the second generation: one entry for each unit."""
    return {
        "id": shipment.number,
        "order_id": shipment.order_number,
        "email": shipment.email,
        "cost": shipment.cost,
        "status": shipment.status,
        "stock_location": shipment.stock_location,
        "shipping_method": shipment.shipping_method,
        "shipping_method_code": METHODS.get(shipment.shipping_method),
        "tracking": shipment.tracking,
        "placed_on": shipment.placed_on,
        "shipped_at": shipment.shipped_at,
        "updated_at": shipment.updated_at,
        "channel": "spree",
        "totals": {"order": 72.62},
        "items": [
            {"product_id": unit.sku, "name": unit.name, "quantity": 1, "price": unit.price}
            for unit in shipment.units
        ],
        "shipping_address": shipment.address,
        "guest_custom_attribute": {"stores": "add what they like"},
    }


def order_of(hub: Hub, shipment: Shipment) -> Json:
    """The order of a shipment, with all its shipments inside."""
    own = [each for each in hub.shipments.values() if each.order_number == shipment.order_number]
    return {
        "number": shipment.order_number,
        "channel": "spree",
        "email": shipment.email,
        "currency": "USD",
        "placed_on": shipment.placed_on,
        "updated_at": shipment.updated_at,
        "status": "complete",
        "line_items": first(shipment)["items"],
        "shipping_address": shipment.address,
        "shipments": [first(each) for each in own],
    }


def units(wish: list[Json]) -> list[Unit]:
    """The units of what a shopper puts into the basket."""
    found = []
    for item in wish:
        sku = str(item["sku"])
        name, price = GOODS.get(sku, (sku, 1.0))
        found += [Unit(sku, name, price)] * int(item.get("quantity", 1))
    return found
