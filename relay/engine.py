"""The seam to the job engine (Procrastinate): wakes the jobs that do a store's work.

A job holds no fact of its own. What is due stands in our tables, so waking twice does no harm,
and a wake that was lost is made good by the sweep. Waking waits for the commit: a job must not
look for a row that is not there yet, and a transaction must not wait for another one's job.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job

from relay import correlation

WAKE = "relay.wake"
DELIVER = "relay.deliver"
READ_MESSAGES = "relay.read_messages"
PULL = "fulfillment.pull"
TRACK = "fulfillment.track"
PLACE = "fulfillment.place"
READ_METHODS = "fulfillment.read_methods"
PUSH_STOCK = "inventory.push_stock"
READ_STOCK = "inventory.read_stock"
TEST_CONNECTION = "relay.test_connection"

STOCK_SECONDS = 5

QUEUED = """
    SELECT EXISTS (
        SELECT FROM procrastinate_jobs
        WHERE queueing_lock = %s AND status = 'todo' AND scheduled_at IS NULL
    )
"""


def wake_courier(store_id: int, *, at: datetime | None = None) -> None:
    """Have the store's due calls made after this transaction is committed, or at a moment."""
    _wake(DELIVER, store_id, at)


def wake_pull(store_id: int, *, at: datetime | None = None) -> None:
    """Have the store asked for work; many wakes at once are one pull, named after the first."""
    _wake(PULL, store_id, at, correlation.current())


def wake_placing(store_id: int) -> None:
    """Have the store's orders looked at that are for no warehouse of ours yet."""
    _wake(PLACE, store_id, None)


def wake_tracking(store_id: int) -> None:
    """Have the store asked where the parcels are that it tracks."""
    _wake(TRACK, store_id, None)


def wake_methods(store_id: int) -> None:
    """Have the store's shipping methods read."""
    _wake(READ_METHODS, store_id, None)


def wake_stock(store_id: int) -> None:
    """Have the store told of the stock that has changed, a few seconds from now.

    What moves within these seconds is found together, at the cost of one look.
    """
    seconds = int(timezone.now().timestamp()) // STOCK_SECONDS * STOCK_SECONDS + STOCK_SECONDS
    _wake(PUSH_STOCK, store_id, datetime.fromtimestamp(seconds, UTC))


def wake_stock_reading(store_id: int) -> None:
    """Have the store's stock records read."""
    _wake(READ_STOCK, store_id, None)


def wake_test(store_id: int) -> None:
    """Have the store's credentials tried."""
    _wake(TEST_CONNECTION, store_id, None, correlation.current())


def wake_reader(store_id: int) -> None:
    """Have the store's received messages read."""
    _wake(READ_MESSAGES, store_id, None)


def enqueue(task: str, store_id: int, correlation_id: str = "", *, lock: str = "") -> None:
    """Queue a store's job now, unless it is queued. One job of a kind runs per store.

    Of jobs that share a `lock` one runs at a time, whatever their stores. The correlation id is a
    label for logs and records and no part of any lock. Jobs that work off rows are given none:
    each row has its own.
    """
    key = f"{task}:{store_id}"
    if _is_queued(key):
        return
    job = app.configure_task(task, lock=lock or key, queueing_lock=key)
    _quietly(partial(job.defer, store_id=store_id, **_label(correlation_id)))


def _is_queued(key: str) -> bool:
    """Tell whether a job with this key has yet to begin. It will see all that is committed now.

    The engine would find out by itself, but only by failing, at several times the cost.
    """
    with connection.cursor() as cursor:
        cursor.execute(QUEUED, [key])
        return bool(cursor.fetchone()[0])


def start_again(job: Job) -> None:
    """Queue what a dead worker's job was to do, unless it is queued."""
    anew = app.configure_task(job.task_name, lock=job.lock, queueing_lock=job.queueing_lock)
    _quietly(partial(anew.defer, **job.task_kwargs))


def _label(correlation_id: str) -> dict[str, str]:
    return {"correlation_id": correlation_id} if correlation_id else {}


def _wake(task: str, store_id: int, at: datetime | None, correlation_id: str = "") -> None:
    if at is None:
        transaction.on_commit(partial(enqueue, task, store_id, correlation_id))
    else:
        transaction.on_commit(partial(_enqueue_wake, task, store_id, at, correlation_id))


def _enqueue_wake(task: str, store_id: int, at: datetime, correlation_id: str) -> None:
    """Queue a job that only wakes another one.

    A store's own job is never scheduled ahead: while it waited, its locks would keep an urgent
    job of the same store waiting too.
    """
    key = f"{WAKE}:{task}:{store_id}:{at:%Y%m%d%H%M%S}"
    job = app.configure_task(WAKE, schedule_at=at, queueing_lock=key)
    _quietly(partial(job.defer, task=task, store_id=store_id, **_label(correlation_id)))


def _quietly(defer: Callable[[], object]) -> None:
    try:
        defer()
    except AlreadyEnqueued:
        return
