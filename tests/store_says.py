"""The store’s last word on a call, without a store: what follows is done by the real code."""

from typing import Any

from django.db import transaction

from fulfillment.models import FulfillmentOrder
from inventory.deadlocks import tried_again
from platforms.records import RequestStatus
from relay import outbox
from relay.models import DUE_STATES, CallState, OutboundCall
from relay.routes import deliveries

SHOWN = {
    "accept_request": RequestStatus.ACCEPTED,
    "reject_request": RequestStatus.REJECTED,
    "accept_cancellation": RequestStatus.CANCEL_ACCEPTED,
    "reject_cancellation": RequestStatus.CANCEL_REJECTED,
}


def waiting_calls(order: FulfillmentOrder) -> list[OutboundCall]:
    """The calls about an order that the store has not answered, the oldest first."""
    calls = OutboundCall.objects.select_for_update(of=("self",)).select_related("store")
    return [*calls.filter(subject_id=order.pk, state__in=DUE_STATES).order_by("priority", "id")]


@tried_again
@transaction.atomic
def yes(order: FulfillmentOrder, **result: Any) -> list[str]:
    """Confirm all that waits to be told of an order, as the courier notes it. Returns the verbs."""
    verbs = []
    for call in waiting_calls(order):
        shown = SHOWN.get(call.verb)
        answer = {"request_status": shown} if shown else result
        outbox.finish(call, CallState.DONE, result=answer)
        deliveries()[call.verb].settled(call, answer)
        verbs.append(call.verb)
    return verbs
