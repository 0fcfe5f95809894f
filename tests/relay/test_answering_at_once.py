"""Equal calls at the same moment, over real connections: one works, the other hears the same."""

import json
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from django.db import connection, connections, transaction
from pytest_django.live_server_helper import LiveServer

from fulfillment.models import Event, FulfillmentOrder
from relay.answers import TAKE_TURN
from relay.models import InboundMessage
from tests.factories import stock
from tests.spree_hub import NUMBER, TOKEN, Hub, open_hub, place_of, shipment

pytestmark = pytest.mark.usefixtures("engine")
HEADERS = {"X-Hub-Token": TOKEN, "Content-Type": "application/json"}


@pytest.fixture
def hub(engine: None) -> Hub:
    return open_hub()


def post(live: LiveServer, path: str, body: object) -> requests.Response:
    return requests.post(
        f"{live.url}/spree_hub/{path}", data=json.dumps(body), headers=HEADERS, timeout=30
    )


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_ten_equal_calls_at_once_are_one_fulfillment(hub: Hub, live_server: LiveServer) -> None:
    tote = hub.store.merchant.products.get(sku="TOTE-NAT-01")
    level = stock(tote, place_of(hub.store).warehouse, 10)
    body = {"request_id": "one", "shipment": shipment()}
    answers = at_once([lambda: post(live_server, "add_shipment", body)] * 10)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert FulfillmentOrder.objects.get().ref == NUMBER
    assert InboundMessage.objects.count() == 1
    level.refresh_from_db()
    assert level.allocated == 2
    assert Event.objects.filter(text__startswith="Seen at the store").count() == 1


def test_the_same_shipment_under_ten_ids_at_once_is_one(hub: Hub, live_server: LiveServer) -> None:
    acts = [
        lambda number=number: post(
            live_server, "add_shipment", {"request_id": f"r{number}", "shipment": shipment()}
        )
        for number in range(10)
    ]
    answers = at_once(acts)
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(len(answer.json()["shipments"]) for answer in answers) == [0] * 9 + [1]
    assert FulfillmentOrder.objects.count() == 1


def test_polls_and_parcels_at_once_lose_nothing(hub: Hub, live_server: LiveServer) -> None:
    numbers = [f"H{each}" for each in range(8)]
    for number in numbers:
        hub.second("add_shipment", shipment=shipment(number))

    def ship(number: str) -> list[str]:
        try:
            hub.ship(f"1Z{number}", ref=number)
        finally:
            connections.close_all()
        return []

    def poll() -> list[str]:
        since, seen = "2014-01-01T00:00:00Z", []
        for _ in range(12):
            body = {"request_id": "p", "parameters": {"since": since}}
            answer = post(live_server, "get_shipments", body).json()
            seen += [each["id"] for each in answer["shipments"]]
            since = answer["parameters"]["since"]
        return [*seen, since]

    acts: list[Callable[[], list[str]]] = [poll, poll]
    acts += [lambda number=number: ship(number) for number in numbers]  # type: ignore[misc]
    first, second, *_ = at_once(acts)
    for *seen, since in (first, second):
        body = {"request_id": "last", "parameters": {"since": since}}
        rest = post(live_server, "get_shipments", body).json()["shipments"]
        assert sorted([*seen, *(each["id"] for each in rest)]) == numbers


def test_who_waits_too_long_is_told_to_come_again(hub: Hub, live_server: LiveServer) -> None:
    body = {"request_id": "one", "shipment": shipment()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE_TURN, [hub.store.pk])
        answer = post(live_server, "add_shipment", body)
    assert (answer.status_code, answer.json()["request_id"]) == (500, "one")
    assert answer.elapsed.total_seconds() < 10
    assert FulfillmentOrder.objects.count() == 0
    assert post(live_server, "add_shipment", body).status_code == 200


def test_a_caller_who_hangs_up_leaves_nothing(hub: Hub, live_server: LiveServer) -> None:
    half = (
        "POST /spree_hub/drop_ship HTTP/1.1\r\nHost: localhost\r\n"
        f"X-Hub-Token: {TOKEN}\r\nContent-Length: 400\r\n\r\n{{"
    )
    address = (live_server.thread.host, live_server.thread.port)
    with socket.create_connection(address, timeout=10) as line:
        line.sendall(half.encode())
    assert post(live_server, "add_shipment", {"request_id": "r", "shipment": shipment()}).ok
    assert FulfillmentOrder.objects.count() == 1
