"""What the automatic rules say to a request: asked to decide it, or only to be compared."""

from dataclasses import dataclass

from fulfillment.models import FulfillmentOrder, RuleVerdict, WorkStatus
from fulfillment.transitions import Action, not_too_late, why_not

UNTOUCHED = (
    WorkStatus.NEW,
    WorkStatus.ALLOCATED,
    WorkStatus.CANCELLED,
    WorkStatus.CLOSED,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule does with a request, and why in words."""

    verdict: RuleVerdict
    reason: str


def on_request(order: FulfillmentOrder) -> Verdict:
    """Accept what has no problem and can be shipped; leave the rest to a person."""
    if problems := order.open_problems:
        said = "1 open problem." if problems == 1 else f"{problems} open problems."
        return Verdict(RuleVerdict.LEAVE, said)
    if may_be_a_test(order):
        return Verdict(RuleVerdict.LEAVE, "The store has not said that it is no test order.")
    if reason := why_not(Action.ACCEPT, order):
        return Verdict(RuleVerdict.LEAVE, reason)
    return Verdict(RuleVerdict.ACCEPT, "No problem is open.")


def may_be_a_test(order: FulfillmentOrder) -> bool:
    """Where orders are read, no rule accepts one before the store has said that it is no test."""
    return order.store.reads_orders and order.order.is_test is not False


def on_cancellation(order: FulfillmentOrder) -> Verdict:
    """Accept before picking, reject when it has left; what is being worked on is left alone."""
    if order.work_status in UNTOUCHED:
        return Verdict(RuleVerdict.ACCEPT, "Nobody had begun to pick it.")
    if reason := not_too_late(order):
        return Verdict(RuleVerdict.REJECT, reason)
    return Verdict(RuleVerdict.LEAVE, f"The work on it was at “{order.get_work_status_display()}”.")
