"""Holds an order here and releases it. The floor stops; the store is told nothing.

What if it runs twice? A hold is known by who placed it and why; the second one changes nothing.
"""

from collections.abc import Iterable, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from fulfillment import problems, status, timeline
from fulfillment.decisions import Outcome
from fulfillment.models import Actor, FulfillmentOrder, Hold, Source
from fulfillment.transitions import Action, why_not
from platforms.records import HoldReason

REASON_WORDS = {
    HoldReason.ADDRESS: "Address not right",
    HoldReason.OUT_OF_STOCK: "Goods missing or damaged",
    HoldReason.HIGH_RISK: "High risk",
    HoldReason.PAYMENT: "Waits for payment",
    HoldReason.OTHER: "Other",
}
OURS = (Actor.STAFF, Actor.CROSSDOCK)


@transaction.atomic
def place(order_ids: Iterable[int], *, by: User, reason: HoldReason, message: str = "") -> Outcome:
    """Stop the work on orders, here, until somebody releases them."""
    outcome = Outcome()
    for order in _locked(order_ids):
        if refusal := why_not(Action.HOLD, order):
            outcome.refused.append((order, refusal))
            continue
        hold(order, REASON_WORDS[reason], message, by=by)
        outcome.done.append(order)
    status.refresh(outcome.done)
    return outcome


@transaction.atomic
def lift(order_ids: Iterable[int], *, by: User) -> Outcome:
    """Release what was held here, whoever held it: the work goes on as it was."""
    outcome = Outcome()
    for order in _locked(order_ids):
        if refusal := why_not(Action.RELEASE, order):
            outcome.refused.append((order, refusal))
            continue
        _release(order, list(order.holds.filter(actor__in=OURS, released_at=None)))
        timeline.note(order, "Released the hold here.", by=by)
        problems.settle_found_by([Source.CHANGED], [order], "Released: it goes on as accepted.")
        outcome.done.append(order)
    status.refresh(outcome.done)
    return outcome


def hold(order: FulfillmentOrder, reason: str, message: str, *, by: User | None = None) -> None:
    """Hold one order that the caller has locked; without `by`, Crossdock itself does."""
    actor = Actor.STAFF if by else Actor.CROSSDOCK
    held, new = Hold.objects.get_or_create(
        fulfillment_order=order,
        actor=actor,
        reason=reason,
        released_at=None,
        defaults={"message": message, "user": by},
    )
    if not new:
        return
    timeline.note(order, f"Put on hold here. {held}", actor=Actor.CROSSDOCK, by=by)
    _set_held(order, held=True)


def release(order: FulfillmentOrder, reason: str) -> bool:
    """Release what Crossdock itself held for this reason. Tell whether there was anything."""
    found = list(order.holds.filter(actor=Actor.CROSSDOCK, reason=reason, released_at=None))
    if found:
        _release(order, found)
    return bool(found)


def _release(order: FulfillmentOrder, holds: Sequence[Hold]) -> None:
    ids = [hold.pk for hold in holds]
    order.holds.filter(pk__in=ids).update(released_at=timezone.now())
    _set_held(order, held=order.holds.filter(actor__in=OURS, released_at=None).exists())


def _set_held(order: FulfillmentOrder, *, held: bool) -> None:
    if order.held_here == held:
        return
    order.held_here = held
    order.revision += 1
    order.save(update_fields=["held_here", "revision"])


def _locked(order_ids: Iterable[int]) -> Sequence[FulfillmentOrder]:
    return list(
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("order", "store")
        .with_partner_jobs()
        .filter(pk__in=list(order_ids))
        .order_by("pk")
    )
