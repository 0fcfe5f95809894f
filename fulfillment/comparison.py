"""Compares what the rules in the shadow would have done with what people decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, F, Q, QuerySet

from fulfillment.models import Decision, FulfillmentOrder, Request, RuleVerdict
from platforms.records import RejectReason, RequestKind

AGREED = (
    Q(rule_verdict=RuleVerdict.ACCEPT, decision=Decision.ACCEPTED)
    | Q(rule_verdict=RuleVerdict.REJECT, decision=Decision.REJECTED)
    # The rule holds back what it is not sure of, and here it was right to.
    | Q(rule_verdict=RuleVerdict.LEAVE, decision=Decision.REJECTED)
)
OPPOSED = Q(rule_verdict=RuleVerdict.ACCEPT, decision=Decision.REJECTED) | Q(
    rule_verdict=RuleVerdict.REJECT, decision=Decision.ACCEPTED
)
HELD_BACK = Q(rule_verdict=RuleVerdict.LEAVE, decision=Decision.ACCEPTED)


class Median(Aggregate):
    """The value in the middle."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(slots=True)
class Comparison:
    """One rule of one store against its people.

    `agreed`, `opposed` and `held_back` sum up to `decided`. `alone` is what the rule would have
    answered without a person. `reasons` is why people rejected what the rule would have accepted.
    """

    store_id: int
    store: str
    kind: RequestKind
    decided: int
    agreed: int
    opposed: int
    held_back: int
    alone: int
    median: timedelta
    reasons: list[tuple[RejectReason, int]] = field(default_factory=list)


def decided_by_people(user: Any, *, since: datetime, store_id: int | None) -> QuerySet[Request]:
    """Return the compared requests of the user's warehouses that people decided since then."""
    orders = FulfillmentOrder.objects.seen_by(user)
    if store_id is not None:
        orders = orders.filter(store=store_id)
    return Request.objects.filter(
        fulfillment_order__in=orders.order_by(),
        decided_by__isnull=False,
        decided_at__gte=since,
        decision__in=[Decision.ACCEPTED, Decision.REJECTED],
    ).exclude(rule_verdict="")


def disagreements(requests: QuerySet[Request]) -> QuerySet[Request]:
    """Return those in which the person did not do what the rule would have done, newest first."""
    return (
        requests.filter(OPPOSED | HELD_BACK)
        .select_related("fulfillment_order__order", "fulfillment_order__store", "decided_by")
        .order_by("-decided_at", "-pk")
    )


def summarize(requests: QuerySet[Request]) -> list[Comparison]:
    """Return one comparison for each store and kind of request, in two statements."""
    rows = (
        requests.order_by()
        .values(
            "kind",
            store_id=F("fulfillment_order__store_id"),
            store=F("fulfillment_order__store__name"),
        )
        .annotate(
            decided=Count("pk"),
            agreed=Count("pk", filter=AGREED),
            opposed=Count("pk", filter=OPPOSED),
            held_back=Count("pk", filter=HELD_BACK),
            alone=Count("pk", filter=~Q(rule_verdict=RuleVerdict.LEAVE)),
            median=Median(F("decided_at") - F("received_at")),
        )
        .order_by("store", "-kind")
    )
    found = [_comparison(row) for row in rows]
    _add_reasons(found, requests)
    return found


def _comparison(row: Mapping[str, Any]) -> Comparison:
    return Comparison(**{**row, "kind": RequestKind(row["kind"])})


def _add_reasons(found: Iterable[Comparison], requests: QuerySet[Request]) -> None:
    """Add why people rejected what the rule would have accepted, the most frequent first."""
    by_store = {(each.store_id, each.kind): each for each in found}
    reasons = (
        requests.filter(OPPOSED)
        .exclude(reason="")
        .order_by()
        .values_list("fulfillment_order__store_id", "kind", "reason")
        .annotate(times=Count("pk"))
        .order_by("-times", "reason")
    )
    for store_id, kind, reason, times in reasons:
        by_store[store_id, RequestKind(kind)].reasons.append((RejectReason(reason), times))
