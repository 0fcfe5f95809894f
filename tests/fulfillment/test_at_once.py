"""Callbacks, polls and threads at once: still one order and one answer (contract, 20.2)."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from fulfillment import intake
from fulfillment.models import FulfillmentOrder, Request
from locations.models import RequestPolicy, Store
from relay import pacing
from relay.connections import client_for
from tests.dock import Dock
from tests.work import work


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of these in threads of their own that start together."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def ring(store: Store) -> int:
    answer = Client().post(
        f"/next29/cb/{store.endpoint_key}/fulfillment-order-notification/",
        json.dumps({"type": "fulfillment_requested"}),
        content_type="application/json",
        headers={"X-29Next-Store": store.account},
    )
    return answer.status_code


def poll(store: Store) -> int:
    with client_for(store, "test") as client:
        for _ in intake.pull(store, client):
            pacing.wait_for_turn(store)
    return 200


@pytest.fixture
def ruled(dock: Dock) -> Dock:
    """A store whose clear requests are accepted by rule."""
    dock.store.request_policy = RequestPolicy.ACCEPT_WHEN_CLEAR
    dock.store.save()
    return dock


@pytest.mark.acceptance("next29", 2)
def test_two_callbacks_and_a_poll_make_one_order_and_one_accept_call(ruled: Dock) -> None:
    ref = ruled.shop.place()
    store = ruled.store
    answers = at_once(lambda: ring(store), lambda: ring(store), lambda: poll(store))
    assert answers == [200, 200, 200]
    work()
    order = FulfillmentOrder.objects.get()
    assert (order.ref, ruled.state(order)) == (str(ref), ("accepted", "allocated"))
    assert store.messages.count() == 2
    assert Request.objects.count() == 1
    assert len(ruled.shop.calls("fulfillmentRequestAccept")) == 1


def test_three_polls_at_once_take_every_order_in_once(ruled: Dock) -> None:
    for _ in range(7):
        ruled.shop.place()
    at_once(*[lambda: poll(ruled.store)] * 3)
    work()
    assert FulfillmentOrder.objects.count() == Request.objects.count() == 7
    assert len(ruled.shop.calls("fulfillmentRequestAccept")) == 7
    assert not ruled.store.alarms.exists()


def test_twenty_callbacks_are_few_pulls(dock: Dock) -> None:
    dock.shop.place()
    for _ in range(20):
        assert ring(dock.store) == 200
    work()
    assert FulfillmentOrder.objects.count() == 1
    assert len(dock.shop.calls("assignedFulfillmentOrdersList")) <= 4
