"""Reads lists at a partner: stock where ours follows it, and what came back.

What if it runs twice? A difference of stock counts only when two readings show the same one, and a
return is known by its number there.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

from django.utils import timezone

from fulfillment.handover import accounts, coming_back, stock
from fulfillment.models import PartnerAccount
from platforms.errors import PlatformError, Unauthorized
from platforms.partner_records import Listed
from platforms.partners import PartnerClient
from platforms.records import Unreadable

log = logging.getLogger(__name__)

MOST_PAGES = 500
# A parcel that could not be delivered may come back, and be worked on, at any time.
LOOK_BACK = timedelta(days=14)
AT_FIRST = timedelta(days=60)
T = TypeVar("T")


def read(account: PartnerAccount) -> None:
    """Read what is there; what cannot be read now is read the next time."""
    try:
        _read(account)
    except Unauthorized:
        try:
            accounts.renew(account)
            _read(account)
        except Unauthorized as refusal:
            accounts.shut_out(account, refusal)
        except PlatformError as error:
            _not_read(account, error)
    except PlatformError as error:
        _not_read(account, error)


def _not_read(account: PartnerAccount, error: PlatformError) -> None:
    log.warning("partner account %s cannot be read: %s", account.pk, error)
    accounts.heard(account, error)


def _read(account: PartnerAccount) -> None:
    with accounts.client_for(account) as client:
        if account.follows_stock:
            stock.follow(account, list(_all(client.fetch_inventory)))
        _read_returns(account, client)


def _read_returns(account: PartnerAccount, client: PartnerClient) -> None:
    now = timezone.now()
    since = min(account.returns_read_at or now - AT_FIRST, now - LOOK_BACK)
    for each in _all(lambda page: client.fetch_returns(since, now, page)):
        coming_back.take_in(account, each)
    PartnerAccount.objects.filter(pk=account.pk).update(returns_read_at=now)
    accounts.reached(account)


def _all(fetch: Callable[[str | None], Listed[T]]) -> Iterator[T]:
    """Return the entries of all pages; what cannot be read is left out, and said in the log."""
    page: str | None = None
    for _ in range(MOST_PAGES):
        listed = fetch(page)
        for each in listed.entries:
            if isinstance(each, Unreadable):
                log.warning("an entry %s of a partner cannot be read: %s", each.ref, each.reason)
            else:
                yield each
        page = listed.next
        if page is None:
            return
    log.warning("a partner's list had more than %s pages", MOST_PAGES)
