"""What carriers say, whole orders and shipping methods, as people see and change them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fulfillment import methods, tracking
from fulfillment.models import FulfillmentOrder, Order, Parcel, ShippingMethod, TrackingEvent
from fulfillment.models.tracking import TrackingSource
from fulfillment.tracking import News
from locations.models import Store
from platforms.records import ShippingMethodRecord, TrackingStatus
from relay.models import OutboundCall
from tests.screens import rows
from tests.screens.conftest import House
from tests.screens.pages import WORK_LIST, act, address, listed, page, send, text
from tests.screens.test_finding import asked

AT = datetime(2026, 3, 3, 8, 12, tzinfo=UTC)
SAID = {"status": "in_transit", "happened_at": "2026-03-03T08:12", "message": "Left Reno"}


@pytest.fixture
def parcel(house: House) -> Parcel:
    """A parcel that has left with all its order has."""
    order = rows.order(house.reno, asks=None, work_status="shipped", number="SO-1")
    return rows.shipped(order).parcels.get()


def order_of(parcel: Parcel) -> FulfillmentOrder:
    return parcel.fulfillment_order


def shown(client: Client, order: FulfillmentOrder) -> str:
    return text(client.get(address(FulfillmentOrder, "change", order.pk)))


def record(client: Client, parcel: Parcel, **filled: object) -> str:
    filled = {"parcel": parcel.pk, **SAID, **filled}
    return act(client, "record_tracking", order_of(parcel), **filled)


# --- what the carrier said ---------------------------------------------------------------------


def test_a_shipper_records_what_the_carrier_said(shipper: Client, parcel: Parcel) -> None:
    assert record(shipper, parcel) == "Recorded: 1."
    event = TrackingEvent.objects.get()
    assert (event.status, event.happened_at, event.source) == ("in_transit", AT, "staff")
    assert str(event.recorded_by) == "shipper"
    page_text = shown(shipper, order_of(parcel))
    assert "2026-03-03 08:12 In transit: “Left Reno” (shipper" in page_text
    assert "the store does not know it: Acme Outdoors is not told" in page_text


def test_sent_twice_it_is_recorded_once_and_says_so(shipper: Client, parcel: Parcel) -> None:
    record(shipper, parcel)
    assert "This was recorded already." in record(shipper, parcel)
    assert TrackingEvent.objects.count() == 1


def test_the_page_says_whether_the_store_is_told(shipper: Client, parcel: Parcel) -> None:
    silent = text(page(shipper, "record_tracking", [order_of(parcel)]))
    assert "Acme Outdoors is not told what carriers say" in silent
    Store.objects.update(tells_tracking=True)
    told = text(page(shipper, "record_tracking", [order_of(parcel)]))
    assert "Acme Outdoors is told, except of: returning, returned, lost" in told
    record(shipper, parcel)
    assert OutboundCall.objects.get().verb == "create_delivery_event"
    assert "the store is being told" in shown(shipper, order_of(parcel))


def test_what_is_mistyped_is_said_beside_it(shipper: Client, parcel: Parcel) -> None:
    opened = page(shipper, "record_tracking", [order_of(parcel)])
    tomorrow = f"{timezone.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    filled = {"parcel": parcel.pk, **SAID, "happened_at": tomorrow}
    assert "This is in the future." in text(send(shipper, opened, **filled))
    assert "This field is required." in text(send(shipper, opened, **{**filled, "status": ""}))
    assert "Select a valid choice." in text(send(shipper, opened, **{**filled, "status": "x"}))
    assert not TrackingEvent.objects.exists()


def test_a_parcel_of_another_order_cannot_be_named(
    shipper: Client, house: House, parcel: Parcel
) -> None:
    other = rows.shipped(rows.order(house.erie, asks=None, work_status="shipped"), "ELSE")
    opened = page(shipper, "record_tracking", [order_of(parcel)])
    answer = send(shipper, opened, **{**SAID, "parcel": other.parcels.get().pk})
    assert "Select a valid choice." in text(answer)
    assert not TrackingEvent.objects.exists()


def test_nothing_is_recorded_of_what_has_not_left(shipper: Client, house: House) -> None:
    refused = text(page(shipper, "record_tracking", [rows.accepted(house.reno)]))
    assert "Nothing of it has left yet." in refused


def test_a_word_of_the_stores_that_we_do_not_know_is_shown(picker: Client, parcel: Parcel) -> None:
    news = News(TrackingStatus.UNKNOWN, AT, TrackingSource.STORE, upstream_status="by_drone")
    tracking.record(parcel.pk, news)
    assert "Unknown: “by_drone” (Store)" in shown(picker, order_of(parcel))


def test_the_tab_of_what_is_under_way_leaves_out_what_has_arrived(
    picker: Client, parcel: Parcel
) -> None:
    assert listed(picker, queue="in_transit") == [parcel.fulfillment_order_id]
    tracking.record(parcel.pk, News(TrackingStatus.DELIVERED, AT, TrackingSource.STORE))
    assert listed(picker, queue="in_transit") == []
    assert "Delivered" in shown(picker, order_of(parcel))


def test_a_long_story_asks_no_more_than_a_short_one(picker: Client, parcel: Parcel) -> None:
    def look() -> object:
        return picker.get(address(FulfillmentOrder, "change", parcel.fulfillment_order_id))

    tracking.record(parcel.pk, News(TrackingStatus.IN_TRANSIT, AT, TrackingSource.STORE))
    few = asked(look)
    for hour in range(30):
        at = AT + timedelta(hours=hour)
        tracking.record(parcel.pk, News(TrackingStatus.DELAYED, at, TrackingSource.STORE))
    assert asked(look) == few


# --- whole orders ------------------------------------------------------------------------------


def test_a_test_order_is_marked_on_list_and_page(picker: Client, house: House) -> None:
    order = rows.order(house.reno, number="SO-9")
    rows.order(house.reno, number="SO-10")
    Order.objects.filter(ref="SO-9").update(is_test=True)
    marked = picker.get(WORK_LIST, {"queue": "all"}).content.decode()
    assert marked.count(">TEST<") == 1
    assert "Order SO-9 TEST" in shown(picker, order)


def test_an_address_to_write_to_is_shown_to_those_who_see_the_order(
    picker: Client, house: House
) -> None:
    order, theirs = rows.order(house.reno), rows.order(house.erie)
    Order.objects.update(email="dana@example.com", tags=["vip"], read_at=AT)
    assert "E-mail: dana@example.com" in shown(picker, order)
    assert picker.get(address(FulfillmentOrder, "change", theirs.pk)).status_code == 404
    assert "dana@example.com" not in text(picker.get(WORK_LIST, {"queue": "all"}))
    assert listed(picker, queue="all", q="dana@example.com") == []


def test_an_order_that_waits_to_be_read_says_so(picker: Client, house: House) -> None:
    order = rows.order(house.reno)
    assert "has not been read yet" not in shown(picker, order)
    Store.objects.update(reads_orders=True)
    assert "The order itself has not been read yet." in shown(picker, order)
    Order.objects.update(read_at=AT, read_remark="29 Next: Not found. (404)")
    assert "Decide by hand. 29 Next: Not found. (404)" in shown(picker, order)
    Order.objects.update(read_remark="")
    assert "does not say whether this is a test order" in shown(picker, order)
    Order.objects.update(is_test=False)
    assert "Decide by hand" not in shown(picker, order)


# --- shipping methods --------------------------------------------------------------------------


def test_the_ship_page_begins_with_the_carrier_chosen_for_the_method(
    manager: Client, shipper: Client, house: House
) -> None:
    methods.take_in(house.store, [ShippingMethodRecord("ground", "Ground")])
    rows.shipped(rows.accepted(house.reno))
    order = rows.accepted(house.reno)

    def first_choice() -> object:
        form = page(shipper, "ship", [order]).context["form"].forms[0]
        return form["carrier0"].value()

    assert first_choice() == "ups", "the one used last"
    ground = ShippingMethod.objects.get()
    url = address(ShippingMethod, "change", ground.pk)
    assert "FedEx" in manager.get(url).content.decode()
    assert manager.post(url, {"carrier": "nobody"}).status_code == 200
    assert manager.post(url, {"carrier": "fedex"}).status_code == 302
    assert first_choice() == "fedex"
    assert "FedEx" in text(manager.get(address(ShippingMethod, "changelist")))


# --- the store ---------------------------------------------------------------------------------


def test_a_manager_chooses_what_is_read_and_told(manager: Client, house: House) -> None:
    url = reverse("admin:locations_store_change", args=[house.store.pk])
    opened = text(manager.get(url))
    assert (
        "One more request per order; at 29 Next, the token needs the scope orders:read." in opened
    )
    filled = {
        "merchant": house.store.merchant_id,
        "name": house.store.name,
        "platform_key": "next29",
        "account": house.store.account,
        "base_url": house.store.base_url,
        "request_policy": "by_hand",
        "cancellation_policy": "by_hand",
        "reads_orders": "on",
        "tells_tracking": "on",
        "stock_policy": "off",
        "stock_buffer": "",
    }
    assert manager.post(url, filled).status_code == 302
    house.store.refresh_from_db()
    assert (house.store.reads_orders, house.store.tells_tracking) == (True, True)


def test_the_stores_page_has_its_methods_read(manager: Client, house: House) -> None:
    assert act(manager, "read_methods", house.store) == "Shipping methods being read: 1."
    Store.objects.update(paused_at=AT, pause_reason="Holiday")
    assert "It is paused: Holiday" in text(page(manager, "read_methods", [house.store]))
