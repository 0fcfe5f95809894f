"""Notices what a store changes behind our back after we accepted, and stops the floor.

What the merchant wants now and what the floor is working on are two things until a person has
looked: they take the change over, or go on with what was accepted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Sum

from fulfillment import allocation, content, holds, problems, status, timeline, vanished
from fulfillment.content import Content, new_line, places_of, units
from fulfillment.decisions import Outcome
from fulfillment.models import (
    FulfillmentOrder,
    Line,
    ShipmentLine,
    ShipmentState,
    Source,
    WorkStatus,
)
from fulfillment.transitions import not_with_partner
from inventory.deadlocks import tried_again
from platforms.records import Address, FulfillmentOrderRecord, LineRecord

EDITED = "Changed at the store"
NO_EDIT = "The store has changed nothing that waits for you."
UNTOLD = "A parcel has left, and the store does not know of it yet. Wait until it does."


@dataclass(frozen=True, slots=True)
class Ours:
    """What we accepted and have not told as shipped: units by line ref, at least and at most.

    What has left and the store has not confirmed may be counted there or not.
    """

    lines: Mapping[str, tuple[int, int]]
    skus: Mapping[str, str]


def follow(order: FulfillmentOrder, record: FulfillmentOrderRecord) -> None:
    """Compare what the floor works on with what the store says now; hold it if they differ.

    The caller has locked the order. What was changed back, or was told and looked at already,
    changes nothing.
    """
    vanished.reappear(order)
    found = list(differences(order, as_accepted(order), record))
    edits = Content.of(record).as_json() if found else None
    if edits == order.edits:
        return
    problems.settle_found_by([Source.CHANGED], [order], "The store has changed it again.")
    order.edits = edits
    order.save(update_fields=["edits"])
    if not found:
        holds.release(order, EDITED)
        timeline.note(order, "The store has changed it back to what we accepted.")
        return
    text = "The store changed it after we accepted. " + " ".join(found)
    if elsewhere := not_with_partner(order):
        text += f" {elsewhere}"
    holds.hold(order, EDITED, " ".join(found))
    problems.open_one(order, Source.CHANGED, text)


def differences(
    order: FulfillmentOrder, ours: Ours, record: FulfillmentOrderRecord
) -> Iterator[str]:
    """Say in words what the store wants otherwise than we accepted."""
    there = record.address or Address()
    here = order.postal_address or Address()
    for name, value in asdict(there).items():
        before = getattr(here, name)
        if value != before:
            yield f"{name.replace('_', ' ').capitalize()}: “{before}” is now “{value}”."
    if record.shipping_code != order.shipping_code:
        yield f"Shipping method: now “{record.shipping_name or record.shipping_code}”."
    if record.location_ref != order.location_ref:
        yield f"Location: now “{record.location_name or record.location_ref}”."
    wanted = {line.ref: line for line in record.lines}
    for ref, (least, most) in ours.lines.items():
        now = units(wanted[ref]) if ref in wanted else 0
        if not least <= now <= most:
            yield f"“{ours.skus[ref]}”: {least} to ship, the store now wants {now}."
    for line in record.lines:
        if line.ref not in ours.lines and units(line):
            yield f"New: {units(line)} of “{line.sku or line.title}”."


def as_accepted(order: FulfillmentOrder) -> Ours:
    """Return what we accepted of an order and have not told as shipped."""
    untold = dict(
        ShipmentLine.objects.filter(shipment__fulfillment_order=order)
        .exclude(shipment__state=ShipmentState.CONFIRMED)
        .values_list("line")
        .annotate(Sum("quantity"))
    )
    lines = list(order.lines.all())
    return Ours(
        {line.ref: (line.open, line.open + untold.get(line.pk, 0)) for line in lines},
        {line.ref: line.sku or line.title for line in lines},
    )


def forget(order: FulfillmentOrder) -> None:
    """The merchant asks anew: what was changed before that is part of the new request."""
    order.edits = None
    if order.held_here:
        holds.release(order, EDITED)
        vanished.reappear(order)
    problems.settle_found_by([Source.CHANGED], [order], "The merchant has asked anew.")


@tried_again
@transaction.atomic
def take_over(order_ids: Iterable[int], *, by: User | None) -> Outcome:
    """Work on what the store wants now, where it was changed after we had accepted."""
    outcome = Outcome()
    orders = (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("order", "store")
        .with_partner_jobs()
        .filter(pk__in=list(order_ids))
        .order_by("pk")
    )
    for order in orders:
        if reason := why_not_take_over(order):
            outcome.refused.append((order, reason))
            continue
        _take_over(order, by)
        outcome.done.append(order)
    allocation.settle(outcome.done, by=by)
    status.refresh(outcome.done)
    return outcome


def why_not_take_over(order: FulfillmentOrder) -> str:
    """Return why there is nothing to take over, or why it has to wait; empty when it can be."""
    if order.edits is None:
        return NO_EDIT
    return UNTOLD if order.has_untold_shipments() else not_with_partner(order)


def _take_over(order: FulfillmentOrder, by: User | None) -> None:
    wanted = Content.from_json(order.edits or {})
    lines_changed = _rewrite_lines(order, wanted.lines)
    content.write(order, wanted, places_of(order.store_id))
    if lines_changed and order.work_status != WorkStatus.PARTLY_SHIPPED:
        order.work_status = WorkStatus.ALLOCATED
    order.edits = None
    order.revision += 1
    order.save()
    holds.release(order, EDITED)
    problems.settle_found_by([Source.CHANGED], [order], "Taken over.")
    again = " Pick it again." if lines_changed else ""
    timeline.note(order, f"Took over what the store changed.{again}", by=by)


def _rewrite_lines(order: FulfillmentOrder, wanted: Iterable[LineRecord]) -> bool:
    """Set the open units of each line to what the store wants; tell whether any differ."""
    known = {line.ref: line for line in order.lines.all()}
    changed = False
    for record in wanted:
        line = known.pop(record.ref, None) or new_line(order, record)
        changed |= line.pk is None or line.open != units(record)
        _set_open(line, units(record))
    for line in known.values():
        changed |= line.open > 0
        _set_open(line, 0)
    return changed


def _set_open(line: Line, number: int) -> None:
    line.open = number
    line.ordered = line.open + line.shipped + line.cancelled + line.short
    line.save()
