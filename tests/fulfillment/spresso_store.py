"""A store at Spresso in the words of a test: it sends its examples, signed, to our addresses."""

import json
from typing import Any

import pytest
from django.test import Client

from fulfillment.models import FulfillmentOrder
from locations.models import Store
from relay import arrivals, mapping
from tests.factories import ProductFactory, StoreFactory, WarehouseFactory
from tests.platforms.contract import CONTRACTS

EXAMPLES = CONTRACTS / "spresso" / "examples"
SECRET = "example-only-spresso-client-secret-7f3a"
FIRST, SECOND = "67d06a4f6b2e8f40c17a9d31", "67d06a4f6b2e8f40c17a9d32"


def example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLES / name).read_text(encoding="utf-8"))
    return found


@pytest.fixture
def store(engine: None) -> Store:
    store = StoreFactory(
        platform_key="spresso", account="harbor-goods", base_url="https://api.spresso.com/"
    )
    store.set_credentials(webhook_secret=SECRET, spresso_token="not-a-real-one")
    store.paused_at = None
    store.save()
    for sku in ("HBR-TEE-NVY-M", "KTL-1L-STL"):
        ProductFactory(merchant=store.merchant, sku=sku)
    for place in {
        f["fulfillerLocation"] for f in example("order_fulfillable.json")["body"]["fulfillments"]
    }:
        mapping.assign(store, WarehouseFactory(), place)
    return store


def post(store: Store, name: str, *, signature: str = "", endpoint: str = "") -> int:
    sent = example(name)
    event = endpoint or sent["event"].removeprefix("order_")
    answer = Client().post(
        arrivals.path_of(store, event),
        data=sent["rawBody"].encode(),
        content_type="application/json",
        headers={"X-Spresso-Hmac-SHA256": signature or sent["signature"]},
    )
    return answer.status_code


def orders() -> dict[str, FulfillmentOrder]:
    return {order.ref: order for order in FulfillmentOrder.objects.select_related("order")}


def lines() -> list[tuple[str, str, int]]:
    return sorted(
        (order.ref, line.sku, line.open)
        for order in orders().values()
        for line in order.lines.all()
    )


def expected_lines(name: str) -> list[tuple[str, str, int]]:
    found = example(name)["expect"]["lines"]
    return sorted((each["fulfillment"], each["sku"], each["quantity"]) for each in found)
