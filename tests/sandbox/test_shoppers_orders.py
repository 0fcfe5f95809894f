"""The shopper's orders, and what carriers say about what left."""

import pytest

from sandbox import Sandbox
from tests.sandbox.stage import Receiver, Stage, example, open_store

PARCEL = {"carrier": "usps", "tracking_code": "9400111899223817000011"}
SAID = example("fulfillment_event_create.request")


@pytest.fixture
def shipped(store: Stage) -> dict[str, object]:
    """A fulfillment, as the store shows it."""
    order_id = store.place()
    store.service.step(order_id, "fulfillment-request/accept")
    path = f"/fulfillment-orders/{order_id}/fulfillments/"
    made: dict[str, object] = store.service.post(path, {"tracking_info": [PARCEL]})
    return made


def events_of(shipped: dict[str, object]) -> str:
    return f"/orders/{shipped['order_number']}/fulfillments/{shipped['id']}/events/"


def fulfillments(store: Stage) -> list[dict[str, object]]:
    found: list[dict[str, object]] = store.control("GET", "state")["fulfillments"]
    return found


def test_an_order_is_shown_as_it_was_placed(store: Stage) -> None:
    wishes = {"is_test": True, "tags": ["vip"], "metadata": {"channel": "web"}}
    number = store.service.order(store.place(**wishes))["order_number"]
    order = store.service.get(f"/orders/{number}/")
    assert {name: order[name] for name in wishes} == wishes
    assert order["user"]["email"] == "dana@example.com"
    assert store.service.call("GET", "/orders/1/").status_code == 404


def test_an_order_is_no_test_unless_told_otherwise(store: Stage) -> None:
    number = store.service.order(store.place())["order_number"]
    assert store.service.get(f"/orders/{number}/")["is_test"] is False


def test_an_event_is_added_shown_and_taken_away(store: Stage, shipped: dict[str, object]) -> None:
    made = store.service.post(events_of(shipped), SAID)
    assert {name: made[name] for name in SAID} == SAID
    assert set(made) == set(example("fulfillment_event_create.response"))
    assert store.service.get(events_of(shipped)) == [made]
    one = f"{events_of(shipped)}{made['id']}/"
    assert store.service.get(one) == made
    store.service.good("DELETE", one)
    assert store.service.get(events_of(shipped)) == []
    assert store.service.call("GET", one).status_code == 404


def test_the_delivery_status_follows_what_happened_last(
    store: Stage, shipped: dict[str, object]
) -> None:
    assert (shipped["delivery_status"], shipped["last_event_date"]) == ("tracking_added", None)
    for status, hour in (("failure", "10"), ("in_transit", "08")):
        told = {"status": status, "happened_at": f"2026-03-03T{hour}:00:00Z"}
        store.service.post(events_of(shipped), told)
    [now] = fulfillments(store)
    assert now["delivery_status"] == "failed_delivery"
    assert now["last_event_date"] == "2026-03-03T10:00:00Z"


def test_the_carrier_may_say_a_word_of_tomorrow(store: Stage, shipped: dict[str, object]) -> None:
    store.control("POST", f"fulfillments/{shipped['id']}/events", {"status": "by_drone"})
    assert fulfillments(store)[0]["delivery_status"] == "by_drone"
    store.control("POST", "fulfillments/1/events", {"status": "delivered"}, expect=404)


def test_a_service_may_not_invent_words(store: Stage, shipped: dict[str, object]) -> None:
    answer = store.service.call("POST", events_of(shipped), {"status": "by_drone"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"status": ['"by_drone" is not a valid choice.']},
    )


def test_subscribers_are_told_of_a_change(
    store: Stage, shipped: dict[str, object], receiver: Receiver
) -> None:
    hook = {"target": receiver.url, "events": ["fulfillment.updated"]}
    store.service.post("/webhooks/", hook)
    store.service.post(events_of(shipped), SAID)
    [told] = receiver.wait_for(1)
    assert told.body["event_type"] == "fulfillment.updated"
    assert told.body["data"]["delivery_status"] == "in_transit"


def test_orders_need_scopes_of_their_own(sandbox: Sandbox) -> None:
    work = open_store(sandbox, "fulfillment_service:read", "fulfillment_service:write")
    work.location()
    number = work.service.order(work.place())["order_number"]
    assert work.service.call("GET", f"/orders/{number}/").status_code == 403
