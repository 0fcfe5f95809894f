"""Counts tries to get a token, so that passwords cannot be guessed by the thousand.

Who could lock whom out? A try is counted before anything is proved only under the address that it
came from: somebody elsewhere uses up their own tries, and the merchant's program goes on. Under a
user name alone, from wherever, it is counted once its client has proved itself: only who has the
client's secret, and so may guess passwords at all, uses those up. Behind a proxy the address is the
one that the proxy adds to X-Forwarded-For; what a client wrote there before it says nothing.

What if two come at once, in two processes? Each count is one statement of its own, by the clock of
the database. What if somebody tries under a million names? There are so many rows and no more: a
key of ours chooses the row for a name, so that nobody can choose whose row to fill.
"""

import ipaddress
from collections.abc import Mapping

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from api.models import Tries
from api.oauth.refusing import TokenError

SLOTS = 2**16
# Many people may come through one client, and from many addresses.
TOGETHER = 10
# Of the new kind of addresses, everybody has a whole network.
NETWORK = 64
COUNT = """
    INSERT INTO api_tries AS known (slot, begun_at, tries) VALUES (%s, clock_timestamp(), 1)
    ON CONFLICT (slot) DO UPDATE SET
        begun_at = CASE WHEN known.begun_at > excluded.begun_at - interval '1 minute'
            THEN known.begun_at ELSE excluded.begun_at END,
        tries = CASE WHEN known.begun_at > excluded.begun_at - interval '1 minute'
            THEN least(known.tries, %s) + 1 ELSE 1 END
    RETURNING tries,
        ceil(extract(epoch FROM begun_at + interval '1 minute' - clock_timestamp()))::int
"""
FORGET = "DELETE FROM api_tries WHERE begun_at < clock_timestamp() - interval '1 minute'"


def count(request: HttpRequest, fields: Mapping[str, str]) -> None:
    """Count a try for a token by where it comes from; raises TokenError for one too many."""
    where, client = _network(request), fields["client_id"]
    _count(settings.API_LOGINS_PER_MINUTE * TOGETHER, "client", where, client)
    if name := fields.get("username"):
        _count(settings.API_LOGINS_PER_MINUTE, "user", where, client, name)


def count_proved(client_id: str, username: str) -> None:
    """Count a try for a user by a client that has proved itself; raises TokenError likewise."""
    _count(settings.API_LOGINS_PER_MINUTE * TOGETHER, "proved", client_id, username)


def forget() -> None:
    """Delete what was counted more than a minute ago. Harmless when repeated."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET)


def _count(most: int, *who: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [_slot(who), most])
        tries, seconds_left = cursor.fetchone()
    if tries > most:
        raise TokenError.too_many(max(1, seconds_left))


def _slot(who: tuple[str, ...]) -> int:
    digest = salted_hmac(Tries._meta.label, "\0".join(who), algorithm="sha256").digest()
    return int.from_bytes(digest[:8]) % SLOTS


def _network(request: HttpRequest) -> str:
    """Return where a request comes from; nothing where that cannot be read."""
    text = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        text = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or text
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), NETWORK), strict=False))
