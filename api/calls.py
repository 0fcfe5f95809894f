"""Counts each call under its login and client, and stops who calls too often."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from api import errors

log = logging.getLogger(__name__)

COUNT = """
    INSERT INTO api_use AS known
        (caller, user_id, client, calls, minute, calls_in_minute, refused, first_at, last_at)
    VALUES (%(caller)s, %(user)s, %(client)s, 1, %(minute)s, 1, 0, %(now)s, %(now)s)
    ON CONFLICT (caller) DO UPDATE SET
        client = excluded.client,
        last_at = excluded.last_at,
        minute = excluded.minute,
        calls = known.calls + (CASE WHEN known.minute = excluded.minute
            AND known.calls_in_minute >= %(most)s THEN 0 ELSE 1 END),
        refused = known.refused + (CASE WHEN known.minute = excluded.minute
            AND known.calls_in_minute >= %(most)s THEN 1 ELSE 0 END),
        calls_in_minute = CASE WHEN known.minute = excluded.minute
            THEN least(known.calls_in_minute, %(most)s) + 1 ELSE 1 END
    RETURNING calls_in_minute
"""


@dataclass(frozen=True, slots=True)
class Caller:
    """Through which client or key a user calls. `name` is for people."""

    key: str
    user_id: int
    name: str


def count(caller: Caller) -> None:
    """Count a call; raises 429 where there were too many in this minute.

    One statement of its own, outside any transaction, in all processes together.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            {
                "caller": caller.key,
                "user": caller.user_id,
                "client": caller.name[:255],
                "minute": now.replace(second=0, microsecond=0),
                "now": now,
                "most": settings.API_CALLS_PER_MINUTE,
            },
        )
        (calls,) = cursor.fetchone()
    if calls > settings.API_CALLS_PER_MINUTE:
        raise errors.too_many(_seconds_left(now))


def note(caller: Caller, method: str, path: str, status: int) -> None:
    """Write the line that says who did what: of a program, the user whose login it has."""
    log.info(
        "API user %s through %s: %s %s → %s",
        *(caller.user_id, caller.key, method, path, status),
        extra={"api_user": caller.user_id, "api_caller": caller.key, "status": status},
    )


def _seconds_left(now: datetime) -> int:
    following = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return max(1, int((following - now).total_seconds()))
