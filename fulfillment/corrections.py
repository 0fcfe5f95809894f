"""Corrects the tracking of a parcel that has left, and has the store told where it can be.

What if it runs twice? The second time finds the code in place. Two people at once? The order row is
locked. What is on its way to the store is not changed under the courier's hands.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from fulfillment import problems, status, timeline
from fulfillment.answers import FOUND
from fulfillment.departures import reported
from fulfillment.mirror import mirror_shipments
from fulfillment.models import Actor, FulfillmentOrder, Parcel, Shipment, ShipmentState, Source
from fulfillment.shipments import comparable
from fulfillment.subject import order_of
from fulfillment.taking_back import BEFORE_IT_LEFT
from platforms.errors import Refusal
from platforms.interface import Client
from platforms.records import FulfillmentRecord, ParcelRecord
from relay import outbox
from relay.delivery import Already, Send, Stop, Verdict
from relay.models import OutboundCall, Priority
from relay.outbox import Telling

VERB = "update_tracking"
UNDER_WAY = "The store is being told of this parcel. Wait until it knows."
TRACKED = "The carrier has spoken about this parcel, so its code is the right one."


def why_not(parcel: Parcel) -> str:
    """Return why the tracking of a parcel cannot be corrected now; empty when it can."""
    if parcel.shipment.state == ShipmentState.QUEUED:
        return UNDER_WAY
    return "" if parcel.tracking_status in BEFORE_IT_LEFT else TRACKED


@transaction.atomic
def correct(parcel_id: int, wanted: ParcelRecord, *, by: User) -> Parcel:
    """Give a parcel another code or carrier. Raises Refusal with the reason in words."""
    order = (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("store", "order")
        .get(parcels=parcel_id)
    )
    parcel = Parcel.objects.select_related("shipment").get(pk=parcel_id)
    if reason := why_not(parcel) or _why_not_code(order, parcel, wanted):
        raise Refusal(reason)
    before = str(parcel)
    parcel.carrier, parcel.carrier_name = wanted.carrier, wanted.carrier_name
    parcel.tracking_code, parcel.tracking_link = wanted.tracking_code, wanted.tracking_link
    parcel.corrections += 1
    parcel.save()
    timeline.note(order, f"Corrected the tracking: {before} is {parcel}.", by=by)
    if parcel.shipment.state == ShipmentState.CONFIRMED:
        _tell(order, parcel, before, by)
    return parcel


def _why_not_code(order: FulfillmentOrder, parcel: Parcel, wanted: ParcelRecord) -> str:
    code = comparable(wanted.tracking_code)
    if not code:
        return "Scan or type the tracking code."
    others = order.parcels.exclude(pk=parcel.pk)
    if any(comparable(each.tracking_code) == code for each in others):
        return f"Tracking code {wanted.tracking_code} was used for this order already."
    return ""


def _tell(order: FulfillmentOrder, parcel: Parcel, before: str, by: User) -> None:
    """Have the store told; where it cannot be, ask a person to tell."""
    platform = order.store.platform
    if platform.capabilities.corrects_tracking:
        outbox.push([telling_of(order, parcel, by)])
        return
    task = platform.by_hand.get("corrects_tracking") or "Tell the merchant."
    detail = f"{order.store} knows a parcel as {before}; it is {parcel} now. {task}"
    problems.open_one(order, Source.BY_HAND, detail)


def telling_of(order: FulfillmentOrder, parcel: Parcel, by: User | None) -> Telling:
    """Return what the store is to be told of a corrected parcel."""
    return Telling(
        store=order.store,
        key=f"{VERB}:{parcel.pk}:{parcel.corrections}",
        verb=VERB,
        subject=f"order {order.order} ({order.ref})",
        subject_id=order.pk,
        lane=order.lane,
        priority=Priority.SHIPMENT,
        payload={"shipment_id": parcel.shipment_id},
        by=by,
    )


class CorrectionDelivery:
    """Tells a store the corrected tracking of a shipment that it knows."""

    def look(self, client: Client, call: OutboundCall) -> FulfillmentRecord | None:
        """Find the shipment at the store, by its number there."""
        at, shipment = timezone.now(), _shipment(call)
        order = shipment.fulfillment_order
        found = client.fetch_fulfillments(order.ref, order.order.ref)
        mirror_shipments(order, found, at)
        return next((each for each in found if each.ref == shipment.ref), None)

    def judge(self, call: OutboundCall, seen: FulfillmentRecord | None) -> Verdict:
        """Send only what the store does not show yet, of a shipment that it has."""
        if seen is None:
            return Stop("The store does not have this shipment any more.")
        ours = {comparable(parcel.tracking_code) for parcel in _shipment(call).parcels.all()}
        if ours == {comparable(code) for code in seen.tracking_codes}:
            return Already({"ref": seen.ref}, FOUND)
        return Send()

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Tell it. The client raises Uncertain unless the answer shows it."""
        about = reported(_shipment(call))
        return {"ref": client.update_tracking(about.ref, about.fulfillment_ref, about.dispatch).ref}

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """The store knows the right code."""
        order = order_of(call)
        problems.settle_about(call, "The store has confirmed it.")
        codes = ", ".join(parcel.tracking_code for parcel in _shipment(call).parcels.all())
        timeline.note(order, f"The store knows the corrected tracking: {codes}.", actor=Actor.STORE)
        status.refresh([order])

    def refused(self, call: OutboundCall, reason: str) -> None:
        """A person must decide: customers follow the wrong code."""
        order = order_of(call)
        detail = f"The store did not take the corrected tracking: {reason}"
        problems.open_one(order, Source.STORE, detail, call=call)
        timeline.note(order, detail, actor=Actor.STORE)

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """The store keeps the wrong code."""
        order = order_of(call)
        problems.settle_about(call, reason)
        timeline.note(order, f"Gave up telling the store the corrected tracking: {reason}")
        status.refresh([order])

    given_up = dropped


def _shipment(call: OutboundCall) -> Shipment:
    shipments = Shipment.objects.select_related("fulfillment_order__order")
    return shipments.prefetch_related("parcels", "lines__line").get(pk=call.payload["shipment_id"])
