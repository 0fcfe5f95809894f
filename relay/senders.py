"""Remembers for some seconds which store an endpoint key belongs to.

Most of the time that a ring costs would be spent on looking the store up. What is remembered may be
out of date: a message that is not believed is judged once more by what is true now, so a new
secret is good at once.
"""

import time
from dataclasses import dataclass

from locations.models import Store
from platforms.interface import Endpoint, Inbound, Sender
from relay import granting

FRESH_SECONDS = 5.0
FORMER_SECRET = "former_webhook_secret"  # noqa: S105 - the name of the credential, not one
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    """A store that may send us messages, and who its messages must come from."""

    store_id: int
    sender: Sender
    since: float


_known: dict[tuple[str, str], Known] = {}


def remembered(platform_key: str, key: str) -> Known | None:
    """Return whose key it is, as of some seconds ago at most; None for nobody's."""
    known = _known.get((platform_key, key))
    if known and time.monotonic() - known.since < FRESH_SECONDS:
        return known
    return look_up(platform_key, key)


def look_up(platform_key: str, key: str) -> Known | None:
    """Return whose key it is now; None for nobody's. Nobody's are not remembered."""
    # No key of ours has such signs, and the database would choke on some.
    if not key.isprintable():
        return None
    store = Store.objects.filter(platform_key=platform_key, endpoint_key=key).order_by().first()
    if store is None:
        _known.pop((platform_key, key), None)
        return None
    if len(_known) >= MOST:
        _known.clear()
    known = Known(store.pk, sender_of(store), time.monotonic())
    _known[platform_key, key] = known
    return known


def named(platform_key: str, endpoint: Endpoint, inbound: Inbound) -> Known | None:
    """Return the store that a message names, at an address which all stores share; or None."""
    name = endpoint.names_store(inbound) if endpoint.names_store else ""
    if not name or not name.isprintable():
        return None
    store = Store.objects.filter(
        platform_key=platform_key, **{f"options__{endpoint.named_by}": name}
    ).first()
    return Known(store.pk, sender_of(store, endpoint), time.monotonic()) if store else None


def at(platform_key: str, endpoint: Endpoint, key: str) -> list[Sender]:
    """Return who may ask at an address: the store whose it is, or all stores that share it."""
    if endpoint.names_store is None:
        known = remembered(platform_key, key)
        return [known.sender] if known else []
    stores = Store.objects.filter(platform_key=platform_key)
    return [sender_of(store, endpoint) for store in stores]


def sender_of(store: Store, endpoint: Endpoint | None = None) -> Sender:
    """Return who a message of this store must come from.

    What comes to an address that all stores share is signed with the secret of our app.
    """
    shared = endpoint is not None and endpoint.names_store is not None
    app = granting.app_of(store.platform) if shared else None
    return Sender(
        store.account,
        app.client_secret if app else store.webhook_secret,
        store.credentials.get(FORMER_SECRET, ""),
        store.filled_options,
    )


def forget() -> None:
    """Look every store up anew."""
    _known.clear()
