"""What comes back, and what is announced to. Contract fulfillment_com, operations 12 and 13."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.db.models import F, Q, Value
from rest_framework.request import Request
from rest_framework.response import Response

from api import announcing
from api.listing import Paging, Window
from api.schema import describe
from api.schema.fields import read
from api.schema.requests import RmaRequestV2
from api.scope import Scope
from api.shapes import returns as shapes
from api.views.base import ApiView, body_of, page
from fulfillment.models import Return
from inventory import skus
from inventory.models import Product

PROCESSED = "RMA Already Processed"


class ReturnsView(ApiView):
    """Lists returns, and takes announcements of them."""

    @describe.list_returns
    def get(self, request: Request) -> Response:
        """Return what was announced, or came back, or changed, in a window of time."""
        paging, window = Paging.of(request.query_params), Window.of(request.query_params)
        announcing.match(self.scope)
        keys, meta = _cut(self.scope, paging, window)
        return page(_shown(self.scope, keys), meta)

    @describe.announce_return
    def put(self, request: Request) -> Response:
        """Expect a return; one that is known and was not processed is changed."""
        scope = self.scope.that("creates_orders")
        made, is_new = announcing.announce(scope, read(RmaRequestV2, body_of(request)))
        shown = shapes.rma(made)
        if made.processed_at:
            return Response({**shown, "message": PROCESSED}, status=HTTPStatus.CONFLICT)
        return Response(shown, status=HTTPStatus.CREATED if is_new else HTTPStatus.ACCEPTED)


def _cut(scope: Scope, paging: Paging, window: Window) -> tuple[list[int], dict[str, Any]]:
    """Return the ids of a page, of both kinds of returns together, in their order."""
    between = (window.begin, window.end)
    announced = (
        scope.expected_returns()
        .filter(Q(created_at__range=between) | Q(updated_at__range=between))
        .annotate(key=F("pk") * Value(2) + Value(1))
        .order_by()
        .values_list("key")
    )
    came = (
        scope.returns()
        .filter(at__range=between, announced_as=None)
        .annotate(key=F("pk") * Value(2))
        .order_by()
        .values_list("key")
    )
    both = announced.union(came, all=True)
    total = both.count()
    begin = (paging.page - 1) * paging.limit
    wanted = both.order_by("key")[begin : begin + paging.limit] if begin < total else ()
    keys = [key for (key,) in wanted]
    return keys, paging.meta(total, len(keys))


def _shown(scope: Scope, keys: Iterable[int]) -> list[dict[str, Any]]:
    keys = list(keys)
    announced = (
        scope.expected_returns()
        .filter(pk__in=[key // 2 for key in keys if key % 2])
        .select_related("order", "consignee", "came_with")
        .prefetch_related("items__product", "came_with__lines__line")
    )
    came = list(
        scope.returns()
        .filter(pk__in=[key // 2 for key in keys if not key % 2])
        .select_related("fulfillment_order__as_placed__consignee")
        .prefetch_related("lines__line")
    )
    products = _products(came)
    shown = {shapes.announced_id(row.pk): shapes.announced(row) for row in announced}
    shown |= {shapes.unannounced_id(row.pk): shapes.unannounced(row, products) for row in came}
    return [shown[key] for key in keys if key in shown]


def _products(came: Iterable[Return]) -> dict[tuple[int, str], Product]:
    wanted: dict[int, set[str]] = {}
    for row in came:
        merchant = row.fulfillment_order.as_placed.merchant_id
        wanted.setdefault(merchant, set()).update(line.line.sku for line in row.lines.all())
    return {
        (merchant, sku): product
        for merchant, names in wanted.items()
        for sku, product in skus.find(merchant, names).items()
    }
