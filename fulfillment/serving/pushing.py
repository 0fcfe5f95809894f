"""Pushes a shipment to a store that asks, where it wants to be told at once as well.

What if it runs twice, or its answer is lost? The hub merges by number: it leaves the same. What if
the hub asks meanwhile? Then it knows already, and nothing is sent.
"""

from typing import Any

from fulfillment import departures, problems, status, timeline, unread
from fulfillment.models import Actor, FulfillmentOrder, Shipment, ShipmentState, Source
from fulfillment.serving import rows
from fulfillment.subject import order_of
from platforms.interface import Client
from relay.delivery import Already, Verdict
from relay.models import OutboundCall

ASKED = "The hub has asked, and knows it."


class PushDelivery:
    """Pushes an order as the hub would be shown it."""

    def look(self, client: Client, call: OutboundCall) -> None:
        """Look at nothing there: a hub shows nothing."""

    def judge(self, call: OutboundCall, seen: None) -> Verdict:
        """Push only what the hub has not asked for yet."""
        order = order_of(call)
        if _shipment(call).state == ShipmentState.CONFIRMED:
            return Already({}, ASKED)
        return unread.verdict(order)

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Push the order with all that left of it."""
        orders = FulfillmentOrder.objects.select_related("order", "store")
        order = orders.prefetch_related("lines").get(pk=call.subject_id)
        client.push([rows.show_departed([order])[order.pk]])
        return {"pushed": order.ref}

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """The hub has it."""
        order, shipment = order_of(call), _shipment(call)
        problems.settle_about(call, "The hub has taken it.")
        if shipment.state != ShipmentState.CONFIRMED:
            departures.confirm(order, shipment)

    def refused(self, call: OutboundCall, reason: str) -> None:
        """The hub can still ask; a person repairs the push."""
        order = order_of(call)
        detail = f"The hub did not take what was pushed; it can still ask for it. {reason}"
        problems.open_one(order, Source.STORE, detail, call=call)
        timeline.note(order, detail, actor=Actor.STORE)

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """The hub is told when it asks."""
        problems.settle_about(call, reason)
        status.refresh([order_of(call)])

    given_up = dropped


def _shipment(call: OutboundCall) -> Shipment:
    return Shipment.objects.prefetch_related("parcels").get(pk=call.payload["shipment_id"])
