"""Opens a client for a partner's account, renews its tokens, and keeps each exchange."""

import logging
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from django.db import transaction
from django.utils import timezone

from fulfillment.models import PartnerAccount, PartnerExchange, PartnerJob
from platforms.errors import Unauthorized
from platforms.http import Exchange, Transport
from platforms.partners import PartnerClient
from relay import correlation

log = logging.getLogger(__name__)


@contextmanager
def client_for(account: PartnerAccount, job: PartnerJob | None = None) -> Iterator[PartnerClient]:
    """Yield a client for the account, at the account's pace.

    One job of the engine at a time serves an account, so that pausing here is all it takes.
    """
    transport = Transport(
        account.base_url,
        pace=partial(time.sleep, account.seconds_apart),
        record=partial(_record, account, job),
        correlate=correlation.given,
    )
    with closing(transport):
        yield account.partner.connect(account.credentials, transport, account.filled_options)


def renew(account: PartnerAccount) -> None:
    """Get fresh tokens and keep all of them in one step. Raises PlatformError."""
    with closing(Transport(account.base_url, record=partial(_record, account, None))) as transport:
        fresh = account.partner.renew(account.credentials, transport, account.filled_options)
    with transaction.atomic():
        row = PartnerAccount.objects.select_for_update().get(pk=account.pk)
        row.set_credentials(**fresh)
        row.save(update_fields=["secrets"])
    account.secrets = row.secrets


def pause(account: PartnerAccount, error: Unauthorized) -> None:
    """Ask the partner nothing any more until somebody has pasted credentials that work."""
    log.error("partner account %s is paused: %s", account.pk, error)
    PartnerAccount.objects.filter(pk=account.pk).update(
        paused_at=timezone.now(), pause_reason=str(error)
    )


def connect(account: PartnerAccount, **credentials: str) -> str:
    """Try what was pasted; keep it if it works, and resume. Return what it opens.

    Raises ValidationError or PlatformError, and nothing is kept. Tokens that were given for other
    credentials are dropped.
    """
    account.full_clean()
    account.secrets, account.paused_at, account.pause_reason = "{}", None, ""
    account.set_credentials(**credentials)
    partner, options = account.partner, account.filled_options
    with closing(Transport(account.base_url)) as transport:
        account.set_credentials(**partner.renew(account.credentials, transport, options))
        said = partner.connect(account.credentials, transport, options).check()
    account.save()
    return said


def _record(account: PartnerAccount, job: PartnerJob | None, sent: Exchange) -> None:
    PartnerExchange.objects.create(
        account=account,
        job=job,
        seconds=sent.seconds,
        method=sent.method,
        url=sent.url,
        request_body=sent.body,
        status=sent.status,
        answer=sent.answer.replace("\x00", ""),
        error=sent.error,
        correlation_id=sent.correlation_id,
    )
