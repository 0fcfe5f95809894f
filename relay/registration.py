"""Registers a warehouse at a store, with the address at which the store shall call back."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from locations.models import Location, LocationState, Store, Warehouse
from platforms.errors import Refusal
from platforms.interface import Client
from platforms.records import LocationRecord
from relay import alarms, engine, outbox
from relay.delivery import Already, Send, Verdict
from relay.models import OutboundCall, Priority
from relay.outbox import Telling

VERB = "register_location"


def callback_url(store: Store) -> str:
    """Return the address at which this store, and no other, calls back."""
    path = reverse(f"{store.platform_key}-callback", kwargs={"key": store.endpoint_key})
    return f"{settings.PUBLIC_URL}{path}"


@transaction.atomic
def register(store: Store, warehouse: Warehouse, *, by: Any = None) -> Location:
    """Record that the warehouse is to be known at the store, and have the store told.

    Raises Refusal where it is known already, or where the platform has no such thing.
    """
    if not store.platform.capabilities.registers_locations:
        raise Refusal(f"{store.platform.label} does not let us register locations.")
    location, created = Location.objects.get_or_create(
        store=store, warehouse=warehouse, defaults={"name": warehouse.name}
    )
    if not created and location.state != LocationState.REFUSED:
        raise Refusal(f"{warehouse} is a location of {store} already.")
    for call in store.calls.stuck().filter(verb=VERB, subject_id=location.pk):
        # The refused one would stand in the way of the new one.
        outbox.give_up(call.pk, "Tried anew.")
    location.state, location.remark = LocationState.WANTED, ""
    location.tries += 1
    location.save(update_fields=["state", "remark", "tries"])
    outbox.push([_telling(location, by)])
    alarms.clear(store, alarms.NEEDS_WAREHOUSE)
    return location


@transaction.atomic
def register_again(store: Store) -> None:
    """Have each registered location looked for at the store, and created where it is gone.

    A merchant who removes us and takes us back may have lost our locations in between.
    """
    if not store.platform.capabilities.registers_locations:
        return
    known = store.locations.select_for_update().filter(state=LocationState.REGISTERED)
    for location in known:
        location.tries += 1
        location.save(update_fields=["tries"])
        outbox.push([_telling(location)])


def _telling(location: Location, by: Any = None) -> Telling:
    return Telling(
        store=location.store,
        key=f"{VERB}:{location.pk}:{location.tries}",
        verb=VERB,
        subject=f"location {location.name}",
        subject_id=location.pk,
        lane=f"location:{location.pk}",
        priority=Priority.SETUP,
        by=by,
    )


def ensure(store: Store, warehouse: Warehouse, client: Client) -> Location:
    """See to it that the store knows the warehouse and our callback. Harmless when repeated.

    A new location goes through the outbox, because creating one twice makes two. A changed
    callback is sent at once: replacing it twice leaves the same. Raises Refusal and PlatformError.
    """
    location = Location.objects.filter(store=store, warehouse=warehouse).first()
    if location and location.state == LocationState.WANTED:
        return location
    if location and location.state == LocationState.REGISTERED:
        place = next((p for p in client.fetch_locations() if p.ref == location.ref), None)
        if place:
            if place.callback_url.rstrip("/") != callback_url(store):
                client.update_location(replace(place, callback_url=callback_url(store)))
            return location
        location.state, location.ref = LocationState.REFUSED, ""
        location.remark = "The store does not know this location any more."
        location.save(update_fields=["state", "ref", "remark"])
    return register(store, warehouse)


class LocationDelivery:
    """Creates a location at the store once: it is looked for by callback address and name."""

    def look(self, client: Client, call: OutboundCall) -> list[LocationRecord]:
        """Fetch our locations at the store."""
        return client.fetch_locations()

    def judge(self, call: OutboundCall, seen: list[LocationRecord]) -> Verdict:
        """Adopt a location that has our number, or our name and callback; else create one."""
        wanted = _record(call)
        for place in seen:
            same = (place.name, place.callback_url.rstrip("/"))
            if place.ref == wanted.ref or same == (wanted.name, wanted.callback_url):
                return Already({"ref": place.ref}, "The store has this location already.")
        return Send()

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Create the location."""
        return {"ref": client.create_location(_record(call)).ref}

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """The store has given it a number: its orders can be told to belong to us."""
        _update(call, LocationState.REGISTERED, ref=result["ref"], registered_at=timezone.now())
        engine.wake_pull(call.store_id)

    def refused(self, call: OutboundCall, reason: str) -> None:
        """The store will not have it; the location says why."""
        _update(call, LocationState.REFUSED, remark=reason)

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """It was not told; it can be registered again."""
        _update(call, LocationState.REFUSED, remark=reason)

    given_up = dropped


def _update(call: OutboundCall, state: LocationState, **changes: Any) -> None:
    changes = {"remark": "", **changes}
    Location.objects.filter(pk=call.subject_id).update(state=state, **changes)


def _record(call: OutboundCall) -> LocationRecord:
    location = Location.objects.select_related("store", "warehouse").get(pk=call.subject_id)
    return LocationRecord(
        ref=location.ref,
        name=location.name,
        address=location.warehouse.address,
        callback_url=callback_url(location.store),
    )
