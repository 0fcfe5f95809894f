"""Translates Spresso's order into neutral records, one for each fulfillment; no network here."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from platforms.errors import Malformed
from platforms.records import (
    Address,
    FulfillmentOrderRecord,
    LineRecord,
    RequestStatus,
    Unreadable,
    UpstreamState,
)
from platforms.spresso.countries import read_country
from platforms.values import describe, read_count, read_instant, read_text

LONGEST_REF = 64
CANCELLED = "cancelled"
# Contract spresso, section 6.3: what goes in a parcel. All else is not ours to work on.
OUR_METHOD = "carrier_delivery"
INITIAL = "order_placed"

Standing = tuple[UpstreamState, RequestStatus]
WANTED: Standing = (UpstreamState.OPEN, RequestStatus.REQUESTED)
OVER: Standing = (UpstreamState.CLOSED, RequestStatus.CLOSED)
STOPPED: Standing = (UpstreamState.CANCELLED, RequestStatus.CANCEL_ACCEPTED)
NOT_OURS: Standing = (UpstreamState.NOT_NEEDED, RequestStatus.PENDING)
UNKNOWN: Standing = (UpstreamState.UNKNOWN, RequestStatus.UNKNOWN)
# Contract spresso, section 6.2. The set is open: what is not here reads as unknown.
STANDINGS: Mapping[str, Standing] = {
    INITIAL: WANTED,
    "received_by_fulfiller": WANTED,
    "preparing_items": WANTED,
    "preparing_items_complete": WANTED,
    "in_transit": OVER,
    "delivered": OVER,
    "failed": OVER,
    CANCELLED: STOPPED,
}


class Item(NamedTuple):
    """What the order says of a variant; a fulfillment names it by its id only."""

    line_ref: str
    sku: str
    name: str


def read_ref(value: Any) -> str:
    """Return an id as text, and nothing for what cannot be one. Ids are opaque (section 5)."""
    known = isinstance(value, str | int) and not isinstance(value, bool)
    text = read_text(value).strip() if known else ""
    return text if text.isprintable() and len(text) <= LONGEST_REF else ""


def read_order_number(order: Mapping[str, Any]) -> str:
    """Return the number that the customer knows, sent as number or as text."""
    return read_ref(order.get("orderNo"))


def read_fulfillments(order: Any) -> tuple[FulfillmentOrderRecord | Unreadable, ...]:
    """Return all fulfillments of an order; one that cannot be read does not spoil the others.

    Raises Malformed when it is no order, or has none. Contract spresso, section 5.
    """
    order = _object(order, "an order")
    if not read_ref(order.get("id")):
        raise Malformed("The order has no id.")
    entries = order.get("fulfillments")
    if not isinstance(entries, list) or not entries:
        raise Malformed(f"The order has no fulfillments, but {describe(entries)}.")
    found: list[FulfillmentOrderRecord | Unreadable] = []
    seen: set[str] = set()
    for entry in entries:
        found.append(_record_or_reason(order, entry, seen))
        seen.add(found[-1].ref)
    return tuple(found)


def read_kept(raw: Any) -> FulfillmentOrderRecord:
    """Return the fulfillment order whose `raw` was kept; raises Malformed."""
    kept = _object(raw, "what was kept of a fulfillment")
    order = _object(kept.get("order"), "an order")
    ref, entries = read_ref(kept.get("fulfillment")), order.get("fulfillments")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and ref and read_ref(entry.get("id")) == ref:
            return _read_fulfillment(order, entry)
    raise Malformed("What was kept of a fulfillment does not hold it.")


def _record_or_reason(
    order: dict[str, Any], entry: Any, seen: set[str]
) -> FulfillmentOrderRecord | Unreadable:
    ref = read_ref(entry.get("id")) if isinstance(entry, dict) else ""
    try:
        if ref and ref in seen:
            raise Malformed(f"The order lists the fulfillment {ref} twice.")
        return _read_fulfillment(order, _object(entry, "a fulfillment"))
    except Malformed as error:
        return Unreadable(ref, str(error), entry)


def _read_fulfillment(order: dict[str, Any], entry: dict[str, Any]) -> FulfillmentOrderRecord:
    ref, order_ref = read_ref(entry.get("id")), read_ref(order.get("id"))
    if not ref or not order_ref:
        raise Malformed(f"A {'order' if ref else 'fulfillment'} has no id.")
    status = read_text(entry.get("status"))
    order_status = read_text(order.get("status"))
    method = read_text(entry.get("fulfillmentMethod"))
    state, request_status = _standing(order_status, status, method)
    return FulfillmentOrderRecord(
        ref=ref,
        order_ref=order_ref,
        upstream_status=status,
        upstream_request_status=order_status,
        state=state,
        request_status=request_status,
        location_ref=read_ref(entry.get("fulfillerLocation")),
        location_name="",
        address=_read_address(order.get("shippingAddress")),
        shipping_code=method,
        shipping_name="",
        lines=_read_lines(entry, _read_items(order)),
        created_at=read_instant(entry.get("createdAt")) or read_instant(order.get("createdAt")),
        order_name=read_order_number(order),
        # Without its siblings: an order in many parts would else be kept as often as it has parts.
        raw={"order": {**order, "fulfillments": [entry]}, "fulfillment": ref},
    )


def _standing(order_status: str, status: str, method: str) -> Standing:
    """Return whether it shall be shipped. That of the order says nothing but that it ended.

    To be announced is the permission to ship, so no status is as the first one. Contract spresso,
    sections 5 and 6.
    """
    if CANCELLED in (order_status, status):
        return STOPPED
    if method != OUR_METHOD:
        return NOT_OURS if method else UNKNOWN
    return STANDINGS.get(status or INITIAL, UNKNOWN)


def _read_items(order: Mapping[str, Any]) -> dict[str, Item]:
    """Return what the lines of the order say of its variants, by variant id."""
    found: dict[str, Item] = {}
    lines = order.get("orderVariants")
    for line in lines if isinstance(lines, list) else ():
        variant = line.get("variant") if isinstance(line, dict) else None
        if isinstance(variant, dict) and read_ref(variant.get("id")):
            item = Item(
                read_ref(line.get("id")),
                read_text(variant.get("sku")),
                read_text(variant.get("name")),
            )
            found.setdefault(read_ref(variant.get("id")), item)
    return found


def _read_lines(entry: Mapping[str, Any], items: Mapping[str, Item]) -> tuple[LineRecord, ...]:
    """Return one line for each variant, with the fulfillment's own quantities added up.

    Those of the order's lines are for all its fulfillments. Contract spresso, section 5, traps.
    """
    parts = entry.get("fulfillmentVariants")
    if not isinstance(parts, list) or not parts:
        raise Malformed(f"A fulfillment has nothing to ship, but {describe(parts)}.")
    units: dict[str, int | None] = {}
    for part in parts:
        variant, count = _read_part(part)
        before = units.get(variant, 0)
        units[variant] = None if before is None or count is None else before + count
    return tuple(_line(ref, count, items.get(ref)) for ref, count in units.items())


def _read_part(part: Any) -> tuple[str, int | None]:
    variant = part.get("variant") if isinstance(part, dict) else None
    ref = read_ref(variant.get("id") if isinstance(variant, dict) else variant)
    # A part left out would be a unit not shipped: better to show the whole as unreadable.
    if not ref:
        raise Malformed("A part of a fulfillment names no variant.")
    return ref, read_count(part.get("quantity"))


def _line(ref: str, count: int | None, item: Item | None) -> LineRecord:
    if item is None:
        item = Item("", "", f"Variant {ref}, which the order does not describe")
    return LineRecord(
        ref=ref,
        order_line_ref=item.line_ref,
        sku=item.sku,
        title=item.name,
        quantity=count,
        open_quantity=count,
        product_ref=ref,
    )


def _read_address(raw: Any) -> Address | None:
    # Only null means "no address": anything else that is none must be seen by a person.
    if raw is None:
        return None
    address = _object(raw, "a shippingAddress")
    return Address(
        first_name=read_text(address.get("firstName")),
        last_name=read_text(address.get("lastName")),
        line1=read_text(address.get("addressLine1")),
        line2=read_text(address.get("addressLine2")),
        city=read_text(address.get("city")),
        region=read_text(address.get("state")),
        postcode=read_text(address.get("postalCode")),
        country=read_country(address.get("country")),
        phone=read_text(address.get("telephoneNumber")),
    )


def _object(value: Any, what: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise Malformed(f"Expected {what}, got {describe(value)}.")
