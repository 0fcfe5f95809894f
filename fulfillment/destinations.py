"""Asks a store where an order could be moved to, for the person who is about to move it."""

from dataclasses import asdict
from functools import partial

from django.utils import timezone

from fulfillment import timeline
from locations.models import Store
from platforms.errors import Refused
from platforms.interface import Client
from relay.asking import Asking
from relay.asking import ask as ask_store


def ask(store: Store, client: Client, ref: str) -> Asking[None]:
    """Write the answer beside the order, and a line into its timeline.

    A store may keep its places to itself: that is said there, too. Raises Unavailable,
    Unauthorized and Malformed.
    """
    order = store.fulfillment_orders.get(ref=ref)
    try:
        found = yield from ask_store(store, partial(client.fetch_destinations, ref))
    except Refused as refusal:
        timeline.note(order, f"The store does not say where it could be moved to: {refusal}")
        return
    places = [asdict(place) for place in found]
    store.fulfillment_orders.filter(ref=ref).update(
        destinations=places, destinations_read_at=timezone.now()
    )
    names = ", ".join(place.name for place in found)
    said = f"It could be moved to: {names}." if names else "It could be moved nowhere else."
    timeline.note(order, f"The store says: {said}")
