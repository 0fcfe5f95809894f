"""Translates Haravan's orders into neutral fulfillment orders; no network here.

A store has no fulfillment orders. The lines of an order that share a fulfillment service leave
together, because one request may not mix services: they are one of ours. Contract haravan,
section 6.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from platforms.errors import Malformed
from platforms.haravan import payment
from platforms.haravan.address import read_shipping_address
from platforms.haravan.lines import lines_to_ship, read_line, read_pairs, service_of
from platforms.haravan.words import MANUAL, read_word
from platforms.records import (
    FulfillmentOrderRecord,
    LineRecord,
    RequestStatus,
    Unreadable,
    UpstreamState,
)
from platforms.values import describe, read_id, read_instant, read_text

State = tuple[UpstreamState, RequestStatus]
CANCELLED: State = (UpstreamState.CANCELLED, RequestStatus.CANCEL_ACCEPTED)
CLOSED: State = (UpstreamState.CLOSED, RequestStatus.CLOSED)
NOT_YET: State = (UpstreamState.OPEN, RequestStatus.PENDING)
WANTED: State = (UpstreamState.OPEN, RequestStatus.REQUESTED)
_LONGEST_SERVICE = 40


def ref_of(order_ref: str, service: str) -> str:
    """Return the ref of a part of an order; the order's own number for the usual service."""
    if service == MANUAL:
        return order_ref
    if len(service) > _LONGEST_SERVICE:
        digest = hashlib.sha256(service.encode("utf-8", "surrogatepass")).hexdigest()
        service = f"{service[: _LONGEST_SERVICE - 9]}~{digest[:8]}"
    return f"{order_ref}-{service}"


def order_ref_of(ref: str) -> str:
    """Return the number of the order that a ref is a part of."""
    return ref.partition("-")[0]


def read_order_parts(
    raw: Any, options: Mapping[str, Any]
) -> tuple[FulfillmentOrderRecord | Unreadable, ...]:
    """Return an order's parts, none where nothing of it is shipped; one Unreadable if it is odd."""
    try:
        order = _order(raw)
        services = dict.fromkeys(service_of(line) for line in lines_to_ship(order))
        return tuple(read_part(order, service, options) for service in services)
    except Malformed as error:
        ref = read_id(raw.get("id")) if isinstance(raw, dict) else ""
        return (Unreadable(ref, str(error), raw),)


def find_part(raw: Any, ref: str, options: Mapping[str, Any]) -> FulfillmentOrderRecord:
    """Return the part of an order that has this ref; raises Malformed.

    A part whose lines are all gone is closed, and has none.
    """
    order = _order(raw)
    order_ref = read_id(order.get("id"))
    services = [service_of(line) for line in lines_to_ship(order)]
    gone = ref.partition("-")[2] or MANUAL
    service = next((each for each in services if ref_of(order_ref, each) == ref), gone)
    return read_part(order, service, options)


def read_kept(raw: Any, options: Mapping[str, Any]) -> FulfillmentOrderRecord:
    """Return what was kept as the `raw` of a record once more; raises Malformed."""
    if not isinstance(raw, dict) or not isinstance(raw.get("service"), str):
        raise Malformed(f"Expected an order beside its service, got {describe(raw)}.")
    return read_part(_order(raw.get("order")), raw["service"], options)


def read_part(
    order: dict[str, Any], service: str, options: Mapping[str, Any]
) -> FulfillmentOrderRecord:
    """Return what one fulfillment service ships of an order; raises Malformed.

    Contract haravan, section 11.
    """
    order_ref = read_id(order.get("id"))
    raw_lines = [line for line in lines_to_ship(order) if service_of(line) == service]
    lines = tuple(read_line(line) for line in raw_lines)
    state, request_status = _state(order, lines, options)
    code, name = _read_shipping(order)
    return FulfillmentOrderRecord(
        ref=ref_of(order_ref, service),
        order_ref=order_ref,
        upstream_status=_upstream_status(order),
        upstream_request_status=_upstream_request_status(order),
        state=state,
        request_status=request_status,
        location_ref=_read_location(order),
        location_name=read_text(order.get("location_name")),
        address=read_shipping_address(order.get("shipping_address")),
        shipping_code=code,
        shipping_name=name,
        lines=lines,
        created_at=read_instant(order.get("created_at")),
        updated_at=read_instant(order.get("updated_at")),
        order_name=read_text(order.get("name")) or read_text(order.get("order_number")),
        cash=payment.read_cash(order),
        note=_read_note(order),
        raw={"order": order, "service": service},
    )


def is_cancelled(order: Mapping[str, Any]) -> bool:
    """Tell whether an order is cancelled; its fulfillment status never says. Section 9."""
    return bool(order.get("cancelled_at")) or read_word(order.get("cancelled_status")) in (
        "cancelled",
        "canceled",
    )


def _state(
    order: Mapping[str, Any], lines: tuple[LineRecord, ...], options: Mapping[str, Any]
) -> State:
    """Decide by numbers: a line without a unit left may still be called not fulfilled."""
    if is_cancelled(order):
        return CANCELLED
    if _is_closed(order) or all(line.open_quantity == 0 for line in lines):
        return CLOSED
    if not _is_confirmed(order) and not options.get("pick_unconfirmed"):
        return NOT_YET
    if not payment.is_settled(order) and not options.get("pick_unpaid"):
        return NOT_YET
    return WANTED


def _is_closed(order: Mapping[str, Any]) -> bool:
    return bool(order.get("closed_at")) or read_word(order.get("closed_status")) == "closed"


def _is_confirmed(order: Mapping[str, Any]) -> bool:
    """What does not say that it is confirmed is not. Contract haravan, section 11."""
    said = read_word(order.get("confirmed_status"))
    return said == "confirmed" or (not said and bool(order.get("confirmed_at")))


def _upstream_status(order: Mapping[str, Any]) -> str:
    fulfilled = read_text(order.get("fulfillment_status")) or "notfulfilled"
    if is_cancelled(order):
        return f"cancelled, {fulfilled}"
    return f"closed, {fulfilled}" if _is_closed(order) else fulfilled


def _upstream_request_status(order: Mapping[str, Any]) -> str:
    said = (read_text(order.get(name)) for name in ("confirmed_status", "financial_status"))
    return ", ".join(each for each in said if each)


def _read_location(order: Mapping[str, Any]) -> str:
    ref = read_id(order.get("location_id"))
    return ref if ref.strip("0") else ""


def _read_shipping(order: Mapping[str, Any]) -> tuple[str, str]:
    found = [each for each in _list(order.get("shipping_lines")) if isinstance(each, dict)]
    names = [read_text(each.get("title")) or read_text(each.get("code")) for each in found]
    code = read_text(found[0].get("code")) if found else ""
    return code, ", ".join(dict.fromkeys(name for name in names if name))


def _read_note(order: Mapping[str, Any]) -> str:
    said = [read_text(order.get("note")).strip(), *read_pairs(order.get("note_attributes"))]
    return "\n".join(each for each in [*said, payment.remark(order)] if each)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _order(raw: Any) -> dict[str, Any]:
    if isinstance(raw, dict) and read_id(raw.get("id")):
        return raw
    raise Malformed(f"Expected an order with an id, got {describe(raw)}.")
