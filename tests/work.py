"""Runs the jobs the way the worker does, until none is due."""

import asyncio

from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from relay import runs


def work() -> None:
    """Do all work that is due now, and all that it leads to. Work scheduled ahead is left."""
    for _ in range(20):
        # Only here do the web and a worker share a process, and with it the app: had the app itself
        # the worker's connections, a message that came in meanwhile would take one of them into a
        # thread that they do not belong to, and nobody would hear that they are ready. So the
        # worker is another app; who queues a job asks the first one, through Django's connection.
        asyncio.run(_work_off(app.with_connector(app.connector.get_worker_connector())))
        if not ProcrastinateJob.objects.filter(status="todo", scheduled_at=None).exists():
            return
    raise AssertionError("The jobs keep each other busy without an end.")


async def _work_off(worker: App) -> None:
    async with worker.open_async():
        await worker.run_worker_async(
            wait=False,
            concurrency=8,
            install_signal_handlers=False,
            listen_notify=False,
            worker_middleware=[runs.noted],
        )
