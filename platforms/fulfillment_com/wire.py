"""Turns Fulfillment.com's JSON into records of a partner; pure. Contract, sections 5 and 7."""

from collections.abc import Callable
from typing import Any, TypeVar

from platforms.errors import Malformed
from platforms.fulfillment_com.statuses import read_status
from platforms.fulfillment_com.values import entries_of, inside, read_moment, text_at
from platforms.partner_records import (
    Listed,
    PartnerLine,
    PartnerOrder,
    PartnerTracking,
)
from platforms.records import Address, Unreadable
from platforms.values import describe, read_count, read_id, read_text

T = TypeVar("T")


def read_order(payload: Any) -> PartnerOrder:
    """Return one order; raises Malformed where it has no id."""
    ref = read_id(inside(payload, "id"))
    if not ref:
        raise Malformed(f"Expected an order with an id, got {describe(payload)}.")
    event = payload.get("currentStatus")
    status = read_status(event)
    return PartnerOrder(
        ref=ref,
        reference=read_text(payload.get("merchantOrderId")),
        state=status.state,
        upstream_code=status.code,
        upstream_status=status.words,
        upstream_reason=text_at(event, "reason"),
        upstream_needs=status.waits_for,
        variant=status.variant,
        snag=status.snag,
        needs=status.needs,
        recorded_at=read_moment(payload.get("recordedOn")),
        dispatched_at=read_moment(payload.get("dispatchDate")),
        departed_at=read_moment(payload.get("departDate")),
        tracking=_read_tracking(payload.get("trackingNumbers")),
        address=read_address(payload.get("originalConsignee")),
        lines=_read_lines(payload.get("lineItems")),
        raw=payload,
    )


def read_page(payload: Any, page: int, size: int, read: Callable[[Any], T]) -> Listed[T]:
    """Return a page in any of the three shapes that a list may have.

    These are the published envelope, a bare list, or one bare record, which is all there is. A
    bare list does not say whether it goes on: a full one may. Raises Malformed for anything else.
    Contract fulfillment_com, section 5.
    """
    if isinstance(payload, list):
        return Listed(_each(payload, read), str(page + 1) if len(payload) >= size else None)
    if not isinstance(payload, dict):
        raise Malformed(f"Expected a list, got {describe(payload)}.")
    if "data" not in payload:
        return Listed((read(payload),))
    entries = payload["data"]
    if entries is not None and not isinstance(entries, list):
        raise Malformed(f"Expected a list of data, got {describe(entries)}.")
    return Listed(_each(entries or [], read), _next(payload, page, len(entries or []), size))


def read_address(payload: Any) -> Address:
    """Return an address; a part that is not there is empty."""
    fields = {name: text_at(payload, theirs) for name, theirs in ADDRESS_FIELDS.items()}
    return Address(**fields)


# Ours, and theirs. Contract fulfillment_com, section 7.
ADDRESS_FIELDS = {
    "first_name": "firstName",
    "last_name": "lastName",
    "company": "companyName",
    "line1": "address1",
    "line2": "address2",
    "city": "addressLocality",
    "region": "addressRegion",
    "postcode": "postalCode",
    "country": "country",
    "phone": "phone",
}


def _each(entries: list[Any], read: Callable[[Any], T]) -> tuple[T | Unreadable, ...]:
    found: list[T | Unreadable] = []
    for each in entries:
        try:
            found.append(read(each))
        except Malformed as error:
            found.append(Unreadable(read_id(inside(each, "id")), str(error), each))
    return tuple(found)


def _next(payload: Any, page: int, found: int, size: int) -> str | None:
    last = read_count(inside(payload, "meta", "pagination", "totalPages"))
    if last is None:
        return str(page + 1) if found >= size else None
    # A page without entries is the end, whatever is counted: nobody is to go round for ever.
    return str(page + 1) if page < last and found else None


def _read_tracking(payload: Any) -> tuple[PartnerTracking, ...]:
    found = [_read_number(each) for each in entries_of(payload)]
    return tuple(each for each in found if each.number)


def _read_number(payload: Any) -> PartnerTracking:
    """A carrier was a text in older editions, and is an object that may have names."""
    if isinstance(payload, str):
        return PartnerTracking(payload.strip())
    carrier = inside(payload, "carrier")
    if isinstance(carrier, str):
        return PartnerTracking(text_at(payload, "value"), carrier.strip())
    name = text_at(carrier, "name") or text_at(carrier, "symbol")
    return PartnerTracking(text_at(payload, "value"), name, read_id(inside(carrier, "id")))


def _read_lines(payload: Any) -> tuple[PartnerLine, ...] | None:
    """What was asked for, by our SKU; None unless every line can be read."""
    if not isinstance(payload, list):
        return None
    lines = []
    for each in payload:
        sku = text_at(each, "requestedSkuData", "sku") or text_at(
            each, "lineDetails", "externalSku"
        )
        units = read_count(inside(each, "requestedSkuData", "quantity"))
        units = read_count(inside(each, "lineDetails", "totalQuantity")) if units is None else units
        if not sku or units is None:
            return None
        lines.append(PartnerLine(sku, units))
    return tuple(lines)
