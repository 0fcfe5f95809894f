"""Which figure a store is told of each product, and which of its records show another one.

Platforms differ in whether they subtract their own open orders from what they are told. To one
that does, a figure that is already less these orders would count them twice (contract next29,
section 13): it is told what can be sold less what the orders of other stores hold.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from inventory.models import Product
from locations.models import Store
from relay import engine

# What should be shown of records that a store is to be told of. LEAST passes over a cap of NULL.
FIGURES = """
    SELECT record.id, record.level,
        LEAST(
            GREATEST(
                COALESCE(stock.available, 0) - shop.stock_buffer
                + CASE WHEN shop.stock_policy = 'sellable' THEN COALESCE(own.held, 0) ELSE 0 END,
                0
            ),
            shop.stock_cap
        ) AS figure,
        record.doubtful, record.waits, record.ref, record.read_at
    FROM inventory_stockrecord record
    JOIN locations_store shop ON shop.id = record.store_id AND shop.stock_policy <> 'off'
    JOIN locations_location place ON place.id = record.location_id
    JOIN inventory_product product ON product.id = record.product_id AND product.counted
    LEFT JOIN inventory_stocklevel stock
        ON stock.product_id = record.product_id AND stock.warehouse_id = place.warehouse_id
    LEFT JOIN {own}
    WHERE {which} AND record.mapped = 'yes' AND record.level IS NOT NULL AND record.gone_at IS NULL
"""
# For all records of a store it is cheaper to add up first what its orders hold.
OF_STORE = FIGURES.format(
    own="""(
        SELECT level_id, SUM(held) AS held FROM inventory_allocation
        WHERE store_id = %(store)s GROUP BY level_id
    ) own ON own.level_id = stock.id""",
    which="record.store_id = %(store)s",
)
OF_RECORDS = FIGURES.format(
    own="""LATERAL (
        SELECT SUM(held) AS held FROM inventory_allocation
        WHERE store_id = record.store_id AND level_id = stock.id
    ) own ON TRUE""",
    which="record.id = ANY(%(records)s)",
)
# A record that is being told already is left out: the newest figure is taken when it is sent.
CHANGED = f"""
    SELECT * FROM ({OF_STORE}) known
    WHERE (known.figure <> known.level OR known.doubtful)
        AND NOT EXISTS (
            SELECT FROM relay_outboundcall call
            WHERE call.store_id = %(store)s AND call.lane = 'stock_record:' || known.id
                AND call.state IN ('waiting', 'sending', 'in_doubt', 'refused', 'failed')
        )
    ORDER BY known.id
"""  # noqa: S608 - put together from constants


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
    ref: str
    read_at: datetime

    @property
    def falls_to_zero(self) -> bool:
        """Tell whether shoppers could still buy it, and no longer can."""
        return self.wanted == 0 and self.level > 0


def changed(store: Store) -> list[Figure]:
    """Return the records of the store that should show another figure, in one statement."""
    return _ask(CHANGED, {"store": store.pk})


def all_of(store: Store) -> list[Figure]:
    """Return the figure of every record of the store that is told of stock."""
    return _ask(OF_STORE, {"store": store.pk})


def figures_of(record_ids: Sequence[int]) -> dict[int, Figure]:
    """Return by id what these records of any stores should show, in one statement.

    Those of which their stores are not to be told are left out.
    """
    found = _ask(OF_RECORDS, {"records": [*record_ids]}) if record_ids else []
    return {figure.record_id: figure for figure in found}


def figure_of(record_id: int) -> Figure | None:
    """Return what one record should show now; None where its store is not to be told of it."""
    return figures_of([record_id]).get(record_id)


def _ask(statement: str, wanted: Mapping[str, int | list[int]]) -> list[Figure]:
    with connection.cursor() as cursor:
        cursor.execute(statement, wanted)
        return [Figure(*row) for row in cursor.fetchall()]


def wake_stores(product_ids: Iterable[int]) -> None:
    """Have the stores of these products' merchants told what has changed."""
    merchants = Product.objects.filter(pk__in=list(product_ids)).values("merchant")
    stores = Store.objects.publishing().running().filter(merchant__in=merchants)
    for store_id in stores.values_list("pk", flat=True):
        engine.wake_stock(store_id)
