"""Records what carriers say about parcels, and has the store told of what it does not know.

What if it runs twice? The same event from the same source is one event. In the other order? Where
a parcel stands follows from all its events together, whatever order they came in. Two at once?
The order row is locked, as everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from fulfillment import timeline
from fulfillment.models import (
    Actor,
    FulfillmentOrder,
    Parcel,
    TrackingEvent,
    TrackingSource,
)
from locations.models import Store
from platforms.errors import Refusal
from platforms.records import TrackingStatus
from relay import outbox
from relay.models import Priority
from relay.outbox import Telling

VERB = "create_delivery_event"
# The way of a parcel. A later step outweighs an earlier one, whatever the clocks say; within a
# step, what happened last counts. So neither old news nor a wrong clock moves a parcel back.
WAY: tuple[tuple[TrackingStatus, ...], ...] = (
    (TrackingStatus.UNKNOWN,),
    (TrackingStatus.LABEL_CREATED,),
    (TrackingStatus.PICKED_UP, TrackingStatus.IN_TRANSIT, TrackingStatus.DELAYED),
    (
        TrackingStatus.OUT_FOR_DELIVERY,
        TrackingStatus.AVAILABLE_FOR_PICKUP,
        TrackingStatus.ATTEMPT_FAILED,
        TrackingStatus.EXCEPTION,
    ),
    (TrackingStatus.RETURNING, TrackingStatus.EXPIRED, TrackingStatus.CANCELLED),
    (TrackingStatus.LOST, TrackingStatus.RETURNED, TrackingStatus.DELIVERED),
)
STEP = {status: step for step, statuses in enumerate(WAY) for status in statuses}
PLACE_IN_STEP = {status: place for statuses in WAY for place, status in enumerate(statuses)}
ENDS = WAY[-1]
LABELS = dict(TrackingEvent._meta.get_field("status").flatchoices)
# Clocks differ a little; what is further ahead was mistyped.
AHEAD = timedelta(minutes=10)
ACTORS = {TrackingSource.STORE: Actor.STORE, TrackingSource.CARRIER_FILE: Actor.CROSSDOCK}


@dataclass(frozen=True, slots=True)
class News:
    """What a carrier said, and whom we have it from."""

    status: TrackingStatus
    happened_at: datetime
    source: TrackingSource
    message: str = ""
    upstream_status: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


def standing(events: Iterable[tuple[str, datetime]]) -> TrackingStatus:
    """Return where a parcel stands after these events, in whatever order they are given."""
    found = [(TrackingStatus(status), at) for status, at in events]
    if not found:
        return TrackingStatus.UNKNOWN
    furthest = max(found, key=lambda event: (STEP[event[0]], event[1], PLACE_IN_STEP[event[0]]))
    return furthest[0]


def why_untold(store: Store, status: TrackingStatus) -> str:
    """Return why the store is not told of an event, in words; empty when it is."""
    platform = store.platform
    if not platform.capabilities.takes_delivery_events:
        return f"{platform.label} does not take what carriers say."
    if not store.tells_tracking:
        return f"{store} is not told what carriers say: that is switched off on its page."
    if status not in platform.tracking_words:
        return f"{platform.label} has no word for “{LABELS[status]}”."
    return ""


@transaction.atomic
def record(parcel_id: int, news: News, *, by: User | None = None) -> tuple[TrackingEvent, bool]:
    """Keep an event, and tell whether it is new. Where the store can be told, it is.

    Raises Refusal for what has not happened yet, unless it is a store that says so.
    """
    order = (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("store", "order")
        .get(parcels=parcel_id)
    )
    # Stores keep instants less exactly than we; whole seconds they all keep.
    happened_at = news.happened_at.replace(microsecond=0)
    if news.source != TrackingSource.STORE and happened_at > timezone.now() + AHEAD:
        raise Refusal("It says that this happens in the future. Look at the date and the time.")
    event, is_new = TrackingEvent.objects.get_or_create(
        parcel_id=parcel_id,
        source=news.source,
        status=news.status,
        upstream_status=news.upstream_status[:60],
        happened_at=happened_at,
        defaults={
            "message": news.message[:500],
            "city": news.city[:100],
            "region": news.region[:100],
            "postcode": news.postcode[:64],
            "country": news.country[:2],
            "recorded_by": by,
        },
    )
    if is_new:
        _follow(order, event, by)
        if news.source != TrackingSource.STORE:
            _tell(order, event, by)
    return event, is_new


def _follow(order: FulfillmentOrder, event: TrackingEvent, by: User | None) -> None:
    parcel = event.parcel
    before = parcel.tracking_status
    parcel.tracking_status = standing(parcel.events.values_list("status", "happened_at"))
    parcel.save(update_fields=["tracking_status"])
    order.arrived_at = _arrival(order)
    order.save(update_fields=["arrived_at"])
    stays = parcel.tracking_status == before != event.status
    late = f" It stays at “{parcel.get_tracking_status_display()}”." if stays else ""
    actor = ACTORS.get(TrackingSource(event.source), Actor.CROSSDOCK)
    text = f"Parcel {parcel.tracking_code}: {_sentence(event)}.{late}"
    timeline.note(order, text, actor=actor, by=by)


def _sentence(event: TrackingEvent) -> str:
    when = f"{timezone.localtime(event.happened_at):%Y-%m-%d %H:%M}"
    parts = (event.words, when, event.place, event.message and f"“{event.message.rstrip('.')}”")
    return ", ".join(part for part in parts if part)


def _arrival(order: FulfillmentOrder) -> datetime | None:
    """Return when the last of the order's parcels came to its end; None while one is under way."""
    if Parcel.objects.filter(fulfillment_order=order).exclude(tracking_status__in=ENDS).exists():
        return None
    ends = TrackingEvent.objects.filter(parcel__fulfillment_order=order, status__in=ENDS)
    last: datetime | None = ends.aggregate(last=Max("happened_at"))["last"]
    return last


def _tell(order: FulfillmentOrder, event: TrackingEvent, by: User | None) -> None:
    event.untold_why = why_untold(order.store, TrackingStatus(event.status))
    if event.untold_why:
        event.save(update_fields=["untold_why"])
        return
    outbox.push(
        [
            Telling(
                store=order.store,
                key=f"{VERB}:{event.pk}",
                verb=VERB,
                subject=f"order {order.order} ({order.ref})",
                subject_id=order.pk,
                # A lane of its own: an event that is refused must not keep a parcel waiting.
                lane=f"parcel:{event.parcel_id}",
                priority=Priority.TRACKING,
                payload={"event_id": event.pk},
                by=by,
            )
        ]
    )
