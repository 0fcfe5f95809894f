"""Messages of Spresso that are forged, or hold what nobody can ship: never lost, never a crash."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from django.test import Client

from fulfillment.models import FulfillmentOrder
from locations.models import Store
from relay import arrivals
from relay.models import Alarm, InboundMessage, MessageState
from tests.fulfillment.spresso_store import SECRET, example, orders, post, store
from tests.work import work

__all__ = ["store"]

VECTORS = example("signature_vectors.json")["vectors"]
ORDER = example("order_fulfillable.json")["body"]


def send(store: Store, body: bytes, signature: str | None) -> int:
    headers = {} if signature is None else {"X-Spresso-Hmac-SHA256": signature}
    answer = Client(raise_request_exception=False).post(
        arrivals.path_of(store, "fulfillable"),
        data=body,
        content_type="application/json",
        headers=headers,
    )
    return answer.status_code


def send_order(store: Store, **changes: Any) -> int:
    """The example's order with something else in it, signed as Spresso signs."""
    body = json.dumps({**ORDER, **changes}).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    return send(store, body, base64.b64encode(digest).decode())


@pytest.mark.acceptance("spresso", 1)
@pytest.mark.acceptance("spresso", 4)
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["name"]))
def test_every_signature_of_the_contract_at_our_door(store: Store, vector: dict[str, Any]) -> None:
    store.set_credentials(webhook_secret=vector["secret"])
    store.save()
    status = send(store, vector["rawBody"].encode(), vector["header"])
    if not vector["signatureValid"]:
        assert status == 401
    else:
        # What is proven and no object is told to be so.
        assert status == (200 if vector["rawBody"].startswith("{") else 400)
    assert InboundMessage.objects.exists() is (status == 200)


ADDRESS = ORDER["shippingAddress"]
BAD_ADDRESSES = {
    "none": None,
    "no street": {**ADDRESS, "addressLine1": "", "addressLine2": ""},
    "no such country": {**ADDRESS, "country": "Neverland"},
    "no such postal code": {**ADDRESS, "postalCode": "98 104 7"},
    "empty": {},
}


@pytest.mark.acceptance("spresso", 10)
@pytest.mark.parametrize("address", BAD_ADDRESSES.values(), ids=BAD_ADDRESSES)
def test_a_bad_address_is_taken_in_and_is_a_problem(store: Store, address: Any) -> None:
    assert send_order(store, shippingAddress=address) == 200
    work()
    assert InboundMessage.objects.get().state == MessageState.DONE
    assert len(orders()) == 2
    assert all(order.open_problems for order in orders().values())


@pytest.mark.acceptance("spresso", 10)
@pytest.mark.parametrize("address", ["418 Alder St", ["Seattle"], 7])
def test_an_address_that_is_none_at_all_is_an_alarm(store: Store, address: Any) -> None:
    assert send_order(store, shippingAddress=address) == 200
    work()
    assert InboundMessage.objects.get().state == MessageState.DONE
    refs = [part["id"] for part in ORDER["fulfillments"]]
    assert sorted(alarm.kind for alarm in Alarm.objects.all()) == [f"order:{ref}" for ref in refs]
    assert not orders()


@pytest.mark.acceptance("spresso", 10)
def test_a_location_that_nobody_knows_is_taken_in_and_is_an_alarm(store: Store) -> None:
    parts = [{**part, "fulfillerLocation": "elsewhere"} for part in ORDER["fulfillments"]]
    assert send_order(store, fulfillments=parts) == 200
    work()
    assert len(orders()) == 2
    assert not FulfillmentOrder.objects.to_decide().exists()
    [alarm] = Alarm.objects.all()
    assert "elsewhere" in alarm.message


@pytest.mark.acceptance("spresso", 22)
def test_a_label_is_made_for_a_country_of_two_letters(store: Store) -> None:
    assert ADDRESS["country"] == "USA"
    assert post(store, "order_fulfillable.json") == 200
    work()
    # Labels are made from the address of the order, by hand or by another program.
    assert {order.address["country"] for order in orders().values()} == {"US"}
