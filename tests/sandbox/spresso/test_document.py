"""The fake's own tables and shapes against the published document."""

import json
import re

import pytest

from sandbox.spresso import words
from sandbox.spresso.announcing import sign
from sandbox.spresso.routes import OPERATIONS, TOKEN_PATH, Operation
from tests.sandbox.spresso.stage import SPEC, Console, example, problems
from tests.sandbox.stage import Receiver

SCHEMAS = SPEC["components"]["schemas"]
REQUESTS = [
    each["file"].removesuffix(".json")
    for each in example("index")["examples"]
    if each["kind"] == "api-request" and "webhook" not in each["file"]
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_an_operation_is_where_the_document_has_it(operation: Operation) -> None:
    path = re.sub(r"<fulfillment_id>", "{fulfillmentId}", operation.path)
    assert SPEC["paths"][path][operation.method.lower()]["operationId"] == operation.id


def test_there_is_nothing_else_but_the_registration_that_nobody_knows() -> None:
    ours = {re.sub(r"<fulfillment_id>", "{fulfillmentId}", each.path) for each in OPERATIONS}
    others = set(SPEC["paths"]) - ours - {TOKEN_PATH}
    assert all(path.startswith("/v1/webhooks") for path in others)


def test_the_words_are_the_published_ones() -> None:
    progress = SCHEMAS["UpdateFulfillmentProgress"]["properties"]["status"]["enum"]
    final = SCHEMAS["UpdateFulfillmentInTransit"]["properties"]["status"]["enum"]
    assert set(words.SENDABLE) == {*progress, *final}
    assert set(words.PARCEL_WAY) == set(SCHEMAS["ShipmentStatus"]["enum"])
    assert set(words.EVENTS) == set(SCHEMAS["WebhookEventName"]["enum"])
    assert set(words.CARRIERS) == set(SCHEMAS["Carrier"]["x-known-values"])
    assert set(words.METHODS) == set(SCHEMAS["FulfillmentMethod"]["x-known-values"])
    known = set(SCHEMAS["FulfillmentStatus"]["x-known-values"])
    assert {*words.WAY, words.DELIVERED, words.CANCELLED} <= known


@pytest.mark.parametrize("vector", example("signature_vectors")["vectors"], ids=lambda v: v["name"])
def test_the_signature_is_the_contracts(vector: dict[str, str]) -> None:
    if vector["signatureValid"]:
        assert sign(vector["secret"], vector["rawBody"]) == vector["header"]


@pytest.mark.parametrize("name", REQUESTS)
def test_every_request_of_the_contract_is_taken(console: Console, name: str) -> None:
    given = example(name)["request"]
    if name.startswith("token"):
        answer = console.ask_token(audience=given["body"]["audience"])
        assert problems("TokenResponse", answer.json()) == []
        return
    order = console.place()
    part = order["fulfillments"][0]
    ids = ["67d02b7a91c3f4e8a5d60b12", "67d02b7a91c3f4e8a5d60b13"]
    text = json.dumps(given["body"])
    for there, here in zip(ids, part["fulfillmentVariants"], strict=True):
        text = text.replace(there, here["variant"])
    body = json.loads(text)
    _lead_to(console, order, body)
    below = "/shipments" if given["path"].endswith("/shipments") else ""
    answer = console.put(f"{part['id']}{below}", body)
    assert answer.status_code == 200, answer.text


def _lead_to(console: Console, order: dict[str, object], body: dict[str, object]) -> None:
    """What must have been told before."""
    part = order["fulfillments"][0]["id"]  # type: ignore[index]
    if body["status" if "status" in body else "carrier"] != "delivered":
        return
    number = body.get("trackingNumber", "1Z1")
    units = {"shipmentVariants": body["shipmentVariants"]} if "carrier" in body else {}
    console.put(f"{part}/shipments", console.parcel(order, trackingNumber=number, **units))
    console.put(str(part), console.count(order, 2, 0 if units else 1))


def test_what_is_announced_is_shaped_as_published(console: Console, receiver: Receiver) -> None:
    console.listen(receiver.url)
    order = console.place(extra={"loyaltyTier": "gold"})
    part = order["fulfillments"][0]["id"]
    console.put(f"{part}/shipments", console.parcel(order))
    console.control("POST", f"orders/{order['id']}/cancel")
    console.settle()
    first, second = receiver.wait_for(2)
    assert problems("OrderFulfillableEvent", first.body) == []
    assert problems("OrderCancelledEvent", second.body) == []
    assert second.body["fulfillments"][0]["shipments"][0]["trackingNumber"] == "1Z1"
    assert set(first.body) == {*example("order_fulfillable")["body"], "loyaltyTier"}
    sample = example("order_fulfillable")["body"]["fulfillments"][0]
    assert set(first.body["fulfillments"][0]) == set(sample)


def test_refusals_are_shaped_as_assumed(console: Console) -> None:
    for answer in (
        console.put("unknown", {"status": "delivered"}),
        console.put("unknown", {"status": "delivered"}, headers={"Authorization": "Bearer x"}),
        console.ask_token(client_secret="wrong"),
    ):
        assert answer.status_code in (401, 404)
        assert problems("Error", answer.json()) == []
        assert answer.json()["statusCode"] == answer.status_code
