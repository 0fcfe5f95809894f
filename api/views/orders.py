"""Orders: placed, listed, looked at and cancelled. Contract fulfillment_com, section 6."""

import re
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from api import cancelling, errors, listing, placing, telling
from api.listing import HYDRATE_ORDER, Paging, Window
from api.models import MerchantOrder
from api.schema import describe
from api.schema.fields import LARGEST, read
from api.schema.requests import OrderRequestV2
from api.scope import Scope
from api.shapes import orders as shapes
from api.views.base import ApiView, body_of, page

NONE_FOUND = "No Orders Found"
_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)


class OrdersView(ApiView):
    """Lists orders, and takes new ones."""

    @describe.list_orders
    def get(self, request: Request) -> Response:
        """Return the orders that were recorded in a window of time."""
        rows, meta, hydrate = _listed(self.scope, request, HYDRATE_ORDER)
        found, shown = meta.cut(shapes.with_all(rows))
        telling.told(found)
        return page(shapes.orders(found, hydrate), shown, NONE_FOUND)

    @describe.create_order
    def post(self, request: Request) -> Response:
        """Take an order. What is wrong with its address, SKUs or stock is a status, no error."""
        scope = self.scope.that("creates_orders")
        placed = placing.place(scope, read(OrderRequestV2, body_of(request)), self.caller.name)
        return Response(shapes.one(placed), status=HTTPStatus.CREATED)


class SimpleOrdersView(ApiView):
    """Lists orders in their short form."""

    @describe.list_simple
    def get(self, request: Request) -> Response:
        """Return the orders that were recorded in a window of time, in short."""
        rows, meta, _ = _listed(self.scope, request, ())
        found, shown = meta.cut(shapes.with_deliveries(rows))
        telling.told(found)
        return page([shapes.simple(each) for each in found], shown, NONE_FOUND)


class OrderView(ApiView):
    """Shows one order, and cancels it."""

    @describe.get_order
    def get(self, request: Request, id: str) -> Response:
        """Return an order by our id or the merchant's own."""
        merchant_id = listing.one_id(request.query_params, "merchantId")
        hydrate = listing.hydrate(request.query_params, HYDRATE_ORDER)
        placed = _found(self.scope, id, merchant_id)
        if placed is None:
            raise errors.missing()
        telling.told([placed])
        return Response(shapes.one(placed, hydrate))

    @describe.cancel_order
    def delete(self, request: Request, id: str) -> Response:
        """Cancel an order, as long as nobody works on it."""
        scope = self.scope.that("creates_orders")
        return Response(shapes.one(cancelling.cancel(scope, number_of(id))))


def number_of(text: str) -> int:
    """Return the id in an address; raises 404 for what is none."""
    number = int(text) if _NUMBER.fullmatch(text) else 0
    if not 0 < number <= LARGEST:
        raise errors.missing()
    return number


def _listed(
    scope: Scope, request: Request, known: Any
) -> tuple[QuerySet[MerchantOrder], Paging, frozenset[str]]:
    query = request.query_params
    paging, window = Paging.of(query), Window.of(query)
    hydrate = listing.hydrate(query, known) if known else frozenset()
    rows = scope.narrowed(listing.ids(query, "merchantIds")).orders()
    rows = rows.filter(recorded_at__gte=window.begin, recorded_at__lte=window.end)
    if (warehouses := listing.ids(query, "warehouseIds")) is not None:
        rows = rows.filter(fulfillment_order__warehouse__in=warehouses)
    return rows.order_by("recorded_at", "fulfillment_order_id"), paging, hydrate


def _found(scope: Scope, text: str, merchant_id: int | None) -> MerchantOrder | None:
    """Look for our id and for the merchant's; which comes first is in section 6, note 6."""
    if "\x00" in text:
        return None
    within = scope.narrowed([merchant_id]) if merchant_id is not None else scope
    rows = within.orders().order_by("fulfillment_order_id")
    by_theirs = rows.filter(merchant_order_id=text)
    is_ours = _NUMBER.fullmatch(text) and int(text) <= LARGEST
    by_ours = rows.filter(fulfillment_order=int(text)) if is_ours else rows.none()
    ways = (by_ours, by_theirs) if merchant_id is None else (by_theirs, by_ours)
    return next((found for way in ways if (found := way.first())), None)
