"""Rules in the shadow: what a rule would do is written beside the request, and decides nothing.

It is written when a request arrives or changes, and for the last time by the statement that keeps
the decision of a person: then it stands, whatever happens to the order later.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Case, CharField, Value, When, prefetch_related_objects

from fulfillment import rules
from fulfillment.models import FulfillmentOrder, Request, WorkStatus
from fulfillment.rules import Verdict
from locations.models import CancellationPolicy, RequestPolicy, Store
from platforms.records import RequestKind

RULES: Mapping[RequestKind, Callable[[FulfillmentOrder], Verdict]] = {
    RequestKind.FULFILL: rules.on_request,
    RequestKind.CANCEL: rules.on_cancellation,
}


def kinds(store: Store) -> list[RequestKind]:
    """Return the kinds of requests whose rule is in the shadow at this store."""
    shadows = {
        RequestKind.FULFILL: store.request_policy == RequestPolicy.SHADOW,
        RequestKind.CANCEL: store.cancellation_policy == CancellationPolicy.SHADOW,
    }
    return [kind for kind, in_shadow in shadows.items() if in_shadow]


def verdicts(
    orders: Sequence[FulfillmentOrder], requests: Mapping[int, Request]
) -> dict[int, Verdict]:
    """Return by request what its rule would do now, where the rule is in the shadow.

    `requests` is by order. The orders come with their stores, and not decided on yet.
    """
    _load_shipments(orders)
    return {
        request.pk: RULES[kind](order)
        for order in orders
        for request in (requests[order.pk],)
        for kind in kinds(order.store)
        if request.kind == kind
    }


def columns(found: Mapping[int, Verdict]) -> dict[str, Any]:
    """Return verdicts by request as the columns of one UPDATE, however many requests there are.

    A request without a verdict loses the one it had.
    """
    ids: dict[Verdict, list[int]] = {}
    for pk, verdict in found.items():
        ids.setdefault(verdict, []).append(pk)
    return {
        "rule_verdict": _case((verdict.verdict, pks) for verdict, pks in ids.items()),
        "rule_reason": _case((verdict.reason, pks) for verdict, pks in ids.items()),
    }


def note(store: Store, orders: Sequence[FulfillmentOrder]) -> None:
    """Write what the store's rules would do beside the requests that wait for an answer."""
    compared = kinds(store)
    if not compared:
        return
    waiting = {
        request.fulfillment_order_id: request
        for request in Request.objects.filter(
            fulfillment_order__in=orders, kind__in=compared, closed_at=None, decision=""
        )
    }
    found = verdicts([order for order in orders if order.pk in waiting], waiting)
    changed = {
        request.pk: found[request.pk]
        for request in waiting.values()
        if not _says(request, found[request.pk])
    }
    if changed:
        Request.objects.filter(pk__in=changed).update(**columns(changed))


def _says(request: Request, verdict: Verdict) -> bool:
    return (request.rule_verdict, request.rule_reason) == (verdict.verdict, verdict.reason)


def _load_shipments(orders: Iterable[FulfillmentOrder]) -> None:
    """Read at once what decides whether it is too late for the rest of an order."""
    partly = [order for order in orders if order.work_status == WorkStatus.PARTLY_SHIPPED]
    prefetch_related_objects(partly, "shipments")


def _case(values: Iterable[tuple[str, list[int]]]) -> Case:
    return Case(
        *(When(pk__in=pks, then=Value(str(value))) for value, pks in values),
        default=Value(""),
        output_field=CharField(),
    )
