"""Takes in what a partner says of an order: its facts, what keeps it, and what has left.

The status tells what happens here (contract fulfillment_com, section 8). What if it runs twice?
Facts are written over themselves, a problem that is open is not opened again, and a shipment has
a number made from the partner's order.
"""

import uuid
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from fulfillment import holds, problems, shipments, status, timeline
from fulfillment.handover.giving import locked, ours_again
from fulfillment.models import (
    FulfillmentOrder,
    JobState,
    PartnerJob,
    Source,
    StatusCode,
)
from fulfillment.models.orders import ENDED
from fulfillment.shipments import Leaving
from fulfillment.shipping_files.carriers import code_of
from locations.models import Store
from platforms.errors import Refusal
from platforms.partner_records import PartnerOrder, PartnerState, Snag
from platforms.records import OTHER_CARRIER, ParcelRecord

NAMESPACE = uuid.UUID("6f0a4a53-7d4e-4bb4-9f0b-9c1f6ad1d4ad")
HELD = "Held by the partner"
HELD_AT_STORE = (
    "The store holds it, and the partner cannot be told. Take it back from the partner, or have "
    "the store release it."
)
NOT_BACK = (
    "It was to be taken back, and it is too late: the partner does not stop it any more. It will "
    "leave from there; ask the partner for a recall if it must not."
)
HOLDS = (Snag.HOLD, Snag.STOPPED)
ENDED_THERE = {
    PartnerState.CANCELLED: "The partner has cancelled it, and nobody here asked for that.",
    PartnerState.RETURNED: "It came back to the partner. Book what the partner says of it.",
    PartnerState.TEST: "The partner takes it for a test: it will never be shipped.",
    PartnerState.UNKNOWN: "The partner’s status is not known here. Ask the partner.",
}


def take_in(job: PartnerJob, seen: PartnerOrder) -> None:
    """Note how an order stands at the partner, and do what follows from it here."""
    with transaction.atomic():
        order, row = locked(job)
        _note(row, seen)
        if row.state == JobState.GIVEN:
            _mirror(order, row, seen)
    if row.state == JobState.GIVEN and _has_left(seen):
        _ship(order, row, seen)


def _note(row: PartnerJob, seen: PartnerOrder) -> None:
    row.upstream_code, row.upstream_status = seen.upstream_code[:20], seen.upstream_status
    row.upstream_reason, row.upstream_needs = seen.upstream_reason, seen.upstream_needs[:100]
    row.tracking = [asdict(each) for each in seen.tracking]
    row.dispatched_at = seen.dispatched_at
    # Once set, it never changes.
    row.departed_at = row.departed_at or seen.departed_at
    row.raw, row.read_at = dict(seen.raw), timezone.now()
    row.save()


def _mirror(order: FulfillmentOrder, row: PartnerJob, seen: PartnerOrder) -> None:
    _begin(order, seen)
    said = ": ".join(filter(None, (seen.upstream_status, seen.upstream_reason)))
    if seen.snag in HOLDS:
        holds.hold(order, HELD, said)
    else:
        holds.release(order, HELD)
    wrong = ENDED_THERE.get(seen.state) or (said if seen.snag is not Snag.NONE else "")
    who = f" It waits for: {seen.upstream_needs}." if wrong and seen.upstream_needs else ""
    _show(order, f"{wrong}{who}", seen)
    _show_hold_of_the_store(order)
    if seen.is_closed and not _has_left(seen):
        row.state = JobState.CANCELLED if seen.is_cancelled else JobState.DONE
        row.save(update_fields=["state"])
        if seen.is_cancelled:
            ours_again(order)
    status.refresh([order])


def _show(order: FulfillmentOrder, wrong: str, seen: PartnerOrder) -> None:
    """Show what is wrong now, in place of what was; what has left waits until it is recorded."""
    if wrong:
        problems.open_one(order, Source.PARTNER, wrong, code=_known(seen.upstream_code))
    elif not _has_left(seen):
        problems.settle_found_by([Source.PARTNER], [order], "It goes on at the partner.")
    before = order.problems.filter(source=Source.PARTNER, settled_at=None).exclude(detail=wrong)
    if wrong:
        before.update(settled_at=timezone.now(), settled_how="The partner says something else.")


def _show_hold_of_the_store(order: FulfillmentOrder) -> None:
    """The partner hears nothing of a hold at the store, and goes on with it."""
    if order.on_hold:
        problems.open_one(order, Source.STORE, HELD_AT_STORE)
    else:
        _settle(order, HELD_AT_STORE, "The store holds it no more.")


def let_go(order: FulfillmentOrder, how: str) -> None:
    """End what was held or shown because the partner had it. The caller has locked the order."""
    holds.release(order, HELD)
    problems.settle_found_by([Source.PARTNER], [order], how)
    _settle(order, HELD_AT_STORE, how)


def _settle(order: FulfillmentOrder, detail: str, how: str) -> None:
    order.problems.filter(detail=detail, settled_at=None).update(
        settled_at=timezone.now(), settled_how=how
    )
    status.refresh([order])


def _has_left(seen: PartnerOrder) -> bool:
    """Tell whether a parcel is with the carrier, whatever has become of it since."""
    return seen.departed_at is not None and not seen.is_cancelled


def _begin(order: FulfillmentOrder, seen: PartnerOrder) -> None:
    if seen.dispatched_at and order.dispatched_at is None:
        order.dispatched_at = seen.dispatched_at
        order.save(update_fields=["dispatched_at"])
        timeline.note(order, "The partner has begun with it.")


def _known(code: str) -> str:
    """Return a code that is in our table as well; a new one is told in words."""
    return code if StatusCode.objects.filter(code=code, variant=1).exists() else ""


def _ship(order: FulfillmentOrder, row: PartnerJob, seen: PartnerOrder) -> None:
    """Record what has left, and have the store told; what cannot be recorded is for a person.

    Where a person has recorded it, nothing is left to do.
    """
    if order.work_status in ENDED:
        _done(row, seen)
        return
    leaving = Leaving(
        quantities=_units(order, seen),
        parcels=[_parcel(order.store, each.number, each.carrier) for each in seen.final_tracking],
        notify=True,
        submission=uuid.uuid5(NAMESPACE, f"{row.account_id}:{seen.ref}"),
    )
    try:
        shipments.ship(order.pk, leaving, by=None)
    except Refusal as refusal:
        with transaction.atomic():
            order, _ = locked(row)
            problems.open_one(
                order, Source.PARTNER, f"It has left the partner, and is not recorded: {refusal}"
            )
        return
    _done(row, seen)


def _done(row: PartnerJob, seen: PartnerOrder) -> None:
    with transaction.atomic():
        order, row = locked(row)
        row.state = JobState.DONE
        row.save(update_fields=["state"])
        if seen.state is PartnerState.SHIPPED:
            problems.settle_found_by([Source.PARTNER], [order], "It has left.")
            _settle(order, NOT_BACK, "It has left.")
        status.refresh([order])


def _units(order: FulfillmentOrder, seen: PartnerOrder) -> dict[int, int]:
    """Return by line id what the partner shipped: what it says, else all that is open."""
    lines = list(order.lines.all())
    if seen.lines is None:
        return {line.pk: line.open for line in lines}
    left: dict[str, int] = {}
    for each in seen.lines:
        left[each.sku] = left.get(each.sku, 0) + each.quantity
    units = {}
    for line in lines:
        units[line.pk] = min(line.open, left.get(line.sku, 0))
        left[line.sku] = left.get(line.sku, 0) - units[line.pk]
    return units


def _parcel(store: Store, number: str, carrier: str) -> ParcelRecord:
    """The store's own code for a carrier, or the carrier's name where it has none."""
    if code := code_of(carrier, store.carriers):
        return ParcelRecord(code, number)
    return ParcelRecord(OTHER_CARRIER, number, carrier_name=carrier or "Unknown")
