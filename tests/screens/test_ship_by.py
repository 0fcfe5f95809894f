"""By when an order must leave, as people read it: in the list, on its page, on the dashboard."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from fulfillment import jobs
from fulfillment.admin import ship_by
from fulfillment.models import FulfillmentOrder
from locations.models import Warehouse
from tests.screens import rows
from tests.screens.conftest import House
from tests.screens.pages import WORK_LIST, address, listed, tabs, text
from tests.screens.test_finding import asked

EVERY_DAY = "Mon Tue Wed Thu Fri Sat Sun"


def due(**distance: float) -> dict[str, datetime]:
    """The columns of an order that is due so far from now, on a day that has begun."""
    now = timezone.now()
    return {"fulfill_by": now + timedelta(**distance), "due_from": now - timedelta(hours=1)}


def words(order: FulfillmentOrder) -> str:
    """What the list says about an order, without its marks."""
    label = ship_by.label(order)
    return " ".join(label.replace("<", " <").replace(">", "> ").split())


def hours_until(left: timedelta, zone: str = "UTC") -> dict[str, Any]:
    """Hours of a warehouse whose cutoff is so far ahead; the zone is chosen so that it is today."""
    cutoff = (timezone.now() + left).astimezone(ZoneInfo(zone)).time().replace(tzinfo=None)
    return {"cutoff": cutoff, "working_days": EVERY_DAY, "time_zone": zone}


def far_from_midnight() -> str:
    """A zone where it is about noon now, so that no test depends on the hour it runs at."""
    offset = 12 - timezone.now().hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


# --- the words --------------------------------------------------------------------------------


def test_what_is_late_says_by_how_much(house: House) -> None:
    order = rows.accepted(house.reno, **due(hours=-3, minutes=-5))
    assert '<span class="xd-badge xd-stop"> Late by 3 h </span>' in words(order)


def test_what_is_due_soon_says_how_much_time_is_left(house: House) -> None:
    order = rows.accepted(house.reno, **due(hours=2, minutes=10, seconds=30))
    assert '<span class="xd-badge xd-wait"> 2 h 10 min left </span>' in words(order)


def test_what_has_time_says_only_the_moment(house: House) -> None:
    at = timezone.now() + timedelta(days=5)
    order = rows.accepted(house.reno, fulfill_by=at, due_from=at)
    assert words(order) == f"{at:%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=9, seconds=59), "9 min"),
        (timedelta(hours=1, minutes=20), "1 h 20 min"),
        (timedelta(hours=3), "3 h"),
    ],
)
def test_time_left_in_words(left: timedelta, said: str) -> None:
    assert ship_by.span(left) == said


@pytest.mark.parametrize(
    ("days", "day"), [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (7, None)]
)
def test_near_days_have_names(days: int, day: str | None) -> None:
    at = timezone.now() + timedelta(days=days)
    said = ship_by.moment(at, ZoneInfo("UTC"))
    assert said == f"{day or f'{at:%a %Y-%m-%d}'} {at:%H:%M}"


@pytest.mark.parametrize(
    ("zone", "named"),
    [
        ("UTC", ""),
        ("America/Los_Angeles", " Los Angeles time"),
        ("America/Argentina/Buenos_Aires", " Buenos Aires time"),
        ("EST5EDT", " EST5EDT"),
    ],
)
def test_a_zone_that_is_not_the_readers_is_named(zone: str, named: str) -> None:
    at = datetime(2020, 6, 1, 12, tzinfo=UTC)
    local = at.astimezone(ZoneInfo(zone))
    assert ship_by.moment(at, ZoneInfo(zone)) == f"{local:%a %Y-%m-%d %H:%M}{named}"


def test_a_reader_in_the_zone_of_the_warehouse_is_not_told_its_name() -> None:
    with timezone.override("Europe/Berlin"):
        assert "time" not in ship_by.moment(timezone.now(), ZoneInfo("Europe/Berlin"))
        assert ship_by.moment(timezone.now(), ZoneInfo("UTC")).endswith(" UTC")


@pytest.mark.parametrize(
    "columns",
    [
        {"request_status": "accepted", "work_status": "shipped"},
        {"request_status": "cancel_accepted", "work_status": "cancelled"},
        {"request_status": "closed", "work_status": "closed"},
        {"request_status": "rejected", "work_status": "new"},
        {"request_status": "cancel_requested", "work_status": "picking"},
        {"request_status": "accepted", "work_status": "packed", "on_hold": True},
    ],
)
def test_where_no_clock_runs_no_time_is_shown(
    manager: Client, house: House, columns: dict[str, Any]
) -> None:
    order = rows.order(house.reno, asks=None, **due(hours=-3), **columns)
    assert ship_by.label(order) == ""
    assert "Late by" not in text(manager.get(WORK_LIST, {"queue": "all"}))
    page = text(manager.get(address(FulfillmentOrder, "change", order.pk)))
    assert "Ship by" not in page.replace("Ship by file", "")


# --- the work list ----------------------------------------------------------------------------


@pytest.fixture
def floor(house: House) -> dict[str, FulfillmentOrder]:
    """Work that is late, due today, due later, and without a deadline; not in this order."""
    later = timezone.now() + timedelta(days=3)
    return {
        "later": rows.accepted(house.reno, fulfill_by=later, due_from=later),
        "late": rows.accepted(house.reno, **due(hours=-3)),
        "whenever": rows.accepted(house.reno),
        "today": rows.accepted(house.reno, **due(minutes=50)),
    }


Floor = dict[str, FulfillmentOrder]


def test_to_ship_begins_with_what_is_due_soonest(picker: Client, floor: Floor) -> None:
    expected = [floor[name].pk for name in ("late", "today", "later", "whenever")]
    assert listed(picker, queue="to_ship") == expected


def test_a_column_that_is_chosen_sorts_instead(picker: Client, floor: Floor) -> None:
    newest_first = sorted((order.pk for order in floor.values()), reverse=True)
    assert listed(picker, queue="all") == newest_first
    assert listed(picker, queue="to_ship", o="2") == newest_first
    by_deadline = listed(picker, queue="all", o="3")
    assert by_deadline == listed(picker, queue="to_ship")


def test_late_and_due_today_are_queues_with_counts(picker: Client, floor: Floor) -> None:
    assert listed(picker, queue="late") == [floor["late"].pk]
    assert listed(picker, queue="due_today") == [floor["today"].pk]
    counted = tabs(picker)
    assert (counted["late"], counted["due_today"], counted["to_ship"]) == ("1", "1", "4")
    shown = text(picker.get(WORK_LIST, {"queue": "late"}))
    assert "Late by 3 h" in shown


@pytest.mark.parametrize(
    ("queue", "sentence"),
    [("late", "Nothing is late."), ("due_today", "Nothing more is due today.")],
)
def test_an_empty_queue_says_so(picker: Client, queue: str, sentence: str) -> None:
    assert sentence in text(picker.get(WORK_LIST, {"queue": queue}))


def test_the_page_of_an_order_says_by_when(picker: Client, floor: Floor) -> None:
    page = text(picker.get(address(FulfillmentOrder, "change", floor["today"].pk)))
    assert "Ship by: 49 min left today" in page or "Ship by: 49 min left tomorrow" in page


@pytest.mark.parametrize("queue", ["late", "due_today", "to_ship"])
def test_a_list_of_many_asks_no_more_than_one_of_few(
    picker: Client, house: House, queue: str
) -> None:
    def look() -> object:
        return picker.get(WORK_LIST, {"queue": queue})

    def add(count: int) -> None:
        rows.many(count, house.reno)
        FulfillmentOrder.objects.update(request_status="accepted", **due(hours=1))

    add(2)
    few = asked(look)
    add(60)
    assert asked(look) == few


# --- the dashboard ----------------------------------------------------------------------------


def cards(client: Client) -> dict[str, str]:
    return {card.label: card.figure for card in client.get("/admin/").context["floor"]}


def test_the_dashboard_counts_what_is_late_and_due_today(picker: Client, floor: Floor) -> None:
    shown = cards(picker)
    assert (shown["Late"], shown["Due today"]) == ("1", "1")


def test_the_dashboard_says_how_long_todays_truck_waits_and_for_what(
    picker: Client, house: House
) -> None:
    zone = far_from_midnight()
    left = timedelta(hours=1, minutes=20, seconds=30)
    Warehouse.objects.filter(pk=house.reno.warehouse.pk).update(**hours_until(left, zone))
    for _ in range(3):
        rows.accepted(house.reno, requested_at=timezone.now() - timedelta(hours=1))
    rows.accepted(house.reno, requested_at=timezone.now() + timedelta(days=2))
    jobs.recount()
    shown = text(picker.get("/admin/"))
    assert "Reno : today’s cutoff in 1 h 20 min, 3 orders to ship" in shown
    [cutoff] = picker.get("/admin/").context["cutoffs"]
    assert picker.get(cutoff.url).status_code == 200


@pytest.mark.parametrize("left", [timedelta(hours=-1), None])
def test_a_cutoff_that_is_over_or_none_is_not_announced(
    picker: Client, house: House, left: timedelta | None
) -> None:
    hours = hours_until(left, far_from_midnight()) if left else {"cutoff": None}
    Warehouse.objects.filter(pk=house.reno.warehouse.pk).update(**hours)
    assert picker.get("/admin/").context["cutoffs"] == []


def test_the_cutoffs_of_many_warehouses_ask_no_more_than_that_of_one(
    manager: Client, house: House
) -> None:
    hours = hours_until(timedelta(hours=1), far_from_midnight())
    Warehouse.objects.filter(pk=house.reno.warehouse.pk).update(**hours)
    one = asked(lambda: manager.get("/admin/"))
    Warehouse.objects.update(**hours)
    assert len(manager.get("/admin/").context["cutoffs"]) == 2
    assert asked(lambda: manager.get("/admin/")) == one


# --- other warehouses -------------------------------------------------------------------------


def test_another_warehouses_deadlines_are_not_there(
    supervisor: Client, manager: Client, house: House
) -> None:
    hours = hours_until(timedelta(hours=1), far_from_midnight())
    Warehouse.objects.filter(pk=house.erie.warehouse.pk).update(**hours)
    rows.accepted(house.erie, **due(hours=-3))
    today = rows.accepted(house.erie, **due(minutes=20))
    assert cards(supervisor)["Late"] == cards(supervisor)["Due today"] == "0"
    assert supervisor.get("/admin/").context["cutoffs"] == []
    assert "Erie" not in text(supervisor.get("/admin/"))
    assert listed(supervisor, queue="due_today") == []
    assert listed(manager, queue="due_today") == [today.pk]
    [cutoff] = manager.get("/admin/").context["cutoffs"]
    assert (str(cutoff.warehouse), cutoff.to_ship) == ("Erie", "2 orders to ship")


# --- the hours of a warehouse -----------------------------------------------------------------


def filled(client: Client, warehouse: Warehouse, **other: object) -> dict[str, object]:
    form = client.get(address(Warehouse, "change", warehouse.pk)).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in (values | other).items()}


def test_a_manager_sets_the_hours_of_a_warehouse(manager: Client, house: House) -> None:
    warehouse = house.reno.warehouse
    sent = filled(
        manager,
        warehouse,
        cutoff="16:30",
        working_days=["Sat", "Mon"],
        closed_days="2026-12-25 Christmas",
        handling_days="",
    )
    answer = manager.post(address(Warehouse, "change", warehouse.pk), sent)
    assert answer.status_code == 302, text(answer)
    warehouse.refresh_from_db()
    assert (warehouse.cutoff, warehouse.working_days) == (time(16, 30), "Mon Sat")
    assert (warehouse.closed_days, warehouse.handling_days) == ("2026-12-25 Christmas", 0)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"working_days": []}, "Tick at least one day."),
        ({"closed_days": "25.12.2026"}, "“25.12.2026” is not a date. Write one date a line"),
        ({"handling_days": "61"}, "less than or equal to 60"),
        ({"cutoff": "noon"}, "Enter a valid time."),
    ],
)
def test_hours_that_cannot_be_meant_are_refused_in_words(
    manager: Client, house: House, wrong: dict[str, object], sentence: str
) -> None:
    warehouse = house.reno.warehouse
    sent = filled(manager, warehouse, **wrong)
    answer = manager.post(address(Warehouse, "change", warehouse.pk), sent)
    assert answer.status_code == 200
    assert sentence in text(answer)


def test_a_picker_may_read_the_hours_but_not_change_them(picker: Client, house: House) -> None:
    path = address(Warehouse, "change", house.reno.warehouse.pk)
    assert "Mon Tue Wed Thu Fri" in text(picker.get(path))
    assert picker.post(path, {"cutoff": "09:00"}).status_code == 403
