"""Keeps in step by when each open order is due: with its request, its warehouse, its hours.

What if it runs twice? The second run finds nothing to change. What if it dies halfway? A warehouse
is marked as counted after its last order, so the next run counts it from the beginning.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from fulfillment import deadlines
from fulfillment.deadlines import Deadline, Hours
from fulfillment.models import FulfillmentOrder
from fulfillment.models.orders import ENDED
from locations.calendar import read_dates, read_weekdays
from locations.models import Warehouse

AT_ONCE = 1000


def hours_of(warehouse: Warehouse) -> Hours | None:
    """Return the hours that deadlines are counted with; None when there is no cutoff."""
    if warehouse.cutoff is None:
        return None
    return Hours(
        cutoff=warehouse.cutoff,
        working_days=read_weekdays(warehouse.working_days),
        closed_days=read_dates(warehouse.closed_days),
        handling_days=warehouse.handling_days,
        zone=warehouse.zone,
    )


def refresh(orders: Iterable[FulfillmentOrder]) -> None:
    """Count anew by when these orders are due; saves them. The caller has locked them.

    What has ended keeps the deadline that it was worked with.
    """
    live = [order for order in orders if order.work_status not in ENDED]
    warehouses = Warehouse.objects.in_bulk({order.warehouse_id for order in live} - {None})
    _write(live, {pk: hours_of(warehouse) for pk, warehouse in warehouses.items()})


def recount_changed(*, at_once: int = AT_ONCE) -> int:
    """Count anew the open orders of those warehouses whose hours have changed since.

    So many are locked at once, so that nobody waits long for an order. Returns how many it counted.
    """
    changed = [each for each in Warehouse.objects.all() if _digest(each) != each.counted_with]
    return sum(_recount(warehouse, at_once) for warehouse in changed)


def _digest(warehouse: Warehouse) -> str:
    """Return what tells hours apart from other hours; empty for a warehouse without a cutoff."""
    hours = hours_of(warehouse)
    if hours is None:
        return ""
    facts = (
        hours.cutoff.isoformat(),
        sorted(hours.working_days),
        sorted(map(str, hours.closed_days)),
        hours.handling_days,
        hours.zone.key,
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _recount(warehouse: Warehouse, at_once: int) -> int:
    hours = hours_of(warehouse)
    counted, last = 0, 0
    while orders := _recount_some(warehouse, hours, after=last, at_once=at_once):
        counted, last = counted + len(orders), orders[-1].pk
    # What it was counted with: if the hours have changed meanwhile, it is counted once more.
    Warehouse.objects.filter(pk=warehouse.pk).update(counted_with=_digest(warehouse))
    return counted


@transaction.atomic
def _recount_some(
    warehouse: Warehouse, hours: Hours | None, *, after: int, at_once: int
) -> list[FulfillmentOrder]:
    orders = list(
        FulfillmentOrder.objects.live()
        .filter(warehouse=warehouse, pk__gt=after)
        .select_for_update()
        .only("warehouse_id", "requested_at", "fulfill_by", "due_from")
        .order_by("pk")[:at_once]
    )
    _write(orders, {warehouse.pk: hours})
    return orders


def _write(orders: Iterable[FulfillmentOrder], hours: Mapping[int, Hours | None]) -> None:
    """Save the deadlines that differ: one statement for each of the few that there are."""
    changed: dict[Deadline | None, list[int]] = {}
    for order in orders:
        deadline = _deadline(order, hours)
        by, due_from = (deadline.by, deadline.due_from) if deadline else (None, None)
        if (by, due_from) != (order.fulfill_by, order.due_from):
            order.fulfill_by, order.due_from = by, due_from
            changed.setdefault(deadline, []).append(order.pk)
    for deadline, ids in changed.items():
        FulfillmentOrder.objects.filter(pk__in=ids).update(
            fulfill_by=deadline and deadline.by, due_from=deadline and deadline.due_from
        )


def _deadline(order: FulfillmentOrder, hours: Mapping[int, Hours | None]) -> Deadline | None:
    """Return by when an order is due. A promise that a store gives itself would go first here."""
    known = hours.get(order.warehouse_id) if order.warehouse_id else None
    asked: datetime | None = order.requested_at
    return deadlines.count(asked, known) if known and asked else None
