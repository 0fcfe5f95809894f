"""Records what left the building, and has the store told.

What if it runs twice? A form carries a submission number; sent again, it is the same shipment.
Two people at once? The order row is locked, and the second one reads what is left.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from fulfillment import allocation, final_count, races, status, timeline
from fulfillment.models import (
    FulfillmentOrder,
    Line,
    Parcel,
    Shipment,
    ShipmentLine,
    WorkStatus,
)
from fulfillment.transitions import Action, why_not
from inventory.deadlocks import tried_again
from platforms.errors import Refusal
from platforms.records import ParcelRecord
from relay import outbox, showing
from relay.enquiries import About
from relay.models import Priority
from relay.outbox import Telling
from relay.showing import Fact

VERB = "create_fulfillment"
PUSH = "push_shipment"


@dataclass(frozen=True, slots=True)
class Leaving:
    """What leaves: units by line id, and the parcels they are in."""

    quantities: Mapping[int, int]
    parcels: Sequence[ParcelRecord]
    notify: bool
    submission: uuid.UUID


def ship(order_id: int, leaving: Leaving, *, by: User | None) -> Shipment:
    """Record a shipment and queue it for the store. Raises Refusal with the reason in words.

    A try that comes after a cancellation is refused, and shown as a problem.
    """
    try:
        return _ship(order_id, leaving, by)
    except Refusal:
        races.note_late_shipment(order_id)
        raise


@tried_again
@transaction.atomic
def _ship(order_id: int, leaving: Leaving, by: User | None) -> Shipment:
    order = (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("store", "order")
        .get(pk=order_id)
    )
    known = Shipment.objects.filter(submission=leaving.submission).first()
    if known:
        return known
    if reason := why_not(Action.SHIP, order):
        raise Refusal(reason)
    lines = _take_units(order, leaving.quantities)
    _check_parcels(order, leaving.parcels)
    shipment = _record(order, leaving, lines, by)
    _note(order, shipment, leaving, by)
    allocation.consume(order, shipment, lines, by=by)
    _tell(order, shipment, by)
    return shipment


def _tell(order: FulfillmentOrder, shipment: Shipment, by: User | None) -> None:
    """Have the store told; one that asks is shown the shipment when it does."""
    wants = order.store.platform.capabilities
    if wants.told_when_asked:
        fact = Fact(shipment.pk, 0, shipment.shipped_at)
        showing.note(order.store, About.SHIPMENTS, [fact])
        if order.store.platform.pushes(order.store.filled_options):
            outbox.push([telling_of(order, shipment, by, PUSH)])
        return
    tellings = [telling_of(order, shipment, by)]
    if wants.wants_final_count and order.work_status == WorkStatus.SHIPPED:
        tellings.append(final_count.telling_of(order, by))
    outbox.push(tellings)


def _take_units(order: FulfillmentOrder, quantities: Mapping[int, int]) -> list[tuple[Line, int]]:
    lines = {line.pk: line for line in order.lines.select_for_update().order_by("pk")}
    if foreign := quantities.keys() - lines.keys():
        raise Refusal(f"{len(foreign)} of the lines are not of this order.")
    taken = [(lines[pk], units) for pk, units in quantities.items() if units]
    if not taken:
        raise Refusal("Say how many units leave; at least one.")
    for line, units in taken:
        if units < 0 or units > line.open:
            raise Refusal(f"{line.open} of “{line.sku}” are left to ship, not {units}.")
        line.open -= units
        line.shipped += units
    Line.objects.bulk_update([line for line, _ in taken], ["open", "shipped"])
    return taken


def _check_parcels(order: FulfillmentOrder, parcels: Sequence[ParcelRecord]) -> None:
    codes = [comparable(parcel.tracking_code) for parcel in parcels]
    if not codes or not all(codes):
        raise Refusal("Scan or type the tracking code of at least one parcel.")
    if len(set(codes)) < len(codes):
        raise Refusal("Two parcels have the same tracking code.")
    if len(codes) > 1 and not order.store.platform.capabilities.several_parcels:
        raise Refusal(f"{order.store.platform.label} takes one parcel a shipment.")
    for used in order.parcels.all():
        if comparable(used.tracking_code) in codes:
            raise Refusal(f"Tracking code {used.tracking_code} was used for this order already.")


def comparable(tracking_code: str) -> str:
    """Return a code as it is compared: stores write it in capitals, or without its blanks."""
    return "".join(tracking_code.split()).upper()


def _record(
    order: FulfillmentOrder,
    leaving: Leaving,
    lines: list[tuple[Line, int]],
    by: User | None,
) -> Shipment:
    shipment = Shipment.objects.create(
        fulfillment_order=order,
        submission=leaving.submission,
        notify=leaving.notify,
        shipped_by=by,
    )
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, line=line, quantity=units) for line, units in lines
    )
    Parcel.objects.bulk_create(
        Parcel(
            shipment=shipment,
            fulfillment_order=order,
            carrier=parcel.carrier,
            carrier_name=parcel.carrier_name,
            tracking_code=parcel.tracking_code,
            tracking_link=parcel.tracking_link,
        )
        for parcel in leaving.parcels
    )
    return shipment


def _note(order: FulfillmentOrder, shipment: Shipment, leaving: Leaving, by: User | None) -> None:
    left = order.lines.filter(open__gt=0).exists()
    order.work_status = WorkStatus.PARTLY_SHIPPED if left else WorkStatus.SHIPPED
    order.dispatched_at = order.dispatched_at or shipment.shipped_at
    order.departed_at = order.departed_at or (None if left else shipment.shipped_at)
    order.arrived_at = None
    order.save(update_fields=["work_status", "dispatched_at", "departed_at", "arrived_at"])
    codes = ", ".join(parcel.tracking_code for parcel in leaving.parcels)
    what = "Shipped in part" if left else "Shipped"
    asks = order.store.platform.capabilities.told_when_asked
    then = "The store learns of it when it asks." if asks else "The store is being told."
    timeline.note(order, f"{what}: {codes}. {then}", by=by)
    status.refresh([order])


def telling_of(
    order: FulfillmentOrder, shipment: Shipment, by: User | None, verb: str = VERB
) -> Telling:
    """Return what the store is to be told of a shipment."""
    return Telling(
        store=order.store,
        key=f"{verb}:{shipment.pk}",
        verb=verb,
        subject=f"order {order.order} ({order.ref})",
        subject_id=order.pk,
        lane=order.lane,
        priority=Priority.SHIPMENT,
        payload={"shipment_id": shipment.pk},
        by=by,
    )
