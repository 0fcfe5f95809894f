"""Translates shipments, locations and subscriptions to and from 29 Next's words; no network."""

import json
from collections.abc import Mapping
from typing import Any

from platforms.dispatching import units_by_line
from platforms.errors import Malformed
from platforms.next29.carriers import CARRIERS
from platforms.next29.tracking import read_delivery_status
from platforms.next29.wire import read_address
from platforms.records import (
    OTHER_CARRIER,
    Address,
    Dispatch,
    FulfillmentRecord,
    LocationRecord,
    ParcelRecord,
    WebhookRecord,
    secret_print,
)
from platforms.values import describe, read_count, read_flag, read_id, read_instant, read_text


def read_fulfillment(raw: Any) -> FulfillmentRecord:
    """Return a shipment; raises Malformed when it is no object with an id.

    `quantities` holds the lines whose number of units can be read. Contract next29, section 12.
    """
    shipment = _object_with_id(raw, "fulfillment")
    quantities: dict[str, int] = {}
    lines = shipment.get("line_items")
    for line in lines if isinstance(lines, list) else []:
        order_line_ref, units = _read_units(line)
        if order_line_ref and units is not None:
            quantities[order_line_ref] = quantities.get(order_line_ref, 0) + units
    return FulfillmentRecord(
        ref=read_id(shipment.get("id")),
        order_ref=read_text(shipment.get("order_number")),
        upstream_status=read_text(shipment.get("status")),
        tracking_codes=_read_tracking_codes(shipment),
        quantities=quantities,
        delivery_status=read_text(shipment.get("delivery_status")),
        tracking_status=read_delivery_status(shipment.get("delivery_status")),
        last_event_at=read_instant(shipment.get("last_event_date")),
        raw=shipment,
    )


def write_dispatch(dispatch: Dispatch) -> dict[str, Any]:
    """Return the body that reports a dispatch; raises Refused before anything is sent.

    Lines are always named: without them the platform ships everything that is left.
    Contract next29, section 12.
    """
    units = units_by_line(dispatch)
    return {
        "notify": dispatch.notify,
        "fulfillment_order_line_items": [{"id": ref, "quantity": n} for ref, n in units.items()],
        "tracking_info": [_write_parcel(parcel) for parcel in dispatch.parcels],
    }


def is_about_a_carrier(body: str) -> bool:
    """Tell whether a refusal names the carrier of a parcel. Contract next29, section 19."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    parcels = said.get("tracking_info") if isinstance(said, dict) else None
    return isinstance(parcels, list) and any(
        isinstance(parcel, dict) and "carrier" in parcel for parcel in parcels
    )


def read_location(raw: Any) -> LocationRecord:
    """Return a location; raises Malformed. Contract next29, section 9.1."""
    location = _object_with_id(raw, "location")
    address = location.get("address")
    return LocationRecord(
        ref=read_id(location.get("id")),
        name=read_text(location.get("name")),
        address=read_address(address) if isinstance(address, dict) else Address(),
        callback_url=read_text(location.get("callback_url")),
        accepts_returns=bool(read_flag(location.get("accept_return"))),
    )


def write_location(
    location: LocationRecord, present: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a location's body, over what the store has at `present`.

    A PUT replaces: fields we do not know would be lost if they were not sent back. Contract
    next29, section 9.1.
    """
    present = present or {}
    kept_address = present.get("address")
    return {
        **{name: value for name, value in present.items() if name != "id"},
        "name": location.name,
        "callback_url": location.callback_url or None,
        "accept_return": location.accepts_returns,
        "address": {
            **(kept_address if isinstance(kept_address, dict) else {}),
            "line1": location.address.line1,
            "line2": location.address.line2,
            "line3": location.address.line3,
            "line4": location.address.city,
            "state": location.address.region,
            "postcode": location.address.postcode,
            "country": location.address.country,
            "phone_number": location.address.phone,
        },
    }


def read_webhook(raw: Any) -> WebhookRecord:
    """Return a subscription without its secret; raises Malformed. Contract next29, section 14."""
    webhook = _object_with_id(raw, "webhook")
    events = webhook.get("events")
    return WebhookRecord(
        ref=read_id(webhook.get("id")),
        target=read_text(webhook.get("target")),
        events=tuple(each for each in events if isinstance(each, str))
        if isinstance(events, list)
        else (),
        # Unsaid counts as active: the other reading would subscribe a second time.
        active=read_flag(webhook.get("active")) is not False,
        secret_print=secret_print(read_text(webhook.get("secret_key"))),
    )


def _write_parcel(parcel: ParcelRecord) -> dict[str, str]:
    known = parcel.carrier in CARRIERS and parcel.carrier != OTHER_CARRIER
    name = parcel.carrier_name or (parcel.carrier if parcel.carrier != OTHER_CARRIER else "")
    written = {
        "carrier": parcel.carrier if known else OTHER_CARRIER,
        "carrier_other_name": "" if known else name,
        "tracking_code": parcel.tracking_code.strip(),
        "tracking_link": parcel.tracking_link.strip(),
    }
    return {name: value for name, value in written.items() if value}


def _read_units(line: Any) -> tuple[str, int | None]:
    if not isinstance(line, dict):
        return "", None
    units = read_count(line.get("fulfilled_quantity"))
    return read_text(line.get("order_line_id")), (
        read_count(line.get("quantity")) if units is None else units
    )


def _read_tracking_codes(shipment: Mapping[str, Any]) -> tuple[str, ...]:
    several = _read_plural(shipment.get("tracking_codes"))
    single = _read_plural(shipment.get("tracking_code"))
    return tuple(dict.fromkeys([*several, *single]))


def _read_plural(value: Any) -> list[str]:
    """Return a plural field's texts: it comes as list, number, text or null."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _list_in_text(value)
    if isinstance(value, str):
        value = value.split(",")
    entries = value if isinstance(value, list) else [value]
    texts = [read_text(each).strip() for each in entries]
    return [text for text in texts if text]


def _list_in_text(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _object_with_id(raw: Any, what: str) -> dict[str, Any]:
    if isinstance(raw, dict) and read_id(raw.get("id")):
        return raw
    raise Malformed(f"Expected a {what} with an id, got {describe(raw)}.")
