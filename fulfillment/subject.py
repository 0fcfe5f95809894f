"""The order that an outbound call is about."""

from fulfillment.models import FulfillmentOrder
from relay.models import OutboundCall


def order_of(call: OutboundCall) -> FulfillmentOrder:
    """Return the order that a call is about, locked."""
    return (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("store", "order")
        .get(pk=call.subject_id)
    )


def ref_of(call: OutboundCall) -> str:
    """Return the store's number of the order that a call is about."""
    return FulfillmentOrder.objects.values_list("ref", flat=True).get(pk=call.subject_id)
