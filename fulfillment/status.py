"""Derives the one status code that says where a fulfillment order is, and why."""

from collections.abc import Iterable

from fulfillment.models import FulfillmentOrder, Problem, StatusCode, WorkStatus
from platforms.records import RequestStatus

RECEIVED = ("010102", 1)
APPROVED = ("010201", 1)
HOLD_FOR_MERCHANT = ("010303", 1)
HOLD_BY_US = ("010307", 1)
DEPARTURE_HOLD = ("020301", 2)
PICKING = ("020801", 1)
INSPECTED = ("021001", 1)
SHIPPED = ("030201", 1)
CANCELLED = ("050101", 1)

BY_WORK = {
    WorkStatus.ALLOCATED: APPROVED,
    WorkStatus.PICKING: PICKING,
    WorkStatus.PICKED: PICKING,
    WorkStatus.PACKED: INSPECTED,
    WorkStatus.PARTLY_SHIPPED: SHIPPED,
    WorkStatus.SHIPPED: SHIPPED,
    WorkStatus.CANCELLED: CANCELLED,
    WorkStatus.CLOSED: CANCELLED,
}


def derive(order: FulfillmentOrder, problems: Iterable[Problem]) -> tuple[str, int]:
    """Return code and variant. What has left the building outweighs any problem."""
    if order.work_status == WorkStatus.CLOSED and order.departed_at:
        return SHIPPED
    if order.work_status in (WorkStatus.SHIPPED, WorkStatus.CANCELLED, WorkStatus.CLOSED):
        return BY_WORK[WorkStatus(order.work_status)]
    coded = [problem.status_code for problem in problems if problem.status_code]
    if coded:
        return coded[0].code, coded[0].variant
    if order.on_hold or order.request_status == RequestStatus.REJECTED:
        return HOLD_FOR_MERCHANT
    if order.held_here:
        begun = order.work_status not in (WorkStatus.NEW, WorkStatus.ALLOCATED)
        return DEPARTURE_HOLD if begun else HOLD_BY_US
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
    changed: dict[tuple[int, StatusCode], list[int]] = {}
    for order in orders:
        count, code = len(found[order.pk]), codes[derive(order, found[order.pk])]
        if (count, code.pk) != (order.open_problems, order.status_code_id):
            order.open_problems, order.status_code = count, code
            changed.setdefault((count, code), []).append(order.pk)
    # One statement for each of the few states that orders are in, however many orders there are.
    for (count, code), ids in changed.items():
        FulfillmentOrder.objects.filter(pk__in=ids).update(open_problems=count, status_code=code)
