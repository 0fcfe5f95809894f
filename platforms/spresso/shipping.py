"""Writes parcels and counts in Spresso's words; no network here."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from platforms.errors import Refused
from platforms.records import Dispatch, LineQuantity, Progress
from platforms.spresso.carriers import carrier_code

SHIPPED = "shipped"
DELIVERED = "delivered"
# Contract spresso, section 6.2: those that we may send. `cancelled` is never sent.
PROGRESS_WORDS: Mapping[Progress, str] = {
    Progress.RECEIVED: "received_by_fulfiller",
    Progress.PREPARING: "preparing_items",
    Progress.PREPARED: "preparing_items_complete",
    Progress.DELIVERED: DELIVERED,
}
_LINK = re.compile(r"https?://[^\s<>\"{}|\\^`]+", re.ASCII)


def write_shipment(dispatch: Dispatch, status: str, own: Mapping[str, str]) -> dict[str, Any]:
    """Return the body for one parcel, always whole and with its status.

    The tracking number is what Spresso knows it by. Raises Refused, with nothing sent, for none or
    several parcels and for no units, and UnknownCarrier for a carrier that the store lacks.
    Contract spresso, sections 7.2 and 7.3.
    """
    if len(dispatch.parcels) != 1:
        raise Refused(
            f"Spresso takes one parcel a shipment, not {len(dispatch.parcels)}; not sent."
        )
    (parcel,) = dispatch.parcels
    number = parcel.tracking_code.strip()
    if not number:
        raise Refused("Spresso knows a parcel by its tracking number, and this has none; not sent.")
    units = _add_up(dispatch.lines, least=1)
    if not units:
        raise Refused("A parcel with nothing in it cannot be reported; not sent.")
    link = parcel.tracking_link.strip()
    return {
        "carrier": carrier_code(parcel, own),
        # The carrier's own reference; we have no other. Contract spresso, section 7.2.
        "carrierReferenceId": number,
        "trackingNumber": number,
        **({"trackingUrl": link} if _LINK.fullmatch(link) else {}),
        "status": status,
        "shipmentVariants": [{"variant": ref, "quantity": n} for ref, n in units.items()],
    }


def write_final(shipped: Sequence[LineQuantity]) -> dict[str, Any]:
    """Return the body that says how many of every line have left.

    Raises Refused, with nothing sent, where nothing has: that is for the merchant to cancel.
    Contract spresso, section 7.1.
    """
    units = _add_up(shipped, least=0)
    if not any(units.values()):
        raise Refused(
            "Nothing of this order can be shipped, and Spresso takes no such count; not sent. Ask "
            "the merchant to cancel it in Foxtrot."
        )
    counts = [{"variant": ref, "fulfilledQuantity": n} for ref, n in units.items()]
    return {"status": "in_transit", "fulfillmentVariants": counts}


def _add_up(lines: Sequence[LineQuantity], *, least: int) -> dict[str, int]:
    """Return the units by variant; the ref of a line is that of its variant."""
    units: dict[str, int] = {}
    for line in lines:
        if not line.line_ref or line.quantity < least:
            raise Refused(
                f"{line.quantity} of line {line.line_ref!r} cannot be reported; not sent."
            )
        units[line.line_ref] = units.get(line.line_ref, 0) + line.quantity
    return units
