"""The queues of the work list: each is a question of the floor, with a count that stays cheap."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.expressions import OrderBy

from fulfillment.models.orders import FulfillmentOrderQuerySet

# Nobody needs to know whether 10,000 or 10,001 wait; counting a million rows takes seconds.
COUNT_AT_MOST = 1000
Ordering = tuple[OrderBy | str, ...]
SOONEST_FIRST: Ordering = (F("fulfill_by").asc(nulls_last=True), "-id")


@dataclass(frozen=True, slots=True)
class Queue:
    """A tab of the work list. `empty` is said when nothing is in it.

    `order` is how it is sorted until somebody chooses a column; empty: the newest first.
    """

    key: str
    label: str
    empty: str
    narrow: Callable[[FulfillmentOrderQuerySet], FulfillmentOrderQuerySet]
    counted: bool = True
    order: Ordering = ()


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
    Queue(
        "late",
        "Late",
        "Nothing is late.",
        FulfillmentOrderQuerySet.late,
        order=SOONEST_FIRST,
    ),
    Queue(
        "due_today",
        "Due today",
        "Nothing more is due today.",
        FulfillmentOrderQuerySet.due_today,
        order=SOONEST_FIRST,
    ),
    Queue(
        "to_ship",
        "To ship",
        "Nothing is left to ship.",
        FulfillmentOrderQuerySet.to_ship,
        order=SOONEST_FIRST,
    ),
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


def counts(orders: FulfillmentOrderQuerySet) -> dict[str, str]:
    """Return how many are in each queue, by its key; empty where nobody counts."""
    counted = [queue for queue in QUEUES if queue.counted]
    figures = count_each([queue.narrow(orders) for queue in counted])
    found = {queue.key: figure for queue, figure in zip(counted, figures, strict=True)}
    return {queue.key: found.get(queue.key, "") for queue in QUEUES}


def count_each(lists: Sequence[FulfillmentOrderQuerySet]) -> list[str]:
    """Return how many are in each of these lists, at most "1000+".

    One statement for all of them: a page shows every tab, and each trip to the database costs.
    """
    parts = [_some_of(orders) for orders in lists]
    columns = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) AS part)" for sql, _ in parts)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [value for _, values in parts for value in values])
        return [_capped(number) for number in cursor.fetchone() or ()]


def _some_of(orders: FulfillmentOrderQuerySet) -> tuple[str, tuple[Any, ...]]:
    some = orders.order_by().values("pk")[: COUNT_AT_MOST + 1]
    sql, values = some.query.get_compiler(connection=connection, elide_empty=False).as_sql()
    return sql, tuple(values)


def _capped(number: int) -> str:
    return f"{COUNT_AT_MOST}+" if number > COUNT_AT_MOST else str(number)
