"""Counts tries to get a token, so that passwords cannot be guessed by the thousand.

Kept in the memory of each process: with several of them, somebody has as many times the tries.
"""

import hashlib
import time
from collections.abc import Mapping

from django.conf import settings
from django.core.cache import cache

MINUTE = 60
# Many people may come through one client.
PER_CLIENT = 10


def seconds_to_wait(fields: Mapping[str, str]) -> int:
    """Count a try; return how long to wait, and 0 where it may be made."""
    now = time.time()
    limit = settings.API_LOGINS_PER_MINUTE
    client = fields.get("client_id", "")
    most = {f"client:{client}": limit * PER_CLIENT}
    if name := fields.get("username"):
        most[f"user:{client}:{name}"] = limit
    over = [_count(who, now) > number for who, number in most.items()]
    return MINUTE - int(now) % MINUTE if any(over) else 0


def _count(who: str, now: float) -> int:
    digest = hashlib.sha256(who.encode()).hexdigest()
    key = f"api-tries:{digest}:{int(now) // MINUTE}"
    cache.add(key, 0, timeout=2 * MINUTE)
    try:
        return int(cache.incr(key))
    except ValueError:  # It has been thrown out in between.
        return 1
