"""Translates 29 Next's fulfillment orders and lists into neutral records; no network here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from platforms.errors import Malformed
from platforms.records import (
    Address,
    FulfillmentOrderRecord,
    HoldRecord,
    LineRecord,
    MerchantRequest,
    Offer,
    Page,
    RequestKind,
    RequestStatus,
    Unreadable,
    UpstreamState,
)
from platforms.values import describe, read_count, read_flag, read_id, read_instant, read_text

T = TypeVar("T")

# Contract next29, section 10. Every enumeration is open: what is not here reads as unknown.
STATES: Mapping[str, UpstreamState] = {
    "not_required": UpstreamState.NOT_NEEDED,
    "open": UpstreamState.OPEN,
    "processing": UpstreamState.IN_PROGRESS,
    "on_hold": UpstreamState.ON_HOLD,
    "incomplete": UpstreamState.CLOSED_SHORT,
    "closed": UpstreamState.CLOSED,
    "canceled": UpstreamState.CANCELLED,
}
REQUEST_STATUSES: Mapping[str, RequestStatus] = {
    "pending": RequestStatus.PENDING,
    "requested": RequestStatus.REQUESTED,
    "accepted": RequestStatus.ACCEPTED,
    "rejected": RequestStatus.REJECTED,
    "cancel_requested": RequestStatus.CANCEL_REQUESTED,
    "cancel_accepted": RequestStatus.CANCEL_ACCEPTED,
    "cancel_rejected": RequestStatus.CANCEL_REJECTED,
    "closed": RequestStatus.CLOSED,
}
REQUEST_KINDS: Mapping[str, RequestKind] = {
    "fulfill_request": RequestKind.FULFILL,
    "cancel_request": RequestKind.CANCEL,
}
# Contract next29, section 10: seen, not closed. `cancel_fulfillment_order` is the merchant's.
OFFERS: Mapping[str, Offer] = {
    "create_fulfillment": Offer.SHIP,
    "hold_fulfillment": Offer.HOLD,
    "move": Offer.MOVE,
    "split": Offer.SPLIT,
}


class Listing(NamedTuple):
    """The entries of a list as they came, and the address of the next page."""

    entries: list[Any]
    next: str | None


def read_listing(payload: Any) -> Listing:
    """Return the entries of a page, of a bare list, or of one object that stands for a list.

    Raises Malformed. Contract next29, sections 6 and 9.7.
    """
    if isinstance(payload, list):
        return Listing(payload, None)
    if not isinstance(payload, dict):
        raise Malformed(f"Expected a list, got {describe(payload)}.")
    results = payload.get("results")
    if isinstance(results, list):
        return Listing(results, _next_page(payload.get("next")))
    if results is None and read_id(payload.get("id")):
        return Listing([payload], None)
    raise Malformed(f"Expected a page with results, got {describe(payload)}.")


def read_page(payload: Any) -> Page:
    """Return a page of fulfillment orders; an entry that cannot be read does not spoil it.

    Raises Malformed when it is no page at all.
    """
    listing = read_listing(payload)
    return Page(read_each(listing.entries, read_fulfillment_order), listing.next)


def read_each(entries: Sequence[Any], read: Callable[[Any], T]) -> tuple[T | Unreadable, ...]:
    """Return what `read` makes of each entry; one that cannot be read does not spoil the others."""
    return tuple(_record_or_reason(entry, read) for entry in entries)


def read_fulfillment_order(raw: Any) -> FulfillmentOrderRecord:
    """Return one fulfillment order; raises Malformed in words. Contract next29, section 9.3."""
    order = _object(raw, "a fulfillment order")
    ref = read_id(order.get("id"))
    if not ref:
        raise Malformed("A fulfillment order has no id.")
    location = _optional_object(order.get("assigned_location"), "assigned_location")
    method = _optional_object(order.get("shipping_method"), "shipping_method")
    actions = tuple(read_text(each) for each in _optional_list(order, "supported_actions"))
    status = read_text(order.get("status"))
    request_status = read_text(order.get("request_status"))
    return FulfillmentOrderRecord(
        ref=ref,
        order_ref=_required_text(order, "order_number"),
        upstream_status=status,
        upstream_request_status=request_status,
        state=STATES.get(status, UpstreamState.UNKNOWN),
        request_status=REQUEST_STATUSES.get(request_status, RequestStatus.UNKNOWN),
        location_ref=read_id(location.get("id")),
        location_name=read_text(location.get("name")),
        address=_read_shipping_address(order.get("shipping_address")),
        shipping_code=read_text(method.get("code")),
        shipping_name=read_text(method.get("name")),
        lines=tuple(_read_line(each) for each in _lines(order)),
        requests=tuple(_read_request(each) for each in _optional_list(order, "merchant_requests")),
        holds=tuple(_read_hold(each) for each in _optional_list(order, "fulfillment_holds")),
        actions=actions,
        offers=tuple(OFFERS[action] for action in actions if action in OFFERS),
        created_at=read_instant(order.get("created_at")),
        updated_at=read_instant(order.get("updated_at")),
        raw=order,
    )


def read_address(address: Mapping[str, Any]) -> Address:
    """Return an address; `line4` is the city. Absent parts are empty."""
    return Address(
        first_name=read_text(address.get("first_name")),
        last_name=read_text(address.get("last_name")),
        line1=read_text(address.get("line1")),
        line2=read_text(address.get("line2")),
        line3=read_text(address.get("line3")),
        city=read_text(address.get("line4")),
        region=read_text(address.get("state")),
        postcode=read_text(address.get("postcode")),
        country=read_text(address.get("country")),
        phone=read_text(address.get("phone_number")),
        notes=read_text(address.get("notes")),
    )


def _record_or_reason(entry: Any, read: Callable[[Any], T]) -> T | Unreadable:
    try:
        return read(entry)
    except Malformed as error:
        ref = read_id(entry.get("id")) if isinstance(entry, dict) else ""
        return Unreadable(ref, str(error), entry)


def _read_line(raw: Any) -> LineRecord:
    line = _object(raw, "a line")
    ref = read_id(line.get("id"))
    # A line left out would be a unit not shipped: better to show the whole order as unreadable.
    if not ref:
        raise Malformed("A line has no id.")
    return LineRecord(
        ref=ref,
        order_line_ref=read_text(line.get("order_line_id")),
        sku=read_text(line.get("sku")),
        title=read_text(line.get("product_title")),
        quantity=read_count(line.get("quantity")),
        open_quantity=read_count(line.get("fulfillable_quantity")),
        product_ref=read_text(line.get("product_id")),
        image_url=read_text(line.get("product_image")),
    )


def _read_request(raw: Any) -> MerchantRequest:
    if not isinstance(raw, dict):
        return MerchantRequest(kind=None, upstream_kind=read_text(raw))
    kind = read_text(raw.get("type"))
    return MerchantRequest(
        kind=REQUEST_KINDS.get(kind),
        message=read_text(raw.get("message")),
        notify=read_flag(raw.get("notify")),
        upstream_kind=kind,
    )


def _read_hold(raw: Any) -> HoldRecord:
    if not isinstance(raw, dict):
        return HoldRecord(reason=read_text(raw))
    return HoldRecord(
        reason=read_text(raw.get("reason")),
        message=read_text(raw.get("reason_message")),
        since=read_instant(raw.get("created_at")),
    )


def _read_shipping_address(raw: Any) -> Address | None:
    # Only null means "no address": anything else that is none must not get an order rejected.
    return None if raw is None else read_address(_object(raw, "shipping_address"))


def _next_page(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value or None
    raise Malformed(f"The link to the next page is {describe(value)}.")


def _lines(order: Mapping[str, Any]) -> list[Any]:
    lines = order.get("line_items")
    if not isinstance(lines, list):
        raise Malformed(f"line_items is {describe(lines)}.")
    return lines


def _optional_list(order: Mapping[str, Any], name: str) -> list[Any]:
    value = order.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _required_text(order: Mapping[str, Any], name: str) -> str:
    value = order.get(name)
    if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
        return str(value)
    raise Malformed(f"{name} is {describe(value)}.")


def _object(value: Any, what: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise Malformed(f"Expected {what}, got {describe(value)}.")


def _optional_object(value: Any, what: str) -> dict[str, Any]:
    return {} if value is None else _object(value, what)
