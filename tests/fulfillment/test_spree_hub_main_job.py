"""The main job with a hub, over real HTTP both ways: it posts, it polls, and each thing is once."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from fulfillment.models import FulfillmentOrder, ShipmentState
from fulfillment.transitions import Action
from relay.models import OutboundCall
from sandbox import Sandbox
from tests.books import assert_books_are_right
from tests.factories import stock
from tests.sandbox.spree_hub.stage import HubStage, open_hub_stage
from tests.spree_hub import TOKEN, Hub, open_hub, place_of

pytestmark = pytest.mark.usefixtures("engine")
CODE = "1Z77W0440390112284"
KINDS: dict[str, dict[str, Any]] = {
    "first generation": {"generation": 1},
    "second generation": {"generation": 2},
    "in pages": {"generation": 2, "pages": True},
    "Cangaroo": {"generation": 2, "cangaroo": True},
}


@pytest.fixture
def ours(engine: None) -> Hub:
    hub = open_hub(page_size=1)
    for product in hub.store.merchant.products.all():
        stock(product, place_of(hub.store).warehouse, 50)
    return hub


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def theirs(
    request: pytest.FixtureRequest, sandbox: Sandbox, live_server: LiveServer, ours: Hub
) -> Iterator[HubStage]:
    address = f"{live_server.url}/spree_hub"
    stage = open_hub_stage(sandbox, base_url=address, token=TOKEN, **request.param)
    yield stage
    assert stage.violations() == []
    assert stage.effects("refused") == []
    assert OutboundCall.objects.count() == 0
    assert_books_are_right()


def ship(ours: Hub, number: str, *codes: str) -> None:
    ours.step(Action.START_PICKING, Action.FINISH_PICKING, Action.PACK, ref=number)
    ours.ship(*(codes or (f"1Z{number}",)), ref=number)


def shipment_state(ours: Hub, number: str) -> str:
    return str(ours.order(number).shipments.get().state)


@pytest.mark.acceptance("spree_hub", 5)
def test_an_order_is_accepted_shipped_polled_and_confirmed_once(
    ours: Hub, theirs: HubStage
) -> None:
    number = theirs.place()
    assert ours.order(number).work_status == "allocated"
    assert theirs.status(number) == "ready"
    ship(ours, number, CODE)
    assert theirs.status(number) == "ready"

    theirs.poll()
    assert theirs.effects("shipped") == [("shipped", number, CODE)]
    assert shipment_state(ours, number) == ShipmentState.QUEUED
    theirs.poll()
    assert theirs.effects("shipped") == [("shipped", number, CODE)]
    cangaroo = "last_poll" in theirs.control("GET", "calls")["calls"][-1]["body"]
    if not cangaroo:
        assert shipment_state(ours, number) == ShipmentState.CONFIRMED
        assert ours.order(number).request_status == "closed"


def test_answers_that_are_lost_repeated_or_crossed_change_nothing(
    ours: Hub, theirs: HubStage
) -> None:
    numbers = []
    for fault in ("lose_answer", "repeat", "repeat_at_once", "new_id"):
        theirs.fault(fault)
        numbers.append(theirs.place())
        theirs.retry()
    assert FulfillmentOrder.objects.count() == 4
    assert {line.ordered for line in ours.order(numbers[0]).lines.all()} == {1, 2}
    for number in numbers:
        ship(ours, number)
    theirs.fault("lose_answer")
    theirs.poll()
    assert theirs.effects("shipped") == []
    assert {shipment_state(ours, number) for number in numbers} == {"queued"}
    theirs.poll()
    theirs.poll()
    expected = [("shipped", number, f"1Z{number}") for number in numbers]
    assert theirs.effects("shipped") == expected


def test_a_cancellation_is_done_in_time_or_refused(ours: Hub, theirs: HubStage) -> None:
    early, late = theirs.place(), theirs.place()
    theirs.press(early, "cancel")
    assert ours.order(early).work_status == "cancelled"
    ours.step(Action.START_PICKING, ref=late)
    theirs.press(late, "cancel")
    assert ours.order(late).work_status == "picking"
    assert theirs.status(late) == "ready"


def test_a_new_address_reaches_the_floor(ours: Hub, theirs: HubStage) -> None:
    number = theirs.place()
    theirs.press(number, "update", address={"address1": "2 New Street"})
    assert ours.order(number).address["line1"] == "2 New Street"
    ship(ours, number)
    theirs.poll()
    assert theirs.status(number) == "shipped"


def test_an_update_that_comes_first_is_sent_again_after_the_shipment(
    ours: Hub, theirs: HubStage
) -> None:
    number = theirs.place(send=False)
    theirs.press(number, "update", address={"address1": "2 New Street"})
    assert FulfillmentOrder.objects.count() == 0
    theirs.press(number, "send")
    assert [sent["status"] for sent in theirs.retry()] == [200]
    assert ours.order(number).address["line1"] == "2 New Street"


def test_stock_reaches_the_shop_and_follows_what_is_sold(ours: Hub, theirs: HubStage) -> None:
    theirs.poll("stock")
    assert theirs.control("GET", "state")["stock"] == {"TOTE-NAT-01": 50, "MUG-BLU-35": 50}
    theirs.place()
    theirs.poll("stock")
    assert theirs.control("GET", "state")["stock"] == {"TOTE-NAT-01": 48, "MUG-BLU-35": 49}
    before = theirs.effects("stock")
    theirs.poll("stock")
    assert theirs.effects("stock") == before


def test_an_address_out_of_the_zone_is_refused_and_told(ours: Hub, theirs: HubStage) -> None:
    theirs.place(address={"zipcode": "99950", "city": "Ketchikan"})
    assert FulfillmentOrder.objects.count() == 0
    [call] = theirs.control("GET", "calls")["calls"]
    assert "99950" in str(call["answer"])
    first = "message_id" in call["answer"]
    assert call["status"] == (200 if first else 500)


def test_an_order_of_several_shipments_is_several_fulfillments(ours: Hub, theirs: HubStage) -> None:
    items = [{"sku": "MUG-BLU-35"}]
    placed = theirs.control("POST", "orders", {"shipments": [items, items, items]})["shipments"]
    assert FulfillmentOrder.objects.count() == 3
    for number in placed:
        ship(ours, number, f"1Z{number}", f"2Z{number}")
    theirs.poll()
    theirs.poll()
    expected = [("shipped", number, f"1Z{number}, 2Z{number}") for number in placed]
    assert theirs.effects("shipped") == expected
