"""The cutoffs that are ahead today: how long each truck still waits, and what must be on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from fulfillment import due
from fulfillment.admin import ship_by
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
    ahead = {each: cutoff for each in mine if (cutoff := _ahead(each, now))}
    waiting = _waiting(user, ahead) if ahead else {}
    return [
        Cutoff(
            warehouse=warehouse,
            left=ship_by.span(cutoff - now),
            when=ship_by.moment(cutoff, warehouse.zone),
            to_ship=_orders(waiting.get(warehouse.pk, 0)),
            url=_list_of(warehouse),
        )
        for warehouse, cutoff in sorted(ahead.items(), key=lambda each: each[1])
    ]


def _ahead(warehouse: Warehouse, now: datetime) -> datetime | None:
    hours = due.hours_of(warehouse)
    return cutoff_ahead(now, hours) if hours else None


def _waiting(user: Any, ahead: Mapping[Warehouse, datetime]) -> dict[int, int]:
    """Count by warehouse what must be on today's truck, late work included."""
    todays = Q()
    for warehouse, cutoff in ahead.items():
        todays |= Q(warehouse=warehouse, fulfill_by__lte=cutoff)
    orders = FulfillmentOrder.objects.seen_by(user).to_ship().filter(todays).order_by()
    counts = orders.values_list("warehouse_id").annotate(Count("pk"))
    return {pk: count for pk, count in counts if pk is not None}


def _orders(count: int) -> str:
    return {0: "nothing to ship", 1: "1 order to ship"}.get(count, f"{count} orders to ship")


def _list_of(warehouse: Warehouse) -> str:
    query = urlencode({"queue": "to_ship", "warehouse": warehouse.pk})
    return f"{reverse('admin:fulfillment_fulfillmentorder_changelist')}?{query}"
