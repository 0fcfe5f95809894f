"""Reads an order that a merchant placed through our API. Contract fulfillment_com, section 7.

What is kept of it is the merchant's request, and the location of ours that it was placed at.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from platforms.errors import Malformed
from platforms.fulfillment_com.wire import ADDRESS_FIELDS
from platforms.records import (
    Address,
    FulfillmentOrderRecord,
    LineRecord,
    RequestStatus,
    UpstreamState,
)
from platforms.values import describe, read_count, read_text

LONGEST_NUMBER = 64
PLACED, CANCELLED = "placed", "cancelled"


def kept(
    request: Mapping[str, Any],
    location_ref: str,
    location_name: str,
    country: str,
    *,
    cancelled: bool = False,
) -> dict[str, Any]:
    """Return what is kept of an order; `country` is the one that it leaves from."""
    return {
        "request": dict(request),
        "location": {"ref": location_ref, "name": location_name, "country": country},
        "status": CANCELLED if cancelled else PLACED,
    }


def read_fulfillment_order(raw: Any) -> FulfillmentOrderRecord:
    """Return the record of what `kept` returned; raises Malformed in words."""
    if not isinstance(raw, dict) or not isinstance(raw.get("request"), dict):
        raise Malformed(f"Expected an order that was kept, got {describe(raw)}.")
    request, location = raw["request"], raw.get("location")
    place = location if isinstance(location, dict) else {}
    number = read_text(request.get("merchantOrderId"))
    if not number or len(number) > LONGEST_NUMBER:
        raise Malformed(f"Its merchantOrderId needs 1 to {LONGEST_NUMBER} characters.")
    is_cancelled = raw.get("status") == CANCELLED
    method = read_text(request.get("shippingMethod"))
    address = read_address(request.get("recipient"))
    goes_abroad = address is None or address.country.upper() != read_text(place.get("country"))
    return FulfillmentOrderRecord(
        ref=number,
        order_ref=number,
        upstream_status=read_text(raw.get("status")),
        upstream_request_status=read_text(raw.get("status")),
        state=UpstreamState.CANCELLED if is_cancelled else UpstreamState.OPEN,
        request_status=RequestStatus.CANCEL_ACCEPTED if is_cancelled else RequestStatus.REQUESTED,
        location_ref=read_text(place.get("ref")),
        location_name=read_text(place.get("name")),
        address=address,
        shipping_code=method,
        shipping_name=method,
        lines=_lines(request.get("items"), goes_abroad=goes_abroad),
        note=read_text(request.get("notes")),
        raw=raw,
    )


def read_address(recipient: Any) -> Address | None:
    """Return the address of a recipient, or None where there is none."""
    if not isinstance(recipient, dict):
        return None
    return Address(
        **{ours: read_text(recipient.get(theirs)) for ours, theirs in ADDRESS_FIELDS.items()}
    )


def _lines(items: Any, *, goes_abroad: bool) -> tuple[LineRecord, ...]:
    if not isinstance(items, Sequence) or isinstance(items, str):
        raise Malformed(f"Its items are {describe(items)}.")
    return tuple(
        _line(number, item, goes_abroad=goes_abroad) for number, item in enumerate(items, start=1)
    )


def _line(number: int, item: Any, *, goes_abroad: bool) -> LineRecord:
    """One item is one line, also where two have the same SKU: each has its declared value.

    Whoever writes the label asks for that value only at a border.
    """
    if not isinstance(item, dict):
        raise Malformed(f"Item {number} is {describe(item)}.")
    quantity = read_count(item.get("quantity"))
    if quantity is None:
        raise Malformed(f"Item {number} has no quantity that is a number of units.")
    return LineRecord(
        ref=str(number),
        order_line_ref=str(number),
        sku=read_text(item.get("sku")),
        title="",
        quantity=quantity,
        open_quantity=quantity,
        note=_customs(read_text(item.get("declaredValue"))) if goes_abroad else "",
    )


def _customs(value: str) -> str:
    """Say for the label what one unit is worth at the customs."""
    return f"Customs value of each: USD {value}" if value.strip("0.") else ""
