"""Counts by when a request must have left the house. Pure: no rows, no clock.

The promise is a cutoff on a working day, as the clocks of the warehouse show it. A request counts
for the day it came in if that is a working day and its cutoff was not reached yet, else for the
next working day; then it may take so many working days more.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """When a warehouse ships, and how many working days a request may take."""

    cutoff: time
    working_days: frozenset[int]
    closed_days: frozenset[date]
    handling_days: int
    zone: ZoneInfo

    def __post_init__(self) -> None:
        """Raises ValueError when no day is worked: no request would ever be due."""
        if not self.working_days:
            raise ValueError("Without a working day there is no deadline.")

    def works_on(self, day: date) -> bool:
        """Tell whether work leaves the house on that day."""
        return day.weekday() in self.working_days and day not in self.closed_days


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last moment to leave, and when its day begins: from then on it is due today."""

    by: datetime
    due_from: datetime


def count(asked: datetime, hours: Hours) -> Deadline:
    """Return by when a request must have left that was made at the moment `asked`."""
    day = asked.astimezone(hours.zone).date()
    if not hours.works_on(day) or asked >= cutoff_on(day, hours):
        day = _next_working_day(day, hours)
    for _ in range(hours.handling_days):
        day = _next_working_day(day, hours)
    return Deadline(cutoff_on(day, hours), _moment(day, time.min, hours.zone))


def cutoff_on(day: date, hours: Hours) -> datetime:
    """Return the moment of a day's cutoff."""
    return _moment(day, hours.cutoff, hours.zone)


def cutoff_ahead(now: datetime, hours: Hours) -> datetime | None:
    """Return the cutoff of today, or None when it is over or nobody works today."""
    today = now.astimezone(hours.zone).date()
    cutoff = cutoff_on(today, hours)
    return cutoff if hours.works_on(today) and now < cutoff else None


def _next_working_day(day: date, hours: Hours) -> date:
    day += DAY
    while not hours.works_on(day):
        day += DAY
    return day


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return when the clocks of a zone show this time.

    Where they show it twice, the first time counts. Where they leap over it, the hour is counted
    as if they had not leapt yet: 02:30 is then the moment that they call 03:30. This is how
    calendars read such times (RFC 5545, section 3.3.5), and what `fold=0` means.
    """
    return datetime.combine(day, clock, tzinfo=zone).replace(fold=0).astimezone(UTC)
