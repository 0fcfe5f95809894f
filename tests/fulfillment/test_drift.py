"""The nightly comparison: what it keeps, when it alarms, and who reads the report."""

import pytest
from django.test import Client

from fulfillment import jobs
from fulfillment.models import FulfillmentOrder
from locations.models import Store
from relay import asking
from relay.models import Alarm, Comparison
from tests.dock import Dock
from tests.factories import member
from tests.screens.pages import address, text
from tests.work import work


def nightly() -> Comparison | None:
    jobs.compare_all()
    work()
    return Comparison.objects.first()


def drifted(dock: Dock) -> FulfillmentOrder:
    order = dock.place()
    dock.shop.press(int(order.ref), "withdraw")
    return order


def test_it_keeps_what_it_found_and_changes_no_order(dock: Dock) -> None:
    dock.accepted()
    order = drifted(dock)
    before = list(FulfillmentOrder.objects.order_by("pk").values())
    kept = nightly()
    assert kept is not None
    assert (kept.compared, kept.found, kept.persistent, kept.failure) == (2, 1, 0, "")
    assert kept.started_at <= kept.ended_at
    assert [each["ref"] for each in kept.differences] == [order.ref]
    assert list(FulfillmentOrder.objects.order_by("pk").values()) == before


def test_what_differs_twice_raises_one_alarm_that_clears_itself(dock: Dock) -> None:
    first, second = dock.place(), dock.place()
    dock.shop.press(int(first.ref), "withdraw")
    nightly()
    assert not Alarm.objects.exists(), "it may just be changing"
    nightly()
    [alarm] = Alarm.objects.all()
    assert (alarm.kind, alarm.cleared_at) == ("drift", None)
    said = "1 order differs from what the store says, and did the time before, such as"
    assert f"{said} {first.order.ref}." in alarm.message

    dock.shop.press(int(second.ref), "withdraw")
    nightly()
    nightly()
    alarm.refresh_from_db()
    assert "2 orders differ" in alarm.message
    assert Alarm.objects.count() == 1

    dock.pull()
    nightly()
    alarm.refresh_from_db()
    assert alarm.cleared_at


def test_orders_that_differ_one_night_each_are_no_drift(dock: Dock) -> None:
    drifted(dock)
    nightly()
    dock.pull()
    drifted(dock)
    nightly()
    assert not Alarm.objects.filter(kind="drift").exists()


def test_a_store_that_cannot_be_asked_is_kept_as_such(
    dock: Dock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "RETRY_SECONDS", (0.0,))
    drifted(dock)
    nightly()
    dock.shop.fault("error_500_before", "assignedFulfillmentOrdersList", times=2)
    kept = nightly()
    assert kept is not None
    assert (kept.compared, bool(kept.failure)) == (0, True)
    assert Alarm.objects.get().kind == "pull_failed"
    nightly()
    assert Alarm.objects.filter(kind="drift", cleared_at=None).exists(), (
        "compared with the last one that worked"
    )


def test_a_paused_store_is_not_compared(dock: Dock) -> None:
    Store.objects.update(paused_at=dock.store.created_at)
    assert nightly() is None


def test_the_stores_page_shows_the_last_report(dock: Dock) -> None:
    client = Client()
    client.force_login(member("manager"))
    page = address(Store, "change", dock.store.pk)
    assert "None yet; all stores are compared every night." in text(client.get(page))
    order = drifted(dock)
    nightly()
    shown = text(client.get(page))
    assert "1 order compared, 1 difference, 0 of them as the time before" in shown
    assert f"order {order.order.ref} ({order.ref}): here" in shown
