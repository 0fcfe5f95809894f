"""What surrounds each run of a job: a correlation id, and a line in the log."""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from procrastinate import JobContext
from procrastinate.worker import Worker

from relay import correlation

log = logging.getLogger(__name__)


async def noted(run: Callable[[], Awaitable[Any]], context: JobContext, worker: Worker) -> Any:
    """Run the job under the id of what woke it, or one of its own, and say how it went."""
    job = context.job
    told: Mapping[str, Any] = job.task_kwargs
    label = told.get("correlation_id") or correlation.fresh()
    with correlation.using(label, told.get("store_id")):
        started = time.monotonic()
        status = "failed"
        try:
            result = await run()
            status = "done"
        finally:
            seconds = round(time.monotonic() - started, 3)
            log.info(
                "job %s %s in %.3f s",
                *(job.task_name, status, seconds),
                extra={"task": job.task_name, "job_id": job.id, "status": status}
                | {"seconds": seconds},
            )
        return result
