"""Watches that a store can still reach us: our callback at its locations, and our subscription."""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from locations.models import Location, LocationState, Store
from platforms.errors import PlatformError, Refused, Unauthorized
from platforms.interface import Client
from platforms.records import LocationRecord, WebhookRecord
from relay import alarms, registration
from relay.connections import client_for

log = logging.getLogger(__name__)

REPAIR = "Run manage.py connect_store for it: that puts everything back and adds nothing twice."


def look(store: Store) -> None:
    """Ask the store, and raise or clear its alarms. Harmless when repeated."""
    with client_for(store, "watch") as client:
        try:
            _report(store, alarms.CALLBACK_GONE, _missing_callback(store, client))
            _report(store, alarms.WEBHOOK_GONE, _missing_webhook(store, client))
        except Unauthorized as error:
            alarms.pause(store, str(error), kind=alarms.UNAUTHORIZED)
        except PlatformError as error:
            # Not to be asked is no news about the callback; asking for work raises its own alarm.
            log.warning("store %s could not be watched: %s", store.pk, error)


def _report(store: Store, kind: str, trouble: str) -> None:
    if trouble:
        alarms.raise_alarm(store, kind, f"{trouble} {REPAIR}")
    else:
        alarms.clear(store, kind)


def _missing_callback(store: Store, client: Client) -> str:
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
    if not store.webhook_secret:
        return ""
    try:
        return missing_webhook(store, client.fetch_webhooks())
    except Refused as refusal:
        return f"The store does not let us see our subscription: {refusal}"


def missing_webhook(store: Store, webhooks: Sequence[WebhookRecord]) -> str:
    """Say in words that the store has no active subscription of ours; empty when it has."""
    path = reverse(f"{store.platform_key}-webhook", kwargs={"key": store.endpoint_key})
    target = f"{settings.PUBLIC_URL}{path}".rstrip("/")
    same = [webhook for webhook in webhooks if webhook.target.rstrip("/") == target]
    if any(webhook.active for webhook in same):
        return ""
    if same:
        return "The store has switched off our subscription to its changes."
    return "The store has no subscription of ours any more: changes are found late."
