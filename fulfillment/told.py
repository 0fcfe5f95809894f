"""Takes in what a store tells of an order, where nothing but its messages says how it stands.

What was not kept is lost, so the first version of an order stays and nothing is merged silently.
Run twice it changes nothing. In the other order: a cancellation of an order that never came is
kept with the order's number, and whatever comes later for it is cancelled on arrival.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from fulfillment import edits, intake, problems
from fulfillment.content import fingerprint
from fulfillment.models import FulfillmentOrder, Order, Source, WorkStatus
from locations.models import Store
from platforms.errors import Malformed
from platforms.interface import Inbound
from platforms.records import (
    FulfillmentOrderRecord,
    RequestStatus,
    Told,
    Unreadable,
    UpstreamState,
)
from relay import alarms
from relay.models import InboundMessage

CANCELLED = "cancelled"


def take_in_message(message: InboundMessage) -> None:
    """Read what a message itself says of orders; its reader runs in a transaction.

    Raises Malformed for what cannot be read: the message stays, with the reason.
    """
    endpoint = message.store.platform.endpoints[message.endpoint]
    if endpoint.tells is None:
        raise Malformed("Messages of this kind carry no orders.")
    for told in endpoint.tells(Inbound(message.headers, bytes(message.body))):
        _take_in(message.store, told, message)


def _take_in(store: Store, told: Told, message: InboundMessage) -> None:
    order = _locked(store, told)
    if told.cancels:
        _cancel(store, order, told)
    else:
        _begin(store, order, told, message)
    if told.remark:
        alarms.raise_alarm(store, _alarm(alarms.TOLD_ODDLY, order), f"Order {order}: {told.remark}")


def _locked(store: Store, told: Told) -> Order:
    """Return the order's row, locked: of two messages about it the second waits for the first.

    One that names only the number that people know is about the order with that number; where
    none came yet, the number stands for it.
    """
    ref = told.order_ref
    if not ref:
        named = store.orders.filter(name=told.order_name).first()
        ref = named.ref if named else told.order_name
    Order.objects.get_or_create(store=store, ref=ref, defaults={"name": told.order_name[:100]})
    return Order.objects.select_for_update().get(store=store, ref=ref)


def _begin(store: Store, order: Order, told: Told, message: InboundMessage) -> None:
    for unread in (each for each in told.records if isinstance(each, Unreadable)):
        said = f"Order {order}: {unread.reason} Message {message.pk} has all that came."
        alarms.raise_alarm(store, intake.alarm_of(unread.ref or order.ref), said)
    stopped = store.orders.filter(ref=told.order_name, cancelled_at__isnull=False).first()
    if stopped and order.cancelled_at is None:
        order.cancelled_at, order.cancelled_refs = stopped.cancelled_at, []
        order.save(update_fields=["cancelled_at", "cancelled_refs"])
    records = [each for each in told.records if isinstance(each, FulfillmentOrderRecord)]
    rows = order.fulfillment_orders.select_for_update(of=("self",)).select_related("store")
    known = {row.ref: row for row in rows.order_by("pk")}
    for record in records:
        if record.ref in known:
            _compare(known[record.ref], record, message)
    fresh = [record for record in records if record.ref not in known]
    fresh = [record for record in fresh if not _is_elsewhere(store, record)]
    placed = _placed(store, [_as_cancelled(order, record) for record in fresh])
    intake.take_in(store, placed, timezone.now())
    if placed and not any(_is_workable(record) for record in placed):
        places = ", ".join(sorted({record.location_ref or "?" for record in placed}))
        said = f"Order {order} holds nothing for us to ship. It is for location {places}."
        alarms.raise_alarm(store, _alarm(alarms.NOT_FOR_US, order), said)


def _compare(
    row: FulfillmentOrder, record: FulfillmentOrderRecord, message: InboundMessage
) -> None:
    """Keep the first version; where the second one wants something else, a person looks."""
    store = row.store
    first = store.platform.read_order(row.raw, store.filled_options)
    if fingerprint(first) == fingerprint(record):
        return
    found = list(edits.differences(row, edits.as_accepted(row), record))
    text = f"The store sent it again, and otherwise. {' '.join(found)}".strip()
    kept = f"The first version is kept; message {message.pk} has the second."
    problems.open_one(row, Source.CHANGED, f"{text} {kept}")


def _is_elsewhere(store: Store, record: FulfillmentOrderRecord) -> bool:
    """Tell whether the same order has come in through another connection of the merchant."""
    others = FulfillmentOrder.objects.filter(
        store__merchant=store.merchant_id, store__platform_key=store.platform_key, ref=record.ref
    )
    there = others.exclude(store=store).select_related("store").first()
    if there:
        said = f"Order {record.order_name or record.order_ref} came in through {there.store} first."
        alarms.raise_alarm(store, f"{alarms.CAME_TWICE}:{record.ref}"[:40], said)
    return there is not None


def _as_cancelled(order: Order, record: FulfillmentOrderRecord) -> FulfillmentOrderRecord:
    hit = not order.cancelled_refs or record.ref in order.cancelled_refs
    return _cancelled(record) if order.cancelled_at and hit else record


def _cancelled(record: FulfillmentOrderRecord) -> FulfillmentOrderRecord:
    return replace(
        record,
        state=UpstreamState.CANCELLED,
        request_status=RequestStatus.CANCEL_ACCEPTED,
        upstream_status=CANCELLED,
    )


def _placed(
    store: Store, records: Iterable[FulfillmentOrderRecord]
) -> list[FulfillmentOrderRecord]:
    """Return the records; what is for a place that is none of ours is kept, and not asked of us."""
    ours = set(store.locations.exclude(ref="").values_list("ref", flat=True))
    return [
        record
        if record.location_ref in ours or not _is_workable(record)
        else replace(record, request_status=RequestStatus.PENDING)
        for record in records
    ]


def _is_workable(record: FulfillmentOrderRecord) -> bool:
    return record.request_status != RequestStatus.PENDING


def _cancel(store: Store, order: Order, told: Told) -> None:
    whole_before = order.cancelled_at is not None and not order.cancelled_refs
    if whole_before or not told.cancelled_refs:
        order.cancelled_refs = []
    else:
        order.cancelled_refs = sorted({*order.cancelled_refs, *told.cancelled_refs})
    order.cancelled_at = order.cancelled_at or timezone.now()
    order.save(update_fields=["cancelled_at", "cancelled_refs"])
    rows = order.fulfillment_orders.all()
    hit = rows.filter(ref__in=told.cancelled_refs) if told.cancelled_refs else rows
    options = store.filled_options
    records = [_cancelled(store.platform.read_order(row.raw, options)) for row in hit]
    intake.take_in(store, records, timezone.now())


@transaction.atomic
def place_again(store: Store) -> Sequence[FulfillmentOrder]:
    """Take in anew what was kept for a place that has become ours. Harmless when repeated."""
    ours = store.locations.exclude(ref="").values_list("ref", flat=True)
    rows = store.fulfillment_orders.filter(
        location=None, location_ref__in=ours, work_status=WorkStatus.NEW
    )
    read, options = store.platform.read_order, store.filled_options
    records = [read(row.raw, options) for row in rows]
    return intake.take_in(store, [r for r in records if _is_workable(r)], timezone.now())


def _alarm(kind: str, order: Order) -> str:
    return f"{kind}:{order.ref}"[:40]
