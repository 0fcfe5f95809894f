"""A hub that wants to be told at once: what left is pushed, once, beside being shown when asked."""

from collections.abc import Iterator

import pytest
from pytest_django.live_server_helper import LiveServer

from fulfillment.models import ShipmentState
from relay.models import CallState, OutboundCall
from sandbox import Sandbox
from tests.dock import hurry
from tests.factories import stock
from tests.fulfillment.test_spree_hub_main_job import ship, shipment_state
from tests.sandbox.spree_hub.stage import HubStage, open_hub_stage
from tests.spree_hub import TOKEN, Hub, open_hub, place_of
from tests.work import work

pytestmark = pytest.mark.usefixtures("engine")
STORE_ID = "54a1c07e6465661f2b0c0000"


@pytest.fixture
def ours(engine: None, sandbox: Sandbox) -> Hub:
    hub = open_hub(hub_store=STORE_ID)
    for product in hub.store.merchant.products.all():
        stock(product, place_of(hub.store).warehouse, 50)
    return hub


@pytest.fixture
def theirs(sandbox: Sandbox, live_server: LiveServer, ours: Hub) -> Iterator[HubStage]:
    address = f"{live_server.url}/spree_hub"
    stage = open_hub_stage(sandbox, base_url=address, token=TOKEN)
    ours.store.options = {
        **ours.store.options,
        "push_url": f"{stage.url}/spree_hub/{stage.name}/endpoint",
    }
    ours.store.requests_per_second = 1000
    ours.store.save()
    yield stage
    assert stage.violations() == []
    assert stage.effects("refused") == []


def call() -> OutboundCall:
    return OutboundCall.objects.latest("id")


def test_what_left_is_pushed_and_confirmed(ours: Hub, theirs: HubStage) -> None:
    number = theirs.place()
    ship(ours, number, "1Z1")
    work()
    assert theirs.effects("shipped") == [("shipped", number, "1Z1")]
    assert shipment_state(ours, number) == ShipmentState.CONFIRMED
    assert ours.order(number).request_status == "closed"
    theirs.poll()
    theirs.poll()
    assert theirs.effects("shipped") == [("shipped", number, "1Z1")]


def test_a_push_whose_answer_was_lost_is_sent_again_and_applied_once(
    ours: Hub, theirs: HubStage
) -> None:
    number = theirs.place()
    ship(ours, number, "1Z1")
    theirs.fault("lose_answer")
    work()
    assert call().state in (CallState.WAITING, CallState.IN_DOUBT)
    hurry([ours.store])
    work()
    assert call().state == CallState.DONE
    assert theirs.effects("shipped") == [("shipped", number, "1Z1")]
    assert len(theirs.effects("pushed")) == 2


def test_what_the_hub_asked_for_meanwhile_is_not_pushed(ours: Hub, theirs: HubStage) -> None:
    number = theirs.place()
    ship(ours, number, "1Z1")
    theirs.poll()
    theirs.poll()
    work()
    assert theirs.effects("pushed") == []
    assert call().state == CallState.DONE


def test_a_hub_that_lets_nobody_push_still_asks(ours: Hub, theirs: HubStage) -> None:
    number = theirs.place()
    ship(ours, number, "1Z1")
    theirs.settings(token="another-token-of-the-hub-entirely")
    work()
    ours.store.refresh_from_db()
    assert ours.store.paused_at is None
    assert shipment_state(ours, number) == ShipmentState.QUEUED
    [problem] = ours.order(number).problems.filter(settled_at=None)
    assert "wrong credentials" in problem.detail
    theirs.settings(token=TOKEN)
    theirs.poll()
    theirs.poll()
    assert theirs.effects("shipped") == [("shipped", number, "1Z1")]
    assert shipment_state(ours, number) == ShipmentState.CONFIRMED
