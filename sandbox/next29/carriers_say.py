"""What carriers say about what left: events, and the delivery status that follows the newest."""

from datetime import datetime

from sandbox.clock import now
from sandbox.next29 import errors
from sandbox.next29.state import Fulfillment, Json
from sandbox.next29.store import Notice, Store, free

STATUSES = (
    "label_printed",
    "label_purchased",
    "confirmed",
    "ready_for_pickup",
    "carrier_picked_up",
    "picked_up",
    "in_transit",
    "out_for_delivery",
    "attempted_delivery",
    "failure",
    "delivered",
    "delayed",
)
DELIVERY_STATUSES = {
    "label_printed": "tracking_added",
    "label_purchased": "tracking_added",
    "confirmed": "tracking_added",
    "ready_for_pickup": "out_for_delivery",
    "carrier_picked_up": "in_transit",
    "picked_up": "delivered",
    "failure": "failed_delivery",
}
"""Where the words differ; the contract does not say how they are derived from each other."""
PLACE = (
    "message",
    "estimated_delivery_at",
    "line1",
    "line2",
    "state",
    "postcode",
    "country",
    "latitude",
    "longitude",
)


def tell(store: Store, shipped: Fulfillment, wish: Json, *, by: str) -> Json:
    """Add an event; saying the same again adds it again, as there is no key against it."""
    taken = {event["id"] for each in store.fulfillments.values() for event in each.events}
    event = {
        "id": free(store.event_ids, taken),
        "fulfillment": shipped.id,
        "order": shipped.fulfillment_order.order.number,
        "status": wish["status"],
        "happened_at": wish.get("happened_at") or now(),
        "city": wish.get("city") or "",
        "created_at": now(),
        "updated_at": now(),
        **{name: wish.get(name) for name in PLACE},
    }
    shipped.events.append(event)
    _announce(store, shipped, "delivery-event", by, event)
    return event


def forget(store: Store, shipped: Fulfillment, event: Json, *, by: str) -> None:
    shipped.events.remove(event)
    _announce(store, shipped, "delivery-event-delete", by, event)


def find(shipped: Fulfillment, event_id: int) -> Json:
    found = next((event for event in shipped.events if event["id"] == event_id), None)
    if found is None:
        raise errors.not_found()
    return found


def delivery_status(shipped: Fulfillment) -> str | None:
    """A word that is not in the contract, planted by a test, is shown as it is."""
    newest = _newest(shipped)
    if newest:
        return DELIVERY_STATUSES.get(newest["status"], newest["status"])
    coded = any(parcel.get("tracking_code") for parcel in shipped.parcels)
    return "tracking_added" if coded else None


def last_event_date(shipped: Fulfillment) -> str | None:
    newest = _newest(shipped)
    return str(newest["happened_at"]) if newest else None


def _newest(shipped: Fulfillment) -> Json | None:
    return max(shipped.events, key=lambda event: _instant(event["happened_at"]), default=None)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _announce(store: Store, shipped: Fulfillment, operation: str, by: str, event: Json) -> None:
    detail = {"fulfillment_id": shipped.id, "event_id": event["id"], "status": event["status"]}
    store.effect(operation, shipped.fulfillment_order, by, **detail)
    store.notices.append(Notice("fulfillment.updated", shipped))
