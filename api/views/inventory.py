"""How much of each product there is. Contract fulfillment_com, operations 10 and 11."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest
from rest_framework.request import Request
from rest_framework.response import Response

from api import listing
from api.listing import Paging
from api.schema import describe
from api.scope import Scope
from api.views.base import ApiView, page
from inventory.models import Product, StockLevel

NONE_FOUND = "No Inventory Found"


class InventoryView(ApiView):
    """Says of each product how much there is, in all warehouses together."""

    @describe.inventory
    def get(self, request: Request) -> Response:
        """Return products whose stock is counted."""
        query = request.query_params
        paging = Paging.of(query)
        scope = self.scope.that("reads_inventory")
        scope = scope.narrowed(listing.ids(query, "merchantIds"))
        found, meta = paging.cut(_totals(scope, listing.texts(query, "externalSkuNames")))
        return page([_item(product) for product in found], meta, NONE_FOUND)


class FullInventoryView(ApiView):
    """Says of each product how much there is, warehouse by warehouse."""

    @describe.full_inventory
    def get(self, request: Request) -> Response:
        """Return the levels of products whose stock is counted."""
        query = request.query_params
        paging = Paging.of(query)
        rows = self.scope.that("reads_inventory").levels()
        if (names := listing.texts(query, "externalSkuNames")) is not None:
            rows = rows.filter(product__sku__in=names)
        if (warehouses := listing.ids(query, "warehouseIds")) is not None:
            rows = rows.filter(warehouse__in=warehouses)
        rows = rows.select_related("product__merchant", "warehouse").order_by("pk")
        found, meta = paging.cut(rows)
        return page([_level(level) for level in found], meta, NONE_FOUND)


def _totals(scope: Scope, names: list[str] | None) -> QuerySet[Product]:
    levels = scope.levels().filter(product=OuterRef("pk")).order_by().values("product")
    # Where more was promised than there is, nothing is left; other warehouses may have some.
    left = levels.annotate(total=Sum(Greatest("available", 0))).values("total")
    there = levels.annotate(total=Sum("on_hand")).values("total")
    rows = scope.products().annotate(
        left=Coalesce(Subquery(left), 0), there=Coalesce(Subquery(there), 0)
    )
    if names is not None:
        rows = rows.filter(sku__in=names)
    return rows.select_related("merchant").order_by("pk")


def _item(product: Any) -> dict[str, Any]:
    return {
        "item": {"id": product.pk, "skuReference": product.sku},
        "merchant": {"name": product.merchant.name},
        "quantity": {"total": {"availableToPromise": product.left, "onHand": product.there}},
    }


def _level(level: StockLevel) -> dict[str, Any]:
    product = level.product
    return {
        "id": level.pk,
        "availableToPromise": max(0, level.available),
        "warehouse": {"id": level.warehouse_id, "name": level.warehouse.name},
        "item": {"id": product.pk, "skuReference": product.sku},
        "merchant": {"id": product.merchant_id, "name": product.merchant.name},
    }
