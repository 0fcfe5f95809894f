"""Writes what a store says about fulfillment orders into our rows.

Run twice with the same records it changes nothing. Records that were asked for before we last
told the store something, or last heard from it, are left alone: they are older than what we know.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model, Q
from django.utils import timezone

from fulfillment import content, timeline
from fulfillment.content import Content, fingerprint, new_line, places_of, units
from fulfillment.models import (
    Actor,
    FulfillmentOrder,
    Hold,
    Line,
    Order,
    WorkStatus,
)
from locations.models import Location, Store
from platforms.records import (
    FulfillmentOrderRecord,
    FulfillmentRecord,
    RequestStatus,
    UpstreamState,
)

OVER = (UpstreamState.CLOSED, UpstreamState.CLOSED_SHORT, UpstreamState.CANCELLED)
# What the store's word may change of an order, and of a line, that we know.
MIRRORED = (
    "upstream_status",
    "upstream_request_status",
    "request_status",
    "offers",
    "cash_due",
    "cash_currency",
    "note",
    "raw",
    "read_at",
    "on_hold",
    "address",
    "recipient",
    "shipping_code",
    "shipping_name",
    "location_ref",
    "location_name",
    "location",
    "warehouse",
    "fingerprint",
    "revision",
)
REWRITTEN = ("ordered", "open", "sku", "title", "note")


@dataclass(slots=True)
class Mirrored:
    """A row beside the record it was written from, and what is new about it."""

    order: FulfillmentOrder
    record: FulfillmentOrderRecord
    created: bool = False
    changed: bool = False


def mirror(
    store: Store, records: Sequence[FulfillmentOrderRecord], read_at: datetime
) -> list[Mirrored]:
    """Create or update one row per record, in the order of the rows' ids.

    Must run in a transaction. `read_at` is when the question was sent to the store. Stale
    records are not returned.
    """
    by_ref = {record.ref: record for record in records}
    known = list(
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("order", "store")
        .filter(store=store, ref__in=by_ref)
        .order_by("pk")
    )
    fresh = [order for order in known if not _is_stale(order, read_at)]
    mirrored = [Mirrored(order, by_ref[order.ref]) for order in fresh]
    locations = places_of(store.pk)
    _update(mirrored, locations, read_at)
    missing = [by_ref[ref] for ref in by_ref if ref not in {order.ref for order in known}]
    created = _create(store, missing, locations, read_at)
    _mirror_holds(mirrored + created)
    return mirrored + created


def _is_stale(order: FulfillmentOrder, read_at: datetime) -> bool:
    """Tell whether we have told the store something, or heard from it, since `read_at`."""
    told_since = order.told_at is not None and order.told_at >= read_at
    return told_since or order.read_at > read_at


def _create(
    store: Store,
    records: Sequence[FulfillmentOrderRecord],
    locations: dict[str, Location],
    read_at: datetime,
) -> list[Mirrored]:
    if not records:
        return []
    orders = _orders(store, {record.order_ref: record.order_name for record in records})
    created = []
    for record in records:
        row = FulfillmentOrder(store=store, order=orders[record.order_ref], ref=record.ref)
        row.asked = record.times_asked
        _write(row, record, read_at)
        content.write(row, Content.of(record), locations)
        created.append(Mirrored(row, record, created=True, changed=True))
    FulfillmentOrder.objects.bulk_create([entry.order for entry in created])
    Line.objects.bulk_create(
        [line for entry in created for line in _new_lines(entry.order, entry.record)]
    )
    timeline.write(
        timeline.event(entry.order, "Seen at the store for the first time.", actor=Actor.STORE)
        for entry in created
    )
    return created


def _orders(store: Store, names: Mapping[str, str]) -> dict[str, Order]:
    """Return the orders with these numbers; one that was only heard of gets its name now."""
    wanted = [Order(store=store, ref=ref, name=names[ref][:100]) for ref in sorted(names)]
    Order.objects.bulk_create(wanted, ignore_conflicts=True)
    found = {order.ref: order for order in store.orders.filter(ref__in=names)}
    for ref, order in found.items():
        if not order.name and names[ref]:
            order.name = names[ref][:100]
            order.save(update_fields=["name"])
    return found


def _update(
    mirrored: Iterable[Mirrored], locations: dict[str, Location], read_at: datetime
) -> None:
    """Take over what the store says. Address and lines follow it only while nobody decided."""
    news = [entry for entry in mirrored if _is_news(entry, locations)]
    FulfillmentOrder.objects.filter(pk__in=[e.order.pk for e in mirrored]).update(read_at=read_at)
    for entry in mirrored:
        entry.order.read_at = read_at
    for entry in news:
        before = entry.order.revision
        _write(entry.order, entry.record, read_at)
        entry.changed = entry.order.revision > before
    rewrite([e for e in news if _is_open_to_change(e) and _is_changed(e, locations)], locations)
    _update_all(FulfillmentOrder, [entry.order for entry in news], MIRRORED)


def _is_news(entry: Mirrored, locations: dict[str, Location]) -> bool:
    """Tell whether the record says anything that the row does not say yet."""
    row, record = entry.order, entry.record
    return (
        row.raw != record.raw
        or row.request_status != record.request_status
        or row.upstream_request_status != record.upstream_request_status[:60]
        or row.upstream_status != record.upstream_status[:60]
        or _is_changed(entry, locations)
    )


def _is_open_to_change(entry: Mirrored) -> bool:
    """Tell whether nobody decided on the order yet. One that is over has no open units there."""
    row, over = entry.order, entry.record.state in OVER
    return row.work_status == WorkStatus.NEW and not row.pending_answer and not over


def _is_changed(entry: Mirrored, locations: dict[str, Location]) -> bool:
    """Tell whether the content differs, or the order's location has been connected since."""
    row, record = entry.order, entry.record
    unplaced = row.location_id is None and record.location_ref in locations
    return unplaced or row.fingerprint != fingerprint(record)


def rewrite(entries: Sequence[Mirrored], locations: dict[str, Location] | None = None) -> None:
    """Take address and lines from the records, as for requests that were never worked on.

    Saves the lines; the caller saves the orders. Units that are still open are replaced; units
    that were shipped, cancelled or short stay.
    """
    if not entries:
        return
    timeline.write(
        timeline.event(
            entry.order, "The store changed the address or the lines.", actor=Actor.STORE
        )
        for entry in entries
        if entry.order.fingerprint != fingerprint(entry.record)
    )
    locations = locations or places_of(entries[0].order.store_id)
    known = _lines([entry.order for entry in entries])
    lines = []
    for entry in entries:
        content.write(entry.order, Content.of(entry.record), locations)
        entry.order.revision += 1
        entry.changed = True
        lines += _rewritten(entry, known.get(entry.order.pk, {}))
    _update_all(Line, [line for line in lines if line.pk], REWRITTEN)
    Line.objects.bulk_create([line for line in lines if not line.pk])


def _lines(orders: Iterable[FulfillmentOrder]) -> dict[int, dict[str, Line]]:
    found: dict[int, dict[str, Line]] = {}
    for line in Line.objects.filter(fulfillment_order__in=orders):
        found.setdefault(line.fulfillment_order_id, {})[line.ref] = line
    return found


def _rewritten(entry: Mirrored, known: dict[str, Line]) -> list[Line]:
    """Return the lines as the record wants them; one that it names no more has no open units."""
    gone = dict(known)
    lines = []
    for wanted in entry.record.lines:
        line = gone.pop(wanted.ref, None)
        if line is None:
            lines.append(new_line(entry.order, wanted))
            continue
        line.open = units(wanted)
        line.ordered = line.open + line.shipped + line.cancelled + line.short
        line.sku, line.title, line.note = wanted.sku[:255], wanted.title[:500], wanted.note
        lines.append(line)
    for line in gone.values():
        line.ordered -= line.open
        line.open = 0
    return [*lines, *gone.values()]


def _update_all(model: type[Model], rows: Sequence[Model], columns: Sequence[str]) -> None:
    """Update rows in one statement: as rows to insert, each of which conflicts with itself."""
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=columns
    )


def _write(row: FulfillmentOrder, record: FulfillmentOrderRecord, read_at: datetime) -> None:
    row.upstream_status = record.upstream_status[:60]
    row.upstream_request_status = record.upstream_request_status[:60]
    row.request_status = _request_status(row, record)
    row.offers = list(record.offers)
    row.cash_due = record.cash.amount if record.cash else None
    row.cash_currency = record.cash.currency[:3] if record.cash else ""
    row.note = record.note
    row.raw = dict(record.raw)
    row.read_at = read_at
    held = record.state == UpstreamState.ON_HOLD or bool(record.holds)
    if held != row.on_hold:
        row.revision += 1
    row.on_hold = held


def _request_status(row: FulfillmentOrder, record: FulfillmentOrderRecord) -> str:
    """Return what the store says; where that is nothing we understand, an open question stays one.

    A request is not over because a record leaves its status out, or has a new word for it.
    """
    silent = not record.upstream_request_status
    open_question = row.request_status in (RequestStatus.REQUESTED, RequestStatus.CANCEL_REQUESTED)
    if record.request_status == RequestStatus.UNKNOWN and row.pk and (silent or open_question):
        return row.request_status
    return record.request_status


def _new_lines(row: FulfillmentOrder, record: FulfillmentOrderRecord) -> list[Line]:
    return [new_line(row, line) for line in record.lines]


def mirror_shipments(
    order: FulfillmentOrder, found: Iterable[FulfillmentRecord], read_at: datetime
) -> None:
    """Keep the shipments that the store has of an order, unless a newer reading is kept."""
    newer = Q(shipments_read_at__gte=read_at)
    FulfillmentOrder.objects.filter(pk=order.pk).exclude(newer).update(
        shipments_there=[
            {
                "ref": each.ref,
                "status": each.upstream_status,
                "codes": [*each.tracking_codes],
                "units": sum(each.quantities.values()),
            }
            for each in found
        ],
        shipments_read_at=read_at,
    )


def _mirror_holds(mirrored: Sequence[Mirrored]) -> None:
    """Open and release holds as the store lists them."""
    rows = {entry.order.pk: entry for entry in mirrored}
    open_holds = Hold.objects.filter(
        fulfillment_order__in=rows, actor=Actor.STORE, released_at=None
    )
    listed = {
        (pk, hold.reason[:100]): hold for pk, entry in rows.items() for hold in entry.record.holds
    }
    ended = [
        hold.pk
        for hold in open_holds
        if listed.pop((hold.fulfillment_order_id, hold.reason), None) is None
    ]
    if ended:
        Hold.objects.filter(pk__in=ended).update(released_at=timezone.now())
    Hold.objects.bulk_create(
        [
            Hold(
                fulfillment_order_id=pk,
                reason=reason,
                message=hold.message,
                since=hold.since or timezone.now(),
            )
            for (pk, reason), hold in listed.items()
        ],
        ignore_conflicts=True,
    )
