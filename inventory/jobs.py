"""The jobs that keep stores' figures of stock in step. Each can be run at any time, or twice."""

from collections.abc import Generator

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from inventory import comparison, sync
from locations.models import Store
from platforms.errors import PlatformError, Unauthorized
from relay import alarms, engine, granting
from relay.jobs import in_thread, serve


@app.task(name=engine.PUSH_STOCK, queue="relay")
def push_stock(store_id: int) -> None:
    """Queue what the store must be told of stock, once its records have been read."""
    store = Store.objects.get(pk=store_id)
    if store.paused_at:
        return
    if store.stock_read_at:
        sync.push_changes(store)
    elif not store.alarms.filter(kind=alarms.STOCK_FAILED, cleared_at=None).exists():
        # It is told of stock since a moment ago: first we have to know its records.
        engine.wake_stock_reading(store.pk)


@app.periodic(cron="* * * * *")
@app.task(name="inventory.push_all", queue="relay", queueing_lock="inventory.push_all")
def push_all(timestamp: int = 0) -> None:
    """Look at every store that is told of stock: a wake may have been lost."""
    for store_id in Store.objects.publishing().running().values_list("pk", flat=True):
        engine.enqueue(engine.PUSH_STOCK, store_id)


@app.task(name=engine.READ_STOCK, queue="intake")
async def read_stock(store_id: int) -> None:
    """Read the store's stock records, keep the report, and tell what differs."""
    store = await in_thread(Store.objects.get, pk=store_id)
    await serve(_read(store))


def _read(store: Store) -> Generator[float, None, None]:
    if store.paused_at or not store.platform.capabilities.keeps_stock:
        return
    began = timezone.now()
    try:
        report = yield from granting.asking(store, "stock records", comparison.read_all)
    except Unauthorized as error:
        alarms.pause(store, str(error), kind=alarms.UNAUTHORIZED)
    except PlatformError as error:
        said = f"The store's stock records cannot be read: {error}"
        alarms.raise_alarm(store, alarms.STOCK_FAILED, said)
    else:
        comparison.keep(store, report, began)
        alarms.clear(store, alarms.STOCK_FAILED)
        engine.wake_stock(store.pk)


@app.periodic(cron=settings.STOCK_CRON)
@app.task(name="inventory.read_all", queue="intake", queueing_lock="inventory.read_all")
def read_all(timestamp: int = 0) -> None:
    """Read the stock records of every store that is told of stock, once a night."""
    for store_id in Store.objects.publishing().running().values_list("pk", flat=True):
        engine.wake_stock_reading(store_id)
