"""The stock records of one store, found without a search."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence

from sandbox.next29.goods import Product
from sandbox.next29.state import Line, Location, StockRecord


def _id(record: StockRecord) -> int:
    return record.id


class Stock:
    """At most one record per location and product; always in the order of the ids."""

    def __init__(self) -> None:
        self._ordered: list[StockRecord] = []
        self._by_id: dict[int, StockRecord] = {}
        self._by_sku: dict[str, list[StockRecord]] = defaultdict(list)
        self._by_place: dict[tuple[int, int], StockRecord] = {}
        self.refused = 0
        """Orders that the shopper could not place because something was sold out."""

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._by_id

    def all(self) -> Sequence[StockRecord]:
        return self._ordered

    def called(self, sku: str) -> Sequence[StockRecord]:
        """All records of exactly this SKU."""
        return self._by_sku.get(sku, ())

    def get(self, record_id: int) -> StockRecord | None:
        return self._by_id.get(record_id)

    def of(self, place: Location, product: Product) -> StockRecord | None:
        return self._by_place.get((place.id, product.variant_id))

    def add(self, record: StockRecord) -> None:
        insort(self._ordered, record, key=_id)
        self._by_id[record.id] = record
        self._enter(record)

    def remove(self, record: StockRecord) -> None:
        del self._ordered[bisect_left(self._ordered, record.id, key=_id)]
        del self._by_id[record.id]
        self._leave(record)

    def move(self, record: StockRecord, place: Location, product: Product) -> None:
        """The record is about another product or place; what it counts goes with it."""
        self._leave(record)
        record.location, record.product = place, product
        self._enter(record)

    def assign(self, line: Line, place: Location) -> None:
        """Units are reserved where the record is tracked now, not where tracking starts later."""
        line.record = self._for_line(line, place)
        line.reserves = line.record is not None and line.record.tracked

    def _for_line(self, line: Line, place: Location) -> StockRecord | None:
        here = [record for record in self.called(line.sku) if record.location is place]
        same = (record for record in here if record.product.variant_id == line.product_id)
        return next(same, here[0] if here else None)

    def _enter(self, record: StockRecord) -> None:
        insort(self._by_sku[record.product.sku], record, key=_id)
        self._by_place[record.location.id, record.product.variant_id] = record

    def _leave(self, record: StockRecord) -> None:
        self._by_sku[record.product.sku].remove(record)
        del self._by_place[record.location.id, record.product.variant_id]
