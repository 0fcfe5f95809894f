"""By when orders are due: set when they are asked for, and kept in step with what it hangs on."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fulfillment import deadlines, due, intake, jobs
from fulfillment.models import FulfillmentOrder
from locations.models import Location, Warehouse
from platforms.next29.wire import read_fulfillment_order
from tests.dock import Dock
from tests.factories import LocationFactory
from tests.screens import rows
from tests.work import work

LONG_AGO = datetime(2026, 1, 5, 12, tzinfo=UTC)


def set_hours(warehouse: Warehouse, **hours: object) -> None:
    Warehouse.objects.filter(pk=warehouse.pk).update(**{"cutoff": time(16), **hours})
    warehouse.refresh_from_db()


@pytest.fixture
def warehouse(dock: Dock) -> Warehouse:
    """The warehouse of the store; trucks leave it at four."""
    place: Warehouse = dock.store.locations.get().warehouse
    set_hours(place, time_zone="America/Los_Angeles")
    return place


def expected(order: FulfillmentOrder, warehouse: Warehouse) -> datetime:
    hours = due.hours_of(warehouse)
    assert hours
    assert order.requested_at
    return deadlines.count(order.requested_at, hours).by


def take_in(dock: Dock, order: FulfillmentOrder, **changes: str) -> FulfillmentOrder:
    """Take the order in as the store shows it now, changed like this."""
    record = read_fulfillment_order(dock.shop.service.order(int(order.ref)))
    intake.take_in(dock.store, [replace(record, **changes)], timezone.now())
    return dock.again(order)


def test_a_request_is_due_as_the_hours_of_its_warehouse_say(
    dock: Dock, warehouse: Warehouse
) -> None:
    order = dock.place()
    assert order.requested_at == order.requests.get().received_at
    assert order.fulfill_by == expected(order, warehouse)
    assert order.due_from
    assert order.due_from.astimezone(warehouse.zone).time() == time(0)


def test_without_a_cutoff_nothing_is_due(dock: Dock) -> None:
    order = dock.place()
    assert order.requested_at
    assert (order.fulfill_by, order.due_from) == (None, None)


def test_what_is_asked_for_anew_has_time_anew(dock: Dock, warehouse: Warehouse) -> None:
    order = dock.place()
    dock.reject(order)
    work()
    FulfillmentOrder.objects.update(requested_at=LONG_AGO, fulfill_by=LONG_AGO)
    dock.shop.press(int(order.ref), "request")
    dock.pull()
    again = dock.again(order)
    assert [request.cycle for request in again.requests.all()] == [1, 2]
    assert again.requested_at == again.requests.last().received_at
    assert again.fulfill_by == expected(again, warehouse)


def test_to_ask_for_a_cancellation_gives_no_time(dock: Dock, warehouse: Warehouse) -> None:
    order = dock.accepted()
    dock.shop.press(int(order.ref), "ask-cancel")
    dock.pull()
    again = dock.again(order)
    assert again.request_status == "cancel_requested"
    assert (again.requested_at, again.fulfill_by) == (order.requested_at, order.fulfill_by)


def test_at_another_warehouse_its_hours_count(dock: Dock, warehouse: Warehouse) -> None:
    order = dock.place()
    erie = LocationFactory(store=dock.store, name="Erie")
    set_hours(erie.warehouse, cutoff=time(9), time_zone="America/New_York", handling_days=2)
    moved = take_in(dock, order, location_ref=erie.ref)
    assert moved.warehouse == erie.warehouse
    assert moved.requested_at == order.requested_at
    assert moved.fulfill_by == expected(moved, erie.warehouse) != order.fulfill_by


def test_a_place_connected_later_makes_it_due(dock: Dock, warehouse: Warehouse) -> None:
    ref = dock.shop.control("POST", "locations", {"name": "Sparks", "owner": "service"})["id"]
    order = dock.place(location_id=ref)
    assert order.fulfill_by is None
    sparks = LocationFactory(store=dock.store, ref=str(ref))
    set_hours(sparks.warehouse)
    dock.pull()
    assert dock.again(order).fulfill_by == expected(order, sparks.warehouse)


def test_what_was_accepted_at_the_store_is_due_from_the_moment_we_learn_of_it(
    dock: Dock, warehouse: Warehouse
) -> None:
    order = dock.place()
    dock.shop.service.step(int(order.ref), "fulfillment-request/accept")
    FulfillmentOrder.objects.update(requested_at=None, fulfill_by=None)
    dock.pull()
    again = dock.again(order)
    assert dock.state(again) == ("accepted", "allocated")
    assert again.fulfill_by == expected(again, warehouse)


def test_reading_the_same_again_changes_nothing(dock: Dock, warehouse: Warehouse) -> None:
    order = dock.place()
    dock.pull()
    again = take_in(dock, order)
    assert (again.fulfill_by, again.requested_at) == (order.fulfill_by, order.requested_at)


# --- when the hours of a warehouse change -----------------------------------------------------


@pytest.fixture
def reno(db: None) -> Location:
    return LocationFactory()


def asked(location: Location, **columns: object) -> FulfillmentOrder:
    return rows.order(location, requested_at=LONG_AGO, **columns)


def deadline(order: FulfillmentOrder) -> datetime | None:
    order.refresh_from_db()
    return order.fulfill_by


def test_open_orders_are_counted_anew_and_those_that_ended_keep_what_they_had(
    reno: Location,
) -> None:
    waiting, packed, shipped = (
        asked(reno),
        asked(reno, request_status="accepted", work_status="packed"),
        asked(reno, work_status="shipped", fulfill_by=LONG_AGO),
    )
    set_hours(reno.warehouse)
    jobs.recount()
    assert deadline(waiting) == deadline(packed) == datetime(2026, 1, 5, 16, tzinfo=UTC)
    assert deadline(shipped) == LONG_AGO

    set_hours(reno.warehouse, closed_days="2026-01-05 Stocktaking")
    jobs.recount()
    assert deadline(waiting) == datetime(2026, 1, 6, 16, tzinfo=UTC)

    set_hours(reno.warehouse, cutoff=None)
    jobs.recount()
    assert deadline(waiting) is None


def test_only_the_warehouse_that_changed_is_counted(reno: Location) -> None:
    erie = LocationFactory()
    mine, theirs = asked(reno), asked(erie)
    set_hours(reno.warehouse)
    assert due.recount_changed() == 1
    assert deadline(mine)
    assert deadline(theirs) is None
    assert due.recount_changed() == 0, "it knows with which hours it has counted"


def test_a_remark_beside_a_closed_day_is_no_other_hours(reno: Location) -> None:
    set_hours(reno.warehouse, closed_days="2026-12-25")
    asked(reno)
    due.recount_changed()
    set_hours(reno.warehouse, closed_days="2026-12-25 Christmas")
    assert due.recount_changed() == 0


def test_a_recount_goes_on_to_the_last_order_also_after_one_that_died_halfway(
    reno: Location,
) -> None:
    set_hours(reno.warehouse)
    orders = [asked(reno) for _ in range(5)]
    due.refresh(orders[:2])
    assert [bool(deadline(order)) for order in orders] == [True, True, False, False, False]
    assert due.recount_changed(at_once=2) == 5
    assert all(deadline(order) for order in orders)


def test_a_recount_takes_few_statements_however_many_orders_are_open(reno: Location) -> None:
    def statements(count: int) -> int:
        rows.many(count, reno)
        FulfillmentOrder.objects.update(requested_at=LONG_AGO, fulfill_by=None, due_from=None)
        set_hours(reno.warehouse, counted_with="")
        with CaptureQueriesContext(connection) as queries:
            due.recount_changed()
        return len(queries)

    assert statements(5) == statements(300)


def test_taking_in_many_takes_as_many_statements_for_deadlines_as_taking_in_few(
    reno: Location,
) -> None:
    def statements(count: int) -> int:
        orders = rows.many(count, reno)
        for order in orders:
            order.requested_at = LONG_AGO
        with CaptureQueriesContext(connection) as queries:
            due.refresh(orders)
        return len(queries)

    set_hours(reno.warehouse)
    assert statements(5) == statements(300) == 2


# --- late, due today, and in what order -------------------------------------------------------


def names(orders: object) -> list[str]:
    return sorted(order.order.ref for order in orders)  # type: ignore[attr-defined]


def test_late_and_due_today_hold_what_is_owed_and_nothing_else(reno: Location) -> None:
    now = timezone.now()
    late = {"fulfill_by": now - timedelta(hours=3), "due_from": now - timedelta(hours=19)}
    today = {"fulfill_by": now + timedelta(hours=2), "due_from": now - timedelta(hours=14)}
    tomorrow = {"fulfill_by": now + timedelta(hours=22), "due_from": now + timedelta(hours=6)}
    rows.order(reno, number="late request", **late)
    rows.accepted(reno, number="late work", **late)
    rows.order(reno, number="held", on_hold=True, **late)
    rows.order(reno, number="rejected", request_status="rejected", **late)
    rows.cancelling(reno, number="asked to stop", **late)
    rows.order(reno, number="shipped", request_status="accepted", work_status="shipped", **late)
    rows.accepted(reno, number="today", **today)
    rows.accepted(reno, number="tomorrow", **tomorrow)
    rows.accepted(reno, number="whenever")
    assert names(FulfillmentOrder.objects.late()) == ["late request", "late work"]
    assert names(FulfillmentOrder.objects.due_today()) == ["today"]
    owed = FulfillmentOrder.objects.owed()
    assert set(owed) == {order for order in FulfillmentOrder.objects.all() if order.is_owed}


@pytest.mark.parametrize("queue", ["to_ship", "late", "due_today"])
def test_an_index_leads_to_what_is_due_soonest(db: None, queue: str) -> None:
    orders = getattr(FulfillmentOrder.objects.all(), queue)().order_by("fulfill_by", "-id")[:50]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = orders.explain()
    assert "fo_ship_by" in plan
    assert "Sort" not in plan
