"""`manage.py worker`: does the work behind the web."""

import asyncio
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import DeleteJobCondition

from locations.models import Store
from relay import engine, runs
from relay.management.teaching import TeachingCommand

GRACE_SECONDS = 5.0
POLLING_SECONDS = 1.0


HELP = """\
Do the work behind the web: ask stores for work, answer them, report shipments, read messages.

Without a worker nothing is told to any store; the site goes on taking in messages and decisions,
and the first worker that starts makes up for it. /health/ready says whether one is alive.
"""
EXAMPLE = """\
examples:

  manage.py worker                    serve until Ctrl-C or SIGTERM
  manage.py worker --concurrency 4    on a small host

Start as many as you like, on as many hosts: they share the stores, and never serve one store
twice at a time. A worker that is stopped ends what it is about; one that is killed loses nothing,
another takes over after a while.
"""


class Command(TeachingCommand):
    """Runs the jobs until it is stopped."""

    help = HELP
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--concurrency",
            type=int,
            default=settings.WORKER_CONCURRENCY,
            help="how many stores to serve at the same time (default: %(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask every store for work, then serve until stopped."""
        if options["concurrency"] < 1:
            raise CommandError("A worker serves at least one store at a time: --concurrency 1")
        for store_id in Store.objects.running().values_list("pk", flat=True):
            engine.wake_pull(store_id)
        self.say(f"Worker started: up to {options['concurrency']} stores at a time.")
        with app.replace_connector(DjangoConnector().get_worker_connector()):
            asyncio.run(_run(options["concurrency"]))
        self.say("Worker stopped.")


async def _run(concurrency: int) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=concurrency))
    async with app.open_async():
        await app.run_worker_async(
            concurrency=concurrency,
            fetch_job_polling_interval=POLLING_SECONDS,
            update_heartbeat_interval=settings.WORKER_HEARTBEAT_SECONDS,
            stalled_worker_timeout=settings.WORKER_STALLED_SECONDS,
            shutdown_graceful_timeout=GRACE_SECONDS,
            delete_jobs=DeleteJobCondition.SUCCESSFUL,
            worker_middleware=[runs.noted],
        )
