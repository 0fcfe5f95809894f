"""Haravan's webhooks: who is believed, what is read (contract haravan, section 14)."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from platforms.errors import BadSignature, UnknownSender
from platforms.haravan.webhook import APP, WEBHOOK
from platforms.interface import Endpoint, Inbound, Notice, Sender
from tests.platforms.haravan_examples import example

VECTORS = example("webhook_signature_vectors")["vectors"]
HANDSHAKE = example("webhook_handshake")
ORG = "200000918273"
SECRET = "example-haravan-client-secret-not-real"
OURS = Sender("gom-may", SECRET, options={"org_id": ORG})
UPDATED = example("webhook_orders_updated")


def inbound(headers: dict[str, str], body: bytes) -> Inbound:
    return Inbound({name.lower(): value for name, value in headers.items()}, body)


def signed(payload: Any, topic: str, org: str = ORG, **headers: str) -> Inbound:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    named = {f"X-Haravan-{name.replace('_', '-')}": value for name, value in headers.items()}
    return inbound(
        {
            "X-Haravan-Topic": topic,
            "X-Haravan-Org-Id": org,
            "X-Haravan-Hmacsha256": base64.b64encode(digest).decode(),
            **named,
        },
        body,
    )


def read(message: Inbound) -> Notice:
    WEBHOOK.authenticate(message, OURS)
    return WEBHOOK.read(message)


@pytest.mark.acceptance("haravan", 14)
@pytest.mark.parametrize("endpoint", [WEBHOOK, APP], ids=["webhook", "app"])
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_every_signature_of_the_contract(endpoint: Endpoint, vector: dict[str, Any]) -> None:
    body = base64.b64decode(vector["body_base64"])
    message = inbound(vector["headers"], body)
    if vector["valid"]:
        assert endpoint.authenticate(message, OURS) == ""
        assert endpoint.read(message).topic
        return
    with pytest.raises(BadSignature):
        endpoint.authenticate(message, OURS)


def test_a_former_secret_is_believed_and_none_is_not() -> None:
    message = signed(UPDATED, "orders/updated")
    WEBHOOK.authenticate(message, Sender("gom-may", "a new one", SECRET, {"org_id": ORG}))
    for sender in (Sender("gom-may"), Sender("gom-may", "another")):
        with pytest.raises(BadSignature):
            WEBHOOK.authenticate(message, sender)


@pytest.mark.acceptance("haravan", 15)
@pytest.mark.parametrize("endpoint", [WEBHOOK, APP], ids=["webhook", "app"])
def test_what_names_another_organisation_is_not_ours(endpoint: Endpoint) -> None:
    with pytest.raises(UnknownSender):
        endpoint.authenticate(signed(UPDATED, "orders/updated", org="7"), OURS)
    # The header is not signed, but the body is: an old farewell cannot be turned on another shop.
    with pytest.raises(UnknownSender):
        endpoint.authenticate(signed({"org_id": 7}, "app/uninstalled"), OURS)
    assert endpoint.unknown_sender_status == 200


def test_without_an_organisation_of_ours_there_is_a_remark() -> None:
    message = signed(UPDATED, "orders/updated")
    assert "not known" in WEBHOOK.authenticate(message, Sender("gom-may", SECRET))
    farewell = signed({"org_id": 7}, "app/uninstalled")
    with pytest.raises(UnknownSender):
        WEBHOOK.authenticate(farewell, Sender("gom-may", SECRET))


def test_an_app_finds_the_store_by_its_organisation() -> None:
    assert APP.names_store is not None
    assert APP.named_by == "org_id"
    assert APP.names_store(signed(UPDATED, "orders/updated")) == ORG
    assert APP.names_store(inbound({}, b"{}")) == ""
    assert WEBHOOK.names_store is None


@pytest.mark.parametrize(
    ("sent", "topic"),
    [
        ("orders/update", "orders/updated"),
        ("orders/updated", "orders/updated"),
        (" Orders/Cancel ", "orders/cancelled"),
        ("orders/cancelled", "orders/cancelled"),
        ("products/delete", "products/deleted"),
        ("carts/update", "carts/update"),
        ("", "unknown"),
    ],
)
def test_a_topic_has_one_spelling(sent: str, topic: str) -> None:
    assert read(signed({"id": 5}, sent)).topic == topic


def test_a_message_names_its_order_only_where_it_is_one() -> None:
    assert read(signed(UPDATED, "orders/updated")).order_ref == "1684205517"
    assert read(signed({"data": {"id": 7}}, "orders/updated")).order_ref == "7"
    assert read(signed({"id": 9, "order_id": 8}, "refunds/create")).order_ref == "8"
    assert read(signed({"id": 9}, "products/update")).order_ref == ""
    assert read(signed(b"", "orders/updated", Order_Id="7")).order_ref == "7"


def test_a_test_and_what_cannot_be_read_are_kept_and_not_refused() -> None:
    assert read(signed({"test": True}, "orders/create", Test="True")).topic == "test"
    for body in (b"", b"[1]", b"\xff\x00", b"{", b"[" * 5000):
        found = read(signed(body, "orders/updated"))
        assert found.topic == "unreadable"
        assert found.remark


def test_a_repeat_has_the_same_key_and_a_change_another() -> None:
    first, again = read(signed(UPDATED, "orders/updated")), read(signed(UPDATED, "orders/update"))
    assert first.dedupe_key == again.dedupe_key
    later = {**UPDATED, "updated_at": "2027-01-01T00:00:00Z"}
    others = [
        read(signed(later, "orders/updated")),
        read(signed(UPDATED, "orders/cancelled")),
        read(signed({**UPDATED, "id": 7}, "orders/updated")),
        read(signed({"id": UPDATED["id"]}, "orders/updated")),
        read(signed({"id": UPDATED["id"], "note": "x"}, "orders/updated")),
        read(signed(b"{", "orders/updated")),
    ]
    assert len({each.dedupe_key for each in [first, *others]}) == 7
    assert all(len(each.dedupe_key) <= 200 for each in others)


@pytest.mark.parametrize("case", HANDSHAKE["cases"], ids=lambda case: case["name"])
def test_the_handshake(case: dict[str, Any]) -> None:
    assert WEBHOOK.shakes_hands is not None
    query = dict(parse_qsl(case["query"]))
    sender = Sender("gom-may", options={"verify_token": HANDSHAKE["verify_token_configured"]})
    if case["expected_status"] == 200:
        assert WEBHOOK.shakes_hands(query, sender) == case["expected_body"]
        with pytest.raises(BadSignature):
            WEBHOOK.shakes_hands(query, Sender("gom-may"))
        return
    with pytest.raises(BadSignature):
        WEBHOOK.shakes_hands(query, sender)


def test_nobody_shakes_hands_with_an_empty_token() -> None:
    assert APP.shakes_hands is not None
    query = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}
    with pytest.raises(BadSignature):
        APP.shakes_hands(query, Sender("gom-may", options={"verify_token": " "}))
