"""Takes shipments that a hub asks for, and changes that come afterwards. Our answer accepts them.

What if the same shipment comes twice, under other ids? Its number is one row; what says the same
changes nothing. All shipments of a call are taken, or none.
"""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from fulfillment import edits, intake
from fulfillment.content import fingerprint, places_of
from fulfillment.models import FulfillmentOrder, WorkStatus
from fulfillment.serving import checks, rows, verdicts
from fulfillment.serving.verdicts import Verdict, refused
from locations.models import Store
from platforms.desk import Answered, Asked, Operation, Outcome, Said
from platforms.records import FulfillmentOrderRecord, RequestStatus, Unreadable, UpstreamState
from platforms.values import read_instant

Record = FulfillmentOrderRecord
# Words of verdicts after which something is left to be done.
ACCEPTED, UPDATED, LATE, STOPPED = "accepted", "updated", "changed late", "shipped elsewhere"


@transaction.atomic
def take(store: Store, asked: Asked) -> Answered:
    """Take what is new, change what is known and not picked yet, and leave the rest as it is."""
    if not asked.records:
        return _nothing(asked)
    unreadable = [each for each in asked.records if isinstance(each, Unreadable)]
    if unreadable:
        return verdicts.together([refused(each.ref, each.reason) for each in unreadable])
    records = [_placed(store, each) for each in asked.records if isinstance(each, Record)]
    known = rows.lock(store, [record.ref for record in records])
    found = [_judge(store, asked, record, known.get(record.ref)) for record in records]
    if any(verdict.stops for verdict in found):
        return verdicts.together(found)
    return verdicts.together(
        [_do(store, record, verdict) for record, verdict in zip(records, found, strict=True)]
    )


def _nothing(asked: Asked) -> Answered:
    if not asked.remark:
        return Answered(Outcome.NOTHING)
    said = Said(Outcome.DOUBT, f"Order {asked.order_ref} not taken", asked.remark)
    return Answered(Outcome.DOUBT, said=(said,))


def _placed(store: Store, record: Record) -> Record:
    """A shipment that names no stock location is for the only one that there is."""
    places = places_of(store.pk)
    if record.location_ref or len(places) != 1:
        return record
    [place] = places.values()
    return replace(record, location_ref=place.ref, location_name=place.name)


def _judge(store: Store, asked: Asked, record: Record, order: FulfillmentOrder | None) -> Verdict:
    """Say what will be done with a shipment, before anything is."""
    if order is not None:
        return _judge_known(store, asked, record, order)
    if record.state == UpstreamState.CLOSED:
        text = f"Shipment {record.ref} is already shipped; ignored."
        return Verdict(Outcome.DOUBT, record.ref, "ignored", text)
    if asked.operation == Operation.CHANGE:
        # It may have overtaken the call that adds the shipment: the hub is to try again.
        text = f"Shipment {record.ref} is not known here."
        return Verdict(Outcome.FAILED, record.ref, "not known", text)
    if record.state == UpstreamState.OPEN:
        text = f"Shipment {record.ref} is “{record.upstream_status}”; send it when it is ready."
        return Verdict(Outcome.DOUBT, record.ref, "not taken", text)
    if reason := checks.why_not(store, record, asked.rules) or _twice(store, record):
        return refused(record.ref, reason)
    return _accepted(record)


def _accepted(record: Record) -> Verdict:
    text = (
        f"Shipment {record.ref} of order {record.order_ref} was accepted for fulfillment at "
        f"{record.location_name}."
    )
    if record.state == UpstreamState.UNKNOWN:
        text += f" Its status “{record.upstream_status[:40]}” is not known here."
        return Verdict(Outcome.DOUBT, record.ref, ACCEPTED, text)
    return Verdict(Outcome.DONE, record.ref, ACCEPTED, text)


def _twice(store: Store, record: Record) -> str:
    """What was taken as a whole order must not be taken once more shipment by shipment."""
    others = [ref for ref in rows.of_order(store, record.order_ref) if ref != record.ref]
    if record.ref == record.order_ref and others:
        return f"Of order {record.order_ref}, shipment {others[0]} has been taken before."
    if record.order_ref in others:
        return f"Order {record.order_ref} has been taken as a whole before."
    return ""


def _judge_known(store: Store, asked: Asked, record: Record, order: FulfillmentOrder) -> Verdict:
    ref = record.ref
    if rows.has_left(order):
        text = f"Shipment {ref} has already left the warehouse; nothing was changed."
        gone = rows.show_departed([order])[order.pk]
        tells = gone if asked.operation == Operation.TAKE else None
        return Verdict(Outcome.NOOP, ref, "already shipped", text, gone=tells)
    if order.work_status in (WorkStatus.CANCELLED, WorkStatus.CLOSED):
        return refused(ref, f"Shipment {ref} was cancelled here, and is not taken again.")
    if record.state in (UpstreamState.CLOSED, UpstreamState.OPEN):
        return _not_wanted_now(record)
    if order.fingerprint == fingerprint(record) or _older(record, order):
        text = f"Shipment {ref} was accepted before; nothing was changed."
        return Verdict(Outcome.NOOP, ref, "already accepted", text)
    if reason := checks.why_not(store, record, asked.rules):
        return refused(ref, reason)
    if order.work_status in rows.NOT_PICKED:
        return Verdict(Outcome.DONE, ref, UPDATED, f"Shipment {ref} was updated.")
    text = (
        f"Shipment {ref} is being packed already. The warehouse has stopped it, and decides about "
        "the change."
    )
    return Verdict(Outcome.DOUBT, ref, LATE, text)


def _not_wanted_now(record: Record) -> Verdict:
    """The shop has shipped it by other hands, or does not want it shipped yet after all."""
    if record.state == UpstreamState.CLOSED:
        text = f"Shipment {record.ref} was shipped, but not from here: the work on it was stopped."
        return Verdict(Outcome.DOUBT, record.ref, STOPPED, text)
    text = (
        f"Shipment {record.ref} is “{record.upstream_status}” now, but has been accepted: it will "
        "be shipped. Cancel it to prevent that."
    )
    return Verdict(Outcome.DOUBT, record.ref, "already accepted", text)


def _older(record: Record, order: FulfillmentOrder) -> bool:
    """Tell whether a record is older than what we have: calls may overtake each other."""
    parts = (order.raw.get(name) or {} for name in ("shipment", "order"))
    known = next(filter(None, (read_instant(part.get("updated_at")) for part in parts)), None)
    return bool(known and record.updated_at and record.updated_at < known)


def _do(store: Store, record: Record, verdict: Verdict) -> Verdict:
    """Do what was judged."""
    if verdict.word == STOPPED:
        intake.take_in(store, [record], timezone.now())
        return verdict
    if verdict.word not in (ACCEPTED, UPDATED, LATE):
        return verdict
    # Our answer is the acceptance, whatever the shop calls it.
    wanted = replace(record, state=UpstreamState.IN_PROGRESS, request_status=RequestStatus.ACCEPTED)
    [taken] = intake.take_in(store, [wanted], timezone.now())
    if verdict.word == UPDATED and taken.edits is not None:
        edits.take_over([taken.pk], by=None)
        taken.refresh_from_db()
    return replace(verdict, changed=rows.show(taken, rows.ACCEPTED))
