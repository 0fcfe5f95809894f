"""What can be seen of a store beside what all places show: its state, its stock and its pace."""

from flask import request

from sandbox.next29 import shelves, wire
from sandbox.next29.state import Json
from sandbox.next29.store import Store
from sandbox.recorder import most_in_a_second
from sandbox.world import World


def state(world: World, store: Store, wish: Json) -> object:
    settings = store.settings
    orders = store.fulfillment_orders.values()
    return {
        "locations": [wire.location(each) for each in store.locations.values()],
        "fulfillment_orders": [wire.fulfillment_order(each, settings) for each in orders],
        "fulfillments": [
            wire.fulfillment(each, settings)
            | {
                "fulfillment_order_id": each.fulfillment_order.id,
                "original_fulfillment_order_id": each.original_id,
                "notify": each.notify,
            }
            for each in store.fulfillments.values()
        ],
        "webhooks": [wire.webhook(each) for each in store.webhooks.values()],
        "settings": settings.as_json(),
        "faults": store.faults.listed(),
    }


def stock(world: World, store: Store, wish: Json) -> object:
    """All records at once, or those of one SKU or place."""
    sku, place = request.args.get("sku"), request.args.get("location_id")
    found = [
        record
        for record in (store.stock.all() if sku is None else store.stock.called(sku))
        if place in (None, str(record.location.id))
    ]
    return shelves.figures(store, found, world.recorder.calls(store.place, shelves.PATCH))


def pace(world: World, store: Store, wish: Json) -> object:
    """How fast the store was called, all its callers together."""
    found = world.recorder.calls(store.place, request.args.get("operation"))
    return {
        "calls": len(found),
        "throttled": sum(call.status == 429 for call in found),
        "most_in_a_second": most_in_a_second(found),
    }
