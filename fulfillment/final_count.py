"""Tells a store, once, how many units of every line left: what the shopper pays for.

What if it runs twice? An order's final count is one fact, queued once; nothing leaves after it. In
the other order? It stands behind the parcels in the order's lane, and delivered comes after it.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from fulfillment import allocation, problems, status, timeline, unread
from fulfillment.models import Actor, FulfillmentOrder, ShipmentState, Source, WorkStatus
from fulfillment.subject import order_of, ref_of
from locations.models import Store
from platforms.errors import Refusal
from platforms.interface import Client
from platforms.records import LineQuantity, RequestStatus
from relay import outbox
from relay.delivery import Later, Verdict
from relay.models import OutboundCall, Priority
from relay.outbox import Telling

VERB = "report_final"
NOTHING_LEFT = "Nothing of it has left, so there is nothing to be paid for."
# Card payments can be refused when they are asked for too late.
LONGEST_SPLIT = timedelta(days=3)
OVERDUE = (
    "A part of it left more than {days} days ago, and the rest has not. The shopper pays only when "
    "the store is told the final count: ship the rest, or close it short."
)


def telling_of(order: FulfillmentOrder, by: User | None) -> Telling:
    """Return what the store is to be told at the end."""
    return Telling(
        store=order.store,
        key=f"{VERB}:{order.pk}",
        verb=VERB,
        subject=f"order {order.order} ({order.ref})",
        subject_id=order.pk,
        lane=order.lane,
        priority=Priority.SHIPMENT,
        by=by,
    )


def close_short(order: FulfillmentOrder, message: str, by: User) -> None:
    """Declare the rest short here, and have the count told where it is wanted.

    The caller has locked the order.

    Raises Refusal where nothing has left: the store is then not told a count of nothing.
    """
    if not order.shipments.exists():
        task = order.store.platform.by_hand.get("answers_requests") or "Tell the merchant."
        raise Refusal(f"{NOTHING_LEFT} {task}")
    for line in order.lines.select_for_update().filter(open__gt=0).order_by("pk"):
        line.short, line.open = line.short + line.open, 0
        line.save(update_fields=["short", "open"])
    order.close_after_part()
    order.save(update_fields=["work_status", "departed_at"])
    timeline.note(order, f"Closed short: “{message}”", by=by)
    if order.store.platform.capabilities.wants_final_count:
        outbox.push([telling_of(order, by)])
    allocation.settle([order], by=by)
    status.refresh([order])


@transaction.atomic
def note_overdue(store: Store) -> None:
    """Open a problem for each order whose rest has waited too long. Harmless when repeated."""
    since = timezone.now() - LONGEST_SPLIT
    waiting = store.fulfillment_orders.select_for_update(of=("self",)).filter(
        work_status=WorkStatus.PARTLY_SHIPPED, shipments__shipped_at__lt=since
    )
    for order in waiting.order_by("pk"):
        detail = OVERDUE.format(days=LONGEST_SPLIT.days)
        if not order.problems.filter(source=Source.FLOOR, detail=detail).exists():
            problems.open_one(order, Source.FLOOR, detail)


class FinalDelivery:
    """Tells a store the final count of an order."""

    def look(self, client: Client, call: OutboundCall) -> None:
        """Look at nothing there: no platform that wants the count shows it."""

    def judge(self, call: OutboundCall, seen: None) -> Verdict:
        """Send it when every parcel was told, unless the order is stopped."""
        order = order_of(call)
        if order.shipments.exclude(
            state__in=(ShipmentState.CONFIRMED, ShipmentState.UNTOLD)
        ).exists():
            return Later("The store is told of the parcels first.", 5.0)
        return unread.verdict(order)

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Tell it, with every line of the order."""
        lines = FulfillmentOrder.objects.get(pk=call.subject_id).lines.all()
        shipped = [LineQuantity(line.ref, line.shipped) for line in lines]
        client.report_final(ref_of(call), shipped)
        return {"shipped": {each.line_ref: each.quantity for each in shipped}}

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """The store knows: nothing of the order is left to tell but where its parcels are."""
        order = order_of(call)
        order.request_status, order.told_at = RequestStatus.CLOSED, timezone.now()
        order.save(update_fields=["request_status", "told_at"])
        problems.settle_about(call, "The store has confirmed it.")
        units = sum(result["shipped"].values())
        text = f"The store knows the final count: {units} unit{'' if units == 1 else 's'} left."
        timeline.note(order, text, actor=Actor.STORE)
        status.refresh([order])

    def refused(self, call: OutboundCall, reason: str) -> None:
        """A person must decide: the shopper has not paid yet."""
        order = order_of(call)
        detail = f"The store did not take the final count: {reason}"
        problems.open_one(order, Source.STORE, detail, call=call)
        timeline.note(order, detail, actor=Actor.STORE)

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """The store is not told."""
        order = order_of(call)
        problems.settle_about(call, reason)
        timeline.note(order, f"Gave up telling the store the final count: {reason}")

    given_up = dropped
