"""The jobs that serve partners. Each can be run at any time, twice, or be killed."""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from fulfillment.handover import accounts, reading
from fulfillment.handover.turn import Turn
from fulfillment.models import PartnerAccount, PartnerExchange
from relay.jobs import in_thread, serve

SERVE = "fulfillment.serve_partner"
READ = "fulfillment.read_partner"
TRY = "fulfillment.try_partner"
KEEP_EXCHANGES = timedelta(days=90)


@app.task(name=SERVE, queue="relay")
async def serve_partner(account_id: int) -> None:
    """Hand over, stop and ask, as far as it is due at this partner."""
    account = await in_thread(_account, account_id)
    if not account.paused_at:
        await serve(Turn(account).work())


def _account(account_id: int) -> PartnerAccount:
    return PartnerAccount.objects.select_related("warehouse", "merchant").get(pk=account_id)


def serve_later(account_id: int) -> None:
    """Queue a turn at this partner."""
    _later(SERVE, f"{SERVE}:{account_id}", account_id)


def _later(task: str, key: str, account_id: int, **options: bool) -> None:
    """Queue a job when what it is to see is committed, unless one with this key is queued.

    All jobs of an account share a lock: one of them runs at a time. The engine finds by failing
    that a job is queued already, which within a transaction would end the transaction too.
    """
    job = app.configure_task(task, lock=f"{SERVE}:{account_id}", queueing_lock=key)
    transaction.on_commit(partial(_queue, partial(job.defer, account_id=account_id, **options)))


def _queue(defer: Callable[[], object]) -> None:
    with contextlib.suppress(AlreadyEnqueued):
        defer()


@app.periodic(cron="* * * * *")
@app.task(name="fulfillment.serve_partners", queue="relay", queueing_lock="serve_partners")
def serve_partners(timestamp: int = 0) -> None:
    """Serve every partner each minute: nothing tells us what was accepted, or has changed."""
    for account_id in PartnerAccount.objects.filter(paused_at=None).values_list("pk", flat=True):
        serve_later(account_id)


@app.task(name=TRY, queue="relay")
async def try_partner(account_id: int, resume: bool) -> None:
    """Try what was pasted for a partner's account, or what we have, and serve it if it works."""
    account = await in_thread(_account, account_id)
    await in_thread(partial(accounts.try_out, account, resume=resume))
    await in_thread(serve_later, account_id)


def try_later(account_id: int, *, resume: bool = False) -> None:
    """Queue a trial of this account."""
    _later(TRY, f"{TRY}:{account_id}:{resume}", account_id, resume=resume)


@app.task(name=READ, queue="relay")
async def read_partner(account_id: int) -> None:
    """Read what the partner has in stock, and what came back there."""
    account = await in_thread(_account, account_id)
    if not account.paused_at:
        await in_thread(reading.read, account)


def read_later(account_id: int) -> None:
    """Queue a reading at this partner."""
    _later(READ, f"{READ}:{account_id}", account_id)


@app.periodic(cron="13 * * * *")
@app.task(name="fulfillment.read_partners", queue="relay", queueing_lock="read_partners")
def read_partners(timestamp: int = 0) -> None:
    """Read every hour what partners have and what came back: they announce neither."""
    for account_id in PartnerAccount.objects.filter(paused_at=None).values_list("pk", flat=True):
        read_later(account_id)


@app.periodic(cron="37 * * * *")
@app.task(name="fulfillment.prune_partners", queue="relay", queueing_lock="prune_partners")
def prune_partners(timestamp: int = 0) -> None:
    """Forget exchanges that nobody will ask for any more."""
    PartnerExchange.objects.filter(at__lt=timezone.now() - KEEP_EXCHANGES).delete()
