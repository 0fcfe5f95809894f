"""Asks stores where parcels are that left, as far as they track them.

What if it runs twice? What was heard before is not heard again (`fulfillment.tracking`). What if
it dies? Orders are marked one by one as they are asked about; the others are still due, and the
one it died on is asked about again some hours later.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from fulfillment import tracking
from fulfillment.models import FulfillmentOrder, Parcel, ShipmentState, TrackingSource
from fulfillment.models.orders import FulfillmentOrderQuerySet
from fulfillment.shipments import comparable
from fulfillment.tracking import ENDS, News
from locations.models import Store
from platforms.errors import Malformed, Refused, Unavailable
from platforms.interface import Client
from platforms.records import FulfillmentRecord
from relay import alarms
from relay.asking import Asking, ask

# About a minute of a store's requests.
AT_ONCE = 200
# A store makes no tracking of a carrier that it does not know (contract next29, section 12).
UNTRACKED = "other"


def due(store: Store) -> QuerySet[FulfillmentOrder]:
    """Return the orders to ask about, the longest unasked first."""
    now = timezone.now()
    tracked = Parcel.objects.filter(fulfillment_order=OuterRef("pk")).exclude(
        Q(carrier=UNTRACKED) | Q(tracking_status__in=ENDS)
    )
    return (
        store.fulfillment_orders.in_transit()
        .filter(
            Exists(tracked),
            Q(tracked_at=None) | Q(tracked_at__lt=now - timedelta(hours=settings.TRACKING_HOURS)),
            dispatched_at__gt=now - timedelta(days=settings.TRACKING_DAYS),
        )
        .select_related("order")
        .order_by(F("tracked_at").asc(nulls_first=True), "pk")
    )


def ask_again(orders: FulfillmentOrderQuerySet) -> int:
    """Make these orders the next ones to ask about, and return how many are under way."""
    return orders.in_transit().update(tracked_at=None)


def read(store: Store, client: Client) -> Asking[None]:
    """Ask about the orders that are due; one that cannot be read does not stop the others."""
    if not store.platform.capabilities.shows_deliveries:
        return
    failure = ""
    for order in list(due(store)[:AT_ONCE]):
        # Before the answer: a notice that comes meanwhile makes it due again.
        _mark(order, timezone.now())
        try:
            found = yield from _fulfillments(store, client, order)
            take_in(order, found)
        except (Malformed, Refused) as error:
            failure = f"The deliveries of order {order.order} cannot be read: {error}"
        except Unavailable:
            _mark(order, order.tracked_at)
            raise
    if failure:
        alarms.raise_alarm(store, alarms.TRACKING_FAILED, failure)
    else:
        alarms.clear(store, alarms.TRACKING_FAILED)


def _mark(order: FulfillmentOrder, at: datetime | None) -> None:
    FulfillmentOrder.objects.filter(pk=order.pk).update(tracked_at=at)


def _fulfillments(
    store: Store, client: Client, order: FulfillmentOrder
) -> Asking[Sequence[FulfillmentRecord]]:
    """Fetch the order's shipments; look further where one is kept elsewhere at the store.

    That costs more requests, and only what left in part is kept elsewhere.
    """
    here = partial(client.fetch_fulfillments, order.ref, "")
    found = yield from ask(store, here)
    known = order.parcels.filter(shipment__state=ShipmentState.CONFIRMED).count()
    if known > len(_matches(order, found)):
        everywhere = partial(client.fetch_fulfillments, order.ref, order.order.ref)
        found = yield from ask(store, everywhere)
    return found


@transaction.atomic
def take_in(order: FulfillmentOrder, found: Sequence[FulfillmentRecord]) -> None:
    """Record what the store says about the parcels that it and we know."""
    FulfillmentOrder.objects.select_for_update().get(pk=order.pk)
    for parcel, record in _matches(order, found):
        if record.tracking_status is None or _is_heard(parcel, record):
            continue
        news = News(
            status=record.tracking_status,
            happened_at=record.last_event_at or timezone.now(),
            source=TrackingSource.STORE,
            upstream_status=record.delivery_status,
        )
        tracking.record(parcel.pk, news)


def _matches(
    order: FulfillmentOrder, found: Sequence[FulfillmentRecord]
) -> list[tuple[Parcel, FulfillmentRecord]]:
    """Pair our parcels with the store's shipments: by tracking code, and number where we know it.

    Codes alone do not do: two fulfillment orders of one order may leave in one box.
    """
    return [
        (parcel, record)
        for parcel in order.parcels.select_related("shipment")
        for record in found
        if comparable(parcel.tracking_code) in {comparable(code) for code in record.tracking_codes}
        and parcel.shipment.ref in ("", record.ref)
    ]


def _is_heard(parcel: Parcel, record: FulfillmentRecord) -> bool:
    """Tell whether a word without a date is the one that the store said last."""
    if record.last_event_at:
        return False
    last = parcel.events.filter(source=TrackingSource.STORE).order_by("-id").first()
    return last is not None and last.upstream_status == record.delivery_status[:60]
