"""What is announced to whom: signed over its bytes, once or oddly, whole or just enough."""

import pytest

from sandbox.spresso.announcing import sign
from tests.sandbox.spresso.stage import KETTLE, TEE, Console
from tests.sandbox.stage import Receiver

SECRET = "example-only-spresso-client-secret-7f3a"


def test_both_events_go_to_their_own_address_signed_over_compact_bytes(
    console: Console, receiver: Receiver
) -> None:
    console.listen(receiver.url)
    order = console.place()
    console.settle()
    console.control("POST", f"orders/{order['id']}/cancel")
    console.settle()
    first, second = receiver.wait_for(2)
    assert [first.path, second.path] == ["/order_fulfillable", "/order_cancelled"]
    for each in (first, second):
        assert each.headers["X-Spresso-Hmac-SHA256"] == sign(SECRET, each.text)
        assert ": " not in each.text
        assert "Noémie" in each.text
        assert each.headers["Content-Type"] == "application/json"
    assert first.body == order
    assert second.body["status"] == "cancelled"
    assert [each["status"] for each in console.control("GET", "deliveries")["deliveries"]] == [
        200,
        200,
    ]


def test_a_fulfillment_may_be_cancelled_alone(console: Console, receiver: Receiver) -> None:
    console.listen(receiver.url)
    parts = [{"lines": [{"sku": TEE, "quantity": 2}]}, {"lines": [{"sku": TEE}, {"sku": KETTLE}]}]
    order = console.place(fulfillments=parts, announce=False)
    assert [each["quantity"] for each in order["orderVariants"]] == [3, 1]
    second = order["fulfillments"][1]["id"]
    console.control("POST", f"orders/{order['id']}/cancel", {"fulfillment_id": second})
    (said,) = receiver.wait_for(1)
    assert said.body["status"] == "sent_to_fulfiller"
    assert [each["status"] for each in said.body["fulfillments"]] == ["order_placed", "cancelled"]
    first = order["fulfillments"][0]["id"]
    console.control("POST", f"orders/{order['id']}/cancel", {"fulfillment_id": first})
    assert receiver.wait_for(2)[1].body["status"] == "cancelled"
    assert len(console.effects("cancelled")) == 2


@pytest.mark.parametrize(
    ("form", "names"),
    [("minimal", {"id", "orderNo", "status"}), ("number", {"orderNo", "status"})],
)
def test_a_cancellation_may_say_just_enough(
    console: Console, receiver: Receiver, form: str, names: set[str]
) -> None:
    console.listen(receiver.url)
    order = console.place(announce=False)
    console.control("POST", f"orders/{order['id']}/cancel", {"form": form})
    assert set(receiver.wait_for(1)[0].body) == names
    console.control("POST", f"orders/{order['id']}/cancel", {"form": "short"}, expect=400)


def test_a_message_may_come_again_elsewhere_and_otherwise(
    console: Console, receiver: Receiver
) -> None:
    console.listen(receiver.url)
    order = console.place(announce=False)
    path, event = f"orders/{order['id']}/announce", "order_fulfillable"
    for wish in (
        {"times": 2},
        {"at": "order_cancelled", "enveloped": True},
        {"secret": "another"},
        {"change": {"financialStatus": "paid"}},
    ):
        console.control("POST", path, {"event": event, **wish})
        console.settle()
    same, again, elsewhere, forged, changed = receiver.received
    assert same.text == again.text
    assert elsewhere.path == "/order_cancelled"
    assert elsewhere.body == {"event": event, "order": order}
    assert forged.headers["X-Spresso-Hmac-SHA256"] == sign("another", forged.text)
    assert changed.body == {**order, "financialStatus": "paid"}
    console.control("POST", path, {"event": "order_moved"}, expect=400)
    console.control("POST", "orders/nothing/announce", {"event": event}, expect=404)


def test_how_messages_travel(console: Console, receiver: Receiver) -> None:
    console.listen(receiver.url)
    console.settings(webhooks="never")
    console.place()
    console.settings(webhooks="duplicate", times=3)
    console.place()
    console.settle()
    assert len(receiver.received) == 3
    console.settings(webhooks="reordered", enveloped=True)
    order = console.place()
    console.control("POST", f"orders/{order['id']}/cancel")
    console.settle()
    late = [each.body["event"] for each in receiver.received[3:]]
    assert sorted(late) == ["order_cancelled", "order_fulfillable"]


def test_an_order_that_is_late_is_passed_by_its_cancellation(
    console: Console, receiver: Receiver
) -> None:
    console.listen(receiver.url)
    console.settings(webhooks="reordered")
    order = console.place()
    console.control("POST", f"orders/{order['id']}/cancel")
    console.settle()
    paths = [each.path for each in receiver.received]
    assert paths == ["/order_cancelled", "/order_fulfillable"]


def test_a_failed_message_is_not_repeated_unless_a_test_wants_it(
    console: Console, receiver: Receiver
) -> None:
    console.listen(receiver.url)
    receiver.answers = [500]
    console.place()
    console.settle()
    assert len(receiver.received) == 1
    console.settings(webhook_retries=[0.01])
    receiver.answers = [500]
    console.place()
    console.settle()
    assert receiver.received[1].text == receiver.received[2].text


def test_several_addresses_may_be_registered(console: Console, receiver: Receiver) -> None:
    urls = [f"{receiver.url}/a", f"{receiver.url}/b"]
    console.control("PUT", "webhooks", {"order_fulfillable": urls})
    console.place()
    assert {each.path for each in receiver.wait_for(2)} == {"/a", "/b"}
    console.control("PUT", "webhooks", {"order_moved": urls}, expect=400)
