"""Placing an order through the API, and what a bare view makes of it."""

import json
import secrets
from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from api.models import Consignee, MerchantOrder
from benchmarks.api_filling import ITEMS, METHOD, RECIPIENT, Program
from benchmarks.client import request

BARE = "/benchmarks/orders"
Ask = Callable[[Program], str]


def ours(caller: Program) -> str:
    """Place an order with us."""
    return request(
        "POST",
        "/v2/orders",
        json.dumps(_wanted()),
        Content_Type="application/json",
        Authorization=f"Bearer {caller.token}",
    )


def _wanted() -> dict[str, object]:
    number = f"MEASURED-{secrets.token_hex(8)}"
    return {
        "merchantOrderId": number,
        "shippingMethod": METHOD,
        "recipient": RECIPIENT,
        "items": ITEMS,
    }


def bare(caller: Program) -> str:
    """Ask the bare view to insert a row."""
    consignee = Consignee.objects.values_list("pk", flat=True).earliest("pk")
    row = {
        "merchant": caller.merchants[0].pk,
        "merchant_order_id": f"BARE-{secrets.token_hex(8)}",
        "consignee": consignee,
        "items": ITEMS,
    }
    return request("POST", BARE, json.dumps(row), Content_Type="application/json")


def statements(caller: Program) -> int:
    """Return how many statements it takes to place an order, transaction marks left out."""
    client = Client(SERVER_NAME="127.0.0.1")
    with CaptureQueriesContext(connection) as asked:
        client.post(
            "/v2/orders",
            json.dumps(_wanted()),
            content_type="application/json",
            headers={"Authorization": f"Bearer {caller.token}"},
        )
    return sum("SAVEPOINT" not in each["sql"] for each in asked.captured_queries)


def placed() -> int:
    """Return how many orders were placed with us."""
    return MerchantOrder.objects.filter(fulfillment_order__isnull=False).count()
