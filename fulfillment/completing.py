"""Says that a shipment has left which the store keeps as pending.

What if it runs twice? One that is complete is left alone. What if the call is not offered? A person
completes it in the store, and is asked to.
"""

from typing import Any

from fulfillment import problems, status, timeline
from fulfillment.answers import FOUND
from fulfillment.models import Actor, FulfillmentOrder, Shipment, Source
from fulfillment.subject import order_of, ref_of
from platforms.errors import Unsupported
from platforms.interface import Client
from platforms.records import FulfillmentRecord
from relay import lacking, outbox
from relay.delivery import Already, Send, Stop, Verdict
from relay.models import OutboundCall, Priority
from relay.outbox import Telling

VERB = "complete_fulfillment"
PENDING = (
    "The store keeps shipment {ref} as pending, and has no call to complete it. Do it in the "
    "store's admin."
)


def telling_of(order: FulfillmentOrder, shipment: Shipment) -> Telling:
    """Return what the store is to be told of a shipment that it keeps as pending."""
    return Telling(
        store=order.store,
        key=f"{VERB}:{shipment.pk}",
        verb=VERB,
        subject=f"order {order.order} ({order.ref})",
        subject_id=order.pk,
        # A lane of its own: the next parcel must not wait for what only a person can end.
        lane=f"shipment:{shipment.pk}",
        priority=Priority.SHIPMENT,
        payload={"shipment_id": shipment.pk},
    )


def follow(order: FulfillmentOrder, shipment: Shipment) -> None:
    """Have a pending shipment completed, by the store or by a person. In a transaction."""
    if VERB in order.store.lacks:
        problems.open_one(order, Source.BY_HAND, PENDING.format(ref=shipment.ref))
    else:
        outbox.push([telling_of(order, shipment)])


class CompletionDelivery:
    """Tells a store that a pending shipment has left."""

    def look(self, client: Client, call: OutboundCall) -> FulfillmentRecord | None:
        """Find the shipment at the store, by its number there."""
        order_ref = FulfillmentOrder.objects.values_list("order__ref", flat=True).get(
            pk=call.subject_id
        )
        found = client.fetch_fulfillments(ref_of(call), order_ref)
        number = _number(call)
        return next((each for each in found if each.ref == number), None)

    def judge(self, call: OutboundCall, seen: FulfillmentRecord | None) -> Verdict:
        """Send only what is still pending."""
        if seen is None:
            return Stop("The store does not have this shipment any more.", moot=True)
        return Send() if seen.is_pending else Already({"ref": seen.ref}, FOUND)

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Complete it; where the store has no such call, it is not asked for it again."""
        try:
            return {"ref": client.complete_fulfillment(ref_of(call), _number(call)).ref}
        except Unsupported:
            lacking.note(call.store_id, VERB)
            raise

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """The store counts it as shipped."""
        order = order_of(call)
        problems.settle_about(call, "The store has confirmed it.")
        text = f"The store counts shipment {result['ref']} as complete."
        timeline.note(order, text, actor=Actor.STORE)
        status.refresh([order])

    def refused(self, call: OutboundCall, reason: str) -> None:
        """A person completes it at the store."""
        order = order_of(call)
        detail = f"The store keeps shipment {_number(call)} as pending: {reason}"
        problems.open_one(order, Source.BY_HAND, detail, call=call)
        timeline.note(order, detail, actor=Actor.STORE)

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """It stays as the store has it."""
        problems.settle_about(call, reason)
        status.refresh([order_of(call)])

    given_up = dropped


def _number(call: OutboundCall) -> str:
    number: str = Shipment.objects.values_list("ref", flat=True).get(pk=call.payload["shipment_id"])
    return number
