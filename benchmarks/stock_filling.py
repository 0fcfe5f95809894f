"""Fills the stock of one store: products, levels with movements, records, and calls of the past."""

from benchmarks import books, filling
from inventory.models import (
    Allocation,
    Kind,
    Mapped,
    Product,
    StockLevel,
    StockRecord,
)
from inventory.sync import VERB
from locations.models import Store
from relay.models import CallState, OutboundCall, Priority

FIRST = 1_000_001
UNITS = 100
TEMPLATE = "TEMPLATE"
# Every fifth product is held for an order of the store.
IS_HELD = "n % 5 = 0"


def fill(store: Store, count: int) -> None:
    """Write so many records of the store that show what lies there, each told once before."""
    product = Product.objects.create(merchant=store.merchant, sku=TEMPLATE)
    level_id = books.receive(store, [TEMPLATE], UNITS)[TEMPLATE]
    level = StockLevel.objects.get(pk=level_id)
    product.refresh_from_db()
    whole = f"generate_series({FIRST}::bigint, {FIRST + count - 1}) AS n"
    held = f"{whole} WHERE {IS_HELD}"
    sku = "'SKU-' || n"
    filling.multiply(product, whole, {"id": "n", "sku": sku})
    filling.multiply(level, whole, _level())
    filling.multiply(level.movements.get(), whole, {"level_id": "n"})
    filling.multiply(level.movements.get(), held, {"level_id": "n"} | _second_movement())
    _multiply_rest(store, level, whole, held, sku)
    filling.tidy(Product, StockLevel, StockRecord)


def _level() -> dict[str, str]:
    """Columns of a level; it says its movements already, or a trigger would refuse it."""
    held = f"CASE WHEN {IS_HELD} THEN 1 ELSE 0 END"
    return {"id": "n", "product_id": "n", "allocated": held, "moves": f"1 + {held}"}


def _second_movement() -> dict[str, str]:
    return {
        "number": "2",
        "kind": f"'{Kind.ALLOCATED}'",
        "on_hand": "0",
        "allocated": "1",
        "on_hand_before": str(UNITS),
    }


def _multiply_rest(store: Store, level: StockLevel, whole: str, held: str, sku: str) -> None:
    """What hangs on products and levels: promises, records, and a call that told each record."""
    promise = Allocation.objects.create(
        level=level, store=store, line_id=1, order_id=1, subject="order", held=1
    )
    record = StockRecord.objects.create(
        store=store, location=store.locations.get(), mapped=Mapped.YES, level=UNITS, told=UNITS
    )
    call = OutboundCall.objects.create(
        store=store,
        verb=VERB,
        subject="stock",
        subject_id=record.pk,
        priority=Priority.STOCK,
        state=CallState.DONE,
    )
    filling.multiply(promise, held, {"level_id": "n", "line_id": "n", "order_id": "n"})
    filling.multiply(
        record,
        whole,
        {"id": "n", "ref": "n::text", "sku": sku, "product_id": "n", "pushes": "1"},
    )
    lane = {"subject_id": "n", "key": f"'{VERB}:' || n || ':1'", "lane": "'stock_record:' || n"}
    filling.multiply(call, whole, lane)
    for template in (promise, record, call):
        template.delete()
