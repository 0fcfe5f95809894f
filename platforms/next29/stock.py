"""What a provider asks and tells a 29 Next store about stock. Contract next29, sections 9.5 and 13.

There is no call for several records, and none that adds or subtracts.
"""

from collections.abc import Sequence
from typing import Any

from platforms.errors import Malformed, Refused
from platforms.next29.api import LABEL, Api, id_in_path
from platforms.next29.scopes import needs
from platforms.next29.stock_records import read_stock_entry
from platforms.next29.wire import read_each
from platforms.records import StockEntry, StockPage, Unreadable
from platforms.values import MAX_COUNT, read_id

READ_STOCK = "catalogue:read"
WRITE_STOCK = "catalogue:write"


class Stock:
    """Stock records, one at a time or page by page. A call that is not allowed raises Forbidden."""

    _api: Api

    def fetch_stock(self, location_refs: Sequence[str], page: str | None = None) -> StockPage:
        """Return the first page of the stock records at these locations, or the page named.

        Without a location nothing is asked: the store would list those of other providers too.
        Raises Missing for a location that cannot exist.
        """
        here = [id_in_path(ref) for ref in location_refs]
        if not here:
            return StockPage(())
        with needs(READ_STOCK):
            listing = self._api.page("stockrecords/", {"location_id": here}, page)
        found = read_each(listing.entries, read_stock_entry)
        ours = (each for each in found if isinstance(each, Unreadable) or each.location_ref in here)
        return StockPage(tuple(ours), listing.next)

    def fetch_stock_entry(self, ref: str) -> StockEntry:
        """Return one stock record; raises Malformed if it is another."""
        with needs(READ_STOCK):
            found = read_stock_entry(self._api.read(_stock_path(ref)))
        if found.ref != read_id(ref):
            raise Malformed(f"Asked for stock record {ref}, got {found.ref}.")
        return found

    def set_stock(self, ref: str, level: int) -> StockEntry:
        """Set `num_in_stock`, and nothing else: a location in a PATCH moves the record.

        Doing it twice leaves the same. It turns tracking on where `level` was None, so leave
        those alone. Raises Uncertain unless the answer shows this level, and Refused, with nothing
        sent, for a level that no shelf can have.
        """
        if not 0 <= level <= MAX_COUNT:
            raise Refused(f"{LABEL} cannot be told a stock of {level}; not sent.")

        def read(raw: Any) -> StockEntry:
            shown = read_stock_entry(raw)
            if (shown.ref, shown.level) != (read_id(ref), level):
                raise Malformed(f"it shows {shown.level} in stock record {shown.ref}")
            return shown

        with needs(WRITE_STOCK):
            return self._api.write("PATCH", _stock_path(ref), {"num_in_stock": level}, read)


def _stock_path(ref: str) -> str:
    return f"stockrecords/{id_in_path(ref)}/"
