"""Shows what crossed on the way: a shipment and a cancellation of the same order.

The order row is locked by whoever acts first, and what is physically so wins. The other one
becomes a problem that names both times, because a person may still stop a parcel.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fulfillment import holds, problems
from fulfillment.models import FulfillmentOrder, Request, Source
from fulfillment.transitions import Action, not_too_late
from platforms.records import RequestKind, RequestStatus

CANCELLED_THERE = "Cancelled at the store"


def note_late_cancellation(order: FulfillmentOrder) -> None:
    """The merchant asked to cancel what has left. The caller has locked the order."""
    if not not_too_late(order):
        return
    left = order.shipments.order_by("shipped_at").last()
    when = f" at {_clock(left.shipped_at)}" if left else ""
    _open(
        order,
        f"The merchant’s wish to cancel came at {_clock(timezone.now())}, "
        f"after the parcel had left{when}. Stop the parcel, or expect it back.",
    )


def note_cancelled_behind_us(order: FulfillmentOrder) -> None:
    """The store cancelled, without asking, what has left. The caller has locked the order.

    What the store is still to be told waits until a person has decided.
    """
    left = order.shipments.order_by("shipped_at").last()
    when = f" at {_clock(left.shipped_at)}" if left else ""
    detail = (
        f"The store cancelled it, and a parcel had left{when}. "
        "Stop the parcel, or expect it back; then settle this."
    )
    if order.problems.filter(source=Source.RACE, detail=detail).exists():
        return
    problems.open_one(order, Source.RACE, detail)
    if order.request_status != RequestStatus.CLOSED:
        holds.hold(order, CANCELLED_THERE, "Release it, and the store is told what has left.")


def is_cancelled(order: FulfillmentOrder) -> bool:
    """Tell whether we have promised to stop, or have stopped."""
    promised = order.pending_answer == Action.ACCEPT_CANCELLATION
    return promised or order.request_status == RequestStatus.CANCEL_ACCEPTED


@transaction.atomic
def note_late_shipment(order_id: int) -> None:
    """Somebody wanted to ship what was cancelled: perhaps a parcel has left all the same."""
    order = FulfillmentOrder.objects.select_for_update(of=("self",)).get(pk=order_id)
    if not is_cancelled(order):
        return
    request = Request.objects.filter(
        fulfillment_order=order, kind=RequestKind.CANCEL, decided_at__isnull=False
    ).last()
    when = f" at {_clock(request.decided_at)}" if request and request.decided_at else ""
    _open(
        order,
        f"Shipping was tried at {_clock(timezone.now())}, "
        f"after the cancellation had been accepted{when}. "
        "If a parcel has left, stop it, or tell the merchant.",
    )


def _open(order: FulfillmentOrder, detail: str) -> None:
    """One problem of this kind is enough, however often it is tried."""
    if not order.problems.filter(source=Source.RACE, settled_at=None).exists():
        problems.open_one(order, Source.RACE, detail)


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
