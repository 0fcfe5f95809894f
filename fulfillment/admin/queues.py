"""The queues of the work list: each is a question of the floor, with a count that stays cheap."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fulfillment.models.orders import FulfillmentOrderQuerySet

# Nobody needs to know whether 10,000 or 10,001 wait; counting a million rows takes seconds.
COUNT_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Queue:
    """A tab of the work list. `empty` is said when nothing is in it."""

    key: str
    label: str
    empty: str
    narrow: Callable[[FulfillmentOrderQuerySet], FulfillmentOrderQuerySet]
    counted: bool = True


QUEUES = (
    Queue(
        "to_decide",
        "To decide",
        "No request waits for an answer.",
        FulfillmentOrderQuerySet.to_decide,
    ),
    Queue(
        "cancellations",
        "Cancellations",
        "No merchant waits for an answer to a cancellation.",
        FulfillmentOrderQuerySet.cancellations,
    ),
    Queue("to_ship", "To ship", "Nothing is left to ship.", FulfillmentOrderQuerySet.to_ship),
    Queue("problems", "Problems", "No open problem.", FulfillmentOrderQuerySet.with_problems),
    Queue(
        "in_transit",
        "In transit",
        "Nothing is on its way.",
        FulfillmentOrderQuerySet.in_transit,
    ),
    Queue("all", "All", "No orders yet. They appear as soon as a store asks.", lambda q: q, False),
)
BY_KEY = {queue.key: queue for queue in QUEUES}


def first(user: Any) -> Queue:
    """Return the queue that this user's day begins with: what to decide on, or what to ship."""
    return BY_KEY["to_decide" if user.has_perm("fulfillment.decide_request") else "to_ship"]


def count(queue: Queue, orders: FulfillmentOrderQuerySet) -> str:
    """Return how many are in the queue, at most "1000+"; empty for one that is not counted."""
    if not queue.counted:
        return ""
    found = queue.narrow(orders).order_by()[: COUNT_AT_MOST + 1].count()
    return f"{COUNT_AT_MOST}+" if found > COUNT_AT_MOST else str(found)
