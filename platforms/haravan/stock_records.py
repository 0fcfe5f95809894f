"""Translates Haravan's stock rows and variants into neutral entries; no network here.

A row has an id, and no call takes it: a stock record goes by location, variant and product.
Contract haravan, section 13.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platforms.errors import Malformed, Missing
from platforms.haravan.words import read_word
from platforms.records import StockEntry
from platforms.values import describe, read_id, read_text, read_whole

TRACKED = "haravan"


@dataclass(frozen=True, slots=True)
class Named:
    """A stock record by its three numbers."""

    location: str
    variant: str
    product: str

    @property
    def ref(self) -> str:
        """The three numbers as one text."""
        return f"{self.location}:{self.variant}:{self.product}"


@dataclass(frozen=True, slots=True)
class Variant:
    """What is sold; a SKU may be empty, and two variants may share one."""

    ref: str
    product_ref: str
    sku: str
    title: str
    tracked: bool


def read_ref(ref: str) -> Named:
    """Return the numbers in a ref; raises Missing for what names no stock record."""
    parts = ref.split(":")
    if len(parts) != 3 or not all(read_id(part) for part in parts):
        raise Missing(f"{ref[:80]!r} is no stock record of location, variant and product.")
    return Named(*parts)


def read_variants(product: Any) -> list[Variant]:
    """Return the variants of a product; one that has no id is left out, for no row can name it."""
    if not isinstance(product, dict):
        return []
    found = product.get("variants")
    title = read_text(product.get("title"))
    return [
        read_variant(each, title)
        for each in (found if isinstance(found, list) else [])
        if isinstance(each, dict) and read_id(each.get("id"))
    ]


def read_variant(raw: Any, product_title: str = "") -> Variant:
    """Return one variant; raises Malformed. By itself it has no title that says what it is."""
    if not isinstance(raw, dict) or not read_id(raw.get("id")):
        raise Malformed(f"Expected a variant with an id, got {describe(raw)}.")
    return Variant(
        ref=read_id(raw.get("id")),
        product_ref=read_id(raw.get("product_id")),
        sku=read_text(raw.get("sku")),
        title=f"{product_title} {read_text(raw.get('title'))}".strip() if product_title else "",
        tracked=read_word(raw.get("inventory_management")) == TRACKED,
    )


def read_entry(row: Any, variants: Mapping[str, Variant]) -> StockEntry:
    """Return a stock row beside its variant; raises Malformed where it does not say enough."""
    if not isinstance(row, dict):
        raise Malformed(f"Expected a stock row, got {describe(row)}.")
    location, variant_ref = read_id(row.get("loc_id")), read_id(row.get("variant_id"))
    variant = variants.get(variant_ref)
    if not location or variant is None:
        raise Malformed("A stock row does not say of what, or where.")
    product = read_id(row.get("product_id")) or variant.product_ref
    if not product:
        raise Malformed(f"The stock row of variant {variant_ref} names no product.")
    return StockEntry(
        ref=Named(location, variant_ref, product).ref,
        location_ref=location,
        sku=variant.sku,
        title=variant.title,
        product_ref=variant_ref,
        level=_read_level(row.get("qty_onhand")) if variant.tracked else None,
        reserved=read_whole(row.get("qty_commited")),
        raw=row,
    )


def _read_level(value: Any) -> int:
    """Return units on hand, below zero where more was sold."""
    level = read_whole(value)
    # What cannot be read, such as a fraction, must not pass for "not tracked".
    if level is None:
        raise Malformed(f"qty_onhand is {describe(value)}, and no whole number that we can read.")
    return level
