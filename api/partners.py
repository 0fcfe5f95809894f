"""What a partner says of an order: a status, or that it has left. Contract, section 8.

The floor's own steps are taken where there are such; what only the contract has a word for is
kept as a status of the order beside them.
"""

import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from api import errors, history
from api.cancelling import locked
from api.models import MerchantOrder
from api.scope import Scope
from fulfillment import floor, shipments, status, timeline
from fulfillment.models import FulfillmentOrder, Problem, Source, StatusCode, WorkStatus
from fulfillment.shipments import Leaving
from fulfillment.transitions import Action
from inventory.deadlocks import tried_again
from platforms.errors import Refusal
from platforms.records import OTHER_CARRIER, ParcelRecord

BY_PARTNER = "030101"
RETURNED = "040101"
INSPECTED = "021001"
SHIPPED_BY_PARTNER = ("030101", "030102")
# Of a partner, what stops an order: holds, problems of address, SKU, facility, method and stock.
PROBLEMS = ("0103", "0104", "0105", "0106", "0107", "0108")
SAID = "A partner says: "
RELEASED = "010901"
ENDS: Mapping[str, str] = {
    "03": "Order has already departed",
    "04": "Order was returned",
    "05": "Order is cancelled",
    "06": "Order is a test",
}


@tried_again
@transaction.atomic
def ship(
    scope: Scope, order_id: int, tracking_number: str, weight: float | None = None
) -> MerchantOrder:
    """Let all of an order leave under this number; raises 404, and 409 where it cannot."""
    placed, order = locked(scope, order_id)
    now = history.latest(placed).status.code
    if why := ENDS.get(now[:2]):
        raise _not_now(order, why)
    if now.startswith("01") and now != RELEASED:
        raise _not_now(order, "Order is not released")
    leaving = Leaving(
        quantities={line.pk: line.open for line in order.lines.all() if line.open},
        parcels=[ParcelRecord(OTHER_CARRIER, tracking_number)],
        notify=True,
        submission=uuid.uuid4(),
    )
    try:
        with transaction.atomic():
            shipments.ship(order.pk, leaving, by=scope.user)
    except Refusal as refusal:
        raise _not_now(order, str(refusal)) from refusal
    if weight is not None:
        said = f"{SAID}its weight is {weight:g}, in a unit that the contract does not name."
        timeline.note(order, said, by=scope.user)
    shipped = StatusCode.objects.get(code=BY_PARTNER, variant=1)
    history.set_status(placed, shipped, f"Shipped by a partner: {tracking_number}", scope.user)
    return placed


@tried_again
@transaction.atomic
def set_status(scope: Scope, order_id: int, code: str, reason: str) -> MerchantOrder:
    """Let an order have a status; raises 404, 409 where the step is not legal, and 422."""
    placed, order = locked(scope, order_id)
    wanted = _row(code, reason)
    now = history.latest(placed).status.code
    if why := _why_not(now, wanted.code):
        raise _not_now(order, why)
    if now.startswith("02") and wanted.code.startswith("01"):
        _take(Action.BEGIN_ANEW, order, scope)
    elif wanted.code.startswith("02"):
        for step in _steps_to(order, wanted.code):
            _take(step, order, scope)
    _follow_problems(order, wanted, reason)
    timeline.note(order, f"{SAID}{wanted.code} {wanted}: {reason}", by=scope.user)
    history.set_status(placed, wanted, reason, scope.user)
    return placed


def _row(code: str, reason: str) -> StatusCode:
    """Return the row of the table; two codes stand twice, and the reason says which is meant."""
    rows = list(StatusCode.objects.filter(code=code).order_by("variant"))
    if not rows:
        raise errors.not_acceptable({"status.code": "unknown status code"})
    named = [row for row in rows if row.detail and row.detail.lower() == reason.strip().lower()]
    return named[0] if named else rows[0]


def _why_not(now: str, wanted: str) -> str:
    """Return why an order in one status cannot get another one; the table is in section 8."""
    before, then = now[:2], wanted[:2]
    if before == "03" and (wanted == RETURNED or {now, wanted} <= set(SHIPPED_BY_PARTNER)):
        return ""
    if before in ENDS:
        return ENDS[before]
    if then in ("01", "02"):
        return ""
    if then == "03":
        return "Order has no tracking number: ship it"
    return f"A partner cannot set {wanted}"


def _steps_to(order: FulfillmentOrder, code: str) -> list[Action]:
    """Return the steps of the floor that the status says were taken."""
    work = order.work_status
    steps = [Action.START_PICKING] if work in (WorkStatus.NEW, WorkStatus.ALLOCATED) else []
    if code == INSPECTED and work != WorkStatus.PACKED:
        steps += [Action.FINISH_PICKING] if work != WorkStatus.PICKED else []
        steps += [Action.PACK]
    return steps


def _take(step: Action, order: FulfillmentOrder, scope: Scope) -> None:
    """Take a step of the floor; raises 409 with the reason where it is not possible."""
    if refused := floor.step(step, [order.pk], by=scope.user).refused:
        raise _not_now(order, refused[0][1])
    order.refresh_from_db()


def _follow_problems(order: FulfillmentOrder, wanted: StatusCode, reason: str) -> None:
    """A problem that a partner has is shown to staff; with the next status it is over."""
    said = Problem.objects.filter(
        fulfillment_order=order, source=Source.FLOOR, detail__startswith=SAID, settled_at=None
    )
    said.update(settled_at=timezone.now(), settled_how="The partner goes on.")
    if wanted.code.startswith(PROBLEMS):
        Problem.objects.create(
            fulfillment_order=order,
            source=Source.FLOOR,
            status_code=wanted,
            detail=f"{SAID}{reason or wanted}",
        )
    status.refresh([order])


def _not_now(order: FulfillmentOrder, why: str) -> errors.ApiError:
    return errors.conflict(why.rstrip("."), {"id": order.pk})
