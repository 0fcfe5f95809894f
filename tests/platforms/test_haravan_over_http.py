"""The real Haravan client against the sandbox's shop: the calls of the interface, over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from platforms.errors import (
    Missing,
    PlatformError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from platforms.haravan import HARAVAN
from platforms.haravan.client import HaravanClient
from platforms.http import Limits, Transport
from platforms.records import (
    AssignedQueue,
    Dispatch,
    FulfillmentOrderRecord,
    LineQuantity,
    ParcelRecord,
    RequestStatus,
    StockEntry,
    TrackingStatus,
    UpstreamState,
)
from sandbox import Sandbox, serve

TOKEN = "token-of-gom-may"
PARCEL = ParcelRecord("ghn", "GHN-1", "https://ghn.example/GHN-1")
CUPS = [{"sku": "GM-CUP-08", "quantity": 4}]
EXTERNAL = [{"sku": "GM-BOWL-15", "quantity": 2, "service": "kho-sao-mai"}]
HERE = "1204471"


@dataclass(frozen=True)
class Shop:
    """A shop of the sandbox: our client for it, and the merchant's side."""

    client: HaravanClient
    base_url: str

    def act(self, method: str, path: str, wish: Any = None) -> Any:
        url = f"{self.base_url}_sandbox/{path}"
        answer = requests.request(method, url, json=wish, timeout=5)
        assert answer.ok, answer.text
        return answer.json()

    def order(self, **wish: Any) -> FulfillmentOrderRecord:
        placed = self.act("POST", "orders", wish)["orders"][0]
        return self.client.fetch_fulfillment_order(str(placed["id"]))

    def external(self) -> FulfillmentOrderRecord:
        placed = self.act("POST", "orders", {"lines": EXTERNAL})["orders"][0]
        return self.client.fetch_fulfillment_order(f"{placed['id']}-kho-sao-mai")

    def press(self, order: FulfillmentOrderRecord, action: str, **wish: Any) -> None:
        self.act("POST", f"orders/{order.order_ref}/{action}", wish)

    def settings(self, **wishes: Any) -> None:
        self.act("PUT", "settings", wishes)

    def fault(self, kind: str, operation: str = "*", **wish: Any) -> None:
        self.act("POST", "faults", {"kind": kind, "operation": operation, "times": 1, **wish})

    def made(self) -> list[Any]:
        found: list[Any] = self.act("GET", "state")["fulfillments"]
        return found


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


def open_shop(sandbox: Sandbox, **wish: Any) -> str:
    stores = f"{sandbox.url}/haravan/_sandbox/stores"
    opened = requests.post(stores, json={"name": "gom-may", "token": TOKEN, **wish}, timeout=5)
    assert opened.ok, opened.text
    return f"{sandbox.url}/haravan/gom-may/"


@pytest.fixture
def shop(sandbox: Sandbox) -> Iterator[Shop]:
    base_url = open_shop(sandbox)
    transport = Transport(base_url)
    options = HARAVAN.filled_in({"webhook_url": base_url.rstrip("/")})
    shop = Shop(HaravanClient({"haravan_token": TOKEN}, transport, options), base_url)
    shop.settings(bucket_size=0)
    yield shop
    assert shop.act("GET", "violations")["violations"] == []
    transport.close()


def whole(order: FulfillmentOrderRecord, *parcels: ParcelRecord) -> Dispatch:
    lines = tuple(LineQuantity(each.ref, each.open_quantity or 0) for each in order.lines)
    return Dispatch(lines, parcels or (PARCEL,), notify=False)


def test_the_shop_says_who_it_is_and_where(shop: Shop) -> None:
    assert shop.client.check().startswith("Connected to Gom May (gom-may.myharavan.com).")
    assert [each.ref for each in shop.client.fetch_locations()] == [HERE, "1204502"]


@pytest.mark.parametrize("dialect", ["live", "classic"])
@pytest.mark.parametrize("page_size", [2, 3, 50])
def test_all_that_has_changed_comes_page_by_page(shop: Shop, dialect: str, page_size: int) -> None:
    shop.settings(dialect=dialect, page_size=page_size)
    shop.act("POST", "orders", {"count": 7, "lines": CUPS})
    shop.press(shop.order(lines=CUPS), "cancel")
    page = shop.client.fetch_assigned(
        AssignedQueue.REQUESTED, None, datetime.now(UTC) - timedelta(minutes=5)
    )
    records = list(page.records)
    turns = 0
    while page.next:
        page = shop.client.fetch_assigned(AssignedQueue.REQUESTED, page.next)
        records += page.records
        turns += 1
        assert turns < 30
    found = {each.ref: each for each in records if isinstance(each, FulfillmentOrderRecord)}
    assert len(found) == 8
    states = [each.state for each in found.values()]
    assert (states.count(UpstreamState.OPEN), states.count(UpstreamState.CANCELLED)) == (7, 1)


def test_an_order_that_changes_while_it_is_listed_hides_no_other(shop: Shop) -> None:
    shop.settings(page_size=2)
    placed = shop.act("POST", "orders", {"count": 6, "lines": CUPS})["orders"]
    page = shop.client.fetch_assigned(AssignedQueue.REQUESTED)
    seen = {each.ref for each in page.records}
    # The first goes to the end, and everything else one place forward.
    shop.act("POST", f"orders/{placed[0]['id']}/edit", {"note": "later"})
    while page.next:
        page = shop.client.fetch_assigned(AssignedQueue.REQUESTED, page.next)
        seen |= {each.ref for each in page.records}
    assert seen == {str(each["id"]) for each in placed}


def test_nothing_has_changed_since_later(shop: Shop) -> None:
    shop.order()
    later = datetime.now(UTC) + timedelta(hours=1)
    page = shop.client.fetch_assigned(AssignedQueue.REQUESTED, None, later)
    assert (page.records, page.next) == ((), None)
    assert shop.client.count_orders() == 1


def test_an_order_waits_for_staff_and_for_money(shop: Shop) -> None:
    new = shop.order(confirmed=False)
    assert new.request_status is RequestStatus.PENDING
    assert shop.client.confirm_order(new.order_ref).request_status is RequestStatus.REQUESTED
    unpaid = shop.order(cod=False)
    assert unpaid.request_status is RequestStatus.PENDING
    shop.press(unpaid, "pay")
    paid = shop.client.fetch_fulfillment_order(unpaid.ref)
    assert (paid.request_status, paid.cash) == (RequestStatus.REQUESTED, None)


@pytest.mark.parametrize("dialect", ["live", "classic"])
def test_an_order_leaves_in_two_shipments(shop: Shop, dialect: str) -> None:
    shop.settings(dialect=dialect)
    order = shop.order(lines=CUPS)
    line = order.lines[0].ref
    first = shop.client.create_fulfillment(
        order.ref, Dispatch((LineQuantity(line, 1),), (PARCEL,), notify=True)
    )
    assert (first.upstream_status, first.quantities) == ("success", {line: 1})
    rest = shop.client.fetch_fulfillment_order(order.ref)
    assert (rest.lines[0].open_quantity, rest.state) == (3, UpstreamState.OPEN)
    two = (ParcelRecord("ghtk", "A"), ParcelRecord("ghtk", "B"))
    second = shop.client.create_fulfillment(order.ref, whole(rest, *two))
    assert second.tracking_codes == ("A", "B")
    assert shop.client.fetch_fulfillment_order(order.ref).state is UpstreamState.CLOSED
    found = shop.client.fetch_fulfillments(order.ref, order.order_ref)
    assert [each.ref for each in found] == [first.ref, second.ref]
    with pytest.raises(Refused, match="already fulfilled"):
        shop.client.create_fulfillment(order.ref, whole(rest))
    assert len(shop.made()) == shop.client.count_fulfillments(order.order_ref) == 2
    mails = shop.act("GET", "effects?operation=create")["effects"]
    assert [each["detail"]["notify"] for each in mails] == [True, False]


@pytest.mark.acceptance("haravan", 3)
def test_two_services_are_two_parts_and_two_shipments(shop: Shop) -> None:
    placed = shop.act("POST", "orders", {"lines": [*CUPS, *EXTERNAL]})["orders"][0]
    parts = shop.client.fetch_order_group(str(placed["id"]))
    assert [each.ref for each in parts] == [str(placed["id"]), f"{placed['id']}-kho-sao-mai"]
    both = Dispatch(whole(parts[0]).lines + whole(parts[1]).lines, (PARCEL,))
    with pytest.raises(Refused, match="same fulfillment service"):
        shop.client.create_fulfillment(parts[0].ref, both)
    for part in parts:
        shop.client.create_fulfillment(part.ref, whole(part))
        after = shop.client.fetch_fulfillment_order(part.ref)
        assert (after.ref, after.state) == (part.ref, UpstreamState.CLOSED)


def test_what_an_external_service_ships_is_completed(shop: Shop) -> None:
    order = shop.external()
    made = shop.client.create_fulfillment(order.ref, whole(order))
    assert made.is_pending
    done = shop.client.complete_fulfillment(order.ref, made.ref)
    assert (done.upstream_status, done.is_pending) == ("success", False)
    assert [each["status"] for each in shop.made()] == ["success"]


@pytest.mark.parametrize("status", [404, 405])
def test_a_shop_that_has_no_complete_leaves_it_pending(shop: Shop, status: int) -> None:
    shop.settings(ending_status=status)
    order = shop.external()
    made = shop.client.create_fulfillment(order.ref, whole(order))
    assert made.upstream_status == "pending"
    for call in (shop.client.complete_fulfillment, shop.client.cancel_fulfillment):
        with pytest.raises(Refused, match="Do it in the store's admin"):
            call(order.ref, made.ref)


def test_a_pending_shipment_is_found_and_completed_once(shop: Shop) -> None:
    order = shop.external()
    pending = shop.client.create_fulfillment(order.ref, whole(order))
    assert pending.upstream_status == "pending"
    [found] = shop.client.fetch_fulfillments(order.ref, order.order_ref)
    assert (found.ref, found.upstream_status) == (pending.ref, "pending")
    for _ in range(2):
        assert shop.client.complete_fulfillment(order.ref, found.ref).upstream_status == "success"
    assert len(shop.act("GET", "effects?operation=complete")["effects"]) == 1


@pytest.mark.parametrize("stale", [False, True])
def test_a_pending_shipment_is_taken_back_and_sent_anew(shop: Shop, stale: bool) -> None:
    shop.settings(stale_lines=stale)
    order = shop.external()
    pending = shop.client.create_fulfillment(order.ref, whole(order))
    for _ in range(2):
        gone = shop.client.cancel_fulfillment(order.ref, pending.ref)
        assert gone.upstream_status == "cancelled"
    assert shop.client.fetch_fulfillments(order.ref, order.order_ref) == []
    again = shop.client.fetch_fulfillment_order(order.ref)
    assert (again.lines[0].open_quantity, again.state) == (2, UpstreamState.OPEN)
    assert shop.client.create_fulfillment(order.ref, whole(again)).ref != pending.ref


def test_what_has_left_cannot_be_taken_back(shop: Shop) -> None:
    order = shop.order()
    made = shop.client.create_fulfillment(order.ref, whole(order))
    with pytest.raises(Refused, match="only a pending one"):
        shop.client.cancel_fulfillment(order.ref, made.ref)


def test_tracking_is_corrected_and_twice_is_as_once(shop: Shop) -> None:
    order = shop.order()
    made = shop.client.create_fulfillment(order.ref, whole(order))
    better = Dispatch((), (ParcelRecord("other", "X-9", "https://x.example/9", "Xe ôm"),))
    for _ in range(2):
        fixed = shop.client.update_tracking(order.ref, made.ref, better)
        assert fixed.tracking_codes == ("X-9",)
        assert fixed.raw["tracking_company"] == "Xe ôm"
        assert fixed.raw["tracking_url"] == "https://x.example/9"


@pytest.mark.parametrize(
    ("ignoring", "left"), [(False, 0), (True, 1)], ids=["carrier stopped", "carrier not told"]
)
def test_a_cancelled_order_says_so_though_it_is_called_fulfilled(
    shop: Shop, ignoring: bool, left: int
) -> None:
    order = shop.order()
    shop.client.create_fulfillment(order.ref, whole(order))
    shop.press(order, "cancel", restock=True, ignore_cancel_fulfillment=ignoring)
    found = shop.client.fetch_fulfillment_order(order.ref)
    assert (found.state, found.request_status) == (
        UpstreamState.CANCELLED,
        RequestStatus.CANCEL_ACCEPTED,
    )
    assert found.upstream_status == "cancelled, fulfilled"
    assert len(shop.client.fetch_fulfillments(order.ref, order.order_ref)) == left
    with pytest.raises(Refused, match="cancelled"):
        shop.client.create_fulfillment(order.ref, whole(order))


def test_what_others_ship_and_refund_is_not_left_for_us(shop: Shop) -> None:
    order = shop.order(lines=CUPS)
    line = int(order.lines[0].ref)
    shop.press(order, "fulfil-by-hand", line_items=[{"id": line, "quantity": 1}])
    shop.press(order, "refund", line_id=line, quantity=2)
    assert shop.client.fetch_fulfillment_order(order.ref).lines[0].open_quantity == 2


def test_the_carrier_is_heard_of(shop: Shop) -> None:
    order = shop.order()
    shop.client.create_fulfillment(order.ref, whole(order))
    shop.press(order, "carrier", word="delivered")
    [found] = shop.client.fetch_fulfillments(order.ref, order.order_ref)
    assert found.tracking_status is TrackingStatus.DELIVERED


@pytest.mark.acceptance("haravan", 5)
@pytest.mark.parametrize("fault", ["error_500_after", "drop_after", "empty_after", "empty_success"])
def test_a_shipment_of_unknown_fate_can_be_looked_up(shop: Shop, fault: str) -> None:
    order = shop.order()
    shop.fault(fault, "createFulfillment")
    with pytest.raises(Uncertain):
        shop.client.create_fulfillment(order.ref, whole(order))
    found = shop.client.fetch_fulfillments(order.ref, order.order_ref)
    expected = 0 if fault == "empty_success" else 1
    assert len(found) == len(shop.made()) == expected
    for each in found:
        assert each.tracking_codes == ("GHN-1",)
        assert each.quantities == {order.lines[0].ref: 1}


@pytest.mark.acceptance("haravan", 7)
def test_a_create_that_is_called_200_is_not_believed(shop: Shop) -> None:
    shop.settings(create_status=200)
    order = shop.order()
    with pytest.raises(Uncertain, match="its status is 200"):
        shop.client.create_fulfillment(order.ref, whole(order))


@pytest.mark.parametrize(
    ("fault", "read", "write"),
    [
        ("error_500_before", Unavailable, Uncertain),
        ("status_503", Unavailable, Uncertain),
        ("status_400", Refused, Refused),
        ("drop_before", Unavailable, Uncertain),
        ("status_401", Unauthorized, Unauthorized),
        ("status_403", Unauthorized, Unauthorized),
        ("status_404", Missing, Missing),
        ("html_404", Missing, Missing),
        ("status_429", Throttled, Throttled),
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
        shop.client.create_fulfillment(order.ref, whole(order))
    assert type(caught.value) is write
    assert shop.made() == []


def test_a_slow_answer_to_a_shipment_is_uncertain(shop: Shop) -> None:
    order = shop.order()
    shop.fault("delay_after", "createFulfillment", seconds=1.0)
    hurried = Transport(shop.base_url, limits=Limits(read_seconds=0.3))
    client = HaravanClient({"haravan_token": TOKEN}, hurried, {})
    with pytest.raises(Uncertain, match="in time"):
        client.create_fulfillment(order.ref, whole(order))
    hurried.close()
    assert len(shop.client.fetch_fulfillments(order.ref, order.order_ref)) == 1


def test_the_bucket_tells_how_long_to_wait(shop: Shop) -> None:
    shop.settings(bucket_size=2, drains=0.001)
    with pytest.raises(Throttled) as caught:
        _ = [shop.client.check() for _ in range(3)]
    assert caught.value.retry_after == 2.0


def entry(shop: Shop) -> StockEntry:
    [found] = [
        each
        for each in shop.client.fetch_stock([HERE]).entries
        if isinstance(each, StockEntry) and each.sku == "GM-CUP-08"
    ]
    return found


@pytest.mark.acceptance("haravan", 18)
def test_stock_is_read_and_set_and_the_shop_subtracts_its_orders(shop: Shop) -> None:
    records = [
        {"sku": "GM-CUP-08", "quantity": 9},
        {"sku": "GM-BOWL-15", "quantity": 3, "tracked": False},
    ]
    shop.act("POST", "stock", {"records": records})
    order = shop.order(lines=CUPS)
    found = entry(shop)
    assert (found.level, found.reserved) == (9, 4)
    for _ in range(2):
        assert shop.client.set_stock(found.ref, 20).level == 20
    assert shop.client.fetch_stock_entry(found.ref) == replace(entry(shop), title="")
    shop.client.create_fulfillment(order.ref, whole(order))
    assert (entry(shop).level, entry(shop).reserved) == (16, 0)
    levels = {
        each.sku: each.level
        for each in shop.client.fetch_stock([HERE]).entries
        if isinstance(each, StockEntry)
    }
    assert levels == {"GM-CUP-08": 16, "GM-BOWL-15": None}


def test_stock_comes_to_the_last_page(shop: Shop) -> None:
    shop.settings(page_size=1)
    skus = ["GM-BOWL-15", "GM-CUP-08", "GM-TRAY-30"]
    shop.act("POST", "stock", {"records": [{"sku": sku, "quantity": 1} for sku in skus]})
    pages = [shop.client.fetch_stock([HERE])]
    while pages[-1].next:
        pages.append(shop.client.fetch_stock([HERE], pages[-1].next))
    found = [each for page in pages for each in page.entries]
    assert [each.sku for each in found if isinstance(each, StockEntry)] == skus


def test_a_shop_that_sets_what_is_available_is_noticed(shop: Shop) -> None:
    shop.act("POST", "stock", {"records": [{"sku": "GM-CUP-08", "quantity": 9}]})
    shop.order(lines=CUPS)
    shop.settings(set_means="available")
    with pytest.raises(Uncertain, match="told 20 in stock, and shows 24"):
        shop.client.set_stock(entry(shop).ref, 20)


@pytest.mark.acceptance("haravan", 18)
@pytest.mark.parametrize("fault", ["error_500_after", "drop_after"])
def test_a_level_of_unknown_fate_may_be_told_again(shop: Shop, fault: str) -> None:
    shop.act("POST", "stock", {"records": [{"sku": "GM-CUP-08", "quantity": 9}]})
    ref = entry(shop).ref
    shop.fault(fault, "adjustOrSetInventory")
    with pytest.raises(Uncertain):
        shop.client.set_stock(ref, 5)
    assert shop.client.set_stock(ref, 5).level == 5


def test_the_app_is_switched_on_for_a_shop(shop: Shop) -> None:
    target = "https://wms.example.com/haravan/app/"
    wish = {"target": target, "secret": "s", "of_app": True, "topics": ["orders/create"]}
    shop.act("POST", "webhooks", wish)
    assert shop.client.fetch_webhooks() == []
    made = shop.client.create_webhook(target, (), "")
    assert shop.client.fetch_webhooks() == [made]
    shop.client.delete_webhook(made.ref)
    assert shop.client.fetch_webhooks() == []
