"""Where a parcel stands follows from all that was said of it, whatever came first."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fulfillment import tracking
from fulfillment.models import FulfillmentOrder, Parcel, TrackingEvent, TrackingSource
from fulfillment.tracking import ENDS, STEP, WAY, News, standing
from platforms.errors import Refusal
from platforms.records import TrackingStatus
from relay.models import OutboundCall
from tests.factories import LocationFactory, UserFactory
from tests.screens import rows

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SAID = st.tuples(
    st.sampled_from(list(TrackingStatus)),
    st.integers(min_value=0, max_value=6).map(lambda hours: NOON + timedelta(hours=hours)),
)


def news(
    status: TrackingStatus,
    hours: float = 0,
    source: TrackingSource = TrackingSource.STAFF,
    message: str = "",
) -> News:
    return News(status, NOON + timedelta(hours=hours), source, message)


@pytest.fixture
def parcel(db: None) -> Parcel:
    """A parcel that left with all its order has."""
    return left()


def left() -> Parcel:
    order = rows.order(LocationFactory(), asks=None, work_status="shipped")
    return rows.shipped(order).parcels.get()


def order_of(parcel: Parcel) -> FulfillmentOrder:
    return FulfillmentOrder.objects.get(pk=parcel.fulfillment_order_id)


def test_every_status_has_one_place_on_the_way() -> None:
    assert sorted(status for statuses in WAY for status in statuses) == sorted(TrackingStatus)
    assert set(ENDS) == {TrackingStatus.DELIVERED, TrackingStatus.RETURNED, TrackingStatus.LOST}
    assert min(STEP[end] for end in ENDS) > max(STEP[s] for s in TrackingStatus if s not in ENDS)


@given(said=st.lists(SAID, max_size=8), data=st.data())
def test_any_order_of_the_same_news_ends_at_the_same_status(
    said: list[tuple[TrackingStatus, datetime]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(said))
    assert standing(shuffled) == standing(said)


@given(said=st.lists(SAID, max_size=8), late=SAID)
def test_no_news_moves_a_parcel_to_an_earlier_step(
    said: list[tuple[TrackingStatus, datetime]], late: tuple[TrackingStatus, datetime]
) -> None:
    assert STEP[standing([*said, late])] >= STEP[standing(said)]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=st.lists(SAID, max_size=6), data=st.data())
def test_recorded_in_any_order_and_twice_it_ends_at_the_same_status(
    db: None, said: list[tuple[TrackingStatus, datetime]], data: st.DataObject
) -> None:
    parcel = left()
    for status, at in [*data.draw(st.permutations(said)), *said]:
        tracking.record(parcel.pk, News(status, at, TrackingSource.CARRIER_FILE))
    parcel.refresh_from_db()
    assert parcel.tracking_status == standing(said)
    assert parcel.events.count() == len(set(said))
    assert (order_of(parcel).arrived_at is not None) == (parcel.tracking_status in ENDS)


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ([], "unknown"),
        ([("in_transit", 0), ("delayed", 1)], "delayed"),
        ([("delayed", 0), ("in_transit", 1)], "in_transit"),
        (
            [("out_for_delivery", 0), ("attempt_failed", 2), ("out_for_delivery", 5)],
            "out_for_delivery",
        ),
        ([("delivered", 1), ("in_transit", 3)], "delivered"),
        ([("out_for_delivery", 1), ("label_created", 4)], "out_for_delivery"),
        ([("exception", 0), ("returning", 1), ("returned", 3)], "returned"),
        ([("lost", 1), ("delivered", 3)], "delivered"),
        ([("unknown", 9), ("picked_up", 0)], "picked_up"),
    ],
)
def test_where_a_parcel_stands(said: list[tuple[str, int]], stands: str) -> None:
    assert standing((status, NOON + timedelta(hours=at)) for status, at in said) == stands


def test_the_same_said_again_is_one_event_and_one_line(parcel: Parcel) -> None:
    event, is_new = tracking.record(parcel.pk, news(TrackingStatus.IN_TRANSIT, message="Left Reno"))
    again, again_new = tracking.record(parcel.pk, news(TrackingStatus.IN_TRANSIT, message="Hm"))
    assert (is_new, again_new, again.pk) == (True, False, event.pk)
    assert order_of(parcel).events.filter(text__startswith="Parcel").count() == 1


def test_two_who_say_the_same_are_both_kept(parcel: Parcel) -> None:
    for source in TrackingSource:
        tracking.record(parcel.pk, news(TrackingStatus.IN_TRANSIT, source=source))
    assert parcel.events.count() == 3


def test_late_news_is_kept_and_said_to_move_nothing(parcel: Parcel) -> None:
    tracking.record(parcel.pk, news(TrackingStatus.DELIVERED, 5))
    tracking.record(parcel.pk, news(TrackingStatus.IN_TRANSIT, 1))
    parcel.refresh_from_db()
    assert parcel.tracking_status == TrackingStatus.DELIVERED
    last = order_of(parcel).events.latest("id").text
    assert last.startswith(f"Parcel {parcel.tracking_code}: In transit")
    assert last.endswith("It stays at “Delivered”.")


def test_who_recorded_it_stands_in_the_timeline(parcel: Parcel) -> None:
    kim = UserFactory(username="kim")
    tracking.record(parcel.pk, news(TrackingStatus.DELIVERED), by=kim)
    tracking.record(parcel.pk, news(TrackingStatus.DELIVERED, source=TrackingSource.STORE))
    told = order_of(parcel).events.filter(text__startswith="Parcel")
    assert [(event.actor, event.user) for event in told] == [("staff", kim), ("store", None)]


def test_what_has_not_happened_yet_is_refused_unless_the_store_says_so(parcel: Parcel) -> None:
    soon = timezone.now() + timedelta(days=1)
    with pytest.raises(Refusal, match="future"):
        tracking.record(parcel.pk, News(TrackingStatus.DELIVERED, soon, TrackingSource.STAFF))
    tracking.record(parcel.pk, News(TrackingStatus.DELIVERED, soon, TrackingSource.STORE))
    assert TrackingEvent.objects.count() == 1


def test_an_order_has_arrived_when_its_last_parcel_has(parcel: Parcel) -> None:
    order = order_of(parcel)
    second = rows.shipped(order, "SECOND").parcels.get()
    tracking.record(second.pk, news(TrackingStatus.DELIVERED, 7))
    assert order_of(parcel).arrived_at is None
    tracking.record(parcel.pk, news(TrackingStatus.LOST, 2))
    assert order_of(parcel).arrived_at == NOON + timedelta(hours=7)
    assert not FulfillmentOrder.objects.in_transit().exists()


def test_a_store_that_is_not_to_be_told_is_not_told_and_the_event_says_why(
    parcel: Parcel,
) -> None:
    event, _ = tracking.record(parcel.pk, news(TrackingStatus.DELIVERED))
    assert "is not told what carriers say" in event.untold_why
    assert not OutboundCall.objects.exists()


def test_what_the_platform_has_no_word_for_is_kept_and_not_told(parcel: Parcel) -> None:
    store = order_of(parcel).store
    store.tells_tracking = True
    store.save()
    event, _ = tracking.record(parcel.pk, news(TrackingStatus.RETURNED))
    assert event.untold_why == "29 Next has no word for “Returned”."
    assert not OutboundCall.objects.exists()


def test_what_was_read_from_the_store_is_never_told_back(parcel: Parcel) -> None:
    store = order_of(parcel).store
    store.tells_tracking = True
    store.save()
    tracking.record(parcel.pk, news(TrackingStatus.DELIVERED, source=TrackingSource.STORE))
    assert not OutboundCall.objects.exists()
