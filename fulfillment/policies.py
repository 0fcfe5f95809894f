"""Applies a store's rules: finds what is wrong, and decides what needs no person."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from django.utils import timezone

from fulfillment import decisions, methods, rules, shadow, status, triage
from fulfillment.models import (
    FulfillmentOrder,
    Line,
    Problem,
    Request,
    RuleVerdict,
    Source,
    StatusCode,
    WorkStatus,
)
from fulfillment.transitions import not_too_late
from fulfillment.triage import AskedLine, AskedMethod, Finding
from inventory import availability, skus
from inventory.models import Product
from locations.models import CancellationPolicy, RequestPolicy, Store
from platforms.records import RequestKind, RequestStatus

ACCEPT = "accept"
REJECT = "reject"
TOO_LATE = "The parcel has left the warehouse."
# A problem, told apart by the id of its order and what is wrong.
Fact = tuple[int, str]
Found = list[tuple[FulfillmentOrder, list[Finding]]]


def examine(store: Store, orders: Sequence[FulfillmentOrder]) -> None:
    """Check requests that wait for an answer, and suggest one.

    Must run in a transaction. Works from our rows, so it can be repeated at any time: after a
    product was added, or a location was connected. A problem that is still there stays as it is;
    one that a person has settled is not opened again.
    """
    asked = [order for order in orders if order.request_status == RequestStatus.REQUESTED]
    if not asked:
        return
    lines = _lines(asked)
    known = list(Problem.objects.filter(fulfillment_order__in=asked, source=Source.TRIAGE))
    settled = {_fact(problem) for problem in known if problem.settled_by_id}
    found = [
        (order, [f for f in findings if (order.pk, f.detail) not in settled])
        for order, findings in _findings(store, asked, lines)
    ]
    still_open = [problem for problem in known if problem.settled_at is None]
    _settle_gone(still_open, found)
    _open_problems(found, lines, {_fact(problem) for problem in still_open})
    _suggest({order.pk: findings for order, findings in found})


def apply(store: Store, orders: Sequence[FulfillmentOrder]) -> None:
    """Decide what the store's rules decide; leave the rest to a person.

    What a rule in the shadow would do is only noted.
    """
    shadow.note(store, orders)
    if store.request_policy == RequestPolicy.ACCEPT_WHEN_CLEAR:
        clear = [order for order in orders if rules.on_request(order).verdict == RuleVerdict.ACCEPT]
        if clear:
            _accept(store, clear)
    asked_to_stop = [
        order
        for order in orders
        if order.request_status == RequestStatus.CANCEL_REQUESTED and not order.pending_answer
    ]
    by_state = store.cancellation_policy == CancellationPolicy.BY_PHYSICAL_STATE
    clear = [o for o in asked_to_stop if by_state or _never_ours(o) or not_too_late(o)]
    settle_cancellations(_without_by_hand(clear))


def _accept(store: Store, clear: Sequence[FulfillmentOrder]) -> None:
    """Accept what is clear. What another order took the last units from is checked again."""
    outcome = decisions.accept({order.pk: order.revision for order in clear}, by=None)
    refused = {order.pk for order, _ in outcome.refused}
    again = [order for order in clear if order.pk in refused]
    if again:
        examine(store, again)
        status.refresh(again)


def _without_by_hand(orders: Sequence[FulfillmentOrder]) -> list[FulfillmentOrder]:
    """Leave out those whose answer a person gave up: no rule may give it again behind them."""
    if not orders:
        return []
    open_ones = Problem.objects.filter(
        fulfillment_order__in=orders, source=Source.FLOOR, settled_at=None
    )
    by_hand = set(open_ones.values_list("fulfillment_order_id", flat=True))
    return [order for order in orders if order.pk not in by_hand]


def settle_cancellations(orders: Iterable[FulfillmentOrder]) -> None:
    """Answer cancellations by what is physically so; what is being worked on is left alone."""
    verdicts = [(order, rules.on_cancellation(order).verdict) for order in orders]
    stopped = [order for order, verdict in verdicts if verdict == RuleVerdict.ACCEPT]
    gone = [order for order, verdict in verdicts if verdict == RuleVerdict.REJECT]
    if stopped:
        decisions.accept_cancellation({order.pk: None for order in stopped}, by=None)
    if gone:
        decisions.reject_cancellation({o.pk: None for o in gone}, by=None, message=TOO_LATE)


def _never_ours(order: FulfillmentOrder) -> bool:
    """We never promised it, or have stopped already: there is nothing to weigh."""
    return order.work_status in (WorkStatus.NEW, WorkStatus.CANCELLED, WorkStatus.CLOSED)


def _lines(orders: Sequence[FulfillmentOrder]) -> dict[int, list[Line]]:
    rows = Line.objects.filter(fulfillment_order__in=orders).order_by("fulfillment_order_id", "id")
    return {
        order_id: list(lines) for order_id, lines in groupby(rows, lambda r: r.fulfillment_order_id)
    }


def _findings(
    store: Store, orders: Sequence[FulfillmentOrder], lines: dict[int, list[Line]]
) -> Found:
    asked = {line.sku: line.title for rows in lines.values() for line in rows}
    products = skus.find(store.merchant_id, asked)
    unknown = {sku: title for sku, title in asked.items() if sku not in products}
    skus.remember(store.merchant_id, unknown, in_orders=True)
    available = availability.by_sku(products, {order.warehouse_id for order in orders})
    by_method = _methods(store, orders)
    return [
        (
            order,
            _find(order, lines.get(order.pk, []), products, available, by_method.get(order.pk)),
        )
        for order in orders
    ]


def _find(
    order: FulfillmentOrder,
    lines: list[Line],
    products: Mapping[str, Product],
    available: Mapping[int, Mapping[str, int]],
    method: AskedMethod | None,
) -> list[Finding]:
    own = {sku: product.sku for sku, product in products.items()}
    return triage.find(
        address=order.postal_address,
        lines=[
            AskedLine(line.ref, line.sku, line.title, line.open, own.get(line.sku, ""))
            for line in lines
        ],
        known_skus=frozenset(products),
        location_name=order.location_name,
        location_known=order.warehouse_id is not None,
        is_test=bool(order.order.is_test),
        available=available.get(order.warehouse_id or 0),
        method=method,
    )


def _methods(store: Store, orders: Iterable[FulfillmentOrder]) -> dict[int, AskedMethod]:
    """Return by order how it is to be shipped, where we say which carrier a method means."""
    if not store.platform.capabilities.maps_methods:
        return {}
    chosen, known = methods.carriers(store), frozenset(store.carriers)
    return {
        order.pk: AskedMethod(order.shipping_code, chosen.get(order.shipping_code, ""), known)
        for order in orders
    }


def _fact(problem: Problem) -> Fact:
    return problem.fulfillment_order_id, problem.detail


def _settle_gone(still_open: Sequence[Problem], found: Found) -> None:
    """Settle the problems that a new look does not find any more."""
    facts = {(order.pk, finding.detail) for order, findings in found for finding in findings}
    gone = [problem.pk for problem in still_open if _fact(problem) not in facts]
    Problem.objects.filter(pk__in=gone).update(
        settled_at=timezone.now(), settled_how="Checked again: not found any more."
    )


def _open_problems(found: Found, lines: dict[int, list[Line]], known: set[Fact]) -> None:
    codes = {row.code: row for row in StatusCode.objects.filter(variant=1)}
    by_ref = {(pk, line.ref): line for pk, rows in lines.items() for line in rows}
    Problem.objects.bulk_create(
        Problem(
            fulfillment_order=order,
            line=by_ref.get((order.pk, finding.line_ref)),
            status_code=codes[finding.code],
            source=Source.TRIAGE,
            detail=finding.detail,
            reject_reason=finding.reject_reason or "",
        )
        for order, findings in found
        for finding in findings
        if (order.pk, finding.detail) not in known
    )


def _suggest(found: dict[int, list[Finding]]) -> None:
    """Write the answer that follows from the findings beside each open request."""
    requests = list(
        Request.objects.filter(
            fulfillment_order__in=found, kind=RequestKind.FULFILL, closed_at=None, decision=""
        )
    )
    clear = [request.pk for request in requests if not found[request.fulfillment_order_id]]
    Request.objects.filter(pk__in=clear).update(
        suggestion=ACCEPT, suggested_reason="", suggested_message=""
    )
    faulty = [request for request in requests if found[request.fulfillment_order_id]]
    for request in faulty:
        findings = found[request.fulfillment_order_id]
        reason = findings[0].reject_reason
        request.suggestion = REJECT if reason else ""
        request.suggested_reason = reason or ""
        request.suggested_message = _message(findings) if reason else ""
    Request.objects.bulk_update(faulty, ["suggestion", "suggested_reason", "suggested_message"])


def _message(findings: list[Finding]) -> str:
    """Tell the merchant all that belongs to the weightiest reason, naming the lines."""
    if not findings:
        return ""
    return " ".join(
        f.told or f.detail for f in findings if f.reject_reason == findings[0].reject_reason
    )
