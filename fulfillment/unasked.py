"""Notices a store that should ask us what has left, and does not.

Nothing is sent to such a store, so nothing fails when it stops asking: its customers just never
hear of their parcels.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from fulfillment.models import Shipment, ShipmentState
from locations.models import Store
from relay import alarms

# Hubs usually ask every hour, and prove with the next question what they have heard.
PATIENCE = timedelta(hours=6)


def note(store: Store, now: datetime) -> None:
    """Raise or clear the store's alarm. Harmless when repeated."""
    waiting = Shipment.objects.filter(
        fulfillment_order__store=store,
        state=ShipmentState.QUEUED,
        shipped_at__lt=now - PATIENCE,
    ).order_by("shipped_at")
    first = waiting.first()
    if first is None:
        alarms.clear(store, alarms.UNASKED)
        return
    since = timezone.localtime(first.shipped_at)
    alarms.raise_alarm(
        store,
        alarms.UNASKED,
        f"Shipments wait to be asked for since {since:%Y-%m-%d %H:%M}. The store has to ask us; "
        "look whether its hub still calls, under Messages.",
    )
