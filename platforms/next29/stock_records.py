"""Translates 29 Next's stock records into neutral entries; no network here."""

from collections.abc import Mapping
from typing import Any

from platforms.errors import Malformed
from platforms.records import StockEntry
from platforms.values import describe, read_id, read_text, read_whole


def read_stock_entry(raw: Any) -> StockEntry:
    """Return one stock record; raises Malformed where it does not say of what, where or how many.

    A SKU may be empty, and two records may share one. Contract next29, sections 9.5 and 13.
    """
    record = _object_with_id(raw, "a stock record")
    location = _object_with_id(record.get("location"), "the location of a stock record")
    named = record.get("product")
    product: dict[str, Any] = named if isinstance(named, dict) else {}
    # In the contract's examples, `product_id` of a line is the variant of its stock record.
    product_ref = read_id(product.get("variant_id")) or read_id(product.get("id"))
    sku = read_text(product.get("sku"))
    if not product_ref and not sku.strip():
        raise Malformed(f"Stock record {read_id(record.get('id'))} does not say of which product.")
    return StockEntry(
        ref=read_id(record.get("id")),
        location_ref=read_id(location.get("id")),
        sku=sku,
        title=_read_title(product),
        product_ref=product_ref,
        level=_read_level(record.get("num_in_stock")),
        reserved=read_whole(record.get("num_allocated")),
        raw=record,
    )


def _read_level(value: Any) -> int | None:
    """Return units in stock, below zero where more was sold; None where they are not tracked."""
    level = read_whole(value)
    # Null alone means "not tracked": what cannot be read must not pass for it.
    if level is None and value is not None:
        raise Malformed(f"num_in_stock is {describe(value)}, and no whole number that we can read.")
    return level


def _read_title(product: Mapping[str, Any]) -> str:
    title, variant = (read_text(product.get(name)) for name in ("title", "variant_title"))
    return variant if variant.startswith(title) else f"{title} {variant}".strip()


def _object_with_id(raw: Any, what: str) -> dict[str, Any]:
    if isinstance(raw, dict) and read_id(raw.get("id")):
        return raw
    raise Malformed(f"Expected {what} with an id, got {describe(raw)}.")
