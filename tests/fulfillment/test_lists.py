"""The lists of work: read page by page to the end, and never beyond the store (20.3, 20.4)."""

from collections.abc import Callable
from typing import Any

import pytest

from fulfillment import intake
from fulfillment.models import FulfillmentOrder, Line, Request
from locations.models import Store
from platforms.errors import Unavailable
from platforms.records import RejectReason
from relay.connections import client_for
from tests.dock import Dock
from tests.platforms.tiny_server import TinyServer, says, serve_tiny
from tests.sandbox.stage import example
from tests.work import work

pytestmark = pytest.mark.usefixtures("engine")

HAND_MADE = "assigned_fulfillment_orders_page2"


def planted(dock: Dock, name: str = HAND_MADE) -> None:
    orders = example(name)["results"]
    dock.shop.control("POST", "plant", {"fulfillment_orders": orders})


@pytest.mark.acceptance("next29", 3)
def test_all_pages_are_read(dock: Dock) -> None:
    placed = {str(dock.shop.place()) for _ in range(5)}
    dock.pull()
    assert set(FulfillmentOrder.objects.values_list("ref", flat=True)) == placed
    assert Request.objects.filter(closed_at=None).count() == 5


@pytest.mark.acceptance("next29", 3)
def test_a_link_to_another_host_is_refused_and_alarmed_and_what_was_read_counts(
    dock: Dock,
) -> None:
    for _ in range(5):
        dock.shop.place()
    dock.shop.fault("foreign_next", "assignedFulfillmentOrdersList", times=1)
    dock.pull()
    assert FulfillmentOrder.objects.count() == 2
    [alarm] = dock.store.alarms.all()
    assert (alarm.kind, alarm.cleared_at) == ("foreign_link", None)
    assert "elsewhere.example.com" in alarm.message

    dock.pull()
    assert FulfillmentOrder.objects.count() == 5
    alarm.refresh_from_db()
    assert alarm.cleared_at, "the lists can be read to the end again"


@pytest.mark.acceptance("next29", 4)
def test_the_hand_made_second_page_is_taken_in(dock: Dock) -> None:
    planted(dock)
    dock.pull()
    order = dock.order(80475)
    assert order.recipient == "Søren Åkesson"
    assert order.address is not None
    assert [order.address[part] for part in ("line1", "city", "line2", "postcode", "phone")] == [
        "Västra Hamngatan 3",
        "Göteborg",
        "",
        "",
        "",
    ]
    assert [(line.sku, line.ordered, line.open) for line in order.lines.all()] == [
        ("MUG-ENM", 3, 3)
    ]


@pytest.mark.acceptance("next29", 4)
def test_an_order_without_a_status_is_read_again_and_rejected_for_its_address_first(
    dock: Dock,
) -> None:
    planted(dock)
    dock.pull()
    assert dock.shop.calls("fulfillmentOrdersRetrieve")[0]["path"].endswith("/80476/")
    order = dock.order(80476)
    assert dock.state(order) == ("requested", "new")
    request = order.requests.get()
    assert (request.suggestion, request.suggested_reason) == ("reject", RejectReason.ADDRESS)
    assert {problem.reject_reason for problem in order.problems.all()} == {
        RejectReason.ADDRESS,
        RejectReason.PRODUCT,
    }

    dock.reject(order, RejectReason(request.suggested_reason))
    work()
    assert dock.state(order) == ("rejected", "new")
    [told] = dock.shop.effects("reject")
    assert told["detail"]["rejected_reason"] == "incorrect_address"


def test_an_order_without_a_status_keeps_its_request_when_it_is_read_again(dock: Dock) -> None:
    planted(dock)
    dock.pull()
    order = dock.order(80476)
    read_again(dock.store, order.ref)
    dock.pull()
    assert dock.state(order) == ("requested", "new")
    assert [request.cycle for request in order.requests.all()] == [1]


def read_again(store: Store, *refs: str) -> None:
    with client_for(store, "test") as client:
        for _ in intake.read_again(store, client, refs):
            pass


@pytest.mark.parametrize(
    "spoil",
    [
        lambda order: order.update(line_items=order["line_items"] * 2),
        lambda order: order.update(order_number="9" * 200),
        lambda order: order.update(shipping_address="nowhere"),
    ],
    ids=["a line twice", "long number", "address is text"],
)
def test_one_order_that_cannot_be_taken_in_does_not_stop_the_others(
    dock: Dock, spoil: Callable[[dict[str, Any]], object]
) -> None:
    odd = example("fulfillment_order_open_requested")
    spoil(odd)
    before, after = dock.shop.place(), dock.shop.place()
    dock.shop.control("POST", "plant", {"fulfillment_orders": [{**odd, "id": 90000}]})
    dock.pull()
    assert set(FulfillmentOrder.objects.values_list("ref", flat=True)) == {str(before), str(after)}
    [alarm] = dock.store.alarms.filter(cleared_at=None)
    assert "90000" in alarm.message


def test_an_order_that_vanishes_while_the_list_is_read_does_not_stop_the_others(
    dock: Dock,
) -> None:
    planted(dock)
    dock.shop.fault("html_404", "fulfillmentOrdersRetrieve", times=1)
    dock.pull()
    assert set(FulfillmentOrder.objects.values_list("ref", flat=True)) == {"80475", "80476"}


def test_an_order_that_cannot_be_read_again_does_not_stop_the_others(dock: Dock) -> None:
    first, second = dock.place(), dock.place()
    dock.shop.press(int(second.ref), "withdraw")
    dock.shop.fault("empty_success", "fulfillmentOrdersRetrieve", times=1)
    read_again(dock.store, first.ref, second.ref)
    assert dock.state(second) == ("pending", "new")
    [alarm] = dock.store.alarms.all()
    assert first.ref in alarm.message
    read_again(dock.store, first.ref)
    alarm.refresh_from_db()
    assert alarm.cleared_at, "it can be read again"


def page(next_path: str | None, server: TinyServer, number: int) -> Any:
    order = {**example("fulfillment_order_open_requested"), "id": number}
    link = f"{server.base_url}{next_path}" if next_path else None
    return {"next": link, "previous": None, "results": [order]}


def test_pages_that_lead_in_a_circle_end(store: Store) -> None:
    with serve_tiny() as server:
        Store.objects.filter(pk=store.pk).update(base_url=server.base_url)
        store.refresh_from_db()
        first, second = (
            "assigned-fulfillment-orders/?cursor=1",
            "assigned-fulfillment-orders/?cursor=2",
        )
        server.will(says(page(first, server, 1)), says(page(second, server, 2)))
        server.will(says(page(first, server, 3)))
        server.will(says({"next": None, "results": []}))
        for number in (1, 2, 3):
            server.will(says({**example("fulfillment_order_open_requested"), "id": number}))
        with client_for(store, "test") as client:
            for _ in intake.pull(store, client):
                pass
        lists = [asked for asked in server.asked if "assigned" in asked.path]
    assert len(lists) == 4, "three pages of requests, one of cancellations"
    assert FulfillmentOrder.objects.count() == 3
    assert Line.objects.count() == 3 * len(
        example("fulfillment_order_open_requested")["line_items"]
    )


def test_a_store_that_fails_halfway_does_not_waste_what_was_read(store: Store) -> None:
    with serve_tiny() as server:
        Store.objects.filter(pk=store.pk).update(base_url=server.base_url)
        store.refresh_from_db()
        server.will(says(page("assigned-fulfillment-orders/?cursor=1", server, 1)))
        server.will(*[says({"detail": "Down"}, 503)] * 4)
        with client_for(store, "test") as client, pytest.raises(Unavailable):
            for _ in intake.pull(store, client):
                pass
    assert FulfillmentOrder.objects.count() == 1
