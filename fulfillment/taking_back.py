"""Takes a shipment back that has not left after all, at the store first and then here.

What if it runs twice? What the store does not show any more is taken back already. Until the store
has confirmed it nothing changes here: the parcel counts as shipped on both sides.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from fulfillment import allocation, problems, returns, status, timeline
from fulfillment.models import Actor, FulfillmentOrder, Shipment, ShipmentState, Source, WorkStatus
from fulfillment.subject import order_of, ref_of
from inventory import receiving
from inventory.ledger import Cause
from inventory.receiving import Returned
from platforms.errors import Refusal, Unsupported
from platforms.interface import Client
from platforms.records import FulfillmentRecord, RequestStatus, TrackingStatus
from relay import lacking, outbox
from relay.delivery import Already, Send, Verdict
from relay.models import OutboundCall, Priority
from relay.outbox import Telling

VERB = "cancel_fulfillment"
BEFORE_IT_LEFT = (TrackingStatus.UNKNOWN, TrackingStatus.LABEL_CREATED)
UNKNOWN_THERE = "The store does not know this shipment; there is nothing to take back there."
TRACKED = "The carrier has spoken about it, so it has left. Record what comes back as a return."
GONE = "The store does not have it any more."


def why_not(order: FulfillmentOrder) -> str:
    """Return why no shipment of this order's store can be taken back; empty when one can."""
    platform = order.store.platform
    if platform.capabilities.voids_shipments and VERB not in order.store.lacks:
        return ""
    task = platform.by_hand.get("voids_shipments", "Tell the merchant.")
    return f"{order.store} takes no shipment back. {task}"


@transaction.atomic
def ask(shipment_id: int, *, by: User) -> Shipment:
    """Have the store take a shipment back. Raises Refusal with the reason in words."""
    order = (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("store", "order")
        .get(shipments=shipment_id)
    )
    shipment = Shipment.objects.prefetch_related("parcels").get(pk=shipment_id)
    if reason := why_not(order) or _why_not_this(shipment):
        raise Refusal(reason)
    number = order.store.calls.filter(verb=VERB, payload__shipment_id=shipment.pk).count()
    timeline.note(order, f"Asked the store to take {_named(shipment)} back.", by=by)
    outbox.push(
        [
            Telling(
                store=order.store,
                key=f"{VERB}:{shipment.pk}:{number}",
                verb=VERB,
                subject=f"order {order.order} ({order.ref})",
                subject_id=order.pk,
                lane=order.lane,
                priority=Priority.SHIPMENT,
                payload={"shipment_id": shipment.pk, "number": shipment.ref},
                by=by,
            )
        ]
    )
    return shipment


def _why_not_this(shipment: Shipment) -> str:
    if shipment.state != ShipmentState.CONFIRMED or not shipment.ref:
        return UNKNOWN_THERE
    still_here = all(each.tracking_status in BEFORE_IT_LEFT for each in shipment.parcels.all())
    return "" if still_here else TRACKED


def _named(shipment: Shipment) -> str:
    codes = ", ".join(parcel.tracking_code for parcel in shipment.parcels.all())
    return f"shipment {shipment.ref or shipment.pk} ({codes})"


class TakingBackDelivery:
    """Takes a shipment back at a store."""

    def look(self, client: Client, call: OutboundCall) -> FulfillmentRecord | None:
        """Find the shipment among those that count at the store."""
        order = FulfillmentOrder.objects.select_related("order").get(pk=call.subject_id)
        found = client.fetch_fulfillments(order.ref, order.order.ref)
        return next((each for each in found if each.ref == call.payload["number"]), None)

    def judge(self, call: OutboundCall, seen: FulfillmentRecord | None) -> Verdict:
        """Send only what still counts there."""
        return Already({}, GONE) if seen is None else Send()

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Take it back; a store that has no such call is not asked for it again."""
        try:
            made = client.cancel_fulfillment(ref_of(call), call.payload["number"])
        except Unsupported:
            lacking.note(call.store_id, VERB)
            raise
        return {"status": made.upstream_status}

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """Its units are open again, and lie here."""
        order = order_of(call)
        problems.settle_about(call, "The store has taken it back.")
        shipment = Shipment.objects.filter(pk=call.payload["shipment_id"]).first()
        if shipment:
            _undo(order, shipment)
        status.refresh([order])

    def refused(self, call: OutboundCall, reason: str) -> None:
        """It counts as shipped on both sides; a person takes it back at the store."""
        order = order_of(call)
        detail = f"The store did not take a shipment back: {reason}"
        problems.open_one(order, Source.BY_HAND, detail, call=call)
        timeline.note(order, detail, actor=Actor.STORE)

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """It stays shipped."""
        order = order_of(call)
        problems.settle_about(call, reason)
        timeline.note(order, f"Gave up taking a shipment back: {reason}")
        status.refresh([order])

    given_up = dropped


def _undo(order: FulfillmentOrder, shipment: Shipment) -> None:
    """Count its units as open, book them onto their shelf, and forget the parcels.

    What they were stands in the timeline; their labels may be used again.
    """
    entries = list(shipment.lines.select_related("line"))
    products = returns.products_of(order, [entry.line for entry in entries])
    for entry in entries:
        line = entry.line
        line.shipped, line.open = line.shipped - entry.quantity, line.open + entry.quantity
        line.save(update_fields=["shipped", "open"])
    back = [
        Returned(products[entry.line_id], entry.quantity, "")
        for entry in entries
        if not returns.why_not_booked(order, products.get(entry.line_id))
    ]
    if back and order.warehouse:
        reason = f"Shipment {shipment.pk} was taken back"
        receiving.take_back(order.warehouse, back, cause=Cause.of(order), reason=reason, by=None)
    said = f"The store has taken {_named(shipment)} back. Its units are to be shipped again."
    timeline.note(order, said, actor=Actor.STORE)
    shipment.delete()
    left = order.shipments.exists()
    order.work_status = WorkStatus.PARTLY_SHIPPED if left else WorkStatus.PACKED
    if order.request_status == RequestStatus.CLOSED:
        order.request_status = RequestStatus.ACCEPTED
    order.departed_at = order.arrived_at = None
    order.revision += 1
    order.save(
        update_fields=["work_status", "request_status", "departed_at", "arrived_at", "revision"]
    )
    allocation.settle([order])
