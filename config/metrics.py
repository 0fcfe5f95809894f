"""What Prometheus reads at /metrics. All of it is asked from the database when it is scraped.

So it does not matter which of several web processes answers, or how many workers there are. The
queries are few and always the same, and none of them reads what is done: each is served by an
index over what is open, or by a table that stays small. Labels are words of ours: states,
priorities, verbs, topics, endpoints. No metric grows with stores, orders or senders.
"""

import hmac
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Min, Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from fulfillment.models import Problem
from fulfillment.models.requests import Source
from locations.models import Store
from relay import tallies
from relay.models import (
    DUE_STATES,
    OPEN_STATES,
    Alarm,
    InboundMessage,
    MessageState,
    OutboundCall,
    Priority,
)

# The courier looks before it sends.
REQUESTS_PER_CALL = 2
Metric = GaugeMetricFamily | CounterMetricFamily


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with all metrics whoever knows METRICS_TOKEN; without one there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        answer = JsonResponse({"detail": "Send the token: Authorization: Bearer …"}, status=401)
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    try:
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
    except DatabaseError:
        reason = {"detail": "The database does not answer."}
        return JsonResponse(reason, status=HTTPStatus.SERVICE_UNAVAILABLE)


class Figures(Collector):
    """Asks for all figures anew at each scrape."""

    def collect(self) -> Iterator[Metric]:
        """Yield each metric with its values."""
        now = timezone.now()
        yield from _calls(now)
        yield from _messages(now)
        yield from _counted()
        yield from _trouble()
        yield from _workers(now)

    def describe(self) -> Iterable[Metric]:
        """Describe nothing ahead: that would ask the database before anybody wants to know."""
        return []


def _calls(now: datetime) -> Iterator[Metric]:
    rows = _open_calls(now)
    number = GaugeMetricFamily(
        "crossdock_calls_open",
        "Calls that are not ended, by state and priority.",
        labels=("state", "priority"),
    )
    due = GaugeMetricFamily(
        "crossdock_calls_due",
        "Calls to running stores whose moment has come.",
        labels=("priority",),
    )
    oldest = GaugeMetricFamily(
        "crossdock_oldest_due_call_seconds",
        "How long the most delayed call has been due; 0 when none is.",
        labels=("priority",),
    )
    for priority in Priority:
        mine = [row for row in rows if row["priority"] == priority]
        for state in OPEN_STATES:
            found = sum(row["number"] for row in mine if row["state"] == state)
            number.add_metric((state, priority.name.lower()), found)
        due.add_metric((priority.name.lower(),), sum(row["due"] for row in mine))
        moments = [row["oldest"] for row in mine if row["oldest"]]
        oldest.add_metric((priority.name.lower(),), _age(min(moments, default=now), now))
    yield from (number, due, oldest)
    yield GaugeMetricFamily(
        "crossdock_drain_seconds",
        "How long the busiest store needs for its due calls at its rate limit, if all goes well.",
        value=_drain_seconds(rows),
    )


def _open_calls(now: datetime) -> list[dict[str, Any]]:
    """Return the open calls, counted by store, state and priority: a row for each busy store."""
    ready = Q(state__in=DUE_STATES, run_after__lte=now, store__paused_at__isnull=True)
    groups = (
        OutboundCall.objects.filter(state__in=OPEN_STATES)
        .order_by()
        .values(
            *("state", "priority", "store_id"),
            *("store__platform_key", "store__requests_per_second"),
        )
    )
    counted = groups.annotate(
        number=Count("pk"),
        due=Count("pk", filter=ready),
        oldest=Min("run_after", filter=ready),
    )
    return list(counted)


def _drain_seconds(rows: list[dict[str, Any]]) -> float:
    """Stores are served side by side, so the slowest one decides."""
    needed: dict[int, float] = {}
    for row in rows:
        store = Store(
            platform_key=row["store__platform_key"],
            requests_per_second=row["store__requests_per_second"],
        )
        seconds = (
            row["due"]
            * REQUESTS_PER_CALL
            / (store.requests_per_second or store.platform.requests_per_second)
        )
        needed[row["store_id"]] = needed.get(row["store_id"], 0.0) + seconds
    return max(needed.values(), default=0.0)


def _messages(now: datetime) -> Iterator[Metric]:
    unread = InboundMessage.objects.filter(state=MessageState.RECEIVED)
    found = unread.order_by().aggregate(number=Count("pk"), oldest=Min("received_at"))
    failed = InboundMessage.objects.filter(state=MessageState.FAILED).order_by().count()
    kept = GaugeMetricFamily(
        "crossdock_messages", "Messages that are not read, or could not be.", labels=("state",)
    )
    kept.add_metric((MessageState.RECEIVED,), found["number"])
    kept.add_metric((MessageState.FAILED,), failed)
    yield kept
    yield GaugeMetricFamily(
        "crossdock_oldest_unread_message_seconds",
        "How long the oldest unread message has waited; 0 when none does.",
        value=_age(found["oldest"] or now, now),
    )


def _counted() -> Iterator[Metric]:
    totals = tallies.totals()
    yield _counter(
        "crossdock_attempts",
        "Attempts to make a call, by verb and how they ended.",
        ("verb", "outcome"),
        totals[tallies.ATTEMPTS],
    )
    yield _counter(
        "crossdock_messages_read",
        "Messages that were read, by platform and topic, and how that ended.",
        ("platform", "topic", "outcome"),
        totals[tallies.MESSAGES],
    )
    yield _counter(
        "crossdock_messages_refused",
        "Requests that an endpoint turned away; nothing else is kept of them.",
        ("platform", "endpoint", "status"),
        totals[tallies.REFUSED],
    )


def _counter(
    name: str, text: str, labels: tuple[str, ...], counts: Mapping[tuple[str, str], int]
) -> Metric:
    counter = CounterMetricFamily(name, text, labels=labels)
    for (kind, outcome), count in sorted(counts.items()):
        counter.add_metric((*kind.split(":", 1), outcome), count)
    return counter


def _trouble() -> Iterator[Metric]:
    problems = GaugeMetricFamily(
        "crossdock_problems_open",
        "Problems that nobody has settled, by who found them.",
        labels=("source",),
    )
    open_ones = Problem.objects.filter(settled_at=None)
    found = dict(open_ones.order_by().values_list("source").annotate(Count("pk")))
    for source in Source:
        problems.add_metric((source,), found.get(source, 0))
    alarms = GaugeMetricFamily("crossdock_alarms_open", "Alarms, by kind.", labels=("kind",))
    raised = Alarm.objects.filter(cleared_at=None).order_by().values_list("kind")
    for kind, number in raised.annotate(Count("pk")):
        alarms.add_metric((kind,), number)
    yield from (problems, alarms)
    stores = GaugeMetricFamily("crossdock_stores", "Stores, by traffic.", labels=("traffic",))
    traffic = Store.objects.aggregate(
        running=Count("pk", filter=Q(paused_at=None)),
        paused=Count("pk", filter=Q(paused_at__isnull=False)),
    )
    for word in ("running", "paused"):
        stores.add_metric((word,), traffic[word])
    yield stores


def _workers(now: datetime) -> Iterator[Metric]:
    alive_since = now - timedelta(seconds=settings.WORKER_STALLED_SECONDS)
    yield GaugeMetricFamily(
        "crossdock_workers_alive",
        "Workers that have signed life lately.",
        value=ProcrastinateWorker.objects.filter(last_heartbeat__gt=alive_since).count(),
    )
    jobs = GaugeMetricFamily(
        "crossdock_jobs", "Jobs in the engine's table, by status.", labels=("status",)
    )
    by_status = ProcrastinateJob.objects.order_by().values_list("status")
    for status, number in by_status.annotate(Count("pk")):
        jobs.add_metric((status,), number)
    yield jobs


def _age(moment: datetime, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds())
