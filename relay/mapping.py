"""Says which warehouse of ours a location of a store is, where we cannot register one there.

What if it runs twice? The same mapping changes nothing. What was kept for that location is asked of
us by a job, which can be repeated.
"""

from django.db import transaction
from django.utils import timezone

from locations.models import Location, LocationState, Store, Warehouse
from platforms.errors import Refusal
from relay import alarms, engine

LONGEST_REF = 64


@transaction.atomic
def assign(store: Store, warehouse: Warehouse, ref: str, name: str = "") -> Location:
    """Let the store's location `ref` be this warehouse; one it was before is given up.

    Raises Refusal where we register locations instead, or where the location is another's.
    """
    ref = ref.strip()
    if store.platform.capabilities.registers_locations:
        raise Refusal(f"At {store.platform.label} a warehouse is registered, not assigned.")
    if not ref or len(ref) > LONGEST_REF:
        raise Refusal(f"A location's number has 1 to {LONGEST_REF} signs.")
    other = store.locations.filter(ref=ref).exclude(warehouse=warehouse).first()
    if other:
        raise Refusal(f"Location {ref} is {other.warehouse} already.")
    location, _ = Location.objects.update_or_create(
        store=store,
        warehouse=warehouse,
        defaults={
            "ref": ref,
            "name": (name or warehouse.name)[:128],
            "state": LocationState.REGISTERED,
            "registered_at": timezone.now(),
            "remark": "",
        },
    )
    alarms.clear(store, alarms.NEEDS_WAREHOUSE)
    engine.wake_placing(store.pk)
    engine.wake_pull(store.pk)
    return location
