"""The six-digit codes that say where an order is and why, and what leads to each."""

from collections.abc import Iterable, Mapping
from itertools import product

from django.utils import timezone

from config.reference import source
from config.reference.markdown import code, listed, page, table
from fulfillment import status
from fulfillment.models import FulfillmentOrder, StatusCode, WorkStatus
from fulfillment.models.orders import REQUEST_STATUSES
from platforms.records import RequestStatus

INTRODUCTION = """
Each fulfillment order has one code, derived from its work status, its request status, whether it is
on hold, and its open problems (`fulfillment/status.py`). The first open problem that has a code
outweighs the state, as long as the order has not left the building. Two codes stand twice in the
table; the variant tells them apart.
"""
REQUEST_WORDS = dict(REQUEST_STATUSES)
# A request status, and whether the order is on hold.
Condition = tuple[RequestStatus, bool]
EVERY = frozenset(product(RequestStatus, (False, True)))
# A code with its variant, and in words what it is derived from.
Known = Mapping[tuple[str, int], list[str]]


def text() -> str:
    """Return the page: every row of the table in the database."""
    known = _from_states(), _from_returns(), _from_problems()
    return page(
        "Status codes",
        INTRODUCTION,
        table(
            ("code", "variant", "state", "stage", "detail", "derived from"),
            (_row(row, *known) for row in StatusCode.objects.all()),
        ),
    )


def _row(row: StatusCode, *known: Known) -> tuple[str, ...]:
    reasons = [reason for each in known for reason in each.get((row.code, row.variant), ())]
    return code(row.code), str(row.variant), row.state, row.stage, row.detail, "; ".join(reasons)


def _from_states() -> Known:
    """Try the rule on every state that an order without problems can be in."""
    found: dict[tuple[str, int], dict[WorkStatus, set[Condition]]] = {}
    for work, (request, held) in product(WorkStatus, sorted(EVERY)):
        order = FulfillmentOrder(work_status=work, request_status=request, on_hold=held)
        known = found.setdefault(status.derive(order, ()), {})
        known.setdefault(work, set()).add((request, held))
    return {derived: _in_words(works) for derived, works in found.items()}


def _from_returns() -> Known:
    """Try the rule on every state that an order can be in when all that left has come back."""
    labels = [
        str(work.label)
        for work in WorkStatus
        if status.derive(_departed(work), (), all_back=True) == status.RETURNED
    ]
    return {status.RETURNED: [f"{listed(labels, last='or')}, and all that had left came back"]}


def _departed(work: WorkStatus) -> FulfillmentOrder:
    return FulfillmentOrder(work_status=work, departed_at=timezone.now())


def _in_words(works: Mapping[WorkStatus, set[Condition]]) -> list[str]:
    """Say what leads to a code; work states that need the same besides are named together."""
    alike: dict[str, list[str]] = {}
    for work, conditions in works.items():
        alike.setdefault(_condition(conditions), []).append(str(work.label))
    return [f"{listed(labels, last='or')}{besides}" for besides, labels in alike.items()]


def _condition(found: set[Condition]) -> str:
    if found == EVERY:
        return ""
    held, free = ([r for r in RequestStatus if (r, hold) in found] for hold in (True, False))
    if held == free:
        return f", {_requests(held)}"
    said = [
        " and ".join(part for part in (words, _requests(requests)) if part)
        for words, requests in (("on hold", held), ("not on hold", free))
        if requests
    ]
    return f", {', or '.join(said)}"


def _requests(some: Iterable[RequestStatus]) -> str:
    """Name request statuses, or those that are not among them if that is shorter."""
    named = [REQUEST_WORDS[status] for status in RequestStatus if status in some]
    others = [REQUEST_WORDS[status] for status in RequestStatus if status not in some]
    if len(named) > len(others):
        return f"not {listed(others, last='or')}" if others else ""
    return listed(named, last="or")


def _from_problems() -> Known:
    """Look for the codes that a module names: a problem that it finds is given one of them.

    The API above names codes too, but finds nothing.
    """
    known = set(StatusCode.objects.values_list("code", flat=True))
    found: dict[tuple[str, int], list[str]] = {}
    for name, tree in source.modules():
        if name == status.__name__ or not name.startswith("fulfillment."):
            continue
        for named in sorted(source.texts_in(tree) & known):
            found.setdefault((named, 1), []).append(f"a problem found by {code(name)}")
    return found
