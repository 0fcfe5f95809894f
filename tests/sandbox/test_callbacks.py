"""The doorbell of a location, in every mode, at a real receiver."""

from tests.sandbox.stage import Receiver, Stage, example

CASES = {case["name"]: case["request"] for case in example("callback_requests")["cases"]}
BASE = "/next29/cb/k7Qm2vTz"


def test_a_request_rings_as_the_contract_shows(empty_store: Stage, receiver: Receiver) -> None:
    empty_store.location(callback_url=receiver.url + BASE)
    empty_store.place(lines=[{"sku": "MUG-ENM", "quantity": 1}])
    [ring] = receiver.wait_for(1)
    wanted = CASES["fulfillment requested, subdomain header"]
    assert (ring.path, ring.text) == (wanted["path"], wanted["raw_body"])
    assert ring.headers["X-29Next-Store"] == empty_store.subdomain
    assert ring.headers["Content-Type"] == wanted["headers"]["Content-Type"]


def test_asking_to_cancel_rings_too(empty_store: Stage, receiver: Receiver) -> None:
    empty_store.location(callback_url=receiver.url + BASE)
    order_id = empty_store.place()
    empty_store.service.step(order_id, "fulfillment-request/accept")
    empty_store.press(order_id, "ask-cancel", message="Changed my mind")
    types = {ring.body["type"] for ring in receiver.wait_for(2)}
    assert types == {"fulfillment_requested", "cancellation_requested"}


def test_withdrawing_holding_and_moving_are_silent(empty_store: Stage, receiver: Receiver) -> None:
    empty_store.location(callback_url=receiver.url + BASE)
    second = empty_store.location(name="Harrisburg")
    order_id = empty_store.place()
    receiver.wait_for(1)
    empty_store.press(order_id, "withdraw")
    empty_store.press(order_id, "hold")
    empty_store.press(order_id, "release")
    empty_store.press(order_id, "move", new_location_id=second)
    empty_store.settle()
    assert len(receiver.received) == 1


def test_many_orders_at_once_ring_once(empty_store: Stage, receiver: Receiver) -> None:
    empty_store.location(callback_url=receiver.url)
    empty_store.place(count=10)
    empty_store.settle()
    assert len(receiver.received) == 1


def test_without_a_callback_url_nobody_is_called(store: Stage) -> None:
    store.place()
    store.settle()
    assert store.control("GET", "deliveries")["deliveries"] == []


def test_a_callback_may_never_come(empty_store: Stage, receiver: Receiver) -> None:
    empty_store.location(callback_url=receiver.url)
    empty_store.settings(callbacks={"mode": "never"})
    empty_store.place()
    empty_store.settle()
    assert receiver.received == []


def test_a_callback_may_come_twenty_times(empty_store: Stage, receiver: Receiver) -> None:
    empty_store.location(callback_url=receiver.url)
    empty_store.settings(callbacks={"mode": "duplicate"})
    empty_store.place()
    empty_store.settle()
    assert len(receiver.received) == 20
    assert len({ring.text for ring in receiver.received}) == 1


def test_a_callback_may_have_a_double_slash(empty_store: Stage, receiver: Receiver) -> None:
    empty_store.location(callback_url=receiver.url + BASE)
    empty_store.settings(callbacks={"mode": "double_slash"})
    empty_store.place()
    assert receiver.wait_for(1)[0].path == CASES["double slash"]["path"]


def test_callbacks_may_overtake_each_other(empty_store: Stage, receiver: Receiver) -> None:
    empty_store.location(callback_url=receiver.url)
    empty_store.settings(callbacks={"mode": "reordered"})
    order_id = empty_store.place()
    empty_store.service.step(order_id, "fulfillment-request/accept")
    empty_store.press(order_id, "ask-cancel")
    types = [ring.body["type"] for ring in receiver.wait_for(2)]
    assert types == ["cancellation_requested", "fulfillment_requested"]


def test_a_callback_may_be_late(empty_store: Stage, receiver: Receiver) -> None:
    empty_store.location(callback_url=receiver.url)
    empty_store.settings(callbacks={"delay": 0.2})
    order_id = empty_store.place()
    assert empty_store.service.state(order_id) == ("open", "requested")
    assert receiver.received == []
    receiver.wait_for(1)


def test_a_callback_that_fails_is_not_repeated(empty_store: Stage, receiver: Receiver) -> None:
    receiver.answers = [500]
    empty_store.location(callback_url=receiver.url)
    empty_store.place()
    empty_store.settle()
    [delivery] = empty_store.control("GET", "deliveries")["deliveries"]
    assert (delivery["status"], delivery["kind"]) == (500, "fulfillment_requested")


def test_a_receiver_that_is_down_does_not_disturb_the_store(empty_store: Stage) -> None:
    empty_store.location(callback_url="http://127.0.0.1:9/nobody")
    order_id = empty_store.place()
    empty_store.settle()
    assert empty_store.service.state(order_id) == ("open", "requested")
    [delivery] = empty_store.control("GET", "deliveries")["deliveries"]
    assert (delivery["status"], delivery["error"]) == (None, "ConnectionError")
