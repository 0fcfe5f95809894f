"""Runs the jobs the way the worker does, until none is due."""

import asyncio

from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg_pool import PoolTimeout

from relay import runs


def work() -> None:
    """Do all work that is due now, and all that it leads to. Work scheduled ahead is left."""
    for _ in range(20):
        with app.replace_connector(app.connector.get_worker_connector()):
            asyncio.run(_work_off())
        if not ProcrastinateJob.objects.filter(status="todo", scheduled_at=None).exists():
            return
    raise AssertionError("The jobs keep each other busy without an end.")


async def _work_off() -> None:
    try:
        await app.open_async()
    except PoolTimeout:
        # A message that came in at this moment, in another thread, can take the pool's signal away.
        # Only here are both in one process. Nothing was begun, so whoever waits tries again.
        return
    try:
        await app.run_worker_async(
            wait=False,
            concurrency=8,
            install_signal_handlers=False,
            listen_notify=False,
            worker_middleware=[runs.noted],
        )
    finally:
        await app.close_async()
