"""Turns what a use case did into what the page says."""

from backoffice.actions import Result
from fulfillment.decisions import Outcome
from fulfillment.models import FulfillmentOrder


def as_result(outcome: Outcome) -> Result:
    """Return what was done and what was refused, for the message after an action."""
    return Result(len(outcome.done), [(str(order), why) for order, why in outcome.refused])


def store_is_told(order: FulfillmentOrder, words: str) -> str:
    """Say what happens, that the store hears of it, and what is still wrong with the order."""
    return f"{words} {order.store} is told.{_warning(order.open_problems)}"


def _warning(problems: int) -> str:
    if not problems:
        return ""
    return " It has an open problem." if problems == 1 else f" It has {problems} open problems."
