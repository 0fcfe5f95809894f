"""By when a request must have left: cutoffs, weekends, closed days, and clocks that are changed."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.deadlines import Hours, count, cutoff_ahead

MONDAY_TO_FRIDAY = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
RENO = ZoneInfo("America/Los_Angeles")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    "UTC",
    "America/Los_Angeles",
    "America/Nuuk",
    "Europe/Berlin",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
]


def hours(zone: ZoneInfo = RENO, **other: Any) -> Hours:
    wishes = {
        "cutoff": time(16),
        "working_days": MONDAY_TO_FRIDAY,
        "closed_days": frozenset(),
        "handling_days": 0,
    }
    return Hours(**{**wishes, **other}, zone=zone)


def by(asked: str, worked: Hours) -> str:
    """The deadline of what was asked for at a time of the warehouse's clocks, as they show it."""
    moment = datetime.fromisoformat(asked).replace(tzinfo=worked.zone)
    return f"{count(moment, worked).by.astimezone(worked.zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-25 00:00", "2026-11-25 16:00"),
        ("2026-11-25 15:59:59", "2026-11-25 16:00"),
        ("2026-11-25 16:00", "2026-11-26 16:00"),
        ("2026-11-25 23:59", "2026-11-26 16:00"),
    ],
)
def test_what_comes_in_before_the_cutoff_ships_that_day(asked: str, due: str) -> None:
    assert by(asked, hours()) == due


@pytest.mark.parametrize(
    "asked", ["2026-11-27 16:01", "2026-11-28 09:00", "2026-11-29 23:00", "2026-11-30 15:00"]
)
def test_from_the_cutoff_of_friday_to_that_of_monday_it_is_due_on_monday(asked: str) -> None:
    assert by(asked, hours()) == "2026-11-30 16:00"


def test_a_closed_day_is_not_worked() -> None:
    closed = hours(closed_days=frozenset({date(2026, 11, 26), date(2026, 11, 27)}))
    assert by("2026-11-25 17:00", closed) == "2026-11-30 16:00"
    assert by("2026-11-26 09:00", closed) == "2026-11-30 16:00"


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        ("2026-11-23 09:00", 1, "2026-11-24 16:00"),
        ("2026-11-23 17:00", 1, "2026-11-25 16:00"),
        ("2026-11-27 09:00", 1, "2026-11-30 16:00"),
        ("2026-11-27 09:00", 5, "2026-12-04 16:00"),
        ("2026-11-28 09:00", 2, "2026-12-02 16:00"),
    ],
)
def test_handling_days_are_working_days(asked: str, days: int, due: str) -> None:
    assert by(asked, hours(handling_days=days)) == due


def test_it_counts_over_the_end_of_the_year() -> None:
    closed = frozenset({date(2026, 12, 31), date(2027, 1, 1)})
    assert by("2026-12-30 17:00", hours(closed_days=closed)) == "2027-01-04 16:00"


def test_the_day_is_that_of_the_warehouse_not_that_of_greenwich() -> None:
    asked = datetime(2026, 11, 28, 0, 30, tzinfo=UTC)  # still Friday in Reno, 16:30
    assert count(asked, hours(cutoff=time(17))).by == datetime(2026, 11, 28, 1, tzinfo=UTC)


def test_over_the_night_when_clocks_go_forward_the_cutoff_stays_where_clocks_show_it() -> None:
    weekend = hours(BERLIN, working_days=EVERY_DAY)
    asked = datetime(2027, 3, 27, 20, tzinfo=UTC)
    assert count(asked, weekend).by == datetime(2027, 3, 28, 14, tzinfo=UTC), "summer time"
    before = asked - timedelta(days=1)
    assert count(before, weekend).by == datetime(2027, 3, 27, 15, tzinfo=UTC), "winter time"


def test_a_cutoff_that_clocks_leap_over_is_an_hour_later_on_them() -> None:
    night = hours(BERLIN, cutoff=time(2, 30), working_days=EVERY_DAY)
    assert by("2027-03-27 12:00", night) == "2027-03-28 03:30"
    assert by("2027-03-28 03:29", night) == "2027-03-28 03:30"
    assert by("2027-03-28 03:30", night) == "2027-03-29 02:30"


def test_a_cutoff_that_clocks_show_twice_is_the_first_of_the_two() -> None:
    night = hours(BERLIN, cutoff=time(2, 30), working_days=EVERY_DAY)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert count(first - timedelta(minutes=1), night).by == first
    second = first + timedelta(minutes=30)  # 02:00 for the second time, before 02:30
    assert count(second, night).by == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_day_that_begins_at_one_o_clock_begins_then() -> None:
    cairo = hours(ZoneInfo("Africa/Cairo"), working_days=EVERY_DAY)
    asked = datetime(2026, 4, 23, 20, tzinfo=UTC)
    deadline = count(asked, cairo)
    assert f"{deadline.due_from.astimezone(cairo.zone):%Y-%m-%d %H:%M}" == "2026-04-24 01:00"


def test_a_warehouse_that_never_works_is_refused() -> None:
    with pytest.raises(ValueError, match="Without a working day"):
        hours(working_days=frozenset())


@pytest.mark.parametrize(
    ("now", "ahead"),
    [
        ("2026-11-25 14:40", True),
        ("2026-11-25 16:00", False),
        ("2026-11-28 09:00", False),
    ],
)
def test_the_cutoff_of_today_is_ahead_until_it_is_reached(now: str, ahead: bool) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=RENO)
    assert bool(cutoff_ahead(moment, hours())) == ahead


# --- for all hours and moments ----------------------------------------------------------------

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=4000)).map(lambda since: FIRST + since)
CLOSED = st.frozensets(st.dates(date(2024, 1, 1), date(2035, 1, 31)), max_size=30)
HOURS = st.builds(
    Hours,
    cutoff=st.times().map(lambda at: at.replace(microsecond=0)),
    working_days=st.frozensets(st.integers(0, 6), min_size=1),
    closed_days=CLOSED,
    handling_days=st.integers(0, 10),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)


@given(MOMENTS, HOURS)
def test_a_deadline_is_never_before_the_moment_asked(asked: datetime, worked: Hours) -> None:
    assert count(asked, worked).by > asked


@given(MOMENTS, HOURS)
def test_a_deadline_is_the_cutoff_of_a_working_day(asked: datetime, worked: Hours) -> None:
    deadline = count(asked, worked)
    day = deadline.due_from.astimezone(worked.zone).date()
    assert worked.works_on(day)
    shown = deadline.by.astimezone(worked.zone).replace(tzinfo=None)
    wished = datetime.combine(day, worked.cutoff)
    assert shown == wished or _is_leapt_over(wished, worked.zone)


@given(MOMENTS, HOURS)
def test_it_is_due_today_from_the_beginning_of_its_day(asked: datetime, worked: Hours) -> None:
    deadline = count(asked, worked)
    assert timedelta(0) <= deadline.by - deadline.due_from < timedelta(hours=27)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=20)), HOURS)
def test_who_asks_later_is_never_due_sooner(
    asked: datetime, later: timedelta, worked: Hours
) -> None:
    assert count(asked, worked).by <= count(asked + later, worked).by


@given(MOMENTS, HOURS, st.integers(1, 5))
def test_more_handling_days_are_more_time(asked: datetime, worked: Hours, more: int) -> None:
    longer = Hours(
        worked.cutoff,
        worked.working_days,
        worked.closed_days,
        worked.handling_days + more,
        worked.zone,
    )
    assert count(asked, worked).by < count(asked, longer).by


def _is_leapt_over(shown: datetime, zone: ZoneInfo) -> bool:
    """Tell whether no clock of the zone ever shows this."""
    there = shown.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None) != shown
