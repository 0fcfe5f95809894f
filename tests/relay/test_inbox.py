"""What stores send: proven, kept once, read by a job; garbage is turned away without a trace."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from locations.models import Store
from platforms.errors import Refusal
from relay import inbox
from relay.models import InboundMessage, MessageState
from sandbox.next29.callbacks import sign
from tests.factories import StoreFactory
from tests.sandbox.stage import example
from tests.work import work

pytestmark = pytest.mark.usefixtures("engine")

KEY = "k7Qm2vTz"
ACCOUNT = "acme-outdoors"
CALLBACK = f"/next29/cb/{KEY}/fulfillment-order-notification/"
WEBHOOK = f"/next29/webhooks/{KEY}/"
SIGNED = example("webhooks_signed")
SIGNED_CASES = [pytest.param(case, id=case["name"]) for case in SIGNED["cases"]]
CALLBACK_CASES = [
    pytest.param(case, id=case["name"]) for case in example("callback_requests")["cases"]
]


@pytest.fixture
def acme() -> Store:
    """The store of the contract's examples, paused so that nobody is called."""
    store = StoreFactory(account=ACCOUNT, endpoint_key=KEY, paused_at="2026-01-01T00:00:00Z")
    store.set_credentials(access_token="acme-token", webhook_secret=SIGNED["secret_key"])
    store.save()
    return store


def post(path: str, body: bytes | str, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else body.encode()
    return Client().post(path, raw, content_type="application/json", headers=headers)


def signed(case: dict[str, Any]) -> Any:
    signature = case.get("signature") or case["headers"].get("X-29Next-Signature")
    headers = {"X-29Next-Signature": signature} if signature else {}
    return post(WEBHOOK, case["raw_body"], **headers)


@pytest.mark.parametrize("case", CALLBACK_CASES)
def test_callbacks_are_answered_as_the_contract_says(acme: Store, case: dict[str, Any]) -> None:
    request, expected = case["request"], case["expect"]["status"]
    headers = {name: value for name, value in request["headers"].items() if name != "Content-Type"}
    answer = post(request["path"], request["raw_body"], **headers)
    assert answer.status_code == expected
    assert acme.messages.count() == (1 if expected == 200 else 0)


@pytest.mark.parametrize("case", SIGNED_CASES)
@pytest.mark.acceptance("next29", 13)
def test_signed_webhooks_are_taken_or_refused(acme: Store, case: dict[str, Any]) -> None:
    answer = signed(case)
    assert (answer.status_code == 200) is case["must_accept"]
    if case["must_accept"]:
        assert bytes(acme.messages.get().body).decode() == case["raw_body"]
    else:
        assert answer.status_code in (401, 403)
        assert not acme.messages.exists()


@pytest.mark.acceptance("next29", 13)
def test_a_redelivered_webhook_is_kept_once(acme: Store) -> None:
    deliveries = example("webhook_redelivery")["deliveries"]
    assert {signed(each).status_code for each in deliveries} == {200}
    ids = {json.loads(each["raw_body"])["event_id"] for each in deliveries}
    assert set(acme.messages.values_list("dedupe_key", flat=True)) == ids


@pytest.mark.acceptance("next29", 14)
def test_an_uninstalled_store_is_paused_and_no_other(engine: None, acme: Store) -> None:
    other = StoreFactory()
    Store.objects.filter(pk=acme.pk).update(paused_at=None)
    signed(SIGNED["cases"][0])
    work()
    acme.refresh_from_db()
    other.refresh_from_db()
    assert acme.paused_at
    assert [alarm.kind for alarm in acme.alarms.all()] == ["uninstalled"]
    assert other.paused_at is None


def test_only_harmless_headers_are_kept(acme: Store) -> None:
    post(
        CALLBACK,
        '{"type": "fulfillment_requested"}',
        **{"X-29Next-Store": ACCOUNT, "Authorization": "Bearer x", "Cookie": "sessionid=1"},
    )
    assert acme.messages.get().headers == {
        "x-29next-store": ACCOUNT,
        "content-type": "application/json",
    }


DEEP = "[" * 100_000 + "]" * 100_000
GARBAGE = [
    b"",
    b"not json",
    b"\xff\xfe\x00broken",
    b"[]",
    b'"text"',
    b"null",
    b"17",
    b'{"type": "fulfillment_requested"',
    DEEP.encode(),
    b'{"type": ' + DEEP.encode() + b"}",
    b'{"type": 1e999999}' + b"}",
]


@pytest.mark.parametrize("body", GARBAGE, ids=lambda body: repr(body[:24]))
def test_garbage_is_refused_in_few_words_and_leaves_no_trace(acme: Store, body: bytes) -> None:
    answer = post(CALLBACK, body)
    assert answer.status_code == 400
    assert 0 < len(answer.json()["detail"]) < 200
    assert not InboundMessage.objects.exists()


ODD = [None, 7, True, [], {}, ["fulfillment_requested"], "", "a" * 5000, "nul\x00nul", "\ud800"]


@pytest.mark.parametrize("kind", ODD, ids=lambda kind: repr(kind)[:24])
def test_an_odd_type_is_kept_and_read_as_a_hint_to_ask(acme: Store, kind: Any) -> None:
    assert post(CALLBACK, json.dumps({"type": kind})).status_code == 200
    inbox.read_received(acme.pk)
    message = acme.messages.get()
    assert (message.topic, message.state) == ("unknown", MessageState.DONE)


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:24])
@pytest.mark.parametrize("field", ["event_type", "event_id"])
def test_a_signed_message_with_odd_values_never_breaks_the_site(
    acme: Store, field: str, value: Any
) -> None:
    text = json.dumps({"event_type": "order.updated", "event_id": "1", field: value})
    answer = post(WEBHOOK, text, **{"X-29Next-Signature": sign(SIGNED["secret_key"], text)})
    assert answer.status_code in (200, 400)
    assert acme.messages.count() == (answer.status_code == 200)


def test_a_body_that_is_too_large_is_not_read(acme: Store) -> None:
    answer = post(CALLBACK, b'{"type": "' + b"x" * 1_000_001 + b'"}')
    assert answer.status_code == 413
    assert not acme.messages.exists()


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head"])
def test_other_methods_are_405_and_never_410(acme: Store, method: str) -> None:
    for path in (CALLBACK, WEBHOOK):
        assert getattr(Client(), method)(path).status_code == 405


@pytest.mark.parametrize("key", ["wrong", "%00", "%F0%9F%90%88", "a" * 500, "..", "%27--"])
def test_an_unknown_address_is_404(acme: Store, key: str) -> None:
    for path in (f"/next29/cb/{key}", f"/next29/cb/{key}/fulfillment-order-notification/"):
        assert post(path, '{"type": "fulfillment_requested"}').status_code == 404
    assert post(f"/next29/webhooks/{key}/", "{}").status_code == 404


def test_a_message_that_nobody_reads_stays_with_its_reason_and_stops_no_other(
    engine: None, acme: Store
) -> None:
    unread = InboundMessage.objects.create(
        store=acme, endpoint="webhook", topic="dispute.created", dedupe_key="1", body=b"{}"
    )
    post(CALLBACK, '{"type": "fulfillment_requested"}')
    work()
    unread.refresh_from_db()
    assert unread.state == MessageState.FAILED
    assert "Nobody reads messages about “dispute.created”" in unread.reason
    assert acme.messages.get(topic="fulfillment_requested").state == MessageState.DONE


def test_a_message_can_be_replayed(engine: None, acme: Store) -> None:
    message = InboundMessage.objects.create(
        store=acme, endpoint="webhook", topic="dispute.created", dedupe_key="1", body=b"{}"
    )
    with pytest.raises(Refusal, match="waiting to be read"):
        inbox.replay(message.pk)
    inbox.read_received(acme.pk)
    InboundMessage.objects.filter(pk=message.pk).update(topic="order.updated")
    inbox.replay(message.pk)
    work()
    message.refresh_from_db()
    assert (message.state, message.reason) == (MessageState.DONE, "")


def test_a_new_secret_is_good_at_once_and_the_former_one_for_some_seconds_at_most(
    acme: Store,
) -> None:
    former, new = "whsec-former-of-this-test", "whsec-new-of-this-test"
    text = json.dumps({"event_type": "order.updated", "event_id": "1"})
    give(acme, former)
    assert post(WEBHOOK, text, **{"X-29Next-Signature": sign(former, text)}).status_code == 200
    give(acme, new)
    text = text.replace("1", "2")
    assert post(WEBHOOK, text, **{"X-29Next-Signature": sign(new, text)}).status_code == 200
    text = text.replace("2", "3")
    assert post(WEBHOOK, text, **{"X-29Next-Signature": sign(former, text)}).status_code == 401
    assert acme.messages.count() == 2


def test_a_ring_costs_two_statements(acme: Store) -> None:
    ring = '{"type": "fulfillment_requested"}'
    post(CALLBACK, ring)
    with CaptureQueriesContext(connection) as statements:
        assert post(CALLBACK, ring).status_code == 200
    assert len(statements) == 2, "keep it, and see whether its reader is queued"


def give(store: Store, secret: str) -> None:
    store.set_credentials(webhook_secret=secret)
    store.save()
