"""Webhooks: subscribing, signing, retrying, and what each event carries."""

import hashlib
import hmac
import json

import pytest

from sandbox.next29.callbacks import sign
from tests.sandbox.stage import SPEC, Received, Receiver, Stage, assert_valid, example

SECRET = "whsec_of_the_tests"
EVENTS = ["app.uninstalled", "order.created", "order.updated", "fulfillment.created"]
SIGNED = example("webhooks_signed")


def subscribe(store: Stage, target: str, **changes: object) -> int:
    body = {"events": EVENTS, "target": target, "secret_key": SECRET, "active": True, **changes}
    return int(store.service.post("/webhooks/", body)["id"])


def of(receiver: Receiver, event: str) -> list[Received]:
    return [each for each in receiver.received if each.body["event_type"] == event]


def schema_of(event: str) -> dict[str, object]:
    body = SPEC["webhooks"][event]["post"]["requestBody"]["content"]["application/json"]
    found: dict[str, object] = body["schema"]
    return found


def test_the_example_subscription_is_kept_and_read_back(store: Stage) -> None:
    wanted = example("webhook_create.request")
    made = store.service.post("/webhooks/", wanted)
    assert {name: made[name] for name in wanted} == wanted
    assert store.service.get("/webhooks/")["results"] == [made]
    path = f"/webhooks/{made['id']}/"
    assert store.service.good("PATCH", path, {"active": False})["active"] is False
    assert store.service.good("PUT", path, wanted)["active"] is True
    assert store.service.good("DELETE", path) is None
    assert store.service.call("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"events": ["order.updated"]}, "target"),
        ({"target": "https://wms.example.com/"}, "events"),
        ({"events": ["order.updated"], "target": "http://wms.example.com/"}, "target"),
        ({"events": "order.updated", "target": "https://wms.example.com/"}, "events"),
        ({"events": [], "target": "https://wms.example.com/", "name": "n" * 51}, "name"),
    ],
)
def test_a_bad_subscription_is_refused(store: Stage, body: dict[str, object], field: str) -> None:
    answer = store.service.call("POST", "/webhooks/", body)
    assert (answer.status_code, list(answer.json())) == (400, [field])


def test_all_events_are_signed_and_shaped_as_published(store: Stage, receiver: Receiver) -> None:
    subscribe(store, receiver.url + "/hook/")
    order_id = store.place(lines=[{"sku": "MUG-ENM", "quantity": 2}])
    store.service.step(order_id, "fulfillments", {"tracking_info": [{"carrier": "ups"}]})
    store.control("POST", "uninstall")
    store.settle()
    assert {each.body["event_type"] for each in receiver.received} == set(EVENTS)
    for each in receiver.received:
        raw = hmac.new(SECRET.encode(), each.text.encode(), hashlib.sha256).hexdigest()
        assert each.headers["X-29Next-Signature"] == raw
        assert each.text == json.dumps(each.body)
        assert_valid(schema_of(each.body["event_type"]), each.body)
        assert each.body["webhook"]["store"] == store.subdomain


@pytest.mark.parametrize("case", [c for c in SIGNED["cases"] if c["must_accept"]], ids=str)
def test_the_signature_is_the_contracts(case: dict[str, dict[str, str]]) -> None:
    signature = case["headers"]["X-29Next-Signature"]
    assert sign(SIGNED["secret_key"], str(case["raw_body"])) == signature


def test_compact_text_is_signed_as_sent(store: Stage, receiver: Receiver) -> None:
    """A verifier that writes the JSON anew gets another signature; one over raw bytes does not."""
    store.settings(compact_webhooks=True)
    subscribe(store, receiver.url)
    store.place()
    store.settle()
    event = receiver.received[0]
    assert event.text != json.dumps(event.body)
    assert event.headers["X-29Next-Signature"] == sign(SECRET, event.text)


def test_a_failed_delivery_is_repeated_with_the_same_event_id(
    store: Stage, receiver: Receiver
) -> None:
    store.settings(webhook_retries=[0.01, 0.01])
    receiver.answers = [500, 202]
    hook_id = subscribe(store, receiver.url, events=["order.created"])
    store.place()
    store.settle()
    assert len(receiver.received) == 3
    assert len({each.body["event_id"] for each in receiver.received}) == 1
    assert store.service.get(f"/webhooks/{hook_id}/")["warning_count"] == 2


def test_gone_switches_a_webhook_off_for_good(store: Stage, receiver: Receiver) -> None:
    store.settings(webhook_retries=[0.01])
    receiver.answers = [410]
    hook_id = subscribe(store, receiver.url, events=["order.created"])
    store.place()
    store.settle()
    store.place()
    store.settle()
    assert len(receiver.received) == 1
    assert store.service.get(f"/webhooks/{hook_id}/")["active"] is False


def test_a_changed_address_is_announced(store: Stage, receiver: Receiver) -> None:
    order_id = store.place(request=False)
    subscribe(store, receiver.url)
    address = {"first_name": "D", "last_name": "W", "line1": "New", "line4": "B", "country": "US"}
    store.press(order_id, "edit-address", shipping_address=address)
    store.settle()
    [event] = of(receiver, "order.updated")
    assert event.body["data"]["shipping_address"]["line1"] == "New"


def test_after_uninstalling_every_call_is_refused(store: Stage) -> None:
    store.control("POST", "uninstall")
    assert store.service.call("GET", "/locations/").status_code == 401
