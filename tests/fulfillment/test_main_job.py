"""The main job over real HTTP: asked, decided, shipped, tracked; rejected; cancelled."""

from collections.abc import Iterator

import pytest
from pytest_django.live_server_helper import LiveServer

from fulfillment.models import ShipmentState
from fulfillment.transitions import Action
from locations.models import LocationState, Store
from relay import registration
from relay.models import CallState
from tests.dock import Dock
from tests.factories import StoreFactory, WarehouseFactory
from tests.sandbox.stage import Stage
from tests.work import work

pytestmark = pytest.mark.usefixtures("engine")

TRACKING = "1Z999AA10123456784"


def test_an_order_is_asked_for_accepted_picked_packed_shipped_and_tracked(dock: Dock) -> None:
    order = dock.place()
    assert dock.state(order) == ("requested", "new")
    assert (order.recipient, order.open_problems) == ("Dana Whitfield", 0)

    dock.accept(order)
    assert dock.state(order) == ("requested", "new"), "not told yet, so not shown as told"
    work()
    assert dock.state(order) == ("accepted", "allocated")
    assert dock.state_there(order) == ("processing", "accepted")

    for action in (Action.START_PICKING, Action.FINISH_PICKING, Action.PACK):
        assert dock.step(action, order).done
    shipment = dock.ship(order, TRACKING)
    assert shipment.state == ShipmentState.QUEUED
    work()
    shipment.refresh_from_db()
    assert (shipment.state, shipment.ref) == (ShipmentState.CONFIRMED, "70210")
    assert dock.state(order) == ("closed", "shipped")
    assert dock.state_there(order) == ("closed", "closed")
    [told] = dock.shop.effects("fulfillment")
    assert told["detail"]["tracking_codes"] == [TRACKING]
    assert dock.shop.violations() == []


def test_a_rejected_order_tells_the_merchant_why(dock: Dock) -> None:
    order = dock.place()
    dock.reject(order)
    work()
    assert dock.state(order) == ("rejected", "new")
    [told] = dock.shop.effects("reject")
    assert told["detail"] == {
        "rejected_reason": "incorrect_address",
        "message": "The street is wrong",
    }


def test_a_cancellation_before_picking_is_accepted_by_a_person(dock: Dock) -> None:
    order = dock.accepted()
    dock.shop.press(int(order.ref), "ask-cancel", message="Changed my mind")
    dock.pull()
    assert dock.state(order) == ("cancel_requested", "allocated")
    assert "Changed my mind" in dock.story(order)
    dock.accept_cancellation(order)
    work()
    assert dock.state(order) == ("cancel_accepted", "cancelled")
    assert dock.state_there(order) == ("canceled", "cancel_accepted")
    assert [line.cancelled for line in order.lines.all()] == [1]


@pytest.fixture
def new_store(sandbox_store: Stage) -> Store:
    store = StoreFactory(
        account=sandbox_store.subdomain,
        base_url=f"{sandbox_store.url}/next29/{sandbox_store.subdomain}/api/admin/",
        requests_per_second=1000,
    )
    store.set_credentials(access_token=sandbox_store.token)
    store.save()
    return store


@pytest.fixture
def sandbox_store(shop: Stage) -> Iterator[Stage]:
    yield shop
    shop.settle()


def test_a_warehouse_is_registered_once_and_the_store_then_rings_at_our_door(
    new_store: Store, sandbox_store: Stage, live_server: LiveServer, settings: object
) -> None:
    settings.PUBLIC_URL = live_server.url  # type: ignore[attr-defined]
    location = registration.register(new_store, WarehouseFactory())
    work()
    location.refresh_from_db()
    assert (location.state, location.ref) == (LocationState.REGISTERED, "31")

    ref = sandbox_store.place()
    sandbox_store.settle()
    assert [
        each["status"] for each in sandbox_store.control("GET", "deliveries")["deliveries"]
    ] == [200]
    work()
    order = new_store.fulfillment_orders.get(ref=str(ref))
    assert order.warehouse == location.warehouse
    assert [call.state for call in new_store.calls.all()] == [CallState.DONE]
