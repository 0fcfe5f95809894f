"""Decides on requests: accept, reject, accept or reject a cancellation.

Each function takes many orders and decides on those where it is possible, with as many
statements for a thousand as for one. What if it runs twice? The first run leaves a pending
answer, and the second one is told so. Two at once? The rows are locked in the order of their
ids; the second one waits, and then reads who was faster.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from fulfillment import allocation, progress, settling, shadow, timeline
from fulfillment.models import Actor, Decision, FulfillmentOrder, Request
from fulfillment.transitions import Action, why_not
from inventory.deadlocks import tried_again
from platforms.records import Progress, RejectReason, RequestKind
from relay import outbox
from relay.models import Priority
from relay.outbox import Telling

# The orders to decide on, each with the revision the decider has seen (None: whatever it is).
Seen = Mapping[int, int | None]

CHANGED = "It has changed since you opened the page. Look at it again."
TEXTS = {
    Action.ACCEPT: "Decided to accept the request.",
    Action.REJECT: "Decided to reject the request",
    Action.ACCEPT_CANCELLATION: "Decided to accept the cancellation. Work stops.",
    Action.REJECT_CANCELLATION: "Decided to reject the cancellation",
}
KINDS = {
    Action.ACCEPT: RequestKind.FULFILL,
    Action.REJECT: RequestKind.FULFILL,
    Action.ACCEPT_CANCELLATION: RequestKind.CANCEL,
    Action.REJECT_CANCELLATION: RequestKind.CANCEL,
}
VERDICTS = {
    Action.ACCEPT: Decision.ACCEPTED,
    Action.REJECT: Decision.REJECTED,
    Action.ACCEPT_CANCELLATION: Decision.ACCEPTED,
    Action.REJECT_CANCELLATION: Decision.REJECTED,
}


@dataclass(slots=True)
class Outcome:
    """What was decided, and where it was not possible and why."""

    done: list[FulfillmentOrder] = field(default_factory=list)
    refused: list[tuple[FulfillmentOrder, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the merchant will be told, and who says so (nobody: the store's rule)."""

    action: Action
    by: User | None
    message: str = ""
    reason: RejectReason | None = None
    forced: bool = False


def accept(seen: Seen, *, by: User | None, message: str = "", forced: bool = False) -> Outcome:
    """Promise to ship, and hold the units for it. Refused where there is not enough stock.

    `forced`: promised all the same; the shortage is shown as a problem until it is made good.
    """
    return _decide(seen, Answer(Action.ACCEPT, by, message, forced=forced))


def reject(seen: Seen, *, by: User | None, reason: RejectReason, message: str) -> Outcome:
    """Decline to ship. The merchant reads the reason and the message."""
    return _decide(seen, Answer(Action.REJECT, by, message, reason))


def accept_cancellation(seen: Seen, *, by: User | None, message: str = "") -> Outcome:
    """Promise to stop. Refused where units have left the building."""
    return _decide(seen, Answer(Action.ACCEPT_CANCELLATION, by, message))


def reject_cancellation(seen: Seen, *, by: User | None, message: str) -> Outcome:
    """Say that it is too late to stop."""
    return _decide(seen, Answer(Action.REJECT_CANCELLATION, by, message))


@tried_again
@transaction.atomic
def _decide(seen: Seen, answer: Answer) -> Outcome:
    outcome = Outcome()
    orders = list(
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("store", "order", "warehouse")
        .filter(pk__in=seen)
        .order_by("pk")
    )
    # Read after the rows are locked: whoever was faster has written by now.
    requests = _open_requests(seen, answer)
    for order in orders:
        reason = _why_not(order, requests.get(order.pk), seen[order.pk], answer)
        if reason:
            outcome.refused.append((order, reason))
        else:
            outcome.done.append(order)
    if answer.action == Action.ACCEPT:
        _hold_units(outcome, answer)
    _write(outcome.done, requests, answer)
    return outcome


def _hold_units(outcome: Outcome, answer: Answer) -> None:
    """Hold what is promised; an order that there is not enough for is refused."""
    lacking = allocation.promise(outcome.done, by=answer.by, forced=answer.forced)
    outcome.refused += [(order, lacking[order.pk]) for order in outcome.done if order.pk in lacking]
    outcome.done = [order for order in outcome.done if order.pk not in lacking]


def _open_requests(seen: Seen, answer: Answer) -> dict[int, Request]:
    requests = Request.objects.filter(
        fulfillment_order__in=seen, kind=KINDS[answer.action], closed_at=None
    ).select_related("decided_by")
    return {request.fulfillment_order_id: request for request in requests}


def _why_not(
    order: FulfillmentOrder, request: Request | None, revision: int | None, answer: Answer
) -> str:
    if request and request.decision and order.pending_answer:
        who = request.decided_by or "The store's rule"
        when = timezone.localtime(request.decided_at)
        verdict = request.get_decision_display().lower()
        return f"{who} has {verdict} it at {when:%H:%M:%S}; the store is being told."
    if reason := why_not(answer.action, order):
        return reason
    if revision is not None and revision != order.revision:
        return CHANGED
    return "" if request else "There is no open request to answer."


def _write(orders: list[FulfillmentOrder], requests: Mapping[int, Request], answer: Answer) -> None:
    ids = [order.pk for order in orders]
    # Where a person decides, what the rule would have done is kept beside it, and stands from now.
    compared = shadow.verdicts(orders, requests) if answer.by else {}
    FulfillmentOrder.objects.filter(pk__in=ids).update(pending_answer=answer.action)
    Request.objects.filter(pk__in=[requests[pk].pk for pk in ids]).update(
        decision=VERDICTS[answer.action],
        reason=answer.reason or "",
        answer_message=answer.message,
        decided_at=timezone.now(),
        decided_by=answer.by,
        decisions_made=F("decisions_made") + 1,
        **shadow.columns(compared),
    )
    for order in orders:
        order.pending_answer = answer.action
    told, untold = settling.by_hearing(orders, KINDS[answer.action])
    timeline.write(
        timeline.event(order, _text(answer), actor=Actor.RULE, by=answer.by) for order in orders
    )
    # A decision that was dropped and made again is a new fact, hence its number in the key.
    outbox.push(
        [
            _telling(order, requests[order.pk], answer, requests[order.pk].decisions_made + 1)
            for order in told
        ]
    )
    settling.settle_here(untold, requests, answer.action)
    if answer.action == Action.ACCEPT:
        outbox.push(progress.tellings(orders, Progress.RECEIVED, by=answer.by))


def _text(answer: Answer) -> str:
    said = f": “{answer.message}”" if answer.message else "."
    return TEXTS[answer.action].rstrip(".") + said


def telling_of(order: FulfillmentOrder, request: Request, by: User | None) -> Telling:
    """Return what the store is to be told of the answer that is pending."""
    reason = RejectReason(request.reason) if request.reason else None
    answer = Answer(Action(order.pending_answer), by, request.answer_message, reason)
    return _telling(order, request, answer, request.decisions_made)


def _telling(order: FulfillmentOrder, request: Request, answer: Answer, number: int) -> Telling:
    return Telling(
        store=order.store,
        key=f"{answer.action}:{request.pk}:{number}",
        verb=answer.action,
        subject=f"order {order.order} ({order.ref})",
        subject_id=order.pk,
        lane=order.lane,
        priority=Priority.ANSWER,
        payload={
            "request_id": request.pk,
            "decision": number,
            "message": answer.message,
            "reason": answer.reason or "",
            "fingerprint": order.fingerprint,
        },
        by=answer.by,
    )
