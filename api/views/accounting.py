"""What was invoiced for orders. Contract fulfillment_com, operation 14."""

from typing import Any

from django.db.models import Sum
from rest_framework.request import Request
from rest_framework.response import Response

from api import listing
from api.listing import Paging, Window
from api.models import Charge
from api.models.accounting import FEES
from api.schema import describe
from api.views.base import ApiView, page
from inventory import skus


class AccountingView(ApiView):
    """Lists the fees of orders; an order that was not invoiced is not in it."""

    @describe.accounting
    def get(self, request: Request) -> Response:
        """Return what was invoiced in a window of time."""
        query = request.query_params
        paging, window = Paging.of(query), Window.of(query)
        hydrate = listing.hydrate(query, ("items",))
        rows = self.scope.charges().filter(
            invoiced_on__gte=window.begin.date(), invoiced_on__lte=window.end.date()
        )
        if (warehouses := listing.ids(query, "warehouseIds")) is not None:
            rows = rows.filter(order__fulfillment_order__warehouse__in=warehouses)
        if (orders := listing.ids(query, "orderIds")) is not None:
            rows = rows.filter(order__fulfillment_order__in=orders)
        rows = rows.select_related("order__merchant", "order__fulfillment_order__warehouse")
        rows = rows.prefetch_related("order__fulfillment_order__lines")
        units = Sum("order__fulfillment_order__lines__ordered")
        found, meta = paging.cut(rows.annotate(units=units).order_by("pk"))
        return page([_charge(row, "items" in hydrate) for row in found], meta)


def _charge(row: Any, with_items: bool) -> dict[str, Any]:
    placed = row.order
    order, warehouse = placed.fulfillment_order, placed.fulfillment_order.warehouse
    fees = {name: float(getattr(row, name)) for name in FEES}
    shown: dict[str, Any] = {
        "order": {
            "id": order.pk,
            "merchantOrderId": placed.merchant_order_id,
            "recordedDate": order.recorded_at.date().isoformat(),
            "invoiceDate": row.invoiced_on.isoformat(),
        },
        "merchant": {"id": placed.merchant_id, "name": placed.merchant.name},
        "fees": {**fees, "total": float(row.total)},
        "itemCount": row.units or 0,
    }
    if warehouse:
        shown["warehouse"] = {"id": warehouse.pk, "shortName": warehouse.name}
    if with_items:
        shown["items"] = _items(row)
    return shown


def _items(row: Charge) -> list[dict[str, Any]]:
    order = row.order.fulfillment_order
    lines = sorted(order.lines.all(), key=lambda line: line.pk) if order else []
    products = skus.find(row.order.merchant_id, {line.sku for line in lines})
    return [
        {
            "id": known.pk if known else line.pk,
            "name": (known.title if known else "") or line.sku,
            "quantity": line.ordered,
            "wmsItemId": str(line.pk),
        }
        for line, known in ((line, products.get(line.sku)) for line in lines)
    ]
