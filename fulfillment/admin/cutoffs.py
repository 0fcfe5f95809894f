"""The cutoffs that are ahead today: how long each truck still waits, and what must be on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from fulfillment import due
from fulfillment.admin import queues, ship_by
from fulfillment.deadlines import cutoff_ahead
from fulfillment.models import FulfillmentOrder
from locations.models import Warehouse


@dataclass(frozen=True, slots=True)
class Cutoff:
    """One warehouse's cutoff today, in words, with the list of what it has to ship."""

    warehouse: Warehouse
    left: str
    when: str
    to_ship: str
    url: str


def today(user: Any) -> list[Cutoff]:
    """Return the cutoffs that are ahead in the user's warehouses, the soonest first."""
    now = timezone.now()
    mine = Warehouse.objects.worked_by(user).exclude(cutoff=None)
    ahead = [(each, cutoff) for each in mine if (cutoff := _ahead(each, now))]
    ahead.sort(key=lambda each: each[1])
    return [
        Cutoff(
            warehouse=warehouse,
            left=ship_by.span(cutoff - now),
            when=ship_by.moment(cutoff, warehouse.zone),
            to_ship=_orders(count),
            url=_list_of(warehouse),
        )
        for (warehouse, cutoff), count in zip(ahead, _waiting(ahead), strict=True)
    ]


def _ahead(warehouse: Warehouse, now: datetime) -> datetime | None:
    hours = due.hours_of(warehouse)
    return cutoff_ahead(now, hours) if hours else None


def _waiting(ahead: Sequence[tuple[Warehouse, datetime]]) -> list[str]:
    """Count what must be on each of these trucks, late work included."""
    to_ship = FulfillmentOrder.objects.to_ship()
    lists = [to_ship.filter(warehouse=place, fulfill_by__lte=cutoff) for place, cutoff in ahead]
    return queues.count_each(lists) if lists else []


def _orders(count: str) -> str:
    return {"0": "nothing to ship", "1": "1 order to ship"}.get(count, f"{count} orders to ship")


def _list_of(warehouse: Warehouse) -> str:
    query = urlencode({"queue": "to_ship", "warehouse": warehouse.pk})
    return f"{reverse('admin:fulfillment_fulfillmentorder_changelist')}?{query}"
