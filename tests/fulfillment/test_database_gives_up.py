"""The database gives up a transaction of the courier's, after the store has taken what it sent."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from fulfillment.models import FulfillmentOrder
from relay.models import CallState
from tests.dock import Dock
from tests.processes import wait_until
from tests.work import work


@pytest.fixture
def impatient(dock: Dock) -> Iterator[Dock]:
    """A database that waits for no lock longer than a moment, as it does after a deadlock."""
    name = connection.get_connection_params()["dbname"]
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE \"{name}\" SET lock_timeout = '200ms'")
    yield dock
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" RESET lock_timeout')


def test_the_call_is_in_doubt_and_found_in_place_later(impatient: Dock) -> None:
    dock = impatient
    order = dock.place()
    dock.accept(order)
    dock.shop.fault("delay_after", "fulfillmentRequestAccept", times=1, seconds=1)
    held, let_go = threading.Event(), threading.Event()

    def hold_the_order() -> None:
        wait_until(lambda: dock.shop.effects("accept"), "the store took it")
        with transaction.atomic():
            FulfillmentOrder.objects.select_for_update().get(pk=order.pk)
            held.set()
            let_go.wait(30)
        connection.close()

    holding = threading.Thread(target=hold_the_order)
    holding.start()
    work()
    assert held.is_set()
    call = dock.call(order, "accept_request")
    assert call.state == CallState.IN_DOUBT
    assert call.reason.startswith("The database:")
    let_go.set()
    holding.join()

    dock.later()
    assert dock.state(order) == ("accepted", "allocated")
    assert dock.effects(order) == ["accept"]
