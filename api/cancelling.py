"""Cancels orders as long as nobody has begun to work on them. Contract, section 8.

What if somebody begins to pick at the same moment? The order is locked: whoever comes second reads
what the first one did. What if it comes twice? What is cancelled stays so.
"""

from datetime import datetime, timedelta
from http import HTTPStatus

from django.db import transaction
from django.utils import timezone

from api import errors, history
from api.errors import ApiError
from api.models import MerchantOrder
from api.scope import Scope
from fulfillment import intake, problems, status, timeline
from fulfillment.models import Actor, FulfillmentOrder, Source, WorkStatus
from inventory.deadlocks import tried_again
from platforms.own_api import wire

TOO_LATE = "Order could not be canceled"
REASON = "Cancelled by the merchant"
NOT_BEGUN = (WorkStatus.NEW, WorkStatus.ALLOCATED)


@tried_again
@transaction.atomic
def cancel(scope: Scope, order_id: int) -> MerchantOrder:
    """Cancel an order; raises 404 where there is none, and 405 where it is too late."""
    placed, order = locked(scope, order_id)
    if order.work_status == WorkStatus.CANCELLED:
        return placed
    if order.work_status not in NOT_BEGUN or history.dispatched_at(placed) is not None:
        raise ApiError(HTTPStatus.METHOD_NOT_ALLOWED, TOO_LATE)
    place = order.location_ref, order.location_name, order.raw["location"].get("country", "")
    kept = wire.kept(order.raw["request"], *place, cancelled=True)
    intake.take_in(order.store, [wire.read_fulfillment_order(kept)], after(order))
    order = FulfillmentOrder.objects.select_related("status_code").get(pk=order.pk)
    # Nobody had begun: the floor has nothing to put back.
    problems.settle_found_by([Source.STORE], [order], "Nobody had begun to work on it.")
    status.refresh([order])
    timeline.note(order, f"Cancelled through the API by {scope.user}.", actor=Actor.STORE)
    if order.status_code:
        history.set_status(placed, order.status_code, REASON, scope.user)
    return placed


def locked(scope: Scope, order_id: int) -> tuple[MerchantOrder, FulfillmentOrder]:
    """Return an order that the login may see, with its row locked; raises 404."""
    placed = scope.orders().filter(fulfillment_order=order_id).first()
    if placed is None:
        raise errors.missing()
    rows = FulfillmentOrder.objects.select_for_update(of=("self",))
    order = rows.select_related("store", "order", "status_code").get(pk=order_id)
    placed.fulfillment_order = order
    return placed, order


def after(order: FulfillmentOrder) -> datetime:
    """Return a moment after all that we know of an order: the merchant's word is newer."""
    known = [moment for moment in (order.read_at, order.told_at) if moment]
    return max([timezone.now(), *(moment + timedelta(microseconds=1) for moment in known)])
