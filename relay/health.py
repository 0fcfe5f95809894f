"""Says whether the site is alive, and whether work gets done."""

from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateWorker

from relay.models import OutboundCall

ALIVE = "alive"


def live(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process can answer at all."""
    return JsonResponse({"live": True})


def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers and a worker is alive, else 503 and say why.

    `oldest_due_call_seconds` is how long the most delayed call has been due; 0 when none is.
    """
    try:
        facts = {
            "database": _database(),
            "worker": worker(),
            "oldest_due_call_seconds": _oldest_due(),
        }
    except DatabaseError:
        return JsonResponse(
            {"ready": False, "database": "does not answer"}, status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    healthy = facts["worker"] == ALIVE
    status = HTTPStatus.OK if healthy else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"ready": healthy, **facts}, status=status)


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "answers"


def worker() -> str:
    """Return ALIVE, or how long no worker has been heard of."""
    beat = (
        ProcrastinateWorker.objects.order_by("-last_heartbeat")
        .values_list("last_heartbeat", flat=True)
        .first()
    )
    if beat is None:
        return "no worker runs"
    silent = (timezone.now() - beat).total_seconds()
    return ALIVE if silent < settings.WORKER_STALLED_SECONDS else f"silent for {silent:.0f} s"


def _oldest_due() -> float:
    now = timezone.now()
    oldest = (
        OutboundCall.objects.due(now)
        .filter(store__paused_at__isnull=True)
        .order_by("run_after")
        .values_list("run_after", flat=True)
        .first()
    )
    return round((now - oldest).total_seconds(), 1) if oldest else 0.0
