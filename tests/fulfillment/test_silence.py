"""A store that usually sends and has gone quiet: one alarm, and none for small stores."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from fulfillment import jobs, silence
from fulfillment.models import Request
from locations.models import Location, Store
from relay.models import Alarm
from tests.dock import Dock
from tests.factories import LocationFactory
from tests.screens import rows

NOW = datetime(2026, 3, 18, 15, 0, tzinfo=UTC)
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)


@pytest.fixture
def place(db: None) -> Location:
    """A location at a store that never sent anything."""
    place: Location = LocationFactory()
    return place


def sent(place: Location, *moments: datetime) -> None:
    for order, moment in zip(rows.many(len(moments), place), moments, strict=True):
        Request.objects.filter(fulfillment_order=order).update(received_at=moment)


def usual(place: Location, a_day: int = 8, days: int = 28) -> None:
    """So many requests every day between nine and five, until yesterday evening."""
    mornings = [NOW.replace(hour=9) - timedelta(days=day) for day in range(1, days + 1)]
    spread = [timedelta(minutes=8 * 60 * n // a_day) for n in range(a_day)]
    sent(place, *(morning + step for morning in mornings for step in spread))


def listen(place: Location, now: datetime = NOW, *, asked: datetime | None = None) -> list[Alarm]:
    store = place.store
    store.pulled_at = asked or now
    silence.listen(store, now)
    return list(store.alarms.filter(cleared_at=None))


def test_a_store_that_is_quiet_at_its_usual_hours_is_told_of_once(place: Location) -> None:
    usual(place)
    assert listen(place, NOW.replace(hour=9)) == [], "it is never heard of at night"
    [alarm] = listen(place)
    assert alarm.kind == "silent"
    assert "No request has come since 2026-03-17 16:00, for 23 hours" in alarm.message
    assert "In the same hours of the past 4 weeks there came 7, 7, 7, 7." in alarm.message
    assert "Ask the merchant" in alarm.message
    listen(place)
    assert Alarm.objects.count() == 1


def test_work_that_arrives_ends_the_alarm(place: Location) -> None:
    usual(place)
    [alarm] = listen(place)
    Alarm.objects.update(raised_at=NOW)
    sent(place, NOW + HOUR)
    assert listen(place, NOW + 2 * HOUR) == []
    alarm.refresh_from_db()
    assert alarm.cleared_at


def test_an_alarm_that_a_person_cleared_is_not_raised_again_for_the_same_silence(
    place: Location,
) -> None:
    usual(place)
    listen(place)
    Alarm.objects.update(cleared_at=NOW, raised_at=NOW)
    assert listen(place, NOW + HOUR) == []


@pytest.mark.parametrize("a_day", [1, 2])
def test_a_store_that_sends_little_may_have_a_day_off(place: Location, a_day: int) -> None:
    usual(place, a_day)
    assert listen(place) == []


def test_a_store_that_sends_little_is_never_told_of(place: Location) -> None:
    usual(place, 1)
    assert listen(place, NOW + timedelta(days=20)) == []


def test_a_store_with_a_short_history_is_not_judged(place: Location) -> None:
    usual(place, 30, days=10)
    assert listen(place) == []


def test_a_holiday_in_one_of_the_weeks_does_not_hide_a_silence(place: Location) -> None:
    usual(place)
    holiday = NOW - 2 * WEEK
    Request.objects.filter(
        received_at__gt=holiday.replace(hour=0), received_at__lt=holiday + 9 * HOUR
    ).delete()
    assert [alarm.kind for alarm in listen(place)] == ["silent"]


def test_a_day_that_is_always_quiet_is_no_silence(place: Location) -> None:
    usual(place)
    for weeks in range(1, 5):
        day = (NOW - weeks * WEEK).replace(hour=0)
        Request.objects.filter(received_at__range=(day, day + 24 * HOUR)).delete()
    assert listen(place) == []


def test_a_pause_between_two_batches_is_no_silence(place: Location) -> None:
    batches = [NOW - timedelta(days=day) - HOUR for day in range(28)]
    sent(place, *(batch + timedelta(seconds=n) for batch in batches for n in range(20)))
    sent(place, *(NOW - weeks * WEEK for weeks in range(1, 5) for _ in range(9)))
    assert listen(place) == [], "an hour is too short to tell"
    assert listen(place, NOW + 2 * HOUR) != []


def test_our_own_silence_is_not_blamed_on_the_store(place: Location) -> None:
    usual(place)
    assert listen(place, asked=NOW - 3 * HOUR) == []


def test_a_store_that_never_sent_is_not_judged(place: Location) -> None:
    assert listen(place) == []


def test_every_running_store_is_listened_to(dock: Dock, location: Location) -> None:
    now = timezone.now()
    moments = [
        now - weeks * WEEK - timedelta(hours=hours) for weeks in range(1, 5) for hours in range(24)
    ]
    sent(location, *moments, now - 26 * HOUR)
    Store.objects.update(pulled_at=now)
    jobs.listen_all()
    assert Alarm.objects.get().kind == "silent"
    Alarm.objects.all().delete()
    Store.objects.update(paused_at=now)
    jobs.listen_all()
    assert not Alarm.objects.exists()
