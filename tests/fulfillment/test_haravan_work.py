"""An order of a Haravan shop from its webhook to its end, over real HTTP, whatever goes wrong."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from fulfillment import corrections, taking_back, tracking
from fulfillment.models import FulfillmentOrder, Shipment, TrackingSource
from fulfillment.tracking import News
from inventory.models import Product, StockRecord
from locations.models import StockPolicy, Store
from platforms.errors import Refusal
from platforms.records import ParcelRecord, TrackingStatus
from relay import arrivals, engine, mapping
from relay.models import InboundMessage, MessageState
from sandbox import Sandbox
from tests.books import assert_books_are_right
from tests.dock import Dock
from tests.factories import ProductFactory, StoreFactory, UserFactory, WarehouseFactory
from tests.fulfillment.haravan_shop import BOWL, CUP, LOCATION, TRAY, Shop, open_shop
from tests.inventory.shelf import put
from tests.work import work


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return open_shop(sandbox)


@pytest.fixture
def store(engine: None, shop: Shop, live_server: Any) -> Store:
    store = StoreFactory(
        platform_key="haravan",
        account=shop.name,
        base_url=f"{shop.url}/haravan/{shop.name}/",
        requests_per_second=1000,
        options={"org_id": shop.org_id},
    )
    store.set_credentials(haravan_token=shop.token, webhook_secret=shop.secret)
    store.save()
    for sku in (BOWL, CUP, TRAY):
        ProductFactory(merchant=store.merchant, sku=sku)
    mapping.assign(store, WarehouseFactory(country="VN"), LOCATION)
    shop.listen(f"{live_server.url}{arrivals.path_of(store, 'webhook')}")
    return store


@pytest.fixture
def dock(store: Store, shop: Shop) -> Iterator[Dock]:
    yield Dock(store, shop, UserFactory(username="kim"))  # type: ignore[arg-type]
    assert shop.violations() == []


def arrived(dock: Dock, *lines: tuple[str, int], **wishes: object) -> FulfillmentOrder:
    placed = dock.shop.place(*lines, **wishes)
    heard(dock)
    return dock.order(placed["id"])


def heard(dock: Dock) -> None:
    """Let the webhooks arrive, and all follow that follows from them."""
    dock.shop.settle()
    work()


def accepted(dock: Dock, *lines: tuple[str, int], **wishes: object) -> FulfillmentOrder:
    order = arrived(dock, *lines, **wishes)
    assert dock.accept(order).done, dock.accept(order).refused
    work()
    return dock.again(order)


def test_an_order_is_heard_of_accepted_and_shipped(dock: Dock) -> None:
    order = accepted(dock)
    assert str(order.order).startswith("#")
    dock.ship(order, "VTP1")
    work()
    assert [each["numbers"] for each in dock.shop.made(order.ref)] == [["VTP1"]]
    assert dock.state(order) == ("closed", "shipped")
    heard(dock)
    assert dock.state(order) == ("closed", "shipped")
    assert not dock.again(order).open_problems


def test_cash_on_delivery_is_known_to_whoever_packs(dock: Dock) -> None:
    order = arrived(dock, (BOWL, 2), note="Gói quà")
    assert order.cash_due == Decimal(str(order.raw["order"]["total_price"])) > 370000
    assert order.cash_currency == "VND"
    assert "Gói quà" in order.note
    paid = arrived(dock, (CUP, 1), paid=True)
    assert paid.cash_due is None


def test_an_order_waits_until_it_is_confirmed(dock: Dock) -> None:
    order = arrived(dock, confirmed=False)
    assert order.request_status == "pending"
    dock.shop.press(order.ref, "confirm")
    dock.pull()
    assert dock.again(order).request_status == "requested"


def test_the_lines_of_each_service_are_an_order_of_their_own(dock: Dock) -> None:
    lines = [
        {"sku": BOWL, "quantity": 1},
        {"sku": CUP, "quantity": 1, "service": "kho-mai"},
    ]
    placed = dock.shop.control("POST", "orders", {"lines": lines})["orders"][0]
    heard(dock)
    parts = FulfillmentOrder.objects.filter(order__ref=str(placed["id"]))
    assert {part.lines.get().sku for part in parts} == {BOWL, CUP}
    for number, part in enumerate(parts.order_by("pk")):
        dock.accept(part)
        dock.ship(part, f"VTP{number}")
        work()
    assert len(dock.shop.made(str(placed["id"]))) == 2


@pytest.mark.acceptance("haravan", 5)
@pytest.mark.parametrize(
    "kind", ["error_500_before", "error_500_after", "drop_after", "empty_after", "status_429"]
)
def test_a_shipment_is_made_once_whatever_became_of_the_answer(dock: Dock, kind: str) -> None:
    order = accepted(dock)
    dock.shop.fault(kind, "createFulfillment", times=1)
    dock.ship(order, "VTP1")
    work()
    dock.later(3)
    assert [each["numbers"] for each in dock.shop.made(order.ref)] == [["VTP1"]]
    assert dock.state(order) == ("closed", "shipped")


def test_parts_of_an_order_leave_one_after_the_other(dock: Dock) -> None:
    order = accepted(dock, (BOWL, 2), (CUP, 1))
    dock.ship(order, "VTP1", units={BOWL: 1})
    work()
    heard(dock)
    assert dock.state(order) == ("accepted", "partly_shipped")
    assert not dock.again(order).open_problems
    dock.ship(order, "VTP2", units={BOWL: 1, CUP: 1})
    work()
    heard(dock)
    assert len(dock.shop.made(order.ref)) == 2
    assert dock.state(order) == ("closed", "shipped")


@pytest.mark.acceptance("haravan", 20)
def test_what_the_shop_ships_itself_is_not_shipped_again(dock: Dock) -> None:
    order = accepted(dock, (BOWL, 2), (CUP, 1))
    dock.shop.press(
        order.ref,
        "fulfil-by-hand",
        line_items=[{"id": int(order.lines.get(sku=CUP).ref), "quantity": 1}],
    )
    heard(dock)
    assert dock.again(order).held_here
    [problem] = dock.again(order).problems.filter(settled_at=None)
    assert "the store now wants 0" in problem.detail


@pytest.mark.acceptance("haravan", 17)
def test_a_cancelled_order_is_not_worked_on(dock: Dock) -> None:
    order = accepted(dock)
    dock.shop.press(order.ref, "cancel")
    heard(dock)
    assert dock.state(order)[1] == "cancelled"
    assert dock.again(order).open_problems


@pytest.mark.acceptance("haravan", 17)
def test_a_cancelled_order_that_has_left_is_expected_back(dock: Dock) -> None:
    order = accepted(dock)
    dock.ship(order, "VTP1")
    work()
    heard(dock)
    dock.shop.press(order.ref, "cancel")
    heard(dock)
    assert dock.state(order)[1] == "shipped"
    [problem] = dock.again(order).problems.filter(settled_at=None)
    assert "expect it back" in problem.detail


@pytest.mark.acceptance("haravan", 1)
def test_a_parcel_that_left_before_the_cancellation_was_heard_is_for_a_person(dock: Dock) -> None:
    order = accepted(dock)
    dock.shop.control("PUT", "settings", {"webhook_mode": "never"})
    dock.shop.press(order.ref, "cancel")
    dock.ship(order, "VTP1")
    work()
    assert dock.shop.made(order.ref) == []
    assert dock.again(order).open_problems


def test_a_wrong_tracking_code_is_put_right_there(dock: Dock) -> None:
    order = accepted(dock)
    shipment = dock.ship(order, "VTP1")
    work()
    wanted = ParcelRecord("other", "VTP2", "https://track.example/VTP2", "Viettel Post")
    corrections.correct(shipment.parcels.get().pk, wanted, by=dock.person)
    dock.shop.fault("drop_after", "updateFulfillment", times=1)
    work()
    dock.later(2)
    assert [each["numbers"] for each in dock.shop.made(order.ref)] == [["VTP2"]]
    assert not dock.again(order).open_problems


@pytest.mark.acceptance("haravan", 14)
@pytest.mark.parametrize("mode", ["duplicate", "reordered"])
def test_webhooks_may_come_twice_and_in_any_order(dock: Dock, mode: str) -> None:
    dock.shop.control("PUT", "settings", {"webhook_mode": mode})
    order = arrived(dock)
    dock.shop.press(order.ref, "cancel")
    heard(dock)
    assert dock.state(order)[1] == "cancelled"


@pytest.mark.acceptance("haravan", 14)
def test_a_test_of_the_webhook_is_kept_and_changes_nothing(dock: Dock) -> None:
    dock.shop.control("POST", "ping")
    heard(dock)
    assert [m.state for m in InboundMessage.objects.all()] == [MessageState.DONE]
    assert not FulfillmentOrder.objects.exists()


def test_what_was_over_before_we_came_is_left_alone(dock: Dock) -> None:
    dock.shop.control("PUT", "settings", {"webhook_mode": "never"})
    old = dock.shop.place()
    dock.shop.press(str(old["id"]), "cancel")
    fresh = dock.shop.place()
    dock.pull()
    assert [order.ref for order in FulfillmentOrder.objects.all()] == [str(fresh["id"])]


def test_the_shop_is_told_of_stock_as_it_lies_here(dock: Dock) -> None:
    dock.shop.control("POST", "stock", {"records": [{"sku": BOWL, "quantity": 3}]})
    engine.wake_stock_reading(dock.store.pk)
    work()
    record = StockRecord.objects.get(store=dock.store, sku=BOWL)
    assert record.level == 3


def test_what_the_shop_keeps_as_pending_is_completed(dock: Dock) -> None:
    lines = [{"sku": BOWL, "quantity": 1, "service": "kho-sao-mai"}]
    placed = dock.shop.control("POST", "orders", {"lines": lines})["orders"][0]
    heard(dock)
    order = dock.order(f"{placed['id']}-kho-sao-mai")
    dock.accept(order)
    dock.shop.fault("drop_before", "completeFulfillment", times=1)
    dock.ship(order, "VTP1")
    work()
    dock.later(2)
    assert [each["status"] for each in dock.shop.made(str(placed["id"]))] == ["success"]
    assert not dock.again(order).open_problems


@pytest.mark.acceptance("haravan", 10)
@pytest.mark.parametrize("status", [404, 405])
def test_where_nothing_can_be_completed_a_person_does_it(dock: Dock, status: int) -> None:
    dock.shop.control("PUT", "settings", {"ending_status": status})
    lines = [{"sku": BOWL, "quantity": 1, "service": "kho-sao-mai"}]
    placed = dock.shop.control("POST", "orders", {"lines": lines})["orders"][0]
    heard(dock)
    order = dock.order(f"{placed['id']}-kho-sao-mai")
    dock.accept(order)
    dock.ship(order, "VTP1")
    work()
    dock.later(2)
    assert len(dock.shop.made(str(placed["id"]))) == 1
    [task] = dock.again(order).problems.filter(settled_at=None)
    assert "Do it in the store's admin" in task.detail

    # The store is remembered as one that has no such call, and is not asked for it again.
    asked = len(dock.shop.control("GET", "calls?operation=completeFulfillment")["calls"])
    other, _ = pending(dock, "VTP2")
    [task] = dock.again(other).problems.filter(settled_at=None)
    assert "no call to complete it" in task.detail
    again = len(dock.shop.control("GET", "calls?operation=completeFulfillment")["calls"])
    assert again == asked == 1
    assert not dock.store.calls.filter(subject_id=other.pk, verb="complete_fulfillment").exists()


@pytest.fixture
def our_app(settings: Any) -> None:
    """What we are at Haravan, for merchants who install us."""
    settings.PLATFORM_APPS = {
        **settings.PLATFORM_APPS,
        "haravan": {
            "client_id": "crossdock-app",
            "client_secret": "secret-of-the-app",
            "scopes": ["com.read_orders", "com.write_orders", "com.read_shop", "wh_api"],
            "local_stores": "",
        },
    }


def test_an_app_hears_of_all_its_shops_at_one_address(
    dock: Dock, our_app: None, live_server: Any
) -> None:
    dock.store.options = {**dock.store.options, "verify_token": "only-we-know"}
    dock.store.save()
    dock.shop.control("PUT", "settings", {"webhook_mode": "normal"})
    dock.shop.control(
        "POST",
        "webhooks",
        {
            "target": f"{live_server.url}/haravan/app",
            "secret": "secret-of-the-app",
            "verify_token": "only-we-know",
        },
    )
    shaken = dock.shop.control("POST", "handshake")
    assert (shaken["status"], shaken["text"]) == (200, "7781203345")
    dock.shop.place()
    heard(dock)
    heard_at = InboundMessage.objects.values_list("topic", "endpoint")
    assert "app" in {endpoint for _, endpoint in heard_at}
    # What comes to the store's own address as well is the same message.
    assert len({topic for topic, _ in heard_at}) == len(heard_at)
    assert FulfillmentOrder.objects.count() == 1


def test_a_stranger_is_not_told_that_an_address_is_ours(dock: Dock, live_server: Any) -> None:
    dock.shop.control(
        "POST",
        "webhooks",
        {"target": f"{live_server.url}/haravan/app", "secret": "x", "verify_token": "guessed"},
    )
    assert dock.shop.control("POST", "handshake")["status"] == 401


def test_the_shop_is_told_what_lies_here(dock: Dock) -> None:
    dock.shop.control("POST", "stock", {"records": [{"sku": BOWL, "quantity": 3}]})
    product = Product.objects.get(merchant=dock.store.merchant, sku=BOWL)
    put(product, dock.store.locations.get().warehouse, 40)
    dock.store.stock_policy = StockPolicy.SELLABLE
    dock.store.save()
    engine.wake_stock_reading(dock.store.pk)
    work()
    engine.enqueue(engine.PUSH_STOCK, dock.store.pk)
    work()
    dock.later()
    [level] = [each for each in dock.shop.control("GET", "state")["stock"] if each["sku"] == BOWL]
    assert level["qty_onhand"] == 40
    record = StockRecord.objects.get(store=dock.store, sku=BOWL)
    assert record.level == 40


def test_a_shop_is_compared_with_us_as_we_answered(
    dock: Dock, capsys: pytest.CaptureFixture[str]
) -> None:
    accepted(dock)
    shipped = accepted(dock)
    dock.ship(shipped, "VTP1")
    work()
    with pytest.raises(SystemExit) as end:
        call_command("reconcile", dock.store.name)
    assert "2 orders compared, all in step." in capsys.readouterr().out
    assert end.value.code == 0


def pending(dock: Dock, code: str) -> tuple[FulfillmentOrder, Shipment]:
    """An order that a warehouse's own service ships; the shop waits for us to complete it."""
    lines = [{"sku": BOWL, "quantity": 1, "service": "kho-sao-mai"}]
    placed = dock.shop.control("POST", "orders", {"lines": lines})["orders"][0]
    heard(dock)
    order = dock.order(f"{placed['id']}-kho-sao-mai")
    dock.accept(order)
    shipment = dock.ship(order, code)
    work()
    return order, shipment


def test_a_parcel_that_did_not_leave_is_taken_back_and_sent_anew(dock: Dock) -> None:
    product = Product.objects.get(merchant=dock.store.merchant, sku=BOWL)
    put(product, dock.store.locations.get().warehouse, 5)
    dock.shop.fault("error_500_before", "completeFulfillment")
    order, shipment = pending(dock, "VTP1")
    taking_back.ask(shipment.pk, by=dock.person)
    dock.shop.fault("drop_after", "cancelFulfillment", times=1)
    work()
    dock.later(2)
    assert [each["status"] for each in dock.shop.made(order.order.ref)] == ["cancelled"]
    assert dock.state(order) == ("accepted", "packed")
    assert [(line.open, line.shipped) for line in order.lines.all()] == [(1, 0)]
    assert "taken shipment" in dock.story(order)
    assert_books_are_right()

    dock.shop.control("DELETE", "faults")
    dock.ship(dock.again(order), "VTP1")
    work()
    dock.later(2)
    statuses = [each["status"] for each in dock.shop.made(order.order.ref)]
    assert statuses == ["cancelled", "success"]
    assert_books_are_right()


def test_what_counts_as_shipped_there_is_taken_back_by_a_person(dock: Dock) -> None:
    order = accepted(dock)
    shipment = dock.ship(order, "VTP1")
    work()
    taking_back.ask(shipment.pk, by=dock.person)
    work()
    assert dock.state(order) == ("closed", "shipped")
    [task] = dock.again(order).problems.filter(settled_at=None)
    assert "store's admin" in task.detail


def test_what_a_carrier_has_is_not_taken_back(dock: Dock) -> None:
    order = accepted(dock)
    shipment = dock.ship(order, "VTP1")
    work()
    news = News(TrackingStatus.IN_TRANSIT, timezone.now(), TrackingSource.STAFF)
    tracking.record(shipment.parcels.get().pk, news, by=dock.person)
    with pytest.raises(Refusal, match="it has left"):
        taking_back.ask(shipment.pk, by=dock.person)


def test_connecting_lists_the_locations_to_choose_from(
    dock: Dock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token = tmp_path / "token"
    token.write_text(dock.shop.token)
    wish = {"merchant": dock.store.merchant.name, "base_url": dock.store.base_url}
    call_command("connect_store", "haravan", dock.shop.name, token_file=token, **wish)
    said = capsys.readouterr().out
    assert "1204502: Cửa hàng Lò Gốm" in said
    assert "Hàng lỗi" not in said
