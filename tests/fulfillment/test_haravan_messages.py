"""Haravan's webhooks at our door: who is believed, and of whose order they speak."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.test import Client

from fulfillment.models import FulfillmentOrder
from locations.models import Store
from relay import arrivals
from relay.models import InboundMessage
from tests.dock import Dock
from tests.factories import StoreFactory
from tests.fulfillment.test_haravan_work import arrived, dock, heard, shop, store
from tests.platforms.haravan_examples import example

__all__ = ["dock", "shop", "store"]

VECTORS = example("webhook_signature_vectors")["vectors"]
ORG = "200000918273"
SECRET = "example-haravan-client-secret-not-real"


@pytest.fixture
def gom_may(engine: None) -> Store:
    """The shop of the contract's examples; it is paused, so that nobody is called."""
    store = StoreFactory(
        platform_key="haravan",
        account="gom-may",
        base_url="https://apis.haravan.com/",
        options={"org_id": ORG},
        paused_at="2026-01-01T00:00:00Z",
    )
    store.set_credentials(haravan_token="none", webhook_secret=SECRET)
    store.save()
    return store


def send(store: Store, body: bytes, headers: dict[str, str]) -> int:
    given = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    answer = Client(raise_request_exception=False).post(
        arrivals.path_of(store, "webhook"),
        data=body,
        content_type="application/json; charset=utf-8",
        headers=given,
    )
    return answer.status_code


def signed(body: bytes, secret: str, topic: str, org: str) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return {
        "X-Haravan-Topic": topic,
        "X-Haravan-Org-Id": org,
        "X-Haravan-Hmacsha256": base64.b64encode(digest).decode(),
    }


@pytest.mark.acceptance("haravan", 14)
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_every_signature_of_the_contract_at_our_door(
    gom_may: Store, vector: dict[str, Any]
) -> None:
    began = time.monotonic()
    status = send(gom_may, base64.b64decode(vector["body_base64"]), vector["headers"])
    assert time.monotonic() - began < 5
    assert status == (200 if vector["valid"] else 401)
    assert gom_may.messages.count() == int(vector["valid"])


@pytest.mark.acceptance("haravan", 14)
@pytest.mark.parametrize("body", [b"", b"[1]", b"\xff\x00", b"{", b"[" * 5000])
def test_what_is_proven_and_cannot_be_read_is_kept_all_the_same(
    gom_may: Store, body: bytes
) -> None:
    assert send(gom_may, body, signed(body, SECRET, "orders/updated", ORG)) == 200
    assert InboundMessage.objects.get().remark


@pytest.mark.acceptance("haravan", 14)
def test_an_old_message_that_comes_last_does_not_bring_back_what_it_says(dock: Dock) -> None:
    order = arrived(dock)
    old = json.dumps(order.raw["order"]).encode()
    dock.shop.press(order.ref, "cancel")
    heard(dock)
    assert dock.state(order)[1] == "cancelled"
    headers = signed(old, dock.shop.secret, "orders/updated", dock.shop.org_id)
    assert send(dock.store, old, headers) == 200
    heard(dock)
    assert dock.state(order)[1] == "cancelled"


@pytest.mark.acceptance("haravan", 15)
def test_a_message_of_one_shop_changes_nothing_of_another(dock: Dock, gom_may: Store) -> None:
    """Both are shops of one app, and so share its secret; their orders have the same numbers."""
    gom_may.set_credentials(webhook_secret=dock.shop.secret)
    gom_may.paused_at = None
    gom_may.save()
    order = arrived(dock)
    before = order.read_at
    dock.shop.control("PUT", "settings", {"webhook_mode": "never"})
    dock.shop.press(order.ref, "cancel")
    body = json.dumps({"id": int(order.ref), "cancelled_at": "2026-03-02T05:11:20Z"}).encode()
    theirs = signed(body, dock.shop.secret, "orders/cancelled", ORG)
    assert send(dock.store, body, theirs) == 200
    farewell = json.dumps({"org_id": int(ORG)}).encode()
    forged = signed(farewell, dock.shop.secret, "app/uninstalled", dock.shop.org_id)
    assert send(dock.store, farewell, forged) == 200
    heard(dock)
    dock.store.refresh_from_db()
    assert dock.store.paused_at is None
    assert dock.again(order).read_at == before
    assert FulfillmentOrder.objects.get().work_status == "new"
    kept = list(InboundMessage.objects.filter(topic__in=("orders/cancelled", "app/uninstalled")))
    assert kept == []
