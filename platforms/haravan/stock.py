"""What a provider asks and tells a Haravan store about stock. Contract haravan, section 13.

The rows of stock name no SKU, so that a page of stock is a page of products with their rows: one
request for the products, and one for the rows of every fifty variants.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from platforms.errors import Malformed, Missing, PlatformError, Refused, Uncertain
from platforms.haravan.api import LABEL, MOST_A_PAGE, Api, id_in_path, inside, listed
from platforms.haravan.stock_records import (
    Named,
    Variant,
    read_entry,
    read_ref,
    read_variant,
    read_variants,
)
from platforms.records import StockEntry, StockPage, Unreadable
from platforms.values import MAX_COUNT, read_count, read_id

MOST_ROWS = 250
NOTE = "Crossdock"


class Stock:
    """Stock records, page by page or one at a time."""

    _api: Api
    _options: Mapping[str, Any]

    def fetch_stock(self, location_refs: Sequence[str], page: str | None = None) -> StockPage:
        """Return the first page of the stock records at these locations, or the page named.

        A variant without a row at a location has no stock record there, which is not none in
        stock. Without a location nothing is asked. Raises Missing for one that cannot exist.
        """
        here = list(dict.fromkeys(id_in_path(ref) for ref in location_refs))
        if not here:
            return StockPage(())
        number, rows = _read_page(page)
        params = {"limit": str(MOST_A_PAGE), "page": str(number)}
        products = listed(self._api.read("products.json", params), "products")
        variants = {each.ref: each for product in products for each in read_variants(product)}
        found = [
            entry
            for places, refs in _asked_for(here, list(variants))
            for entry in self._rows(places, refs, variants)
        ]
        rows = rows or len(products)
        more = products and len(products) >= rows
        return StockPage(tuple(found), f"{number + 1}:{rows}" if more else None)

    def fetch_stock_entry(self, ref: str) -> StockEntry:
        """Return one stock record; raises Missing where the store keeps none."""
        named = read_ref(ref)
        variant = read_variant(inside(self._api.read(f"variants/{named.variant}.json"), "variant"))
        return self._entry(named, variant)

    def set_stock(self, ref: str, level: int) -> StockEntry:
        """Set what is on hand, and read it back. Doing it twice leaves the same.

        The answer shows nothing that can be trusted, and whether `set` means on hand is not
        documented (U): raises Uncertain unless the row shows this level afterwards. Raises
        Refused, with nothing sent, for a level that no shelf can have. Contract haravan, sections
        13 and 18 (R18).
        """
        named = read_ref(ref)
        if not 0 <= level <= MAX_COUNT:
            raise Refused(f"{LABEL} cannot be told a stock of {level}; not sent.")
        body = _write_level(named, level, str(self._options.get("stock_reason", "shrinkage")))
        path = "inventories/adjustorset.json"
        self._api.write("POST", path, body, lambda _: None, done=(201, 200))
        try:
            found = self.fetch_stock_entry(ref)
        except PlatformError as error:
            raise Uncertain(f"A stock level was told, and cannot be read back: {error}") from error
        if found.level != level:
            raise Uncertain(f"{LABEL} was told {level} in stock, and shows {found.level}.")
        return found

    def _entry(self, named: Named, variant: Variant) -> StockEntry:
        for found in self._rows([named.location], [named.variant], {variant.ref: variant}):
            if isinstance(found, Unreadable):
                raise Malformed(found.reason)
            if found.ref == named.ref:
                return found
        raise Missing(f"{LABEL} has no stock record {named.ref}.")

    def _rows(
        self, places: Sequence[str], refs: Sequence[str], variants: Mapping[str, Variant]
    ) -> list[StockEntry | Unreadable]:
        """Return the rows of these variants at these places; a row of others is not ours."""
        params = {
            "location_ids": ",".join(places),
            "variant_ids": ",".join(refs),
            "limit": str(MOST_ROWS),
        }
        rows = listed(self._api.read("inventory_locations.json", params), "inventory_locations")
        return [
            _entry_or_reason(row, variants)
            for row in rows
            if not isinstance(row, dict)
            or (read_id(row.get("loc_id")) in places and read_id(row.get("variant_id")) in refs)
        ]


def _asked_for(
    places: Sequence[str], refs: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Yield places and variants to ask for together: at most 50 of each, and 250 rows."""
    for start in range(0, len(places), MOST_A_PAGE):
        some = places[start : start + MOST_A_PAGE]
        step = max(1, min(MOST_A_PAGE, MOST_ROWS // len(some)))
        for first in range(0, len(refs), step):
            yield some, refs[first : first + step]


def _entry_or_reason(row: Any, variants: Mapping[str, Variant]) -> StockEntry | Unreadable:
    try:
        return read_entry(row, variants)
    except Malformed as error:
        ref = read_id(row.get("id")) if isinstance(row, dict) else ""
        return Unreadable(ref, str(error), row)


def _write_level(named: Named, level: int, reason: str) -> dict[str, Any]:
    line = {
        "product_id": int(named.product),
        "product_variant_id": int(named.variant),
        "quantity": level,
    }
    return {
        "inventory": {
            "location_id": int(named.location),
            # Without a type it would be added to what is there.
            "type": "set",
            "reason": reason,
            "note": NOTE,
            "line_items": [line],
        }
    }


def _read_page(page: str | None) -> tuple[int, int]:
    number, _, rows = (page or "1:0").partition(":")
    found = read_count(number), read_count(rows)
    if not found[0] or found[1] is None:
        raise Malformed(f"{page!r} is no page of a list of stock.")
    return found[0], found[1]
