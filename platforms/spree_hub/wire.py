"""Translates shipments and orders, of both generations and as Spree has them, into records.

What is kept of an order is a pair: the shipment, and the order beside it. Contract, section 8.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from platforms.errors import Malformed
from platforms.records import (
    FulfillmentOrderRecord,
    LineRecord,
    RequestStatus,
    Unreadable,
    UpstreamState,
)
from platforms.spree_hub.addresses import address_in
from platforms.values import MAX_COUNT, describe, read_count, read_instant, read_text

LONGEST_NUMBER = 64
LONGEST_ORDER_NUMBER = 100
LONGEST_SKU = 255
CANCELED = ("canceled", "cancelled")
# Contract, section 8.3; the last four are states of orders that are not placed yet.
STATES: Mapping[str, UpstreamState] = {
    "": UpstreamState.IN_PROGRESS,
    "ready": UpstreamState.IN_PROGRESS,
    "complete": UpstreamState.IN_PROGRESS,
    "resumed": UpstreamState.IN_PROGRESS,
    "shipped": UpstreamState.CLOSED,
    "canceled": UpstreamState.CANCELLED,
    "cancelled": UpstreamState.CANCELLED,
    "pending": UpstreamState.OPEN,
    "cart": UpstreamState.OPEN,
    "address": UpstreamState.OPEN,
    "delivery": UpstreamState.OPEN,
    "payment": UpstreamState.OPEN,
}
REQUEST_STATUSES: Mapping[UpstreamState, RequestStatus] = {
    UpstreamState.IN_PROGRESS: RequestStatus.ACCEPTED,
    UpstreamState.CLOSED: RequestStatus.CLOSED,
    UpstreamState.CANCELLED: RequestStatus.CANCEL_ACCEPTED,
    UpstreamState.OPEN: RequestStatus.PENDING,
}
NOTES = ("delivery_instructions", "gift_message", "shipping_instructions", "special_instructions")
# Of an order that stands beside its shipment; payments are nobody's business here.
KEPT_OF_ORDER = (
    "number",
    "id",
    "email",
    "channel",
    "currency",
    "placed_on",
    "updated_at",
    "shipping_address",
    "ship_address",
    *NOTES,
)
FIRST, SECOND = 1, 2
Raw = Mapping[str, Any]


def number_of(thing: Raw, generation: int) -> str:
    """Return the number of an order or a shipment: `id` in the second generation.

    In the first it is `number`; an `id` beside it is a row of the store's database.
    """
    names = ("number", "id") if generation == FIRST else ("id", "number")
    return next(filter(None, (read_text(thing.get(name)).strip() for name in names)), "")


def status_of(thing: Raw) -> str:
    """Return a status as it came, in lower case; Spree itself calls it state."""
    status = thing.get("status")
    return read_text(thing.get("state") if status is None else status).strip().lower()


def kept(generation: int, shipment: Raw, order: Raw) -> dict[str, Any]:
    """Return what is kept of a shipment, or of an order that is itself one."""
    if not shipment:
        whole = {name: each for name, each in order.items() if name != "payments"}
        return {"generation": generation, "order": whole}
    beside = {name: order[name] for name in KEPT_OF_ORDER if name in order}
    return {"generation": generation, "shipment": dict(shipment), "order": beside}


def read_fulfillment_order(raw: Any) -> FulfillmentOrderRecord:
    """Return the record of what `kept` returned; raises Malformed in words."""
    if not isinstance(raw, dict) or not (isinstance(raw.get("shipment", raw.get("order")), dict)):
        raise Malformed(f"Expected a shipment or an order, got {describe(raw)}.")
    thing, order, generation = parts_of(raw)
    ref = _fitting(number_of(thing, generation), LONGEST_NUMBER, "number")
    named = read_text(thing.get("order_id")) or read_text(thing.get("order_number"))
    order_ref = named.strip() or number_of(order, generation) or ref
    status = status_of(thing)
    state = STATES.get(status, UpstreamState.UNKNOWN)
    method = _name(thing.get("shipping_method")) or _name(order.get("shipping_method"))
    place = _name(thing.get("stock_location"))
    return FulfillmentOrderRecord(
        ref=ref,
        order_ref=_fitting(order_ref, LONGEST_ORDER_NUMBER, "order number"),
        upstream_status=status,
        upstream_request_status=status,
        state=state,
        request_status=REQUEST_STATUSES.get(state, RequestStatus.UNKNOWN),
        location_ref=place[:LONGEST_NUMBER],
        location_name=place,
        address=address_in(thing, order),
        shipping_code=read_text(thing.get("shipping_method_code")) or method,
        shipping_name=method,
        lines=_lines(_items(thing)),
        created_at=read_instant(thing.get("placed_on")) or read_instant(order.get("placed_on")),
        updated_at=read_instant(thing.get("updated_at")) or read_instant(order.get("updated_at")),
        note="\n".join(filter(None, (_note(thing, order, name) for name in NOTES))),
        raw=raw,
    )


def read_or_say(raw: dict[str, Any]) -> FulfillmentOrderRecord | Unreadable:
    """Return the record, or why there is none."""
    try:
        return read_fulfillment_order(raw)
    except Malformed as error:
        thing, _, generation = parts_of(raw)
        return Unreadable(number_of(thing, generation)[:LONGEST_NUMBER], str(error), raw)


def parts_of(raw: Raw) -> tuple[Raw, Raw, int]:
    """Return what is to be shipped, the order beside it, and their generation."""
    order = raw.get("order")
    beside = order if isinstance(order, dict) else {}
    shipment = raw.get("shipment", beside)
    return shipment, beside, FIRST if raw.get("generation") == FIRST else SECOND


def _items(thing: Raw) -> Sequence[Any]:
    items = thing.get("items") if thing.get("items") is not None else thing.get("line_items")
    if items is None:
        return ()
    if not isinstance(items, list):
        raise Malformed(f"Its items are {describe(items)}.")
    return items


def _lines(items: Sequence[Any]) -> tuple[LineRecord, ...]:
    """Add up the units of each SKU: there may be one entry for every unit. Contract, 8.3."""
    units: dict[str, int] = {}
    titles: dict[str, str] = {}
    for item in items:
        sku, quantity, title = _item(item)
        units[sku] = units.get(sku, 0) + quantity
        titles.setdefault(sku, title)
        if units[sku] > MAX_COUNT:
            raise Malformed(f"There are too many units of “{sku}”.")
    return tuple(
        LineRecord(
            ref=_line_ref(sku),
            order_line_ref="",
            sku=sku,
            title=titles[sku],
            quantity=number,
            open_quantity=number,
        )
        for sku, number in units.items()
        if number
    )


def _item(item: Any) -> tuple[str, int, str]:
    if not isinstance(item, dict):
        raise Malformed(f"An item is {describe(item)}.")
    variant: Raw = item["variant"] if isinstance(item.get("variant"), dict) else {}
    found = (item.get("product_id"), item.get("sku"), variant.get("sku"))
    sku = next(filter(None, map(read_text, found)), "")
    title = read_text(item.get("name")) or read_text(variant.get("name"))
    if not sku.strip():
        raise Malformed(f"“{title or 'An item'}” has no SKU.")
    if len(sku) > LONGEST_SKU:
        raise Malformed(f"The SKU “{sku[:40]}…” is too long.")
    quantity = read_count(item.get("quantity"))
    if quantity is None:
        raise Malformed(f"“{sku}” has no quantity that is a number of units.")
    return sku, quantity, title


def _line_ref(sku: str) -> str:
    """Return the SKU itself, unless it is too long for a number."""
    if len(sku) <= LONGEST_NUMBER:
        return sku
    return f"{sku[:47]}~{hashlib.sha256(sku.encode()).hexdigest()[:16]}"


def _name(value: Any) -> str:
    """Return a name that stands alone, or in an object as Spree itself has it."""
    return read_text(value.get("name")) if isinstance(value, dict) else read_text(value)


def _note(thing: Raw, order: Raw, name: str) -> str:
    return read_text(thing.get(name) or order.get(name)).strip()


def _fitting(text: str, longest: int, what: str) -> str:
    if not text:
        raise Malformed(f"It has no {what}.")
    if len(text) > longest:
        raise Malformed(f"Its {what} has more than {longest} characters.")
    return text
