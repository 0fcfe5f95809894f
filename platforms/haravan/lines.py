"""Reads the lines of an order: which of them leave in a parcel, and how much is left of each."""

from collections.abc import Mapping
from typing import Any

from platforms.errors import Malformed
from platforms.haravan.words import Done, read_done, read_service
from platforms.records import LineRecord
from platforms.values import describe, read_count, read_flag, read_id, read_text, read_whole


def read_line(line: Mapping[str, Any]) -> LineRecord:
    """Return a line; raises Malformed for one that cannot be named in a shipment."""
    ref = read_id(line.get("id"))
    # A line left out would be a unit not shipped: better to show the whole order as unreadable.
    if not ref:
        raise Malformed("A line has no id.")
    image = line.get("image")
    return LineRecord(
        ref=ref,
        order_line_ref=ref,
        sku=read_text(line.get("sku")),
        title=_read_title(line),
        quantity=read_count(line.get("quantity")),
        open_quantity=_read_open(line),
        product_ref=read_id(line.get("variant_id")),
        image_url=read_text(image.get("src")) if isinstance(image, dict) else "",
        note=", ".join(read_pairs(line.get("properties"))),
    )


def _read_open(line: Mapping[str, Any]) -> int | None:
    """Return the units left to ship; where no number says it, what the label lets us know."""
    left = read_whole(line.get("fulfillable_quantity"))
    if left is not None:
        return max(0, left)
    done = read_done(line.get("fulfillment_status"))
    if done is Done.UNFULFILLED:
        return read_count(line.get("quantity"))
    return 0 if done in (Done.FULFILLED, Done.RESTOCKED) else None


def _read_title(line: Mapping[str, Any]) -> str:
    name, title, variant = (read_text(line.get(key)) for key in ("name", "title", "variant_title"))
    return name or f"{title} {variant}".strip()


def service_of(line: Mapping[str, Any]) -> str:
    """Return who ships a line."""
    return read_service(line.get("fulfillment_service"))


def lines_to_ship(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lines that leave in a parcel; what is not said to need none needs one."""
    if "line_items" not in order:
        raise Malformed("The order does not show its lines.")
    lines = order["line_items"]
    if lines is not None and not isinstance(lines, list):
        raise Malformed(f"line_items is {describe(lines)}.")
    for line in lines or []:
        if not isinstance(line, dict):
            raise Malformed(f"Expected a line, got {describe(line)}.")
    return [
        line
        for line in lines or []
        if read_flag(line.get("requires_shipping")) is not False
        and read_flag(line.get("gift_card")) is not True
    ]


def read_pairs(value: Any) -> list[str]:
    """Return `name: value` for each of a list; the list may be null, and an entry anything."""
    texts = []
    for each in value if isinstance(value, list) else []:
        if isinstance(each, dict):
            said = (read_text(each.get(name)).strip() for name in ("name", "value"))
            texts.append(": ".join(part for part in said if part))
        else:
            texts.append(read_text(each).strip())
    return [text for text in texts if text]
