"""Opens a client for a partner's account; tries, pauses and resumes it; keeps each exchange.

Credentials are tried before they are kept. What if the worker dies meanwhile? What was pasted is
still there, and is tried again.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localtime

from fulfillment.models import PartnerAccount, PartnerExchange, PartnerJob
from platforms.errors import PlatformError, Throttled, Unauthorized, Unavailable, Uncertain
from platforms.http import Exchange, Transport
from platforms.partners import PartnerClient
from relay import alarms, correlation
from relay.alarms import Place
from relay.connecting import NOT_TRIED
from relay.models import Alarm

log = logging.getLogger(__name__)

LASTS = timedelta(hours=1)
NOT_KEPT = "Nothing of what was pasted was kept. "
TRUST = ("checked_at", "check_result", "failing_since", "paused_at", "pause_reason")


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


@transaction.atomic
def shut_out(account: PartnerAccount, error: Unauthorized) -> None:
    """Ask the partner nothing any more until somebody has pasted credentials that work."""
    log.error("partner account %s is paused: %s", account.pk, error)
    pause(account, str(error))
    said = f"The partner does not take our login any more, and the account is paused. {error}"
    alarms.raise_alarm(_place(account), alarms.PARTNER_UNAUTHORIZED, said)


def pause(account: PartnerAccount, reason: str) -> None:
    """Hand over and ask nothing until the account is resumed. Nothing is lost."""
    PartnerAccount.objects.filter(pk=account.pk).update(
        paused_at=timezone.now(), pause_reason=reason
    )


def reached(account: PartnerAccount) -> None:
    """Note that the partner has answered."""
    if account.failing_since is None:
        return
    account.failing_since = None
    PartnerAccount.objects.filter(pk=account.pk).update(failing_since=None)
    alarms.clear(_place(account), alarms.PARTNER_UNREACHABLE)


def heard(account: PartnerAccount, error: PlatformError) -> None:
    """Note whether an error is an answer of the partner; raise an alarm where it has none for long.

    Whoever says that we ask too often is there.
    """
    if isinstance(error, Throttled) or not isinstance(error, Unavailable | Uncertain):
        reached(account)
        return
    now = timezone.now()
    if account.failing_since is None:
        account.failing_since = now
        PartnerAccount.objects.filter(pk=account.pk).update(failing_since=now)
    if now - account.failing_since >= LASTS:
        said = f"The partner could not be reached since {localtime(account.failing_since):%H:%M}."
        alarms.raise_alarm(_place(account), alarms.PARTNER_UNREACHABLE, f"{said} {error}")


def connect(account: PartnerAccount, **credentials: str) -> str:
    """Try what was given; keep it if it works, and resume. Return what it opens.

    Raises ValidationError or PlatformError, and nothing is kept. Tokens that were given for other
    credentials are dropped.
    """
    account.full_clean()
    account.secrets = "{}"
    account.set_credentials(**credentials)
    said = _ask(account)
    with transaction.atomic():
        _note_trust(account, said, resume=True)
        account.save()
    return said


def try_out(account: PartnerAccount, *, resume: bool) -> None:
    """Try what was pasted last, or what we have; keep it if it works, and note how it was.

    An account that was paused because its login was not trusted is resumed when it works, and any
    other if `resume` asks for it. What does not work is forgotten.
    """
    pasted = account.pasted
    account.take_pasted()
    try:
        said = _ask(account)
    except PlatformError as error:
        _note_trial(account, pasted, f"{NOT_KEPT if account.has_pasted else ''}{error}")
        return
    with transaction.atomic():
        row = PartnerAccount.objects.select_for_update().get(pk=account.pk)
        row.secrets = account.secrets
        _forget_pasted(row, pasted)
        _note_trust(row, said, resume=resume or is_shut_out(row))
        row.save(update_fields=["secrets", "pasted", *TRUST])


def is_shut_out(account: PartnerAccount) -> bool:
    """Tell whether the account is paused because its login does not work, or never has."""
    if account.paused_at is None:
        return False
    raised = Alarm.objects.filter(
        warehouse=account.warehouse_id,
        merchant=account.merchant_id,
        kind=alarms.PARTNER_UNAUTHORIZED,
        cleared_at=None,
    )
    return account.pause_reason == NOT_TRIED or raised.exists()


def _ask(account: PartnerAccount) -> str:
    """Get tokens for the credentials, and ask what they open. Raises PlatformError."""
    partner, options = account.partner, account.filled_options
    with closing(Transport(account.base_url, record=partial(_record, account, None))) as transport:
        account.set_credentials(**partner.renew(account.credentials, transport, options))
        return partner.connect(account.credentials, transport, options).check()


def _note_trust(account: PartnerAccount, said: str, *, resume: bool) -> None:
    """Note that the login works. The caller saves."""
    account.checked_at, account.check_result = timezone.now(), said
    account.failing_since = None
    kinds = [alarms.PARTNER_UNREACHABLE]
    if resume:
        account.paused_at, account.pause_reason = None, ""
    if account.paused_at is None:
        kinds.append(alarms.PARTNER_UNAUTHORIZED)
    alarms.clear(_place(account), *kinds)


@transaction.atomic
def _note_trial(account: PartnerAccount, pasted: str, said: str) -> None:
    row = PartnerAccount.objects.select_for_update().get(pk=account.pk)
    _forget_pasted(row, pasted)
    row.checked_at, row.check_result = timezone.now(), said
    row.save(update_fields=["pasted", "checked_at", "check_result"])


def _forget_pasted(row: PartnerAccount, pasted: str) -> None:
    """What was pasted since has its own trial."""
    if row.pasted == pasted:
        row.pasted = "{}"


def _place(account: PartnerAccount) -> Place:
    return Place(account.warehouse, account.merchant)


def _record(account: PartnerAccount, job: PartnerJob | None, sent: Exchange) -> None:
    if account._state.adding:
        # It is kept only if its login works.
        return
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
