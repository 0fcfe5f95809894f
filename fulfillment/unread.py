"""Judges what to tell a store that cannot be asked: by our own rows, for there is nothing else.

Such a store takes the same telling twice without harm, so a doubtful one is sent again. What must
not happen is that it is told of an order that was cancelled there, or that a person has stopped.
"""

from fulfillment.models import FulfillmentOrder, WorkStatus
from relay.delivery import Later, Send, Stop, Verdict
from relay.models import OutboundCall

LOOK_AGAIN_SECONDS = 60.0


def is_unread(call: OutboundCall) -> bool:
    """Tell whether the store of a call cannot be asked how an order stands."""
    return not call.store.platform.capabilities.reads_orders_back


def verdict(order: FulfillmentOrder) -> Verdict:
    """Return what to do with a call about an order that the caller has locked."""
    if order.work_status == WorkStatus.CANCELLED:
        return Stop("The store has cancelled it; it is told nothing more of it.", moot=True)
    if order.held_here:
        return Later(
            "It is on hold here; the store is told when it is released.", LOOK_AGAIN_SECONDS
        )
    return Send()
