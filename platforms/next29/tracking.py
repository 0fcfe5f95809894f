"""Translates what carriers say to and from 29 Next's words; no network here."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from platforms.errors import Malformed, Refused
from platforms.records import TrackingEventRecord, TrackingStatus
from platforms.values import describe, read_id, read_instant, read_text

# Contract next29, section 10: `fulfillment.delivery_status`. What is not here reads as unknown.
DELIVERY_STATUSES: Mapping[str, TrackingStatus] = {
    "tracking_added": TrackingStatus.LABEL_CREATED,
    "in_transit": TrackingStatus.IN_TRANSIT,
    "out_for_delivery": TrackingStatus.OUT_FOR_DELIVERY,
    "attempted_delivery": TrackingStatus.ATTEMPT_FAILED,
    "failed_delivery": TrackingStatus.EXCEPTION,
    "delivered": TrackingStatus.DELIVERED,
    "delayed": TrackingStatus.DELAYED,
}
# Contract next29, section 10: `fulfillment_event.status`. Its `picked_up` and `ready_for_pickup`
# stand beside a `carrier_picked_up`, so they are read as what the customer does.
EVENT_WORDS: Mapping[TrackingStatus, str] = {
    TrackingStatus.LABEL_CREATED: "label_printed",
    TrackingStatus.PICKED_UP: "carrier_picked_up",
    TrackingStatus.IN_TRANSIT: "in_transit",
    TrackingStatus.DELAYED: "delayed",
    TrackingStatus.OUT_FOR_DELIVERY: "out_for_delivery",
    TrackingStatus.AVAILABLE_FOR_PICKUP: "ready_for_pickup",
    TrackingStatus.ATTEMPT_FAILED: "attempted_delivery",
    TrackingStatus.EXCEPTION: "failure",
    TrackingStatus.DELIVERED: "delivered",
}


def read_delivery_status(value: Any) -> TrackingStatus | None:
    """Return where the parcels of a shipment are; None where the store says nothing of it."""
    word = read_text(value)
    return DELIVERY_STATUSES.get(word, TrackingStatus.UNKNOWN) if word else None


def read_tracking_event(raw: Any) -> TrackingEventRecord:
    """Return an event; raises Malformed where it cannot be told apart from others.

    Contract next29, section 9.7.
    """
    if not isinstance(raw, dict) or not read_id(raw.get("id")):
        raise Malformed(f"Expected an event with an id, got {describe(raw)}.")
    happened_at = read_instant(raw.get("happened_at")) or read_instant(raw.get("created_at"))
    if happened_at is None:
        raise Malformed(f"Event {read_id(raw.get('id'))} does not say when it happened.")
    return TrackingEventRecord(
        happened_at=happened_at,
        message=read_text(raw.get("message")),
        city=read_text(raw.get("city")),
        region=read_text(raw.get("state")),
        postcode=read_text(raw.get("postcode")),
        country=read_text(raw.get("country")),
        ref=read_id(raw.get("id")),
        upstream_status=read_text(raw.get("status")),
    )


def write_tracking_event(event: TrackingEventRecord) -> dict[str, str]:
    """Return the body that tells an event; raises Refused for a status 29 Next has no word for."""
    word = EVENT_WORDS.get(event.status) if event.status else None
    if word is None:
        raise Refused(f"29 Next has no word for “{event.status}”; not sent.")
    written = {
        "status": word,
        "happened_at": event.happened_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "message": event.message,
        "city": event.city,
        "state": event.region,
        "postcode": event.postcode,
        "country": event.country,
    }
    return {name: value for name, value in written.items() if value}
