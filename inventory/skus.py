"""Finds the product that a SKU means, and remembers the SKUs that mean none.

A SKU is taken as it is written. A product's own SKU comes first, then its other SKUs.
"""

from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from inventory.models import Product, SkuAlias

REMEMBER = """
    INSERT INTO inventory_unknownsku (merchant_id, sku, title, in_orders, in_records, seen_at)
    SELECT %(merchant)s, sku, title, %(in_orders)s, %(in_records)s, now()
    FROM unnest(%(skus)s::text[], %(titles)s::text[]) AS seen (sku, title)
    ORDER BY sku
    ON CONFLICT (merchant_id, sku) DO UPDATE SET
        title = CASE WHEN EXCLUDED.title = '' THEN inventory_unknownsku.title
                ELSE EXCLUDED.title END,
        in_orders = inventory_unknownsku.in_orders OR EXCLUDED.in_orders,
        in_records = inventory_unknownsku.in_records OR EXCLUDED.in_records,
        seen_at = EXCLUDED.seen_at
"""


def find(merchant_id: int, skus: Iterable[str]) -> dict[str, Product]:
    """Return by SKU the products that these SKUs mean, in two statements."""
    wanted = set(skus) - {""}
    if not wanted:
        return {}
    aliases = SkuAlias.objects.filter(merchant=merchant_id, sku__in=wanted)
    found = {alias.sku: alias.product for alias in aliases.select_related("product")}
    products = Product.objects.filter(merchant=merchant_id, sku__in=wanted)
    return found | {product.sku: product for product in products}


def is_known(merchant: str, sku: str) -> Q:
    """Return the condition that a row's SKU means a product; both name columns of the row."""
    of_row = {"merchant": OuterRef(merchant), "sku": OuterRef(sku)}
    return Q(Exists(Product.objects.filter(**of_row))) | Q(
        Exists(SkuAlias.objects.filter(**of_row))
    )


def remember(
    merchant_id: int, seen: Mapping[str, str], *, in_orders: bool = False, in_records: bool = False
) -> None:
    """Keep SKUs (with titles) that mean no product, for a person to create or map."""
    known = {sku[:255]: title[:500] for sku, title in sorted(seen.items()) if sku}
    if not known:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            REMEMBER,
            {
                "merchant": merchant_id,
                "skus": [*known],
                "titles": [*known.values()],
                "in_orders": in_orders,
                "in_records": in_records,
            },
        )
