"""Watches that a store can still reach us: our callback at its locations, and our subscription."""

import logging
from collections.abc import Generator, Sequence

from locations.models import Location, LocationState, Store
from platforms.errors import PlatformError, Refused, Unauthorized
from platforms.interface import Client
from platforms.records import LocationRecord
from relay import alarms, granting, registration, subscription

log = logging.getLogger(__name__)

REPAIR = "Run manage.py connect_store for it: that puts everything back and adds nothing twice."


def look(store: Store) -> None:
    """Ask the store, and raise or clear its alarms. Harmless when repeated."""
    try:
        for _ in granting.asking(store, "watch", _ask):
            pass
    except Unauthorized as error:
        alarms.pause(store, str(error), kind=alarms.UNAUTHORIZED)
    except PlatformError as error:
        # Not to be asked is no news about the callback; asking for work raises its own alarm.
        log.warning("store %s could not be watched: %s", store.pk, error)


def _ask(store: Store, client: Client) -> Generator[float, None, None]:
    """Two questions at most, at the store's pace; nothing to wait for."""
    _report(store, alarms.CALLBACK_GONE, _missing_callback(store, client))
    _report(store, alarms.WEBHOOK_GONE, _missing_webhook(store, client))
    yield from ()


def _report(store: Store, kind: str, trouble: str) -> None:
    if trouble:
        alarms.raise_alarm(store, kind, f"{trouble} {REPAIR}")
    else:
        alarms.clear(store, kind)


def _missing_callback(store: Store, client: Client) -> str:
    if not store.platform.capabilities.registers_locations:
        return ""
    registered = list(store.locations.filter(state=LocationState.REGISTERED))
    return missing_callback(store, registered, client.fetch_locations()) if registered else ""


def missing_callback(
    store: Store, ours: Sequence[Location], there: Sequence[LocationRecord]
) -> str:
    """Say in words which of our locations do not lead back to us; empty when all do."""
    places = {place.ref: place for place in there}
    wanted = registration.callback_url(store)
    gone = [location.name for location in ours if location.ref not in places]
    changed = [
        location.name
        for location in ours
        if location.ref in places and places[location.ref].callback_url.rstrip("/") != wanted
    ]
    found = []
    if gone:
        found.append(f"The store does not know our location {', '.join(gone)} any more.")
    if changed:
        found.append(
            f"The store does not call us back at {', '.join(changed)}: the address there was "
            "removed or changed. Work is only found every few minutes."
        )
    return " ".join(found)


def _missing_webhook(store: Store, client: Client) -> str:
    if not store.webhook_secret or not subscription.needed(store):
        return ""
    try:
        return subscription.is_in_place(store, client.fetch_webhooks())
    except Refused as refusal:
        return f"The store does not let us see our subscription: {refusal}"
