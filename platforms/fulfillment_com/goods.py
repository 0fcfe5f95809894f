"""Reads what Fulfillment.com has in stock and what came back; pure. Contract, section 7."""

from typing import Any

from platforms.errors import Malformed
from platforms.fulfillment_com.values import entries_of, inside, read_moment, text_at
from platforms.partner_records import PartnerReturn, PartnerStock, ReturnedUnits
from platforms.values import describe, read_count, read_id, read_text, read_whole


def read_stock(payload: Any) -> PartnerStock:
    """Return what all the partner's buildings have of an item; raises Malformed without a SKU."""
    total = inside(payload, "quantity", "total")
    return PartnerStock(
        ref=read_id(inside(payload, "item", "id")),
        sku=_sku(payload),
        available=read_whole(inside(total, "availableToPromise")),
        on_hand=read_whole(inside(total, "onHand")),
        raw=payload,
    )


def read_stock_in_one(payload: Any) -> PartnerStock:
    """Return what one building has of an item; how many lie there is not said."""
    return PartnerStock(
        ref=read_id(inside(payload, "item", "id")),
        sku=_sku(payload),
        available=read_whole(inside(payload, "availableToPromise")),
        warehouse_ref=read_id(inside(payload, "warehouse", "id")),
        raw=payload,
    )


def read_return(payload: Any) -> PartnerReturn:
    """Return what came back; raises Malformed where it has no id.

    The lists of statuses and reasons are not published: they stay as they come.
    """
    ref = read_id(inside(payload, "id"))
    if not ref:
        raise Malformed(f"Expected a return with an id, got {describe(payload)}.")
    return PartnerReturn(
        ref=ref,
        order_ref=read_id(inside(payload, "order", "id")),
        reference=read_text(inside(payload, "order", "merchantOrderId")),
        upstream_status=_title(payload.get("status")),
        upstream_reason=_title(payload.get("reason")),
        lines=tuple(_read_units(each) for each in entries_of(payload.get("rmaItems"))),
        number=text_at(payload, "rmaNumber"),
        sender=text_at(payload, "returnedBy"),
        comments=text_at(payload, "comments"),
        created_at=read_moment(payload.get("createdAt")),
        updated_at=read_moment(payload.get("updatedAt")),
        raw=payload,
    )


def _sku(payload: Any) -> str:
    sku = read_text(inside(payload, "item", "skuReference"))
    if not sku.strip():
        raise Malformed(f"Expected stock of an item with a SKU, got {describe(payload)}.")
    return sku


def _title(payload: Any) -> str:
    return text_at(payload, "title") or text_at(payload, "id")


def _read_units(payload: Any) -> ReturnedUnits:
    """Units that cannot be read count as none: nothing is put on a shelf by guess."""
    return ReturnedUnits(
        sku=read_text(inside(payload, "item", "sku")),
        returned=read_count(inside(payload, "quantityReturned")) or 0,
        restocked=read_count(inside(payload, "quantityRestocked")) or 0,
        expected=read_count(inside(payload, "quantityExpected")),
        why_not=_title(inside(payload, "nonRestockedReason")),
        comments=text_at(payload, "comments"),
    )
