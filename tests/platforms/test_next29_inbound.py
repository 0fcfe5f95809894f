"""Callbacks and webhooks: who is believed, what is read (contract next29, sections 8 and 14)."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from platforms.errors import BadSignature, Malformed, PlatformError, UnknownSender
from platforms.interface import Inbound, Notice, Sender
from platforms.next29.webhook import CALLBACK, UNKNOWN_CALLBACK, WEBHOOK
from tests.platforms.contract import example

CALLBACKS = example("callback_requests.json")["cases"]
SIGNED = example("webhooks_signed.json")
REDELIVERY = example("webhook_redelivery.json")
OURS = Sender("acme-outdoors", SIGNED["secret_key"])
TOPICS = {
    "fulfillment requested": "fulfillment_requested",
    "cancellation requested": "cancellation_requested",
    "unknown type": UNKNOWN_CALLBACK,
}


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


def inbound(headers: dict[str, str], body: str | bytes) -> Inbound:
    raw = body.encode() if isinstance(body, str) else body
    return Inbound({name.lower(): value for name, value in headers.items()}, raw)


def signed(body: bytes, secret: str = OURS.secret) -> Inbound:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return inbound({"X-29Next-Signature": signature}, body)


def callback_status(message: Inbound, sender: Sender) -> int:
    try:
        CALLBACK.authenticate(message, sender)
        CALLBACK.read(message)
    except UnknownSender:
        return 404
    except Malformed:
        return 400
    return 200


@pytest.mark.parametrize("case", CALLBACKS, ids=named)
def test_every_callback_of_the_contract(case: dict[str, Any]) -> None:
    request = case["request"]
    message = inbound(request["headers"], request["raw_body"])
    # The address was looked up before: a wrong token never gets here.
    expected = 200 if case["name"] == "unknown path token" else case["expect"]["status"]
    assert callback_status(message, Sender("acme-outdoors")) == expected
    if expected == 200:
        topic = "cancellation_requested" if "cancellation" in case["name"] else None
        assert CALLBACK.read(message).topic == TOPICS.get(
            case["name"], topic or "fulfillment_requested"
        )


@pytest.mark.parametrize(
    "account", ["acme-outdoors", "ACME-Outdoors.29next.store", " acme-outdoors"]
)
@pytest.mark.parametrize("header", ["acme-outdoors", "Acme-Outdoors.29NEXT.store"])
def test_both_spellings_of_a_store_are_one(account: str, header: str) -> None:
    message = inbound({"X-29Next-Store": header}, "{}")
    assert CALLBACK.authenticate(message, Sender(account)) == ""


def test_a_callback_without_a_store_leaves_a_remark() -> None:
    assert "does not name" in CALLBACK.authenticate(inbound({}, "{}"), OURS)


@pytest.mark.parametrize("body", ["{}", '{"type": null}', '{"type": ["x"]}', '{"type": "new"}'])
def test_an_unknown_callback_is_kept_and_shown(body: str) -> None:
    notice = CALLBACK.read(inbound({}, body))
    assert notice.topic == UNKNOWN_CALLBACK
    assert "Unknown type" in notice.remark


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"\xff", b"{", b"[" * 100_000, b"null"])
@pytest.mark.parametrize("endpoint", [CALLBACK, WEBHOOK], ids=["callback", "webhook"])
def test_what_is_no_json_object_is_malformed(endpoint: Any, body: bytes) -> None:
    with pytest.raises(Malformed):
        endpoint.read(inbound({}, body))


@pytest.mark.parametrize("case", SIGNED["cases"], ids=named)
def test_every_signed_webhook_of_the_contract(case: dict[str, Any]) -> None:
    message = inbound(case["headers"], case["raw_body"])
    if case["must_accept"]:
        assert WEBHOOK.authenticate(message, OURS) == ""
        notice = WEBHOOK.read(message)
        assert notice.topic == json.loads(case["raw_body"])["event_type"]
        assert notice.dedupe_key
    else:
        with pytest.raises(BadSignature):
            WEBHOOK.authenticate(message, OURS)


def test_redeliveries_share_a_dedupe_key() -> None:
    notices: list[Notice] = []
    for delivery in REDELIVERY["deliveries"]:
        message = inbound({"X-29Next-Signature": delivery["signature"]}, delivery["raw_body"])
        assert (
            WEBHOOK.authenticate(message, Sender("acme-outdoors", REDELIVERY["secret_key"])) == ""
        )
        notices.append(WEBHOOK.read(message))
    first, again, older = notices
    assert first == again
    assert first.dedupe_key != older.dedupe_key


def test_a_signature_over_the_rewritten_body_is_taken_with_a_remark() -> None:
    compact = b'{"event_type":"order.updated","name":"S\xc3\xb8ren"}'
    signature = signed(json.dumps(json.loads(compact)).encode()).headers
    assert "not its bytes" in WEBHOOK.authenticate(Inbound(signature, compact), OURS)


@pytest.mark.parametrize("body", [b"not json", b"[" * 100_000, b"\xff\xfe", b"9" * 5000])
def test_a_body_that_is_no_json_is_judged_by_its_bytes(body: bytes) -> None:
    assert WEBHOOK.authenticate(signed(body), OURS) == ""
    with pytest.raises(BadSignature):
        WEBHOOK.authenticate(signed(body, "another secret"), OURS)


@pytest.mark.parametrize("signature", ["", " ", "é", "\udcff", "0" * 64, "sha256=00"])
def test_odd_signatures_are_refused(signature: str) -> None:
    with pytest.raises(BadSignature):
        WEBHOOK.authenticate(inbound({"X-29Next-Signature": signature}, "{}"), OURS)


def test_without_a_secret_nothing_is_believed() -> None:
    with pytest.raises(BadSignature, match="No secret"):
        WEBHOOK.authenticate(signed(b"{}", ""), Sender("acme-outdoors"))


def test_a_proven_message_about_another_store_is_refused() -> None:
    body = json.dumps({"event_type": "app.uninstalled", "webhook": {"store": "other"}}).encode()
    with pytest.raises(UnknownSender, match="'other'"):
        WEBHOOK.authenticate(signed(body), OURS)


@pytest.mark.parametrize("webhook", [None, [], {"store": None}, {"store": "acme-outdoors"}, {}])
def test_a_message_that_names_no_other_store_is_ours(webhook: Any) -> None:
    body = json.dumps({"event_type": "order.updated", "webhook": webhook}).encode()
    assert WEBHOOK.authenticate(signed(body), OURS) == ""


@pytest.mark.parametrize("body", [b"{}", b'{"event_type": null}', b'{"event_type": ""}'])
def test_an_event_without_a_name_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed, match="event_type"):
        WEBHOOK.read(inbound({}, body))


def test_no_error_quotes_the_secret() -> None:
    with pytest.raises(PlatformError) as caught:
        WEBHOOK.authenticate(signed(b"{}", "another"), OURS)
    assert OURS.secret not in f"{caught.value!r}{OURS!r}"
