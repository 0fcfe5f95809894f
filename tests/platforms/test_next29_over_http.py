"""The real client against the sandbox's store: every call of the interface, over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests

from platforms.errors import (
    Malformed,
    Missing,
    PlatformError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from platforms.http import Limits, Transport
from platforms.next29.client import Next29Client
from platforms.records import (
    Address,
    AssignedQueue,
    Dispatch,
    FulfillmentOrderRecord,
    LineQuantity,
    LocationRecord,
    ParcelRecord,
    RejectReason,
    RequestStatus,
    UpstreamState,
)
from sandbox import Sandbox, serve

TOKEN = "token-of-acme"
LOCATION = LocationRecord(
    ref="",
    name="Reno Fulfillment Center",
    address=Address(
        line1="4500 Logistics Way", city="Reno", region="NV", postcode="89506", country="US"
    ),
    accepts_returns=True,
)
PARCEL = ParcelRecord("ups", "1Z999AA10123456784")


@dataclass(frozen=True)
class Shop:
    """A store of the sandbox: our client for it, and the merchant's side."""

    client: Next29Client
    base_url: str
    stage: str

    def act(self, method: str, path: str, wish: Any = None) -> Any:
        answer = requests.request(method, f"{self.stage}/{path}", json=wish, timeout=5)
        assert answer.ok, answer.text
        return answer.json()

    def order(self, **wish: Any) -> FulfillmentOrderRecord:
        placed = self.act("POST", "orders", wish)["fulfillment_orders"][0]
        return self.client.fetch_fulfillment_order(str(placed["id"]))

    def accepted(self, **wish: Any) -> FulfillmentOrderRecord:
        return self.client.accept_request(self.order(**wish).ref, "")

    def press(self, order: FulfillmentOrderRecord, action: str) -> None:
        self.act("POST", f"fulfillment-orders/{order.ref}/{action}", {})

    def fault(self, kind: str, operation: str = "*", **wish: Any) -> None:
        self.act("POST", "faults", {"kind": kind, "operation": operation, "times": 1, **wish})

    def count(self, records: str) -> int:
        return len(self.act("GET", "state")[records])


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


@pytest.fixture
def shop(sandbox: Sandbox) -> Iterator[Shop]:
    stores = f"{sandbox.url}/next29/_sandbox/stores"
    opened = requests.post(stores, json={"subdomain": "acme", "token": TOKEN}, timeout=5)
    assert opened.ok, opened.text
    base_url = f"{sandbox.url}/next29/acme/api/admin/"
    transport = Transport(base_url)
    client = Next29Client({"access_token": TOKEN}, transport, {})
    shop = Shop(client, base_url, f"{sandbox.url}/next29/acme/_sandbox")
    shop.act("PUT", "settings", {"rate_limit": 0})
    shop.client.create_location(LOCATION)
    yield shop
    transport.close()


def whole(order: FulfillmentOrderRecord, *parcels: ParcelRecord) -> Dispatch:
    lines = tuple(LineQuantity(each.ref, each.open_quantity or 0) for each in order.lines)
    return Dispatch(lines, parcels or (PARCEL,))


def test_locations_are_created_found_and_replaced(shop: Shop) -> None:
    (found,) = shop.client.fetch_locations()
    assert replace(found, ref="") == LOCATION
    moved = replace(found, name="Reno 2", callback_url="https://wms.example.com/cb/1")
    assert shop.client.update_location(moved) == moved
    assert shop.client.fetch_locations() == [moved]
    assert shop.client.check() == "Connected: 1 location of ours."


def test_all_pages_of_a_list_are_read(shop: Shop) -> None:
    for number in range(4):
        shop.client.create_location(replace(LOCATION, name=f"Reno {number}"))
    assert shop.client.check() == "Connected: 5 locations of ours."


def test_assigned_work_comes_page_by_page(shop: Shop) -> None:
    shop.act("POST", "orders", {"count": 5})
    page = shop.client.fetch_assigned(AssignedQueue.REQUESTED)
    records = list(page.records)
    while page.next:
        page = shop.client.fetch_assigned(AssignedQueue.REQUESTED, page.next)
        records += page.records
    assert len({each.ref for each in records}) == 5
    assert shop.client.fetch_assigned(AssignedQueue.CANCEL_REQUESTED).records == ()


def test_a_request_is_accepted_once(shop: Shop) -> None:
    order = shop.order()
    assert order.request_status is RequestStatus.REQUESTED
    accepted = shop.client.accept_request(order.ref, "We ship it")
    assert accepted.state is UpstreamState.IN_PROGRESS
    assert accepted.request_status is RequestStatus.ACCEPTED
    with pytest.raises(Refused, match="Not allowed"):
        shop.client.accept_request(order.ref, "")


@pytest.mark.parametrize("reason", RejectReason)
def test_a_request_is_rejected_for_every_reason(shop: Shop, reason: RejectReason) -> None:
    rejected = shop.client.reject_request(shop.order().ref, reason, "No")
    assert rejected.request_status is RequestStatus.REJECTED


def test_cancellations_are_answered(shop: Shop) -> None:
    first, second = shop.accepted(), shop.accepted()
    shop.press(first, "ask-cancel")
    shop.press(second, "ask-cancel")
    assert len(shop.client.fetch_assigned(AssignedQueue.CANCEL_REQUESTED).records) == 2
    stopped = shop.client.accept_cancellation(first.ref, "Stopped")
    assert (stopped.state, stopped.request_status) == (
        UpstreamState.CANCELLED,
        RequestStatus.CANCEL_ACCEPTED,
    )
    going = shop.client.reject_cancellation(second.ref, "Too late")
    assert going.request_status is RequestStatus.CANCEL_REJECTED


@pytest.mark.parametrize("listed_on", ["new", "original"])
@pytest.mark.parametrize("as_text", [False, True])
def test_a_partial_shipment_is_found_wherever_it_is_kept(
    shop: Shop, listed_on: str, as_text: bool
) -> None:
    shop.act("PUT", "settings", {"partial_listed_on": listed_on, "numbers_as_text": as_text})
    order = shop.accepted(lines=[{"sku": "STAKE-8PK", "quantity": 3}])
    line = order.lines[0]
    one = Dispatch((LineQuantity(line.ref, 1),), (PARCEL,))
    made = shop.client.create_fulfillment(order.ref, one)
    assert made.quantities == {line.order_line_ref: 1}
    found = shop.client.fetch_fulfillments(order.ref, order.order_ref)
    assert [each.tracking_codes for each in found] == [(PARCEL.tracking_code,)]
    rest = shop.client.fetch_fulfillment_order(order.ref)
    assert rest.lines[0].open_quantity == 2
    shop.client.create_fulfillment(order.ref, whole(rest, ParcelRecord("dhl_paket", "JD1")))
    found = shop.client.fetch_fulfillments(order.ref, order.order_ref)
    assert sum(each.quantities[line.order_line_ref] for each in found) == 3
    assert shop.client.fetch_fulfillment_order(order.ref).state is UpstreamState.CLOSED


@pytest.mark.parametrize("status", [200, 201])
def test_several_parcels_are_one_shipment(shop: Shop, status: int) -> None:
    shop.act("PUT", "settings", {"create_status": status})
    order = shop.accepted()
    parcels = (PARCEL, ParcelRecord("other", "SC-1", "https://speedy.example/SC-1", "Speedy"))
    made = shop.client.create_fulfillment(order.ref, whole(order, *parcels))
    assert made.tracking_codes == (PARCEL.tracking_code, "SC-1")


def test_webhooks_are_subscribed_and_listed(shop: Shop) -> None:
    target, events = "https://wms.example.com/next29/webhooks/1/", ("app.uninstalled",)
    made = shop.client.create_webhook(target, events, "a-secret-of-ours")
    assert (made.target, made.events, made.active) == (target, events, True)
    assert shop.client.fetch_webhooks() == [made]


@pytest.mark.parametrize("fault", ["error_500_after", "drop_after", "empty_after", "empty_success"])
def test_a_shipment_of_unknown_fate_can_be_looked_up(shop: Shop, fault: str) -> None:
    order = shop.accepted()
    shop.fault(fault)
    with pytest.raises(Uncertain):
        shop.client.create_fulfillment(order.ref, whole(order))
    found = shop.client.fetch_fulfillments(order.ref, order.order_ref)
    assert len(found) == shop.count("fulfillments") == (0 if fault == "empty_success" else 1)


@pytest.mark.parametrize(
    ("fault", "read", "write"),
    [
        ("error_500_before", Unavailable, Uncertain),
        ("status_503", Unavailable, Uncertain),
        ("status_400", Refused, Refused),
        ("drop_before", Unavailable, Uncertain),
        ("html_404", Malformed, Malformed),
        ("status_401", Unauthorized, Unauthorized),
        ("status_429", Throttled, Throttled),
        ("empty_success", Malformed, Uncertain),
    ],
)
def test_what_each_fault_means(
    shop: Shop, fault: str, read: type[PlatformError], write: type[PlatformError]
) -> None:
    order = shop.order()
    shop.fault(fault)
    with pytest.raises(read) as caught:
        shop.client.fetch_fulfillment_order(order.ref)
    assert type(caught.value) is read
    shop.fault(fault)
    with pytest.raises(write) as caught:
        shop.client.accept_request(order.ref, "")
    assert type(caught.value) is write


def test_a_slow_answer_to_a_write_is_uncertain(shop: Shop) -> None:
    order = shop.order()
    shop.fault("delay_after", seconds=1.0)
    hurried = Transport(shop.base_url, limits=Limits(read_seconds=0.3))
    with pytest.raises(Uncertain, match="in time"):
        Next29Client({"access_token": TOKEN}, hurried, {}).accept_request(order.ref, "")
    hurried.close()
    read = shop.client.fetch_fulfillment_order(order.ref)
    assert read.request_status is RequestStatus.ACCEPTED


def test_a_next_page_elsewhere_is_refused(shop: Shop) -> None:
    for _ in range(3):
        shop.client.create_location(LOCATION)
    shop.fault("foreign_next")
    with pytest.raises(Malformed, match="not followed"):
        shop.client.fetch_locations()


def test_what_is_not_ours_is_missing(shop: Shop) -> None:
    with pytest.raises(Missing, match="Not found"):
        shop.client.fetch_fulfillment_order("999999")


def test_the_rate_limit_is_told(shop: Shop) -> None:
    shop.act("PUT", "settings", {"rate_limit": 1})
    with pytest.raises(Throttled) as caught:
        _ = [shop.client.check() for _ in range(5)]
    assert caught.value.retry_after == 1.0


def test_nothing_we_sent_broke_the_contract(shop: Shop) -> None:
    order = shop.accepted()
    shop.client.create_fulfillment(order.ref, whole(order))
    shop.client.fetch_fulfillments(order.ref, order.order_ref)
    shop.client.create_webhook("https://wms.example.com/w/", ("order.updated",), "a-secret")
    assert shop.act("GET", "violations")["violations"] == []
