"""Says what can still be promised of products, where their stock is counted."""

from collections.abc import Iterable, Mapping

from inventory.models import Product, StockLevel


def by_sku(
    products: Mapping[str, Product], warehouse_ids: Iterable[int | None]
) -> dict[int, dict[str, int]]:
    """Return by warehouse and SKU what can be promised; what is not counted is left out.

    What is asked for by another SKU is also found by the product's own.
    """
    places = {pk for pk in warehouse_ids if pk is not None}
    named = {**products, **{product.sku: product for product in products.values()}}
    counted = {sku: product.pk for sku, product in named.items() if product.counted}
    if not counted:
        return {}
    levels = StockLevel.objects.filter(product__in=counted.values(), warehouse__in=places)
    rows = levels.order_by().values_list("warehouse", "product", "available")
    left = {(warehouse, product): units for warehouse, product, units in rows}
    return {
        place: {sku: left.get((place, pk), 0) for sku, pk in counted.items()} for place in places
    }
