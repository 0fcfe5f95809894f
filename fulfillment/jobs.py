"""The jobs that ask stores for work, and that ship long files.

Each can be run at any time, twice, or be killed.
"""

import contextlib
from collections.abc import Callable, Generator, Sequence
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from fulfillment import (
    destinations,
    drift,
    due,
    final_count,
    imports,
    intake,
    methods,
    silence,
    stock_news,
    told,
    tracking_news,
    unasked,
)
from fulfillment.handover import jobs as handover_jobs
from fulfillment.intake import Report
from fulfillment.models import Order
from locations.models import Store
from platforms.errors import PlatformError, Unauthorized, Unavailable
from platforms.interface import Client
from relay import alarms, engine, granting
from relay.asking import Asking, ask
from relay.jobs import in_thread, serve

# The engine looks for the jobs of an app here.
__all__ = ["handover_jobs"]

REREAD_AT_ONCE = 100
AGAIN_AFTER = timedelta(seconds=60)
READ_AGAIN = "fulfillment.read_again"
ASK_DESTINATIONS = "fulfillment.ask_destinations"
SHIP_FILE = "fulfillment.ship_file"
RECOUNT = "fulfillment.recount"
FOLLOW_STOCK = "fulfillment.follow_stock"
COMPARE = "fulfillment.compare"
COMPARED_TOGETHER = 4


@app.task(name=engine.PULL, queue="intake")
async def pull(store_id: int, correlation_id: str = "") -> None:
    """Ask the store for all work that waits for an answer."""
    store = await in_thread(Store.objects.get, pk=store_id)
    if store.platform.capabilities.lists_work:
        await serve(_asking(store, "pull", intake.pull))


@app.task(name=READ_AGAIN, queue="intake")
async def read_again(store_id: int, refs: list[str], whole: bool = False) -> None:
    """Read some fulfillment orders of the store again, with `whole` also their orders."""
    store = await in_thread(Store.objects.get, pk=store_id)
    await serve(_asking(store, "read again", partial(_read, refs=refs, whole=whole)))


def _read(store: Store, client: Client, refs: Sequence[str], whole: bool) -> Asking[Report]:
    report = yield from intake.read_again(store, client, refs)
    if whole and store.reads_orders:
        named = Order.objects.filter(store=store, fulfillment_orders__ref__in=refs)
        yield from intake.read_whole(store, client, list(named.distinct()))
    return report


@app.task(name=ASK_DESTINATIONS, queue="intake")
async def ask_destinations(store_id: int, ref: str) -> None:
    """Ask where an order could be moved to."""
    store = await in_thread(Store.objects.get, pk=store_id)
    await serve(_asking(store, "ask destinations", partial(destinations.ask, ref=ref)))


def _asking(
    store: Store, purpose: str, question: Callable[[Store, Client], Asking[object]]
) -> Generator[float, None, None]:
    """Ask a store that is not paused; raise one alarm and try again later if it cannot be."""
    if store.paused_at:
        return
    try:
        yield from granting.asking(store, purpose, question)
        alarms.clear(store, alarms.PULL_FAILED)
    except PlatformError as error:
        note_failure(store, error)


def note_failure(store: Store, error: PlatformError) -> None:
    """Pause a store that does not trust us; else raise one alarm and, if it helps, ask later."""
    if isinstance(error, Unauthorized):
        alarms.pause(store, str(error), kind=alarms.UNAUTHORIZED)
        return
    alarms.raise_alarm(store, alarms.PULL_FAILED, f"Cannot be asked for work: {error}")
    if isinstance(error, Unavailable):
        engine.wake_pull(store.pk, at=timezone.now() + AGAIN_AFTER)


@app.periodic(cron=settings.PULL_CRON)
@app.task(name="fulfillment.pull_all", queue="intake", queueing_lock="fulfillment.pull_all")
def pull_all(timestamp: int = 0) -> None:
    """Ask every store for work: callbacks get lost, and withdrawals are never announced."""
    for store_id in Store.objects.running().values_list("pk", flat=True):
        engine.wake_pull(store_id)


@app.periodic(cron=settings.REREAD_CRON)
@app.task(name="fulfillment.reread_all", queue="intake", queueing_lock="fulfillment.reread_all")
def reread_all(timestamp: int = 0) -> None:
    """Read open work again, the longest unread first, so that nothing drifts unseen."""
    for store in Store.objects.running():
        if not store.platform.capabilities.reads_orders_back:
            continue
        live = store.fulfillment_orders.live().order_by("read_at")
        refs = list(live.values_list("ref", flat=True)[:REREAD_AT_ONCE])
        if refs:
            read_later(store.pk, refs)


@app.periodic(cron="* * * * *")
@app.task(name=RECOUNT, queue="intake", lock=RECOUNT, queueing_lock=RECOUNT)
def recount(timestamp: int = 0) -> None:
    """Count deadlines anew where a warehouse's hours have changed, whoever changed them."""
    due.recount_changed()


@app.periodic(cron="* * * * *")
@app.task(name=FOLLOW_STOCK, queue="intake", lock=FOLLOW_STOCK, queueing_lock=FOLLOW_STOCK)
def follow_stock(timestamp: int = 0) -> None:
    """See what goods that came, counts and new products mean for orders."""
    stock_news.follow()


def read_later(store_id: int, refs: list[str], *, whole: bool = False) -> None:
    """Queue a job that reads these fulfillment orders again, with `whole` also their orders."""
    app.configure_task(READ_AGAIN).defer(store_id=store_id, refs=[*refs], whole=whole)


def ask_destinations_later(store_id: int, ref: str) -> None:
    """Queue a job that asks where this order could be moved to."""
    app.configure_task(ASK_DESTINATIONS).defer(store_id=store_id, ref=ref)


@app.task(name=SHIP_FILE, queue="intake")
async def ship_file(import_id: int) -> None:
    """Ship what a started file says; what has left already is left as it is."""
    await in_thread(imports.carry_out, import_id)


@app.periodic(cron="* * * * *")
@app.task(name="fulfillment.ship_files", queue="intake", queueing_lock="fulfillment.ship_files")
def ship_files(timestamp: int = 0) -> None:
    """Go on with files whose process died, or whose job was never queued."""
    for import_id in imports.left_behind():
        ship_file_later(import_id)


def ship_file_later(import_id: int) -> None:
    """Queue a job that ships what a started file says, unless it is queued."""
    key = f"{SHIP_FILE}:{import_id}"
    with contextlib.suppress(AlreadyEnqueued):
        app.configure_task(SHIP_FILE, lock=key, queueing_lock=key).defer(import_id=import_id)


@app.task(name=engine.PLACE, queue="intake")
def place(store_id: int) -> None:
    """Ask for what was kept for a location that has become ours."""
    told.place_again(Store.objects.get(pk=store_id))


@app.task(name=engine.TRACK, queue="intake")
async def track(store_id: int) -> None:
    """Ask the store where the parcels are that are due to be asked about."""
    store = await in_thread(Store.objects.get, pk=store_id)
    await serve(_asking_beside(store, "deliveries", tracking_news.read, alarms.TRACKING_FAILED))


@app.periodic(cron=settings.TRACKING_CRON)
@app.task(name="fulfillment.track_all", queue="intake", queueing_lock="fulfillment.track_all")
def track_all(timestamp: int = 0) -> None:
    """Ask every store where its parcels are; most of them announce it, but none has to."""
    for store_id in Store.objects.running().values_list("pk", flat=True):
        engine.wake_tracking(store_id)


@app.task(name=engine.READ_METHODS, queue="intake")
async def read_methods(store_id: int) -> None:
    """Read the store's shipping methods."""
    store = await in_thread(Store.objects.get, pk=store_id)
    await serve(_asking_beside(store, "shipping methods", _read_methods, alarms.METHODS_FAILED))


def _read_methods(store: Store, client: Client) -> Asking[None]:
    if store.platform.capabilities.lists_shipping_methods:
        methods.take_in(store, (yield from ask(store, client.fetch_shipping_methods)))
        alarms.clear(store, alarms.METHODS_FAILED)


@app.periodic(cron=settings.METHODS_CRON)
@app.task(name="fulfillment.all_methods", queue="intake", queueing_lock="fulfillment.all_methods")
def read_all_methods(timestamp: int = 0) -> None:
    """Read every store's shipping methods; a store changes them without a word."""
    for store_id in Store.objects.running().values_list("pk", flat=True):
        engine.wake_methods(store_id)


def _asking_beside(
    store: Store, purpose: str, question: Callable[[Store, Client], Asking[None]], alarm: str
) -> Generator[float, None, None]:
    """Ask a store for what its work can do without: if it fails, one alarm until it works again."""
    if store.paused_at:
        return
    try:
        yield from granting.asking(store, purpose, question)
    except Unauthorized as error:
        alarms.pause(store, str(error), kind=alarms.UNAUTHORIZED)
    except PlatformError as error:
        alarms.raise_alarm(store, alarm, f"Cannot be asked for {purpose}: {error}")


@app.task(name=COMPARE, queue="intake")
async def compare(store_id: int) -> None:
    """Compare the store's orders with ours, and keep what was found."""
    store = await in_thread(Store.objects.get, pk=store_id)
    if store.platform.capabilities.reads_orders_back:
        await serve(_asking(store, "compare", drift.look))


@app.periodic(cron=settings.RECONCILE_CRON)
@app.task(name="fulfillment.compare_all", queue="intake", queueing_lock="fulfillment.compare_all")
def compare_all(timestamp: int = 0) -> None:
    """Compare every store's orders with ours, a few stores at a time: it takes minutes each."""
    for store_id in Store.objects.running().values_list("pk", flat=True):
        engine.enqueue(COMPARE, store_id, lock=f"{COMPARE}:lane{store_id % COMPARED_TOGETHER}")


@app.periodic(cron="7 * * * *")
@app.task(name="fulfillment.watch_untold", queue="intake", queueing_lock="fulfillment.watch_untold")
def watch_untold(timestamp: int = 0) -> None:
    """Notice what stores should have heard by now: a final count, or shipments to ask for."""
    for store in Store.objects.running():
        if store.platform.capabilities.wants_final_count:
            final_count.note_overdue(store)
        if store.platform.capabilities.told_when_asked:
            unasked.note(store, timezone.now())


@app.periodic(cron="*/15 * * * *")
@app.task(name="fulfillment.listen_all", queue="intake", queueing_lock="fulfillment.listen_all")
def listen_all(timestamp: int = 0) -> None:
    """Notice stores that usually send at this hour and do not."""
    for store in Store.objects.running():
        silence.listen(store, timezone.now())
