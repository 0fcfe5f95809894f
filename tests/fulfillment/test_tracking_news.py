"""Where the store says that parcels are: read when it announces it, and on a slow clock."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone

from fulfillment import jobs, tracking_news
from fulfillment.models import FulfillmentOrder, Parcel, TrackingEvent
from platforms.records import TrackingStatus
from relay import alarms, asking, engine
from relay.models import InboundMessage, OutboundCall
from sandbox.next29.callbacks import sign
from tests.dock import Dock
from tests.fulfillment.test_open_enums import NEW_WORD
from tests.work import work

READ = "fulfillmentsRetrieve"
SECRET = "a secret of the store's webhooks"


@pytest.fixture
def shipped(dock: Dock) -> FulfillmentOrder:
    order = dock.accepted()
    dock.ship(order, "1Z-ONE")
    work()
    return dock.again(order)


def carrier_says(dock: Dock, order: FulfillmentOrder, status: str, **wishes: Any) -> None:
    for shipment in order.shipments.all():
        dock.shop.control(
            "POST", f"fulfillments/{shipment.ref}/events", {"status": status, **wishes}
        )


def track(dock: Dock) -> None:
    engine.wake_tracking(dock.store.pk)
    work()


def hours_pass(hours: int) -> None:
    past = timedelta(hours=hours)
    FulfillmentOrder.objects.exclude(tracked_at=None).update(tracked_at=F("tracked_at") - past)


def statuses(order: FulfillmentOrder) -> list[str]:
    return list(order.parcels.order_by("id").values_list("tracking_status", flat=True))


def notify(dock: Dock, order: FulfillmentOrder, topic: str, **data: Any) -> int:
    """Have the store announce something about the order, signed."""
    dock.store.set_credentials(webhook_secret=SECRET)
    dock.store.save()
    envelope = {
        "event_type": topic,
        "event_id": f"{topic}-{InboundMessage.objects.count()}",
        "data": {"order_number": order.order.ref, **data},
    }
    body = json.dumps(envelope)
    answer = Client().post(
        f"/next29/webhooks/{dock.store.endpoint_key}/",
        body,
        content_type="application/json",
        headers={"X-29Next-Signature": sign(SECRET, body)},
    )
    return answer.status_code


def test_what_the_store_says_is_recorded_once(dock: Dock, shipped: FulfillmentOrder) -> None:
    carrier_says(dock, shipped, "in_transit", happened_at="2026-03-03T08:12:00.25Z")
    for _ in range(3):
        track(dock)
        hours_pass(100)
    assert statuses(shipped) == ["in_transit"]
    [event] = TrackingEvent.objects.all()
    assert (event.source, event.upstream_status, event.told_at) == ("store", "in_transit", None)
    assert event.happened_at.isoformat() == "2026-03-03T08:12:00+00:00"


def test_a_word_without_a_date_is_heard_once(dock: Dock, shipped: FulfillmentOrder) -> None:
    for _ in range(3):
        track(dock)
        hours_pass(100)
    [event] = TrackingEvent.objects.all()
    assert (event.upstream_status, event.status) == ("tracking_added", "label_created")


def test_an_unknown_word_is_kept_and_shown_and_moves_nothing(
    dock: Dock, shipped: FulfillmentOrder
) -> None:
    carrier_says(dock, shipped, "out_for_delivery", happened_at="2026-03-03T08:00:00Z")
    track(dock)
    carrier_says(dock, shipped, NEW_WORD, happened_at="2026-03-03T09:00:00Z")
    hours_pass(100)
    track(dock)
    assert statuses(shipped) == ["out_for_delivery"]
    newest = TrackingEvent.objects.latest("id")
    assert (newest.status, newest.upstream_status) == ("unknown", NEW_WORD)
    assert f"Unknown: “{NEW_WORD}”" in dock.story(shipped)


@pytest.mark.parametrize("topic", ["fulfillment.created", "fulfillment.updated"])
def test_a_notice_has_the_truth_read(dock: Dock, shipped: FulfillmentOrder, topic: str) -> None:
    track(dock)
    carrier_says(dock, shipped, "delivered")
    assert notify(dock, shipped, topic, delivery_status="a lie") == 200
    work()
    assert statuses(shipped) == ["delivered"]
    assert dock.store.messages.latest("id").state == "done"


def test_a_notice_about_an_order_that_is_not_ours_asks_for_nothing_of_it(
    dock: Dock, shipped: FulfillmentOrder
) -> None:
    track(dock)
    before = len(dock.shop.calls(READ))
    shipped.order.ref = "somebody else's"
    assert notify(dock, shipped, "fulfillment.updated") == 200
    work()
    assert len(dock.shop.calls(READ)) == before


def test_an_order_is_asked_about_again_only_after_some_hours(
    dock: Dock, shipped: FulfillmentOrder
) -> None:
    track(dock)
    before = len(dock.shop.calls(READ))
    jobs.track_all()
    work()
    assert len(dock.shop.calls(READ)) == before
    hours_pass(7)
    jobs.track_all()
    work()
    assert len(dock.shop.calls(READ)) == before + 1


def test_what_has_arrived_is_too_old_or_is_not_tracked_is_not_asked_about(
    dock: Dock, shipped: FulfillmentOrder
) -> None:
    assert list(tracking_news.due(dock.store)) == [shipped]
    Parcel.objects.update(carrier="other")
    assert not tracking_news.due(dock.store).exists()
    Parcel.objects.update(carrier="ups")
    FulfillmentOrder.objects.update(dispatched_at=timezone.now() - timedelta(days=31))
    assert not tracking_news.due(dock.store).exists()
    FulfillmentOrder.objects.update(dispatched_at=timezone.now())
    carrier_says(dock, shipped, "delivered")
    track(dock)
    hours_pass(100)
    assert not tracking_news.due(dock.store).exists()
    assert not FulfillmentOrder.objects.in_transit().exists()


def test_one_question_is_enough_for_what_left_at_once(
    dock: Dock, shipped: FulfillmentOrder
) -> None:
    track(dock)
    assert len(dock.shop.calls(READ)) == 1
    assert dock.shop.calls("fulfillmentOrdersList") == []


@pytest.mark.parametrize("listed_on", ["new", "original"])
def test_parts_are_found_wherever_the_store_keeps_them(dock: Dock, listed_on: str) -> None:
    dock.shop.settings(partial_listed_on=listed_on)
    order = dock.accepted(lines=[{"sku": "TENT-2P-GRN", "quantity": 2}])
    dock.ship(order, "1Z-FIRST", units={"TENT-2P-GRN": 1})
    work()
    dock.ship(dock.again(order), "1Z-SECOND")
    work()
    first = order.shipments.first()
    assert first
    dock.shop.control("POST", f"fulfillments/{first.ref}/events", {"status": "delivered"})
    track(dock)
    assert statuses(order) == ["delivered", "label_created"]
    assert FulfillmentOrder.objects.in_transit().exists(), "one is still under way"


def test_orders_that_share_a_box_hear_each_of_its_own_shipment(dock: Dock) -> None:
    lines = [{"sku": "TENT-2P-GRN", "quantity": 1}, {"sku": "STAKE-8PK", "quantity": 1}]
    whole = dock.shop.place(lines=lines, request=False)
    tent = dock.shop.service.order(whole)["line_items"][0]["id"]
    units = [{"id": tent, "quantity": 1}]
    dock.shop.press(whole, "request", fulfillment_order_line_items=units)
    dock.shop.press(whole, "request")
    dock.pull()
    first, second = dock.store.fulfillment_orders.order_by("ref")
    for order in (first, second):
        dock.accept(order)
    work()
    for order in (first, second):
        dock.ship(dock.again(order), "1Z-SHARED")
        work()
    carrier_says(dock, first, "delivered")
    track(dock)
    assert (statuses(first), statuses(second)) == (["delivered"], ["label_created"])


def test_reading_an_order_again_reads_its_deliveries_at_once(
    dock: Dock, shipped: FulfillmentOrder
) -> None:
    track(dock)
    carrier_says(dock, shipped, "delivered")
    assert tracking_news.ask_again(FulfillmentOrder.objects.filter(pk=shipped.pk)) == 1
    track(dock)
    assert statuses(shipped) == ["delivered"]


def test_what_cannot_be_read_is_alarmed_stops_no_other_and_is_cleared(dock: Dock) -> None:
    orders = [dock.accepted(), dock.accepted()]
    for number, order in enumerate(orders):
        dock.ship(order, f"1Z-{number}")
    work()
    dock.shop.fault("empty_success", READ, times=1)
    track(dock)
    assert [statuses(order) for order in orders] == [["unknown"], ["label_created"]]
    [alarm] = dock.store.alarms.all()
    assert (alarm.kind, alarm.cleared_at) == (alarms.TRACKING_FAILED, None)
    hours_pass(100)
    track(dock)
    alarm.refresh_from_db()
    assert alarm.cleared_at
    assert statuses(orders[0]) == [TrackingStatus.LABEL_CREATED]


def test_an_outage_leaves_the_order_due_and_one_alarm(
    dock: Dock, shipped: FulfillmentOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "RETRY_SECONDS", (0.0,))
    dock.shop.fault("error_500_before", READ, times=2)
    track(dock)
    assert list(tracking_news.due(dock.store)) == [shipped]
    assert "Cannot be asked for deliveries" in dock.store.alarms.get(cleared_at=None).message
    track(dock)
    assert statuses(shipped) == ["label_created"]
    assert not dock.store.alarms.filter(cleared_at=None).exists()


def test_nothing_that_was_read_is_told_back(dock: Dock, shipped: FulfillmentOrder) -> None:
    dock.store.tells_tracking = True
    dock.store.save()
    before = OutboundCall.objects.count()
    carrier_says(dock, shipped, "delivered")
    track(dock)
    assert TrackingEvent.objects.exists()
    assert OutboundCall.objects.count() == before
