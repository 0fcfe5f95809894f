"""What a store does not know any more: moved away to somebody else, or removed."""

from django.db import transaction
from django.utils import timezone

from fulfillment import allocation, holds, problems, status, timeline
from fulfillment.models import Actor, Decision, FulfillmentOrder, Source, WorkStatus
from fulfillment.models.orders import FLOOR
from locations.models import Store
from platforms.records import RequestStatus

GONE = "Gone at the store"
TEXT = "The store does not know this order any more: it was moved away or removed."


@transaction.atomic
def note(store: Store, ref: str) -> None:
    """Stop the work on an order that the store does not know any more. Harmless when repeated.

    What nobody works on is over. What lies on the floor is held: a person decides, and if the
    store knows it again, it goes on.
    """
    order = (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("order", "store")
        .filter(store=store, ref=ref)
        .first()
    )
    if order is None:
        return
    if order.work_status in FLOOR:
        _hold(order)
    elif order.work_status == WorkStatus.NEW and not order.pending_answer:
        _end(order)


def reappear(order: FulfillmentOrder) -> None:
    """The store knows it again: what was held for that goes on."""
    if order.held_here and holds.release(order, GONE):
        problems.settle_found_by([Source.CHANGED], [order], "The store knows it again.")
        timeline.note(order, "The store knows it again.", actor=Actor.STORE)


def _hold(order: FulfillmentOrder) -> None:
    if order.holds.filter(reason=GONE, released_at=None).exists():
        return
    holds.hold(order, GONE, TEXT)
    problems.open_one(order, Source.CHANGED, f"{TEXT} Stop working on it.")


def _end(order: FulfillmentOrder) -> None:
    order.request_status = RequestStatus.UNKNOWN
    order.work_status = WorkStatus.CLOSED
    order.save(update_fields=["request_status", "work_status"])
    order.cancel_open_units()
    order.requests.filter(closed_at=None).update(
        decision=Decision.ELSEWHERE, closed_at=timezone.now()
    )
    problems.settle_found_by([Source.TRIAGE], [order], "The request is over.")
    timeline.note(order, TEXT, actor=Actor.STORE)
    allocation.settle([order])
    status.refresh([order])
