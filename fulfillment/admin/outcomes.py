"""Turns what a use case did into what the page says."""

from backoffice.actions import Result
from fulfillment import settling
from fulfillment.decisions import KINDS, Outcome
from fulfillment.models import FulfillmentOrder
from fulfillment.transitions import TRANSITIONS, Action


def as_answered(outcome: Outcome, action: Action) -> Result:
    """Return what was decided; where nobody waits for the answer, the words do not promise it."""
    result = as_result(outcome)
    if outcome.done and not any(settling.is_told(o, KINDS[action]) for o in outcome.done):
        result.words = f"{TRANSITIONS[action].label}: done here, and the store is not told"
    return result


def as_result(outcome: Outcome) -> Result:
    """Return what was done and what was refused, for the message after an action."""
    return Result(len(outcome.done), [(str(order), why) for order, why in outcome.refused])


def store_is_told(order: FulfillmentOrder, words: str) -> str:
    """Say what happens, that the store hears of it, and what is still wrong with the order."""
    return f"{words} {order.store} is told.{_warning(order.open_problems)}"


def answer_is_told(order: FulfillmentOrder, words: str, action: Action) -> str:
    """Say what happens, and who hears of it: the store, or a merchant whom a person tells."""
    if settling.is_told(order, KINDS[action]):
        return store_is_told(order, words)
    platform = order.store.platform
    task = platform.by_hand.get(settling.SAID_BY_HAND.get(action, ""), "")
    warning = _warning(order.open_problems)
    return f"{words} {platform.label} waits for no answer. {task}".strip() + warning


def _warning(problems: int) -> str:
    if not problems:
        return ""
    return " It has an open problem." if problems == 1 else f" It has {problems} open problems."
