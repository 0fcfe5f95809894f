"""Takes in work: asks a store for its lists, and turns what it says into rows.

A callback, the clock and the start of a worker all lead here, and running it twice changes
nothing. All pages are read before anything is decided, because an answer changes the list that
is being read (contract next29, section 6).
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from fulfillment import (
    allocation,
    conversation,
    due,
    methods,
    policies,
    status,
    vanished,
    whole_orders,
)
from fulfillment.cycles import Cycles
from fulfillment.mirror import OVER, mirror
from fulfillment.models import FulfillmentOrder, Order
from inventory.deadlocks import tried_again
from locations.models import Store
from platforms.errors import Forbidden, Malformed, Missing, Refused, Unavailable
from platforms.interface import Client
from platforms.records import (
    AssignedQueue,
    FulfillmentOrderRecord,
    RequestStatus,
    Unreadable,
)
from relay import alarms, engine
from relay.asking import MAX_PAGES, Asking, ask

log = logging.getLogger(__name__)

STATUS_OF_QUEUE = {
    AssignedQueue.REQUESTED: RequestStatus.REQUESTED,
    AssignedQueue.CANCEL_REQUESTED: RequestStatus.CANCEL_REQUESTED,
}
WAITING = tuple(STATUS_OF_QUEUE.values())
REREAD_AT_ONCE = 200
# Contract haravan, section 17: clocks differ, and what changes while pages are read moves.
CHANGES_OVERLAP = timedelta(minutes=5)
FIRST_CHANGES = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read together, and when the question was sent."""

    records: tuple[FulfillmentOrderRecord | Unreadable, ...]
    at: datetime


@dataclass(slots=True)
class Report:
    """What a pull found, in numbers for a person. `listed` grows while pages are read."""

    listed: int = 0
    read: int = 0
    failed: int = 0


@dataclass(slots=True)
class Lists:
    """What was read of the lists; `whole` unless a page made no sense, `outage` if one failed."""

    report: Report
    reads: list[Read] = field(default_factory=list)
    whole: bool = True
    outage: Unavailable | None = None


def pull(store: Store, client: Client, report: Report | None = None) -> Asking[Report]:
    """Take in all that waits for an answer, and read again what no longer does.

    Yields the seconds it wants to wait. Raises Unavailable, Unauthorized and Malformed.
    """
    report = report or Report()
    listed: set[str] = set()
    stale: set[str] = set()
    since = timezone.now()
    lists = yield from _read_lists(store, client, report)
    for read in lists.reads:
        complete = yield from _complete(store, client, read)
        listed.update(record.ref for record in complete.records)
        stale |= _take_in_read(store, complete, report)
    if lists.outage:
        raise lists.outage
    refs = [*sorted(stale)]
    if not store.platform.capabilities.lists_changes:
        refs += _no_longer_listed(store, listed)
    yield from read_again(store, client, refs, report)
    if lists.whole or not store.platform.capabilities.lists_changes:
        # A change on a page that could not be read is asked for again.
        Store.objects.filter(pk=store.pk).update(pulled_at=since)
    yield from read_whole(store, client, whole_orders.unread(store))
    return report


def read_again(
    store: Store, client: Client, refs: Sequence[str], report: Report | None = None
) -> Asking[Report]:
    """Fetch each of these orders and take it in; one that cannot be read is alarmed, not fatal.

    One that the store does not know any more stops the work on it.
    """
    report = report or Report()
    for ref in refs:
        at = timezone.now()
        try:
            record = yield from ask(store, partial(client.fetch_fulfillment_order, ref))
        except Missing:
            vanished.note(store, ref)
            store.fulfillment_orders.filter(ref=ref).update(read_at=at)
            continue
        except (Malformed, Refused) as error:
            _report_failure(store, ref, str(error), report)
            # It goes to the end of the line, or those that are gone would crowd out the others.
            store.fulfillment_orders.filter(ref=ref).update(read_at=at)
            continue
        _take_in_read(store, Read((record,), at), report)
    return report


def read_whole(store: Store, client: Client, orders: Sequence[Order]) -> Asking[None]:
    """Read these orders themselves: the e-mail address, and whether it is a test.

    A store that does not allow it gets one alarm, and is asked again at the next pull.
    """
    for order in orders:
        try:
            record = yield from ask(store, partial(client.fetch_order, order.ref))
        except Forbidden as error:
            said = f"Not allowed to read orders, so no rule accepts any: {error}"
            alarms.raise_alarm(store, alarms.ORDERS_FORBIDDEN, said)
            return
        except (Malformed, Refused) as error:
            whole_orders.note_unreadable(order, str(error))
        else:
            whole_orders.take_in(store, order, record)
            alarms.clear(store, alarms.ORDERS_FORBIDDEN)
    if len(orders) >= whole_orders.AT_ONCE:
        engine.wake_pull(store.pk)


def _no_longer_listed(store: Store, listed: set[str]) -> list[str]:
    """Withdrawn and moved orders are never announced; they only leave the lists."""
    waiting = store.fulfillment_orders.filter(request_status__in=WAITING, pending_answer="")
    refs = waiting.order_by("read_at").values_list("ref", flat=True)[: REREAD_AT_ONCE + len(listed)]
    return [ref for ref in refs if ref not in listed][:REREAD_AT_ONCE]


def _read_lists(store: Store, client: Client, report: Report) -> Asking[Lists]:
    """Read both lists to the end, or as far as they can be read."""
    lists = Lists(report)
    try:
        for queue in STATUS_OF_QUEUE:
            yield from _read_list(store, client, queue, lists)
    except Unavailable as error:
        lists.outage = error
    if lists.whole and not lists.outage:
        alarms.clear(store, alarms.FOREIGN_LINK)
    return lists


def _read_list(store: Store, client: Client, queue: AssignedQueue, lists: Lists) -> Asking[None]:
    following: str | None = None
    seen: set[str | None] = set()
    while following not in seen:
        seen.add(following)
        at = timezone.now()
        try:
            since = _changed_since(store)
            page = yield from ask(store, partial(client.fetch_assigned, queue, following, since))
        except Malformed as error:
            # What was read so far still counts; the rest waits for a person to look.
            alarms.raise_alarm(store, alarms.FOREIGN_LINK, str(error))
            lists.whole = False
            lists.report.failed += 1
            return
        lists.report.listed += len(page.records)
        lists.reads.append(Read(_with_status(page.records, queue), at))
        if page.next is None or len(seen) >= MAX_PAGES:
            return
        following = page.next


def _changed_since(store: Store) -> datetime | None:
    """Return from when on a store is asked for changes, a little earlier than it was last asked.

    The first time it is asked for what changed in the last weeks: older orders are not ours.
    """
    if not store.platform.capabilities.lists_changes:
        return None
    return (store.pulled_at or timezone.now() - FIRST_CHANGES) - CHANGES_OVERLAP


def _of_use(
    store: Store, records: Sequence[FulfillmentOrderRecord]
) -> list[FulfillmentOrderRecord]:
    """Leave out what was over before we heard of it; a list of changes is full of it."""
    over = [record.ref for record in records if record.state in OVER]
    if not over or not store.platform.capabilities.lists_changes:
        return list(records)
    known = set(store.fulfillment_orders.filter(ref__in=over).values_list("ref", flat=True))
    return [r for r in records if r.state not in OVER or r.ref in known]


def _with_status(
    records: Sequence[FulfillmentOrderRecord | Unreadable], queue: AssignedQueue
) -> tuple[FulfillmentOrderRecord | Unreadable, ...]:
    return tuple(
        replace(record, request_status=STATUS_OF_QUEUE[queue])
        if isinstance(record, FulfillmentOrderRecord)
        and record.request_status == RequestStatus.UNKNOWN
        else record
        for record in records
    )


def _complete(store: Store, client: Client, read: Read) -> Asking[Read]:
    """Read an order again whose status the list left out; the list says what it waits for."""
    records = []
    for record in read.records:
        if isinstance(record, FulfillmentOrderRecord) and not record.upstream_request_status:
            ref, listed_as = record.ref, record.request_status
            try:
                again = yield from ask(store, partial(client.fetch_fulfillment_order, ref))
            except (Malformed, Refused):
                again = record  # What the list says is enough to begin with.
            unknown = again.request_status == RequestStatus.UNKNOWN
            record = replace(again, request_status=listed_as) if unknown else again
        records.append(record)
    return Read(tuple(records), read.at)


def _take_in_read(store: Store, read: Read, report: Report) -> set[str]:
    """Take in what was read together; if that fails, one by one, so that one harms no other.

    Returns the refs of records that were older than what we know: they must be read again.
    """
    readable = [r for r in read.records if isinstance(r, FulfillmentOrderRecord)]
    records = _of_use(store, readable)
    for unreadable in (r for r in read.records if isinstance(r, Unreadable)):
        _report_failure(store, unreadable.ref, unreadable.reason, report)
    try:
        fresh = take_in(store, records, read.at)
        _report_success(store, records, report)
        return {record.ref for record in records} - {order.ref for order in fresh}
    except Exception:
        log.exception("a page of store %s failed; taking its orders in one by one", store.pk)
        for record in records:
            _take_in_one(store, record, read.at, report)
        return set()


def _take_in_one(
    store: Store, record: FulfillmentOrderRecord, at: datetime, report: Report
) -> None:
    try:
        take_in(store, [record], at)
        _report_success(store, [record], report)
    except Exception as error:
        log.exception("order %s of store %s could not be taken in", record.ref, store.pk)
        _report_failure(store, record.ref, f"{type(error).__name__}: {error}", report)


def _report_success(
    store: Store, records: Sequence[FulfillmentOrderRecord], report: Report
) -> None:
    report.read += len(records)
    alarms.clear(store, *(alarm_of(record.ref) for record in records))


def _report_failure(store: Store, ref: str, reason: str, report: Report) -> None:
    report.failed += 1
    alarms.raise_alarm(store, alarm_of(ref), f"Order {ref or '?'} cannot be read: {reason}")


def alarm_of(ref: str) -> str:
    """Return the kind of alarm that says that this order cannot be read."""
    return f"{alarms.UNREADABLE}:{ref}"[:40]


@tried_again
@transaction.atomic
def take_in(
    store: Store, records: Sequence[FulfillmentOrderRecord], read_at: datetime
) -> list[FulfillmentOrder]:
    """Mirror records, open and close their requests, check them, apply the store's rules.

    One transaction: all of it or nothing. Returns the rows, without stale ones.
    """
    if not records:
        return []
    entries = mirror(store, conversation.as_answered(store, records), read_at)
    methods.note_seen(store, [entry.record for entry in entries if entry.changed])
    opened = {request.fulfillment_order_id for request in Cycles(entries).follow(entries)}
    # What had a problem is looked at again: a product or a location may be known by now.
    policies.examine(
        store,
        [e.order for e in entries if e.changed or e.order.open_problems or e.order.pk in opened],
    )
    orders = [entry.order for entry in entries]
    allocation.settle(orders)
    status.refresh(orders)
    due.refresh(orders)
    # To all of them: an answer may have been taken back since the order last changed.
    policies.apply(store, orders)
    return orders
