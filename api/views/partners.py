"""What partner warehouses say of orders. Contract fulfillment_com, operations 8 and 9."""

from rest_framework.request import Request
from rest_framework.response import Response

from api import partners
from api.schema import describe
from api.schema.fields import read
from api.schema.requests import OrderShipV2, StatusTypeSimpleV2
from api.shapes import orders as shapes
from api.views.base import ApiView, body_of
from api.views.orders import number_of


class ShipView(ApiView):
    """Ships an order as a partner."""

    @describe.ship_order
    def put(self, request: Request, id: str) -> Response:
        """Let all of an order leave under a tracking number."""
        scope, number = self.scope.that("is_partner"), number_of(id)
        said = read(OrderShipV2, body_of(request), only_400=True)
        weight = said.get("weightOverride")
        return Response(shapes.one(partners.ship(scope, number, said["trackingNumber"], weight)))


class StatusView(ApiView):
    """Sets the status of an order as a partner."""

    @describe.set_status
    def put(self, request: Request, id: str) -> Response:
        """Let an order have a status."""
        scope, number = self.scope.that("is_partner"), number_of(id)
        said = read(StatusTypeSimpleV2, body_of(request))
        code = said["status"]["code"]
        return Response(shapes.one(partners.set_status(scope, number, code, said["reason"])))
