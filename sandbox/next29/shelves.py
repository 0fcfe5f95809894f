"""Stock as the merchant or a test sets it, many records at once, and as it can be read at once."""

from collections import Counter
from collections.abc import Iterator, Sequence

from sandbox.next29 import ordering
from sandbox.next29.goods import Product
from sandbox.next29.state import Json, Location, StockRecord
from sandbox.next29.store import Store, free
from sandbox.recorder import Call

PATCH = "stockrecordsPartialUpdate"


def fill(store: Store, wish: Json) -> list[StockRecord]:
    """Every record that is wished for; one that is there already only gets the new figures."""
    place = ordering.location(store, wish.get("location_id"))
    return [_fill_one(store, place, each) for each in _wishes(wish)]


def _wishes(wish: Json) -> Iterator[Json]:
    """A list of its own, or `count` records alike but for the number in their SKU."""
    if "records" in wish:
        yield from wish["records"]
        return
    alike = {name: value for name, value in wish.items() if name not in ("count", "sku_prefix")}
    first = int(wish.get("first", 1))
    for number in range(first, first + int(wish["count"])):
        yield {**alike, "sku": f"{wish.get('sku_prefix', 'SKU-')}{number}"}


def _fill_one(store: Store, place: Location, wish: Json) -> StockRecord:
    product = _product(store, wish)
    record = store.stock.of(place, product)
    if record is None:
        record = StockRecord(_new_id(store, wish), place, product)
        store.stock.add(record)
    if "num_in_stock" in wish:
        record.count(_whole(wish["num_in_stock"]))
    if "num_allocated" in wish:
        record.num_allocated = _whole(wish["num_allocated"])
    record.low_stock_threshold = int(wish.get("low_stock_threshold", record.low_stock_threshold))
    record.touch()
    return record


def _new_id(store: Store, wish: Json) -> int:
    wanted = wish.get("id")
    if wanted in store.stock:
        raise ValueError(f"There is a stock record {wanted} already.")
    return free(store.stock_record_ids, store.stock) if wanted is None else int(wanted)


def _product(store: Store, wish: Json) -> Product:
    """The store's own of that SKU; naming a new variant makes a second product of one SKU."""
    sku, variant = str(wish["sku"]), wish.get("variant_id")
    known = store.catalogue.called(sku) if variant is None else store.catalogue.numbered(variant)
    if known is not None:
        return known
    product_id = next(store.product_ids)
    variant_id = next(store.product_ids) if variant is None else int(variant)
    made = Product(product_id, variant_id, sku, str(wish.get("title", sku)))
    store.catalogue.add(made)
    return made


def _whole(number: object) -> int | None:
    return None if number is None else int(str(number))


def figures(store: Store, records: Sequence[StockRecord], calls: list[Call]) -> Json:
    """What each record says and how often it was written to, and what was sold too often."""
    patches = Counter(call.path for call in calls)
    below = [record.net_stock_level for record in records if record.net_stock_level < 0]
    return {
        "records": [_figures(store, record, patches) for record in records],
        "oversold": len(below),
        "oversold_units": -sum(below),
        "refused_orders": store.stock.refused,
    }


def _figures(store: Store, record: StockRecord, patches: Counter[str]) -> Json:
    return {
        "id": record.id,
        "location_id": record.location.id,
        "sku": record.product.sku,
        "num_in_stock": record.num_in_stock,
        "num_allocated": record.num_allocated,
        "net_stock_level": record.net_stock_level,
        "lowest_net": record.lowest_net,
        "patches": patches[f"/next29/{store.subdomain}/api/admin/stockrecords/{record.id}/"],
        "applied": record.changes,
        "date_updated": record.date_updated,
    }
