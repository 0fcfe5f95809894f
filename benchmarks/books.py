"""The books of stock in measurements: goods come in as usual, and whether all of it adds up."""

from collections.abc import Sequence

from django.db import connection, transaction

from inventory import ledger
from inventory.ledger import Move
from inventory.models import FIGURES, Kind, Product
from locations.models import Store

# Every figure of a level again, from its movements; and its promises, from those who hold them.
WRONG = f"""
    SELECT count(*) FROM inventory_stocklevel level
    LEFT JOIN (
        SELECT level_id, count(*) AS moves, max(number) AS last,
            {", ".join(f"sum({figure}) AS {figure}" for figure in FIGURES)}
        FROM inventory_stockmovement GROUP BY level_id
    ) moved ON moved.level_id = level.id
    LEFT JOIN (
        SELECT level_id, sum(held) AS held FROM inventory_allocation GROUP BY level_id
    ) promised ON promised.level_id = level.id
    WHERE level.allocated <> COALESCE(promised.held, 0)
        OR (level.moves, level.moves, {", ".join(f"level.{figure}" for figure in FIGURES)})
        IS DISTINCT FROM
        (COALESCE(moved.moves, 0), COALESCE(moved.last, 0),
        {", ".join(f"COALESCE(moved.{figure}, 0)" for figure in FIGURES)})
"""  # noqa: S608 - put together from constants


def receive(store: Store, skus: Sequence[str], units: int) -> dict[str, int]:
    """Receive so many units of each product of the store; return the levels by SKU."""
    place = store.locations.get().warehouse_id
    products = Product.objects.filter(merchant=store.merchant_id, sku__in=skus)
    ids = dict(products.values_list("sku", "pk"))
    with transaction.atomic():
        found = ledger.levels_at((pk, place) for pk in ids.values())
        levels = ledger.lock(found.values())
        ledger.post(levels, [Move(pk, Kind.RECEIVED, {"on_hand": units}) for pk in levels], by=None)
    return {sku: found[pk, place] for sku, pk in ids.items()}


def wrong_levels() -> int:
    """Return how many levels say something else than their movements and promises."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG)
        return int(cursor.fetchone()[0])
