"""The floors of web requests, beside the site: bare views that do the least and nothing else."""

import secrets

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import JSONParser

from api.models import MerchantOrder
from config.urls import urlpatterns as site
from relay.models import InboundMessage, MessageState


@csrf_exempt
def insert_one(request: HttpRequest, store_id: int) -> JsonResponse:
    """Insert one row into the table of messages, commit, and say so. Nothing else."""
    InboundMessage.objects.create(
        store_id=store_id,
        endpoint="callback",
        topic="floor",
        dedupe_key=secrets.token_hex(16),
        headers={},
        body=request.body,
        # Nobody is to read it.
        state=MessageState.DONE,
    )
    return JsonResponse({"ok": True})


class BareSerializer(serializers.ModelSerializer[MerchantOrder]):
    """The columns of one table."""

    class Meta:
        model = MerchantOrder
        fields = (
            "id",
            "merchant",
            "merchant_order_id",
            "fulfillment_order",
            "consignee",
            "integrator",
            "items",
        )


class BarePages(PageNumberPagination):
    """As many orders on a page as our own list shows."""

    page_size = 80


class BareOrders(ListCreateAPIView[MerchantOrder]):
    """The orders of everybody, as Django REST framework lists and makes them by itself."""

    queryset = MerchantOrder.objects.order_by("id")
    serializer_class = BareSerializer
    pagination_class = BarePages
    parser_classes = (JSONParser,)


urlpatterns = [
    *site,
    path("benchmarks/floor/<int:store_id>", insert_one),
    path("benchmarks/orders", BareOrders.as_view()),
]
