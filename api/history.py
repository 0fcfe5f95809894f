"""The statuses that an order has had: the latest one, since when it is dispatched, who set it."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from api.models import MerchantOrder, StatusEvent
from fulfillment.models import StatusCode

PROCESSING, IN_PROGRESS = "01", "02"


def latest(placed: MerchantOrder) -> StatusEvent:
    """Return the status of an order; its statuses may have been fetched before."""
    return _all(placed)[-1]


def dispatched_at(placed: MerchantOrder) -> datetime | None:
    """Return since when it is on the floor, in its current iteration. Contract, section 8."""
    events = _all(placed)
    states = [event.status.code[:2] for event in events]
    begin = max((n for n, state in enumerate(states) if state == PROCESSING), default=-1) + 1
    for event, state in zip(events[begin:], states[begin:], strict=True):
        if state == IN_PROGRESS:
            return event.at
    return placed.fulfillment_order.dispatched_at if placed.fulfillment_order else None


def begin(placed: MerchantOrder, status: StatusCode, by: User | None) -> None:
    """Write the first status of an order; those after it are written by the database."""
    StatusEvent.objects.create(order=placed, status=status, created_by=by)


def set_status(placed: MerchantOrder, status: StatusCode, reason: str, by: User) -> None:
    """Let an order have this status, said by somebody; the trigger may have written it just now.

    Must run in the transaction of the change, with the order locked.
    """
    last = StatusEvent.objects.filter(order=placed).order_by("-id").first()
    if last and last.status_id == status.pk and last.created_by_id is None and not last.reason:
        last.reason, last.created_by = reason, by
        last.save(update_fields=["reason", "created_by"])
        return
    StatusEvent.objects.create(
        order=placed, status=status, reason=reason, at=timezone.now(), created_by=by
    )


def _all(placed: MerchantOrder) -> Sequence[StatusEvent]:
    fetched = getattr(placed, "_prefetched_objects_cache", {})
    if "statuses" in fetched:
        return list(placed.statuses.all())
    return list(placed.statuses.select_related("status").order_by("id"))
