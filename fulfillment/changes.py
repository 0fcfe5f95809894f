"""Asks a store to change an order: hold it there, release it, close it short, move it, split it.

A change is true only when the store has confirmed it; until then nothing else is decided about
the order. What if it runs twice? The first run leaves a pending change, and the second is told so.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from fulfillment import final_count, timeline
from fulfillment.decisions import Outcome
from fulfillment.models import FulfillmentOrder, Line
from fulfillment.transitions import Action, ends_here, why_not
from platforms.errors import Refusal
from platforms.records import HoldReason
from relay import outbox
from relay.models import Priority
from relay.outbox import Telling

Payload = Mapping[str, Any]
Prepare = Callable[[FulfillmentOrder], Payload]


def hold_at_store(
    order_ids: Iterable[int], *, by: User, reason: HoldReason, message: str = ""
) -> Outcome:
    """Ask the store to hold orders that are not accepted: nobody is asked to ship them."""
    payload = {"reason": reason, "message": message}
    said = f": “{message}”" if message else "."
    text = f"Asked the store to put it on hold{said}"
    return _ask(Action.HOLD_AT_STORE, order_ids, lambda order: payload, text, by)


def release_at_store(order_ids: Iterable[int], *, by: User) -> Outcome:
    """Ask the store to release its hold; the merchant then asks for the order again."""
    text = "Asked the store to release its hold."
    return _ask(Action.RELEASE_AT_STORE, order_ids, lambda order: {}, text, by)


def close_short(order_ids: Iterable[int], *, by: User, message: str) -> Outcome:
    """Tell the store that the units still open will not be shipped."""
    text = f"Closing it short: “{message}”"
    return _ask(Action.CLOSE_SHORT, order_ids, lambda order: {"message": message}, text, by)


def move(
    order_id: int, *, by: User, to_ref: str, to_name: str, line_ids: Iterable[int] = ()
) -> Outcome:
    """Ask the store to move the order, or whole lines of it, to another location."""
    wanted = set(line_ids)

    def prepare(order: FulfillmentOrder) -> Payload:
        if to_ref == order.location_ref:
            raise Refusal(f"It is at {to_name} already.")
        lines = _own_lines(order, wanted)
        if not lines:
            raise Refusal("Choose at least one line with units to move.")
        every = len(lines) == order.lines.filter(open__gt=0).count()
        refs = [] if every else [line.ref for line in lines]
        place = {"location_ref": to_ref, "location_name": to_name}
        return {**place, "lines": refs, "known": _group(order)}

    return _ask(Action.MOVE, [order_id], prepare, f"Asked the store to move it to {to_name}.", by)


def split(order_id: int, *, by: User, units: Mapping[int, int]) -> Outcome:
    """Ask the store to put some units (by line id) into an order of their own."""
    wanted = {pk: number for pk, number in units.items() if number}

    def prepare(order: FulfillmentOrder) -> Payload:
        lines = _own_lines(order, set(wanted)) if wanted else []
        if not lines:
            raise Refusal("Say how many units go into an order of their own; at least one.")
        for line in lines:
            if not 0 < wanted[line.pk] <= line.open:
                raise Refusal(f"{line.open} of “{line.sku}” are open, not {wanted[line.pk]}.")
        if sum(order.lines.values_list("open", flat=True)) <= sum(wanted.values()):
            raise Refusal("At least one unit must stay in this order.")
        parts = {line.ref: [line.open, wanted[line.pk]] for line in lines}
        return {"lines": parts, "known": _group(order)}

    text = f"Asked the store to split off {sum(wanted.values())} units."
    return _ask(Action.SPLIT, [order_id], prepare, text, by)


def _own_lines(order: FulfillmentOrder, wanted: set[int]) -> list[Line]:
    """Return these lines, or all; only those with open units."""
    lines = [line for line in order.lines.all() if not wanted or line.pk in wanted]
    if wanted - {line.pk for line in lines}:
        raise Refusal("Some of the lines are not of this order.")
    return [line for line in lines if line.open]


def _group(order: FulfillmentOrder) -> list[str]:
    """Return what the order is divided into so far: what comes up later is new."""
    return list(order.order.fulfillment_orders.values_list("ref", flat=True))


@transaction.atomic
def _ask(
    action: Action, order_ids: Iterable[int], prepare: Prepare, text: str, by: User
) -> Outcome:
    outcome, closed = Outcome(), []
    tellings = []
    orders = (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("store", "order")
        .with_partner_jobs()
        .filter(pk__in=list(order_ids))
        .order_by("pk")
    )
    for order in orders:
        try:
            payload = _payload(action, order, prepare)
            if action == Action.CLOSE_SHORT and ends_here(order):
                final_count.close_short(order, payload["message"], by)
                closed.append(order)
                continue
        except Refusal as refusal:
            outcome.refused.append((order, str(refusal)))
            continue
        order.pending_answer = action
        order.changes_asked += 1
        tellings.append(_telling(action, order, payload, by))
        outcome.done.append(order)
    FulfillmentOrder.objects.bulk_update(outcome.done, ["pending_answer", "changes_asked"])
    timeline.write(timeline.event(order, text, by=by) for order in outcome.done)
    outbox.push(tellings)
    outcome.done += closed
    return outcome


def _payload(action: Action, order: FulfillmentOrder, prepare: Prepare) -> Payload:
    if reason := why_not(action, order):
        raise Refusal(reason)
    return prepare(order)


def _telling(action: Action, order: FulfillmentOrder, payload: Payload, by: User) -> Telling:
    number = order.changes_asked
    return Telling(
        store=order.store,
        key=f"{action}:{order.pk}:{number}",
        verb=action,
        subject=f"order {order.order} ({order.ref})",
        subject_id=order.pk,
        lane=order.lane,
        # With the shipments, in the order of asking: what has left is told before the end.
        priority=Priority.SHIPMENT,
        payload={**payload, "change": number},
        by=by,
    )
