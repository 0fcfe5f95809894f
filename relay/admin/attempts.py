"""Reads calls together with their last attempts, however many there were."""

from typing import Any

from django.db.models import Count, Prefetch, QuerySet

from relay.models import Attempt, Exchange, OutboundCall

ATTEMPTS_SHOWN = 10


def with_attempts(calls: QuerySet[OutboundCall]) -> QuerySet[Any]:
    """Add `tries` and `last_attempts` with their exchanges, the newest first."""
    exchanges = Prefetch("exchanges", Exchange.objects.order_by("id"))
    last = Attempt.objects.prefetch_related(exchanges).order_by("-id")[:ATTEMPTS_SHOWN]
    return (
        calls.annotate(tries=Count("attempts"))
        .select_related("store", "created_by")
        .prefetch_related(Prefetch("attempts", last, to_attr="last_attempts"))
    )
