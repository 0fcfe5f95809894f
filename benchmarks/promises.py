"""The ways to promise the units of an order, each in its own transaction; and a bare UPDATE."""

from collections.abc import Callable, Mapping, Sequence

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from fulfillment import allocation, decisions
from fulfillment.models import FulfillmentOrder

PLAIN = "benchmark_plain_level"
# The levels again as a plain table: a number and a key, no trigger, no movement, no other index.
MAKE_PLAIN = f"""
    DROP TABLE IF EXISTS {PLAIN};
    CREATE TABLE {PLAIN} AS SELECT id, allocated FROM inventory_stocklevel;
    ALTER TABLE {PLAIN} ADD PRIMARY KEY (id);
    ANALYZE {PLAIN};
"""  # noqa: S608 - put together from constants
# Without an order of locks, two of these wait for each other.
UPDATE = f"""
    UPDATE {PLAIN} plain SET allocated = allocated + 1
    FROM (SELECT id FROM {PLAIN} WHERE id = ANY(%s) ORDER BY id FOR UPDATE) locked
    WHERE plain.id = locked.id
"""  # noqa: S608
Ids = Sequence[int]


def _accept(order_ids: Ids) -> None:
    """As a person or a rule accepts: units are held, and the answer to the store is queued."""
    outcome = decisions.accept(dict.fromkeys(order_ids), by=None)
    if outcome.refused:
        raise RuntimeError(f"An order was refused: {outcome.refused[0][1]}")


def _promise(order_ids: Ids) -> None:
    """Only the units are held: the order is locked, as whoever accepts it has done."""
    with transaction.atomic():
        orders = list(
            FulfillmentOrder.objects.select_for_update(of=("self",))
            .select_related("store", "order", "warehouse")
            .filter(pk__in=order_ids)
            .order_by("pk")
        )
        if lacking := allocation.promise(orders, by=None):
            raise RuntimeError(f"An order was refused: {lacking}")


def _update(level_ids: Ids) -> None:
    """The same rows of stock changed as plainly as SQL can."""
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [list(level_ids)])


WAYS: Mapping[str, Callable[[Ids], None]] = {
    "accept": _accept,
    "promise": _promise,
    "update": _update,
}


def keep(way: str, jobs: Sequence[Ids]) -> int:
    """Do one job after the other; return how often a deadlock made one begin again."""
    return sum(_until_done(WAYS[way], job) for job in jobs)


def _until_done(way: Callable[[Ids], None], job: Ids) -> int:
    deadlocks = 0
    while True:
        try:
            way(job)
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
            deadlocks += 1
        else:
            return deadlocks
