"""Tells a store once more: what is stuck, what was given up, and what was lost on the way.

It never sends by itself: the outbox queues, and the courier looks before it sends. What if it runs
twice? What is on its way is left alone, so the second run finds nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from fulfillment import (
    completing,
    corrections,
    decisions,
    final_count,
    progress,
    shipments,
    taking_back,
    timeline,
    tracking,
)
from fulfillment.models import FulfillmentOrder, Request, Shipment, ShipmentState
from fulfillment.transitions import CHANGES, Action
from relay import outbox
from relay.models import OPEN_STATES, OutboundCall
from relay.outbox import Telling

VERBS = (
    *decisions.KINDS,
    *CHANGES,
    progress.VERB,
    shipments.VERB,
    shipments.PUSH,
    final_count.VERB,
    completing.VERB,
    corrections.VERB,
    taking_back.VERB,
    tracking.VERB,
)


@dataclass(frozen=True, slots=True)
class Untold:
    """What a store is to know and is not being told: shipments, and the pending answer."""

    shipments: tuple[Shipment, ...] = ()
    answer: bool = False

    def __bool__(self) -> bool:
        """Tell whether there is anything."""
        return self.answer or bool(self.shipments)


def about(orders: Iterable[FulfillmentOrder]) -> dict[int, list[OutboundCall]]:
    """Return the open calls about each of these orders."""
    calls: dict[int, list[OutboundCall]] = {order.pk: [] for order in orders}
    for call in OutboundCall.objects.filter(
        subject_id__in=calls, verb__in=VERBS, state__in=OPEN_STATES
    ).order_by("id"):
        calls[call.subject_id].append(call)
    return calls


def untold(
    order: FulfillmentOrder, sent: Iterable[Shipment], calls: Iterable[OutboundCall]
) -> Untold:
    """Return what should be on its way and is not, given the order's shipments and open calls."""
    if order.store.platform.capabilities.told_when_asked:
        return Untold()
    calls = list(calls)
    carried = {call.payload.get("shipment_id") for call in calls if call.verb == shipments.VERB}
    idle = [s for s in sent if s.state != ShipmentState.CONFIRMED and s.pk not in carried]
    answering = any(call.verb == order.pending_answer for call in calls)
    return Untold(tuple(idle), order.pending_answer in decisions.KINDS and not answering)


def needs_telling(orders: Iterable[FulfillmentOrder]) -> set[int]:
    """Return the ids of those of which the store does not know something, and nothing helps it."""
    orders = list(orders)
    calls = about(orders)
    sent: dict[int, list[Shipment]] = {order.pk: [] for order in orders}
    unconfirmed = Shipment.objects.exclude(state=ShipmentState.CONFIRMED)
    for shipment in unconfirmed.filter(fulfillment_order__in=orders):
        sent[shipment.fulfillment_order_id].append(shipment)
    stuck = OutboundCall.objects.stuck().filter(subject_id__in=sent, verb__in=VERBS)
    found = set(stuck.values_list("subject_id", flat=True))
    return found | {o.pk for o in orders if untold(o, sent[o.pk], calls[o.pk])}


def tell_again(order_id: int, *, by: User | None, given_up: bool = True) -> int:
    """Retry the order's stuck calls, queue what is lost, and return how many tellings that are.

    With `given_up`, also the shipments that a person gave up; a rule must not do that. Raises
    Refusal for a call that has moved on meanwhile.
    """
    stuck = OutboundCall.objects.stuck().filter(subject_id=order_id, verb__in=VERBS)
    ids = list(stuck.values_list("pk", flat=True))
    for call_id in ids:
        outbox.retry(call_id)
    return len(ids) + _queue_lost(order_id, by, given_up)


@transaction.atomic
def _queue_lost(order_id: int, by: User | None, given_up: bool) -> int:
    # Whoever decides or ships locks this row too; the calls are read after that.
    order = (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("store", "order")
        .get(pk=order_id)
    )
    lost = untold(order, order.shipments.all(), about([order])[order.pk])
    sent = [s for s in lost.shipments if given_up or s.state != ShipmentState.UNTOLD]
    tellings = [shipments.telling_of(order, shipment, by) for shipment in sent]
    if lost.answer:
        tellings.append(decisions.telling_of(order, _answered(order), by))
    if not tellings:
        return 0
    Shipment.objects.filter(pk__in=[shipment.pk for shipment in sent]).update(
        state=ShipmentState.QUEUED, remark=""
    )
    timeline.note(order, "The store is being told once more.", by=by)
    outbox.push([_anew(telling) for telling in tellings])
    return len(tellings)


def _answered(order: FulfillmentOrder) -> Request:
    kind = decisions.KINDS[Action(order.pending_answer)]
    return order.requests.filter(kind=kind).latest("cycle")


def _anew(telling: Telling) -> Telling:
    """The same fact under another key: one that ended must not keep it from being told again."""
    same = Q(key=telling.key) | Q(key__startswith=f"{telling.key}:")
    times = OutboundCall.objects.filter(same, store=telling.store).count()
    return replace(telling, key=f"{telling.key}:{times}") if times else telling
