"""The jobs that serve partners. Each can be run at any time, twice, or be killed."""

import contextlib
from datetime import timedelta
from functools import partial

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
    """Queue a turn at this partner, unless one is queued; one runs at a time."""
    key = f"{SERVE}:{account_id}"
    with contextlib.suppress(AlreadyEnqueued):
        app.configure_task(SERVE, lock=key, queueing_lock=key).defer(account_id=account_id)


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
    """Queue a trial of this account. It shares the turn's lock: one of both runs at a time."""
    with contextlib.suppress(AlreadyEnqueued):
        app.configure_task(
            TRY, lock=f"{SERVE}:{account_id}", queueing_lock=f"{TRY}:{account_id}:{resume}"
        ).defer(account_id=account_id, resume=resume)


@app.task(name=READ, queue="relay")
async def read_partner(account_id: int) -> None:
    """Read what the partner has in stock, and what came back there."""
    account = await in_thread(_account, account_id)
    if not account.paused_at:
        await in_thread(reading.read, account)


def read_later(account_id: int) -> None:
    """Queue a reading at this partner. It shares the turn's lock: one of both runs at a time."""
    with contextlib.suppress(AlreadyEnqueued):
        app.configure_task(
            READ, lock=f"{SERVE}:{account_id}", queueing_lock=f"{READ}:{account_id}"
        ).defer(account_id=account_id)


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
