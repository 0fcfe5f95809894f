"""What an answer means for an order: where its request and the work on it stand afterwards.

On most platforms an answer counts when the store has confirmed it. One that waits for no answer is
not told; there it counts at once, and where somebody should know of it, a person is asked to tell.
"""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from fulfillment import allocation, problems, status
from fulfillment.models import FulfillmentOrder, Request, Source, WorkStatus
from fulfillment.transitions import TRANSITIONS, Action
from platforms.records import RequestKind

# What was found wrong on arrival needs nobody any more after these answers.
SETTLES = {
    Action.ACCEPT: "Accepted all the same.",
    Action.REJECT: "Rejected: the merchant must repair it.",
    Action.ACCEPT_CANCELLATION: "Cancelled.",
}
SETTLED = (Source.TRIAGE, Source.FLOOR)
# The answers of which a merchant should know, by the capability that lets us say them.
SAID_BY_HAND = {
    Action.REJECT: "answers_requests",
    Action.ACCEPT_CANCELLATION: "answers_cancellations",
    Action.REJECT_CANCELLATION: "answers_cancellations",
}


def is_told(order: FulfillmentOrder, kind: RequestKind) -> bool:
    """Tell whether the platform waits for our answer to a request of this kind."""
    platform = order.store.platform
    if kind == RequestKind.FULFILL:
        return platform.capabilities.answers_requests
    return platform.capabilities.answers_cancellations


def by_hearing(
    orders: Sequence[FulfillmentOrder], kind: RequestKind
) -> tuple[list[FulfillmentOrder], list[FulfillmentOrder]]:
    """Return those whose store waits for our answer, and those whose store does not."""
    told: list[FulfillmentOrder] = []
    untold: list[FulfillmentOrder] = []
    for order in orders:
        (told if is_told(order, kind) else untold).append(order)
    return told, untold


def work_after(order: FulfillmentOrder, action: Action) -> str:
    """Return where the work on the order stands once the answer counts."""
    after = TRANSITIONS[action].work_after
    if action == Action.ACCEPT_CANCELLATION and order.work_status == WorkStatus.PARTLY_SHIPPED:
        # What has left is shipped for good; only the rest was stopped.
        return WorkStatus.CLOSED
    if action == Action.REJECT_CANCELLATION and order.work_status == WorkStatus.NEW:
        # We never accepted it, and now promise to ship it all the same.
        return WorkStatus.ALLOCATED
    if action == Action.ACCEPT and order.work_status == WorkStatus.PARTLY_SHIPPED:
        return WorkStatus.PARTLY_SHIPPED
    return after or order.work_status


def settle_here(
    orders: Sequence[FulfillmentOrder], requests: Mapping[int, Request], action: Action
) -> None:
    """Let an answer count that nobody waits for. The caller has locked the orders."""
    if not orders:
        return
    after = TRANSITIONS[action].request_after
    for order in orders:
        order.request_status = after or order.request_status
        order.work_status, order.pending_answer = work_after(order, action), ""
        if order.work_status == WorkStatus.CLOSED:
            order.close_after_part()
    columns = ["request_status", "work_status", "pending_answer", "departed_at"]
    FulfillmentOrder.objects.bulk_update(orders, columns)
    closed = [requests[order.pk].pk for order in orders]
    Request.objects.filter(pk__in=closed).update(closed_at=timezone.now())
    if how := SETTLES.get(action):
        problems.settle_found_by(SETTLED, orders, how)
    for order in orders:
        _go_on(order, action)
    allocation.settle(orders)
    status.refresh(orders)


def _go_on(order: FulfillmentOrder, action: Action) -> None:
    if action == Action.ACCEPT_CANCELLATION:
        order.cancel_open_units()
    if capability := SAID_BY_HAND.get(action):
        platform = order.store.platform
        task = platform.by_hand.get(capability) or "Tell the merchant."
        problems.open_one(order, Source.BY_HAND, f"{platform.label} is not told of it. {task}")
