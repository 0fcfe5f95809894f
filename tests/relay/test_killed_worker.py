"""A worker that is killed midway: nothing is lost, nothing happens twice."""

import signal
from collections.abc import Iterator

import pytest
from django.test import override_settings

from fulfillment.models import ShipmentState
from locations.models import Store
from relay import registration
from relay.models import Attempt, CallState
from sandbox import Sandbox, World
from tests import processes
from tests.dock import Dock
from tests.processes import WORKER, running, wait_until, web
from tests.work import work

pytestmark = pytest.mark.processes

FOUND = "The store had it already."
HOLD_BACK = 30.0


@pytest.fixture
def sandbox(db: None) -> Iterator[Sandbox]:
    """Here the store is a process too: nothing is shared but sockets and the database."""
    with processes.sandbox() as url:
        yield Sandbox(url, World())


def kill_while_sending(dock: Dock, operation: str, effect: str) -> None:
    """Start a worker and kill it when the store has made a change and has not yet said so."""
    dock.shop.fault("delay_after", operation, times=1, seconds=HOLD_BACK)
    with running(*WORKER) as worker:
        wait_until(lambda: dock.shop.effects(effect), f"the store applied {effect}")
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert dock.store.calls.latest("id").state == CallState.SENDING


def remarks_on_latest_call(store: Store) -> str:
    attempts = Attempt.objects.filter(call=store.calls.latest("id"))
    return attempts.latest("id").remark


def test_a_shipment_that_the_store_took_while_the_worker_died_is_found_and_not_sent_again(
    dock: Dock,
) -> None:
    order = dock.accepted()
    shipment = dock.ship(order, "1Z999AA10123456784")
    kill_while_sending(dock, "fulfillmentsCreate", "fulfillment")

    with running(*WORKER):
        wait_until(
            lambda: dock.store.calls.latest("id").state == CallState.DONE, "the call is done"
        )
    shipment.refresh_from_db()
    assert (shipment.state, shipment.ref) == (ShipmentState.CONFIRMED, "70210")
    assert dock.state(order) == ("closed", "shipped")
    assert remarks_on_latest_call(dock.store) == FOUND
    assert len(dock.shop.effects("fulfillment")) == 1
    assert len(dock.shop.calls("fulfillmentsCreate")) == 1


def test_an_acceptance_survives_the_death_of_the_worker_from_the_doorbell_to_the_floor(
    dock: Dock,
) -> None:
    location = dock.store.locations.get()
    with web() as url:
        with override_settings(PUBLIC_URL=url):
            there = dock.shop.service.get(f"/locations/{location.ref}/")
            there |= {"callback_url": registration.callback_url(dock.store)}
            del there["id"]
            dock.shop.service.good("PUT", f"/locations/{location.ref}/", there)
        ref = dock.shop.place()
        wait_until(dock.store.messages.exists, "the callback is stored")
    work()
    order = dock.order(ref)
    dock.accept(order)
    kill_while_sending(dock, "fulfillmentRequestAccept", "accept")
    assert dock.state(order) == ("requested", "new"), "nobody confirmed it to us"

    with running(*WORKER):
        wait_until(
            lambda: dock.store.calls.latest("id").state == CallState.DONE, "the call is done"
        )
    assert dock.state(order) == ("accepted", "allocated")
    assert remarks_on_latest_call(dock.store) == FOUND
    assert len(dock.shop.effects("accept")) == 1
    assert len(dock.shop.calls("fulfillmentRequestAccept")) == 1
