"""The jobs that move messages. Each can be run at any time, twice, or be killed."""

import asyncio
import contextlib
from collections.abc import Callable, Generator
from datetime import timedelta
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from locations.models import Store
from platforms.errors import PlatformError
from relay import connecting, courier, engine, inbox, watch
from relay.models import (
    DUE_STATES,
    CallState,
    Exchange,
    InboundMessage,
    MessageState,
    OutboundCall,
    SpentCode,
)

KEEP_EXCHANGES = timedelta(days=90)
KEEP_JOBS_HOURS = 24
KEEP_CODES = timedelta(days=2)
WATCH = "relay.watch_store"
P = ParamSpec("P")
T = TypeVar("T")
Waits = Generator[float, None, None]


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a blocking function in a thread, with a database connection that is alive."""

    def run() -> T:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return await sync_to_async(run, thread_sensitive=False)()


async def serve(waits: Waits) -> None:
    """Run blocking work that yields the seconds it wants to wait.

    Waiting holds no thread, so that a few threads serve many stores.
    """
    while (wait := await in_thread(next, waits, None)) is not None:
        await asyncio.sleep(wait)


@app.task(name=engine.DELIVER, queue="relay")
async def deliver(store_id: int) -> None:
    """Make the store's due calls, and see to it that the next one is made in time."""
    store = await in_thread(Store.objects.get, pk=store_id)
    await serve(courier.Turn(store).work())
    await in_thread(_wake_for_next, store)


def _wake_for_next(store: Store) -> None:
    due = courier.next_due(store)
    if due is None or not Store.objects.running().filter(pk=store.pk).exists():
        return
    if due <= timezone.now():
        engine.wake_courier(store.pk)
    else:
        engine.wake_courier(store.pk, at=due)


@app.task(name=engine.WAKE, queue="relay")
def wake(task: str, store_id: int, correlation_id: str = "") -> None:
    """Queue a store's job, now that the moment has come that this one waited for."""
    engine.enqueue(task, store_id, correlation_id)


@app.task(name=engine.TEST_CONNECTION, queue="relay")
def test_connection(store_id: int, correlation_id: str = "") -> None:  # noqa: PT028 - no test
    """Try a store's credentials; the store's page shows what it said."""
    with contextlib.suppress(PlatformError):
        connecting.test(Store.objects.get(pk=store_id))


@app.task(name=engine.READ_MESSAGES, queue="relay")
def read_messages(store_id: int) -> None:
    """Read what the store has sent."""
    inbox.read_received(store_id)


@app.task(name=WATCH, queue="relay")
def watch_store(store_id: int) -> None:
    """See whether a store can still reach us."""
    store = Store.objects.get(pk=store_id)
    if not store.paused_at:
        watch.look(store)


@app.periodic(cron="41 * * * *")
@app.task(name="relay.watch_all", queue="relay", queueing_lock="relay.watch_all")
def watch_all(timestamp: int = 0) -> None:
    """See every hour whether each store can still reach us: nothing tells when it cannot."""
    for store_id in Store.objects.running().values_list("pk", flat=True):
        engine.enqueue(WATCH, store_id)


@app.periodic(cron="* * * * *")
@app.task(name="relay.sweep", queue="relay", queueing_lock="relay.sweep")
def sweep(timestamp: int = 0) -> None:
    """Wake whoever has work and was not woken: a process died between commit and wake."""
    # A call that is being sent is woken too: whoever sent it may be dead.
    due = OutboundCall.objects.filter(
        state__in=(*DUE_STATES, CallState.SENDING),
        run_after__lte=timezone.now(),
        store__paused_at__isnull=True,
    )
    for store_id in due.order_by().values_list("store_id", flat=True).distinct():
        engine.wake_courier(store_id)
    received = InboundMessage.objects.filter(state=MessageState.RECEIVED)
    for store_id in received.order_by().values_list("store_id", flat=True).distinct():
        engine.wake_reader(store_id)


@app.periodic(cron="* * * * * */10")
@app.task(name="relay.rescue", queue="relay", queueing_lock="relay.rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int = 0) -> None:
    """End the jobs of workers that went silent, and queue each of them anew.

    A job of ours holds no fact, so running it again does no harm. Ending it frees its lock.
    """
    jobs = context.app.job_manager
    silent = await jobs.get_stalled_jobs(seconds_since_heartbeat=settings.WORKER_STALLED_SECONDS)
    for job in silent:
        await jobs.finish_job(job, status=Status.FAILED, delete_job=False)
        await in_thread(engine.start_again, job)


@app.periodic(cron="17 * * * *")
@app.task(name="relay.prune", queue="relay", queueing_lock="relay.prune", pass_context=True)
async def prune(context: JobContext, timestamp: int = 0) -> None:
    """Forget exchanges and finished jobs that nobody will ask for any more."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_JOBS_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
    old = Exchange.objects.filter(at__lt=timezone.now() - KEEP_EXCHANGES)
    await in_thread(old.delete)
    # A store forgets a code long before we do.
    await in_thread(SpentCode.objects.filter(at__lt=timezone.now() - KEEP_CODES).delete)
