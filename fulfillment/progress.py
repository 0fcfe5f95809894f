"""Has a store told how far the work is, where it wants to know.

What if it runs twice? A step of an order is one fact, told once; told again it leaves the same. In
the other order? One lane per order keeps them in order, and a step that was overtaken is dropped.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User

from fulfillment import problems, timeline, unread
from fulfillment.models import Actor, FulfillmentOrder, Source
from fulfillment.subject import order_of, ref_of
from platforms.interface import Client
from platforms.records import Progress
from relay.delivery import Send, Stop, Verdict
from relay.models import OutboundCall, Priority
from relay.outbox import Telling

VERB = "report_progress"
OVERTAKEN = "The parcels were told of meanwhile, which says more."
WORDS = {
    Progress.RECEIVED: "received",
    Progress.PREPARING: "being prepared",
    Progress.PREPARED: "prepared",
    Progress.DELIVERED: "delivered",
}


def tellings(
    orders: Iterable[FulfillmentOrder], step: Progress, *, by: User | None = None
) -> list[Telling]:
    """Return what the stores of these orders are to be told; nothing where none wants to know."""
    return [
        Telling(
            store=order.store,
            key=f"{VERB}:{order.pk}:{step}",
            verb=VERB,
            subject=f"order {order.order} ({order.ref})",
            subject_id=order.pk,
            lane=order.lane,
            priority=Priority.SHIPMENT,
            payload={"progress": step},
            by=by,
        )
        for order in orders
        if order.store.platform.capabilities.takes_progress
    ]


class ProgressDelivery:
    """Tells a store that the work on an order has come to a step."""

    def look(self, client: Client, call: OutboundCall) -> None:
        """Look at nothing there: saying it twice leaves the same."""

    def judge(self, call: OutboundCall, seen: None) -> Verdict:
        """Drop a step that was overtaken; else send it, unless the order is stopped."""
        order = order_of(call)
        if call.payload["progress"] != Progress.DELIVERED and order.shipments.exists():
            return Stop(OVERTAKEN, moot=True)
        verdict = unread.verdict(order)
        return verdict if isinstance(verdict, Stop) or unread.is_unread(call) else Send()

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Tell it."""
        step = Progress(call.payload["progress"])
        client.report_progress(ref_of(call), step)
        return {"progress": step}

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """The store knows."""
        words = WORDS[Progress(call.payload["progress"])]
        order = order_of(call)
        problems.settle_about(call, "The store has confirmed it.")
        timeline.note(order, f"The store knows that it is {words}.", actor=Actor.STORE)

    def refused(self, call: OutboundCall, reason: str) -> None:
        """A person must decide: what comes after it waits."""
        order = order_of(call)
        words = WORDS[Progress(call.payload["progress"])]
        detail = f"The store did not take that it is {words}: {reason}"
        problems.open_one(order, Source.STORE, detail, call=call)
        timeline.note(order, detail, actor=Actor.STORE)

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """The store is not told of this step."""
        problems.settle_about(call, reason)

    given_up = dropped
