"""Translates shipments to and from Haravan's fulfillments, of both dialects; no network here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from platforms.dispatching import units_by_line
from platforms.errors import Malformed
from platforms.haravan.carriers import named
from platforms.haravan.words import Standing, read_carrier_word, read_standing, read_word
from platforms.records import Dispatch, FulfillmentRecord, ParcelRecord
from platforms.values import describe, read_count, read_id, read_instant, read_text

DEAD = frozenset({Standing.CANCELLED, Standing.ERROR, Standing.FAILURE})
CARRIER_CANCELLED = "cancel"
UNFINISHED = frozenset({Standing.PENDING, Standing.OPEN})
# Contract haravan, section 9: when the carrier said what it says.
_DATES = (
    "ready_to_pick_date",
    "picking_date",
    "delivering_date",
    "delivered_date",
    "not_meet_customer_date",
    "waiting_for_return_date",
    "return_date",
    "cancel_date",
)


def read_fulfillment(raw: Any) -> FulfillmentRecord:
    """Return a fulfillment; raises Malformed when it is no object with an id.

    Its lines are what was shipped. What they say is left is out of date: the order knows.
    Contract haravan, section 4.
    """
    if not isinstance(raw, dict) or not read_id(raw.get("id")):
        raise Malformed(f"Expected a fulfillment with an id, got {describe(raw)}.")
    return FulfillmentRecord(
        ref=read_id(raw.get("id")),
        order_ref=read_id(raw.get("order_id")),
        upstream_status=_upstream_status(raw),
        tracking_codes=_tracking_codes(raw),
        quantities=_quantities(raw),
        delivery_status=read_text(raw.get("carrier_status_code")),
        tracking_status=read_carrier_word(raw.get("carrier_status_code")),
        last_event_at=_last_event(raw),
        is_pending=read_standing(raw.get("status")) in UNFINISHED,
        raw=raw,
    )


def is_dead(made: FulfillmentRecord) -> bool:
    """Tell whether a fulfillment holds no units any more, so that they may be shipped again.

    After an order was cancelled its fulfillment is still called a success: only the carrier's
    word says that it is not. Contract haravan, section 9.
    """
    return standing(made) in DEAD or read_word(made.delivery_status) == CARRIER_CANCELLED


def standing(made: FulfillmentRecord) -> Standing:
    """Return where a fulfillment stands."""
    return read_standing(made.raw.get("status"))


def write_dispatch(dispatch: Dispatch, carriers: str) -> dict[str, Any]:
    """Return the body that reports a dispatch; raises Refused before anything is sent.

    Lines are always named: without them the platform ships everything that is left. `carriers` is
    the store's own list. Contract haravan, sections 6 and 18 (R2 to R4).
    """
    units = units_by_line(dispatch)
    return {
        "fulfillment": {
            **_write_tracking(dispatch, carriers),
            "line_items": [{"id": ref, "quantity": count} for ref, count in units.items()],
        }
    }


def write_correction(fulfillment_ref: str, dispatch: Dispatch, carriers: str) -> dict[str, Any]:
    """Return the body that replaces tracking: a number alone would lose company and link.

    Contract haravan, section 5.
    """
    return {"fulfillment": {"id": int(fulfillment_ref), **_write_tracking(dispatch, carriers)}}


def _write_tracking(dispatch: Dispatch, carriers: str) -> dict[str, Any]:
    codes = _distinct(parcel.tracking_code for parcel in dispatch.parcels)
    links = _distinct(parcel.tracking_link for parcel in dispatch.parcels)
    names = _distinct(_company(parcel, carriers) for parcel in dispatch.parcels)
    single = {"tracking_number": codes[0] if codes else None}
    return {
        # The list, and only the list, where there is more than one parcel.
        **({"tracking_numbers": codes} if len(codes) > 1 else single),
        "tracking_company": ", ".join(names) or None,
        "tracking_url": links[0] if links else None,
        "notify_customer": dispatch.notify,
    }


def _company(parcel: ParcelRecord, carriers: str) -> str:
    return parcel.carrier_name or named(parcel.carrier, carriers)


def _distinct(texts: Any) -> list[str]:
    return [text for text in dict.fromkeys(each.strip() for each in texts) if text]


def _upstream_status(raw: Mapping[str, Any]) -> str:
    status = read_text(raw.get("status"))
    if read_word(raw.get("carrier_status_code")) == CARRIER_CANCELLED:
        return f"{status}, carrier: cancel"
    return status


def _tracking_codes(raw: Mapping[str, Any]) -> tuple[str, ...]:
    several = raw.get("tracking_numbers")
    codes: Sequence[Any] = several if isinstance(several, list) else [several]
    texts = [read_text(each).strip() for each in [*codes, raw.get("tracking_number")]]
    return tuple(dict.fromkeys(text for text in texts if text))


def _quantities(raw: Mapping[str, Any]) -> dict[str, int]:
    """Return units by order line; a line whose units cannot be read is left out."""
    quantities: dict[str, int] = {}
    lines = raw.get("line_items")
    for line in lines if isinstance(lines, list) else []:
        ref = read_id(line.get("id")) if isinstance(line, dict) else ""
        units = read_count(line.get("quantity")) if ref else None
        if units is not None:
            quantities[ref] = quantities.get(ref, 0) + units
    return quantities


def _last_event(raw: Mapping[str, Any]) -> datetime | None:
    said = (read_instant(raw.get(name)) for name in _DATES)
    return max((each for each in said if each), default=None)
