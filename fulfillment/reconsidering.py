"""Takes a rejection back where no store was told of it: the request is open again.

What if it runs twice? The first run opens the request, and the second is told so.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max

from fulfillment import policies, problems, status, timeline
from fulfillment.decisions import Outcome
from fulfillment.models import FulfillmentOrder, Request, Source
from fulfillment.transitions import Action, why_not
from platforms.records import RequestKind, RequestStatus

TAKEN_BACK = "The rejection was taken back."


@transaction.atomic
def reconsider(order_ids: Iterable[int], *, by: User) -> Outcome:
    """Open the requests of rejected orders again, to be decided anew."""
    outcome = Outcome()
    orders = (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("order", "store")
        .filter(pk__in=list(order_ids))
        .order_by("pk")
    )
    for order in orders:
        if reason := why_not(Action.RECONSIDER, order):
            outcome.refused.append((order, reason))
            continue
        _reopen(order, by)
        outcome.done.append(order)
    problems.settle_found_by([Source.BY_HAND], outcome.done, TAKEN_BACK)
    for order in outcome.done:
        policies.examine(order.store, [order])
    status.refresh(outcome.done)
    return outcome


def _reopen(order: FulfillmentOrder, by: User) -> None:
    last = order.requests.filter(kind=RequestKind.FULFILL)
    cycle = (last.aggregate(last=Max("cycle"))["last"] or 0) + 1
    notify = last.values_list("notify", flat=True).order_by("-cycle").first()
    Request.objects.create(
        fulfillment_order=order,
        kind=RequestKind.FULFILL,
        cycle=cycle,
        notify=True if notify is None else notify,
        snapshot={"address": order.address, "raw": order.raw},
    )
    order.request_status = RequestStatus.REQUESTED
    order.revision += 1
    order.save(update_fields=["request_status", "revision"])
    timeline.note(order, "Took the rejection back: it is to be decided anew.", by=by)
