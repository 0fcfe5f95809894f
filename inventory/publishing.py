"""Which figure a store is told of each product, and which of its records show another one.

Platforms differ in whether they subtract their own open orders from what they are told. To one
that does, a figure that is already less these orders would count them twice (contract next29,
section 13): it is told what can be sold less what the orders of other stores hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from inventory.models import Product
from locations.models import StockPolicy, Store
from relay import engine

# LEAST passes over a cap of NULL.
FIGURE = """
        LEAST(
            GREATEST(
                COALESCE(stock.available, 0)
                + CASE WHEN {sellable} THEN COALESCE(own.held, 0) ELSE 0 END
                - {buffer},
                0
            ),
            {cap}
        )
"""
FIGURES = f"""
    SELECT record.id, record.level,
        {FIGURE.format(sellable="%(sellable)s", buffer="%(buffer)s", cap="%(cap)s")} AS figure,
        record.doubtful,
        record.waits
    FROM inventory_stockrecord record
    JOIN locations_location place ON place.id = record.location_id
    JOIN inventory_product product ON product.id = record.product_id AND product.counted
    LEFT JOIN inventory_stocklevel stock
        ON stock.product_id = record.product_id AND stock.warehouse_id = place.warehouse_id
    LEFT JOIN (
        SELECT level_id, SUM(held) AS held FROM inventory_allocation
        WHERE store_id = %(store)s GROUP BY level_id
    ) own ON own.level_id = stock.id
    WHERE record.store_id = %(store)s AND record.mapped = 'yes' AND record.level IS NOT NULL
        AND record.gone_at IS NULL
"""  # noqa: S608 - put together from constants
# A record that is being told already is left out: the newest figure is taken when it is sent.
CHANGED = f"""
    SELECT * FROM ({FIGURES}) known
    WHERE (known.figure <> known.level OR known.doubtful)
        AND NOT EXISTS (
            SELECT FROM relay_outboundcall call
            WHERE call.store_id = %(store)s AND call.lane = 'stock_record:' || known.id
                AND call.state IN ('waiting', 'sending', 'in_doubt', 'refused', 'failed')
        )
    ORDER BY known.id
"""  # noqa: S608 - put together from constants
ONE = f"{FIGURES} AND record.id = %(record)s"
# The same for a few records of any stores, each by the rules of its own.
OF_RECORDS = f"""
    SELECT record.id, record.level,
        {
    FIGURE.format(
        sellable="shop.stock_policy = 'sellable'", buffer="shop.stock_buffer", cap="shop.stock_cap"
    )
} AS figure,
        record.doubtful,
        record.waits
    FROM inventory_stockrecord record
    JOIN locations_store shop ON shop.id = record.store_id AND shop.stock_policy <> 'off'
    JOIN locations_location place ON place.id = record.location_id
    JOIN inventory_product product ON product.id = record.product_id AND product.counted
    LEFT JOIN inventory_stocklevel stock
        ON stock.product_id = record.product_id AND stock.warehouse_id = place.warehouse_id
    LEFT JOIN LATERAL (
        SELECT SUM(held) AS held FROM inventory_allocation
        WHERE store_id = record.store_id AND level_id = stock.id
    ) own ON TRUE
    WHERE record.id = ANY(%(records)s) AND record.mapped = 'yes' AND record.level IS NOT NULL
        AND record.gone_at IS NULL
"""  # noqa: S608 - put together from constants
MOST = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Figure:
    """What a record should show, beside what it shows as far as we know.

    `doubtful` ones may show something else by now; `waits` for a person before it is told.
    """

    record_id: int
    level: int
    wanted: int
    doubtful: bool
    waits: bool

    @property
    def falls_to_zero(self) -> bool:
        """Tell whether shoppers could still buy it, and no longer can."""
        return self.wanted == 0 and self.level > 0


def changed(store: Store) -> list[Figure]:
    """Return the records of the store that should show another figure, in one statement."""
    return _ask(CHANGED, store)


def all_of(store: Store) -> list[Figure]:
    """Return the figure of every record of the store that is told of stock."""
    return _ask(FIGURES, store)


def figure_of(store: Store, record_id: int) -> Figure | None:
    """Return what one record should show now; None where the store is not to be told of it."""
    found = _ask(ONE, store, record=record_id)
    return found[0] if found else None


def figures_of(record_ids: Sequence[int]) -> dict[int, Figure]:
    """Return by id what these records of any stores should show, in one statement.

    Those of which their stores are not to be told are left out.
    """
    if not record_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(OF_RECORDS, {"records": list(record_ids)})
        return {row[0]: Figure(*row) for row in cursor.fetchall()}


def _ask(statement: str, store: Store, **more: int) -> list[Figure]:
    if store.stock_policy == StockPolicy.OFF:
        return []
    wanted = {
        "store": store.pk,
        "sellable": store.stock_policy == StockPolicy.SELLABLE,
        "buffer": store.stock_buffer,
        "cap": MOST if store.stock_cap is None else store.stock_cap,
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, wanted)
        return [
            Figure(record, level, figure, doubtful, waits)
            for record, level, figure, doubtful, waits in cursor.fetchall()
        ]


def wake_stores(product_ids: Iterable[int]) -> None:
    """Have the stores of these products' merchants told what has changed."""
    merchants = Product.objects.filter(pk__in=list(product_ids)).values("merchant")
    stores = Store.objects.publishing().running().filter(merchant__in=merchants)
    for store_id in stores.values_list("pk", flat=True):
        engine.wake_stock(store_id)
