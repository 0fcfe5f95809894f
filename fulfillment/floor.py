"""The floor's steps between acceptance and the door: picking, picked, packed; and back."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from fulfillment import progress, status, timeline
from fulfillment.decisions import Outcome
from fulfillment.models import FulfillmentOrder
from fulfillment.transitions import TRANSITIONS, Action, why_not
from platforms.records import Progress
from relay import outbox

TEXTS = {
    Action.START_PICKING: "Picking started.",
    Action.FINISH_PICKING: "All units picked.",
    Action.PACK: "Packed.",
    Action.BEGIN_ANEW: "Put back before picking: the work begins anew.",
}
# What a store hears of it. Whoever packs has prepared, even if nobody said that they began; that
# the work begins anew is told to none, for none has a word for it.
STEPS = {
    Action.START_PICKING: (Progress.PREPARING,),
    Action.FINISH_PICKING: (Progress.PREPARING,),
    Action.PACK: (Progress.PREPARED,),
    Action.BEGIN_ANEW: (),
}


@transaction.atomic
def step(action: Action, order_ids: Iterable[int], *, by: User) -> Outcome:
    """Move orders one step along the floor, or back to its beginning, where that is possible.

    A store that wants to know how far the work is, is told; no other.
    """
    outcome = Outcome()
    orders = list(
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("order", "store")
        .with_partner_jobs()
        .filter(pk__in=order_ids)
        .order_by("pk")
    )
    for order in orders:
        if reason := why_not(action, order):
            outcome.refused.append((order, reason))
            continue
        order.work_status = TRANSITIONS[action].work_after or order.work_status
        if action == Action.START_PICKING and order.dispatched_at is None:
            order.dispatched_at = timezone.now()
        if action == Action.BEGIN_ANEW:
            order.dispatched_at = None
        outcome.done.append(order)
    FulfillmentOrder.objects.bulk_update(outcome.done, ["work_status", "dispatched_at"])
    timeline.write(timeline.event(order, TEXTS[action], by=by) for order in outcome.done)
    status.refresh(outcome.done)
    outbox.push(
        [
            telling
            for step in STEPS[action]
            for telling in progress.tellings(outcome.done, step, by=by)
        ]
    )
    return outcome
