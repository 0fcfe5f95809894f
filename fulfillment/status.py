"""Derives the one status code that says where a fulfillment order is, and why."""

from collections.abc import Iterable

from django.db.models import Sum
from django.db.models.functions import Coalesce

from fulfillment.models import FulfillmentOrder, Line, Problem, StatusCode, WorkStatus
from fulfillment.transitions import WORKABLE
from platforms.records import RequestStatus

RECEIVED = ("010102", 1)
APPROVED = ("010201", 1)
RELEASED = ("010901", 1)
HOLD_FOR_MERCHANT = ("010303", 1)
HOLD_BY_US = ("010307", 1)
DEPARTURE_HOLD = ("020301", 2)
PICKING = ("020801", 1)
INSPECTED = ("021001", 1)
SHIPPED = ("030201", 1)
RETURNED = ("040101", 1)
CANCELLED = ("050101", 1)

BY_WORK = {
    WorkStatus.ALLOCATED: APPROVED,  # Released, where nothing keeps pickers from it.
    WorkStatus.PICKING: PICKING,
    WorkStatus.PICKED: PICKING,
    WorkStatus.PACKED: INSPECTED,
    WorkStatus.PARTLY_SHIPPED: SHIPPED,
}


def derive(
    order: FulfillmentOrder, problems: Iterable[Problem], *, all_back: bool = False
) -> tuple[str, int]:
    """Return code and variant. What has left the building outweighs any problem.

    `all_back`: nothing of what has left is out any more.
    """
    if _has_departed(order):
        return RETURNED if all_back else SHIPPED
    if order.work_status in (WorkStatus.CANCELLED, WorkStatus.CLOSED):
        return CANCELLED
    coded = [problem.status_code for problem in problems if problem.status_code]
    if coded:
        return coded[0].code, coded[0].variant
    if order.on_hold or order.request_status == RequestStatus.REJECTED:
        return HOLD_FOR_MERCHANT
    if order.held_here:
        begun = order.work_status not in (WorkStatus.NEW, WorkStatus.ALLOCATED)
        return DEPARTURE_HOLD if begun else HOLD_BY_US
    if order.work_status == WorkStatus.ALLOCATED and order.request_status in WORKABLE:
        return RELEASED
    return BY_WORK.get(WorkStatus(order.work_status), RECEIVED)


def refresh(orders: Iterable[FulfillmentOrder]) -> None:
    """Count the open problems of these orders and derive their status codes; saves them."""
    orders = list(orders)
    open_problems = (
        Problem.objects.filter(fulfillment_order__in=orders, settled_at=None)
        .select_related("status_code")
        .order_by("id")
    )
    found: dict[int, list[Problem]] = {order.pk: [] for order in orders}
    for problem in open_problems:
        found[problem.fulfillment_order_id].append(problem)
    codes = {(row.code, row.variant): row for row in StatusCode.objects.all()}
    back = _all_back(orders)
    changed: dict[tuple[int, StatusCode], list[int]] = {}
    for order in orders:
        derived = derive(order, found[order.pk], all_back=order.pk in back)
        count, code = len(found[order.pk]), codes[derived]
        if (count, code.pk) != (order.open_problems, order.status_code_id):
            order.open_problems, order.status_code = count, code
            changed.setdefault((count, code), []).append(order.pk)
    # One statement for each of the few states that orders are in, however many orders there are.
    for (count, code), ids in changed.items():
        FulfillmentOrder.objects.filter(pk__in=ids).update(open_problems=count, status_code=code)


def _has_departed(order: FulfillmentOrder) -> bool:
    closed = order.work_status == WorkStatus.CLOSED and order.departed_at is not None
    return closed or order.work_status == WorkStatus.SHIPPED


def _all_back(orders: Iterable[FulfillmentOrder]) -> set[int]:
    """Return the ids of those that have departed, and of which nothing is out any more."""
    departed = [order.pk for order in orders if _has_departed(order)]
    if not departed:
        return set()
    lines = Line.objects.filter(fulfillment_order__in=departed, shipped__gt=0).order_by()
    units = list(
        lines.annotate(back=Coalesce(Sum("returned_in__quantity"), 0)).values_list(
            "fulfillment_order_id", "shipped", "back"
        )
    )
    out = {order_id for order_id, shipped, back in units if back < shipped}
    return {order_id for order_id, _, _ in units} - out
