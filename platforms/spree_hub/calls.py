"""Reads what is asked of us: which operation, about what, since when. Contract, section 7."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from platforms.desk import Asked, Operation, Since
from platforms.inbound import Inbound
from platforms.spree_hub.addresses import address_in
from platforms.spree_hub.envelope import Envelope, read_envelope
from platforms.spree_hub.options import MOST_AT_ONCE, PAGE_SIZE, rules_of
from platforms.spree_hub.wire import CANCELED, FIRST, kept, number_of, read_or_say, status_of
from platforms.values import read_count, read_instant, read_text

# Contract, section 7. Every path takes both envelopes.
PATHS: Mapping[str, Operation] = {
    "drop_ship": Operation.TAKE,
    "send_shipment": Operation.TAKE,
    "add_shipment": Operation.TAKE,
    "validate_address": Operation.CHECK_ADDRESS,
    "update_shipment": Operation.CHANGE,
    "cancel_shipment": Operation.CANCEL,
    "get_shipments": Operation.SHIPMENTS,
    "tracking": Operation.SHIPMENTS,
    "get_inventory": Operation.STOCK,
}
# The watermarks of a first-generation hub; the second has one name for all.
MARKS: Mapping[Operation, str] = {
    Operation.SHIPMENTS: "last_polling_datetime",
    Operation.STOCK: "last_stock_datetime",
}
SINCE = "since"
NONE_READY = "Order {} has no shipment that is ready."
Raw = Mapping[str, Any]


def read_call(path: str, inbound: Inbound, options: Mapping[str, Any]) -> Asked:
    """Return what is asked; raises NotUnderstood with the answer."""
    envelope = read_envelope(inbound, options)
    asked = Asked(
        operation=PATHS[path],
        correlation_id=envelope.id,
        generation=envelope.generation,
        path=path,
        parameters=envelope.parameters,
        rules=rules_of(options),
    )
    match asked.operation:
        case Operation.TAKE | Operation.CHANGE:
            return _work(asked, envelope)
        case Operation.CANCEL:
            return _cancellation(asked, envelope)
        case Operation.CHECK_ADDRESS:
            return replace(
                asked,
                address=address_in(_object(envelope, "order"), _object(envelope, "shipment")),
            )
        case _:
            return _poll(asked, envelope, options)


def _work(asked: Asked, envelope: Envelope) -> Asked:
    """A shipment, else the ready ones of an order, else the order itself. Contract, 7.1.

    An order that lists shipments is none itself: it would be shipped before it is paid, and once
    more when its shipments are ready.
    """
    shipment, order = _object(envelope, "shipment"), _object(envelope, "order")
    if status_of(shipment or order) in CANCELED:
        return _cancellation(replace(asked, operation=Operation.CANCEL), envelope)
    if shipment:
        record = read_or_say(kept(envelope.generation, shipment, order))
        return replace(asked, records=(record,))
    listed = _shipments(order)
    if not listed:
        if not order:
            return asked
        return replace(asked, records=(read_or_say(kept(envelope.generation, {}, order)),))
    ready = [_with_items(each, order, listed) for each in listed if status_of(each) == "ready"]
    number = number_of(order, envelope.generation)
    remark = "" if ready else NONE_READY.format(number)
    records = tuple(read_or_say(kept(envelope.generation, each, order)) for each in ready)
    return replace(asked, records=records, remark=remark, order_ref=number)


def _cancellation(asked: Asked, envelope: Envelope) -> Asked:
    shipment, order = _object(envelope, "shipment"), _object(envelope, "order")
    if shipment:
        return replace(asked, refs=(number_of(shipment, envelope.generation),))
    if not order:
        return asked
    named = [number_of(each, envelope.generation) for each in (order, *_shipments(order))]
    refs = tuple(filter(None, named))
    return replace(asked, refs=refs, order_ref=named[0], whole_order=True)


def _poll(asked: Asked, envelope: Envelope, options: Mapping[str, Any]) -> Asked:
    page = read_count(envelope.parameters.get("page"))
    inventory = _object(envelope, "inventory")
    named = (inventory.get("product_id"), inventory.get("sku"), envelope.things.get("sku"))
    return replace(
        asked,
        since=_since(asked, envelope),
        page=page or None,
        page_size=int(options[PAGE_SIZE]) if page else MOST_AT_ONCE,
        sku=next(filter(None, map(read_text, named)), ""),
    )


def _since(asked: Asked, envelope: Envelope) -> Since:
    """Return the watermark, and what a Cangaroo hub says of its own last poll. Contract, 7.3."""
    own = MARKS[asked.operation]
    first, second = (own, SINCE) if envelope.generation == FIRST else (SINCE, own)
    given = envelope.parameters.get(first) or envelope.parameters.get(second)
    mark = _moment(given)
    clock = _moment(envelope.things.get("last_poll"))
    return Since(mark, clock, read_text(given) if mark else "")


def _moment(value: Any) -> datetime | None:
    """Return an instant, or one in seconds since 1970; nothing for 0 and what is no moment."""
    if found := read_instant(value):
        return found
    seconds = read_count(value)
    if seconds:
        return datetime.fromtimestamp(seconds, UTC)
    return _without_offset(value) if isinstance(value, str) else None


def _without_offset(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=UTC)
    except ValueError:
        return None


def _with_items(shipment: Raw, order: Raw, listed: list[Raw]) -> Raw:
    """Give the only shipment of an order the order's lines where it has none of its own."""
    if shipment.get("items") is not None or len(listed) > 1:
        return shipment
    return {**shipment, "line_items": order.get("line_items")}


def _shipments(order: Raw) -> list[Raw]:
    listed = order.get("shipments")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _object(envelope: Envelope, name: str) -> Raw:
    found = envelope.things.get(name)
    return found if isinstance(found, dict) else {}
