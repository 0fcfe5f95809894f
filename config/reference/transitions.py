"""What can be done with a fulfillment order, when, and where it leads."""

from collections.abc import Iterable

from config import messages
from config.reference.markdown import bullets, code, fenced, listed, page, prose, sentence, table
from fulfillment.models import FulfillmentOrder, WorkStatus
from fulfillment.models.orders import REQUEST_STATUSES
from fulfillment.settling import work_after
from fulfillment.transitions import ANSWERS, TRANSITIONS, Action, Guard, Transition

REQUEST_WORDS = dict(REQUEST_STATUSES)
ALL = "any"
INTRODUCTION = """
A fulfillment order has a request status, which is the conversation with the store, and a work
status, which is how far the floor is. An action is offered only in the states named here, and only
while nothing stands in its way. The table is `fulfillment/transitions.py`; the pages and the rules
are drawn from the same one.
"""
TOLD = "when the store has confirmed it"


def text() -> str:
    """Return the page: the actions, what stands in their way, and the work status as a diagram."""
    return page(
        "Transitions",
        INTRODUCTION,
        "## Actions",
        table(
            ("action", "what it means", "leads to", "takes effect", "permission"),
            (_what(action, transition) for action, transition in TRANSITIONS.items()),
        ),
        "## When they are possible",
        table(
            ("action", "request status", "work status", "and only if"),
            (_when(transition) for transition in TRANSITIONS.values()),
        ),
        "## What may stand in the way",
        bullets(f"**{in_words(guard)}** {sentence(guard)}" for guard in _guards()),
        "## The work status",
        "Arrows that lead back to the same state are left out. What the store does by itself, such "
        "as closing an order, may end work in any state.",
        fenced(diagram(), "mermaid"),
    )


def in_words(guard: Guard) -> str:
    """Return a guard's name as a few words: not_held → Not held."""
    return f"{guard.__name__.replace('_', ' ').capitalize()}."


def ends(action: Action, state: WorkStatus) -> tuple[WorkStatus, ...]:
    """Return where the work stands after an action: more than one state if the units decide."""
    transition = TRANSITIONS[action]
    if action in ANSWERS:
        return (WorkStatus(work_after(FulfillmentOrder(work_status=state), action)),)
    return transition.work_either or (transition.work_after or state,)


def diagram() -> str:
    """Return the work status as a state diagram; all that leads the same way is one arrow."""
    arrows: dict[tuple[WorkStatus, WorkStatus], list[str]] = {}
    for action, transition in TRANSITIONS.items():
        for state in _in_order(transition.work):
            for end in ends(action, state):
                if end != state:
                    arrows.setdefault((state, end), []).append(transition.label)
    named = [f"    {state.value} : {state.label}" for state in WorkStatus]
    drawn = [
        f"    {state.value} --> {end.value} : {', '.join(labels)}"
        for (state, end), labels in sorted(arrows.items(), key=_place)
    ]
    return "\n".join(["stateDiagram-v2", *named, f"    [*] --> {WorkStatus.NEW.value}", *drawn])


def _place(arrow: tuple[tuple[WorkStatus, WorkStatus], list[str]]) -> tuple[int, ...]:
    return tuple(list(WorkStatus).index(state) for state in arrow[0])


def _what(action: Action, transition: Transition) -> tuple[str, ...]:
    effect = TOLD if str(action) in messages.DELIVERIES else "at once"
    means = prose(transition.says)
    permission = code(transition.permission)
    return transition.label, means, _leads_to(action, transition), effect, permission


def _leads_to(action: Action, transition: Transition) -> str:
    said = []
    if transition.request_after:
        said.append(f"request: {REQUEST_WORDS[transition.request_after]}")
    ending: dict[tuple[WorkStatus, ...], list[WorkStatus]] = {}
    for state in _in_order(transition.work):
        if (state,) != ends(action, state):
            ending.setdefault(ends(action, state), []).append(state)
    for after, states in ending.items():
        where = "" if transition.work == set(states) else f" (from {_labels(states)})"
        said.append(f"work: {_labels(after)}{where}")
    return "; ".join(said)


def _when(transition: Transition) -> tuple[str, ...]:
    requests = (words for status, words in REQUEST_STATUSES if status in transition.request)
    return (
        transition.label,
        listed(requests, last="or"),
        ALL if transition.work == set(WorkStatus) else _labels(_in_order(transition.work)),
        " ".join(in_words(guard) for guard in transition.guards),
    )


def _labels(states: Iterable[WorkStatus]) -> str:
    return listed((str(state.label) for state in states), last="or")


def _in_order(states: Iterable[WorkStatus]) -> list[WorkStatus]:
    return [state for state in WorkStatus if state in states]


def _guards() -> list[Guard]:
    return list(dict.fromkeys(g for each in TRANSITIONS.values() for g in each.guards))
