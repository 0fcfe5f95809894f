"""A courier that hears nothing for a while does not go on as if it had: what was its may not be."""

import threading
import time
from typing import Any

import pytest
from django.db import connection, transaction

from relay import pacing
from relay.courier import Turn
from relay.models import CallState, OutboundCall, Pace
from tests.dock import Dock
from tests.relay.test_courier import CREATE, turn

pytestmark = pytest.mark.usefixtures("engine")

LONG = 1.0


@pytest.fixture(autouse=True)
def soon_given_up(settings: Any) -> None:
    settings.WORKER_HEARTBEAT_SECONDS = 0.2
    settings.WORKER_STALLED_SECONDS = 0.6


def until_it_will_send(courier: Any, dock: Dock) -> None:
    """Let it look; it waits for the moment to send when it has."""
    looked = len(dock.shop.control("GET", "calls")["calls"])
    while len(dock.shop.control("GET", "calls")["calls"]) == looked:
        next(courier)


def hold_up(dock: Dock, *, take_over: bool) -> threading.Thread:
    """Keep the database's answer from a courier for long, once it has been told to send."""
    held = threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Pace.objects.select_for_update().get(store=dock.store)
                held.set()
                time.sleep(LONG)
                if take_over:
                    sending = OutboundCall.objects.filter(state=CallState.SENDING)
                    sending.update(state=CallState.IN_DOUBT)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(5)
    return thread


def test_what_was_taken_over_between_the_last_look_and_the_request_is_not_sent(dock: Dock) -> None:
    order = dock.accepted()
    dock.ship(order, "1Z999AA10123456784")
    slow = Turn(dock.store).work()
    until_it_will_send(slow, dock)

    holding = hold_up(dock, take_over=True)
    next(slow, None)
    holding.join()

    assert dock.shop.calls(CREATE) == []
    slow.close()
    turn(dock.store)
    assert len(dock.shop.calls(CREATE)) == 1
    assert dock.call(order, "create_fulfillment").state == CallState.DONE


def test_what_is_still_ours_after_a_long_silence_is_sent(dock: Dock) -> None:
    order = dock.accepted()
    dock.ship(order, "1Z999AA10123456784")
    slow = Turn(dock.store).work()
    until_it_will_send(slow, dock)

    holding = hold_up(dock, take_over=False)
    for _ in slow:
        pass
    holding.join()

    assert len(dock.shop.calls(CREATE)) == 1
    assert dock.call(order, "create_fulfillment").state == CallState.DONE
    assert pacing.seconds_until_free(dock.store) < LONG
