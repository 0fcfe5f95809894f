"""Keeps all workers together within a store's rate limit."""

import time

from django.db import connection

from locations.models import Store

# A store counts arrivals in sliding windows, and requests do not all travel equally fast.
# A little more distance than the limit asks for keeps a request out of the window before it.
MARGIN = 1.02
# A request is a little late for its moment. The next one keeps its own moment all the same, if it
# is no more than so many seconds. Moments are even, so lateness does not add up: in any second, the
# margin above leaves 0.02 s, whatever the limit.
LATE_SECONDS = 0.012

RESERVE = """
    INSERT INTO relay_pace AS pace (store_id, next_at)
    VALUES (%(store)s, clock_timestamp() + make_interval(secs => %(spacing)s))
    ON CONFLICT (store_id) DO UPDATE
        SET next_at = GREATEST(
            pace.next_at, clock_timestamp() - make_interval(secs => %(late)s)
        ) + make_interval(secs => %(spacing)s)
    RETURNING EXTRACT(EPOCH FROM next_at - make_interval(secs => %(spacing)s) - clock_timestamp())
"""
HOLD = """
    INSERT INTO relay_pace AS pace (store_id, next_at)
    VALUES (%(store)s, clock_timestamp() + make_interval(secs => %(delay)s))
    ON CONFLICT (store_id) DO UPDATE
        SET next_at = GREATEST(pace.next_at, clock_timestamp() + make_interval(secs => %(delay)s))
"""


def spacing(store: Store) -> float:
    """Return the least seconds between two requests to the store."""
    limit = store.requests_per_second or store.platform.requests_per_second
    return MARGIN / limit


def reserve(store: Store) -> float:
    """Take the store's next free moment and return the seconds until then."""
    with connection.cursor() as cursor:
        wanted = {"store": store.pk, "spacing": spacing(store), "late": LATE_SECONDS}
        cursor.execute(RESERVE, wanted)
        row = cursor.fetchone()
    return max(0.0, float(row[0]))


def wait_for_turn(store: Store) -> None:
    """Take the store's next free moment and sleep until then."""
    time.sleep(reserve(store))


def hold(store: Store, seconds: float) -> None:
    """Let nobody ask the store anything for so many seconds."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, {"store": store.pk, "delay": seconds})


def seconds_until_free(store: Store) -> float:
    """Return the seconds until the store may be asked again, without taking that moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXTRACT(EPOCH FROM next_at - clock_timestamp()) FROM relay_pace "
            "WHERE store_id = %s",
            [store.pk],
        )
        row = cursor.fetchone()
    return max(0.0, float(row[0])) if row else 0.0
