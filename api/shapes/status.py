"""A status as the contract shows it: always with its stage and detail, for two codes stand twice.

Contract fulfillment_com, sections 7 and 9.
"""

from typing import Any

from api.models import MerchantOrder, StatusEvent
from api.shapes.common import by, moment
from fulfillment.models import StatusCode

CLOSED = ("03", "04", "05", "06")
# Where the merchant has to act. Contract, section 8.
OF_THE_MERCHANT = ("010301", "010302", "010303", "010305", "010306", "0104", "010501")


def status_event(placed: MerchantOrder, event: StatusEvent) -> dict[str, Any]:
    """Show a status that an order has or had."""
    return {
        "id": event.pk,
        "status": _type(placed, event.status),
        "reason": event.reason or _why(placed, event.status) or str(event.status),
        "date": moment(event.at),
        **by(event.created_by_id),
    }


def _type(placed: MerchantOrder, status: StatusCode) -> dict[str, Any]:
    shown = {
        "id": status.pk,
        "code": status.code,
        "state": {"code": status.code[:2], "name": status.state},
        "stage": {"code": status.code[2:4], "name": status.stage},
        "detailCode": status.code[4:],
        "detail": status.detail,
        "isClosed": status.code.startswith(CLOSED),
        "name": status.stage,
    }
    if status.code.startswith(OF_THE_MERCHANT):
        shown["actionRequiredBy"] = {"id": placed.merchant_id, "name": placed.merchant.name}
    return shown


def _why(placed: MerchantOrder, status: StatusCode) -> str:
    """Return what is wrong, where the status is that of a problem."""
    order = placed.fulfillment_order
    if order is None or order.open_problems == 0:
        return ""
    problems = sorted(order.problems.all(), key=lambda problem: problem.pk)
    found = (p.detail for p in problems if not p.settled_at and p.status_code_id == status.pk)
    return next(found, "")
