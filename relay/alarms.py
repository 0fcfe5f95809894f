"""Raises an alarm once, of a store or of a partner's account; pauses or resumes a store."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from locations.models import Merchant, Store, Warehouse
from relay import engine
from relay.models import Alarm

log = logging.getLogger(__name__)

UNAUTHORIZED = "unauthorized"
FOREIGN_LINK = "foreign_link"
# One for each order: "order:<its number at the store>".
UNREADABLE = "order"
PULL_FAILED = "pull_failed"
UNINSTALLED = "uninstalled"
# One for each carrier: "carrier:<its name>".
CARRIER = "carrier"
NEEDS_WAREHOUSE = "needs_warehouse"
MISSING_SCOPES = "missing_scopes"
ORDERS_FORBIDDEN = "orders_forbidden"
METHODS_FAILED = "methods_failed"
TRACKING_FAILED = "tracking_failed"
CALLBACK_GONE = "callback_gone"
WEBHOOK_GONE = "webhook_gone"
SILENT = "silent"
DRIFT = "drift"
# One for each order: "told_oddly:<its number at the store>", and so on.
TOLD_ODDLY = "told_oddly"
NOT_FOR_US = "not_for_us"
CAME_TWICE = "came_twice"
UNASKED = "unasked"
STOCK_FAILED = "stock_failed"
STOCK_REFUSED = "stock_refused"
STOCK_DROP = "stock_drop"
STOCK_DRIFT = "stock_drift"
PARTNER_UNAUTHORIZED = "partner_unauthorized"
PARTNER_UNREACHABLE = "partner_unreachable"

# What each kind means and what to do, for the docs.
MEANINGS: Mapping[str, str] = {
    UNAUTHORIZED: (
        "The store does not accept our credentials any more, and is paused. Save credentials "
        "that work; that resumes it and clears the alarm."
    ),
    FOREIGN_LINK: (
        "A page of the store's lists cannot be read, or names a next page at another host. What "
        "was read before it is taken in. The next pull that reads all pages clears it."
    ),
    UNREADABLE: (
        "One order cannot be read or taken in; the others are. It is cleared when the order can "
        "be read; clear it by hand when the order is gone."
    ),
    PULL_FAILED: (
        "The store could not be asked for work. If it is down we ask again every minute. The next "
        "pull that works clears it."
    ),
    UNINSTALLED: (
        "The merchant has removed us at the store, and it is paused. Ask them. If it was a "
        "mistake, give it new credentials and resume it."
    ),
    CARRIER: (
        "The store does not take a carrier any more; its parcels are told by the carrier's name, "
        "and customers see no tracking unless a parcel has a link. Choose another carrier, or "
        "clear it by hand."
    ),
    NEEDS_WAREHOUSE: (
        "A merchant has installed us, and no warehouse of ours works for them yet. Register one "
        "on the store's page."
    ),
    MISSING_SCOPES: (
        "The merchant did not grant all that we need. Ask them to install us again and to agree "
        "to all of it."
    ),
    ORDERS_FORBIDDEN: (
        "We are to read whole orders at the store, and are not allowed to. Ask the merchant for "
        "orders:read, or switch it off at the store. The next order that can be read clears it."
    ),
    METHODS_FAILED: (
        "The store's shipping methods could not be read; the former ones stay. The next reading "
        "that works clears it."
    ),
    TRACKING_FAILED: (
        "The store could not be asked where its parcels are. The next time that works clears it."
    ),
    CALLBACK_GONE: (
        "The store does not call us any more when work comes: our location there is gone, or has "
        "another callback. Connect the store again; that puts it right."
    ),
    WEBHOOK_GONE: (
        "Our webhook at the store is gone or switched off, so changes are noticed later. "
        "Subscribe again on the store's page."
    ),
    SILENT: (
        "A store that usually sends work at this time has sent none. Look at the store, and ask "
        "the merchant. It is cleared by the next request."
    ),
    DRIFT: (
        "Two nightly comparisons have found orders that the store sees otherwise than we do. The "
        "store's page lists them; manage.py reconcile repairs what is safe."
    ),
    TOLD_ODDLY: (
        "A message about an order was taken in, and said something that a person should look at. "
        "Look at the order, then clear it by hand."
    ),
    NOT_FOR_US: (
        "An order came that has nothing for a warehouse of ours. If it should, say on the store's "
        "page which warehouse its location is; then it is asked of us. Else clear it by hand."
    ),
    CAME_TWICE: (
        "The same order came in through two connections of one merchant; the first one counts. "
        "End one of the two, then clear it by hand."
    ),
    UNASKED: (
        "A store that has to ask us what has left has not asked for hours, so its customers hear "
        "nothing of their parcels. Look whether its hub still calls. Its next questions clear it."
    ),
    STOCK_FAILED: (
        "The store's stock records could not be read; what it is told rests on what we read "
        "before. The next reading that works clears it."
    ),
    STOCK_REFUSED: (
        "The store has refused to be told of stock several times, so no more is sent. Look at the "
        "refused calls, repair the cause, and retry or give them up."
    ),
    STOCK_DROP: (
        "Many stock records would fall to zero at once. Nothing is told of them before a person "
        "has looked: tell the store all the same, or repair the stock; then it clears itself."
    ),
    STOCK_DRIFT: (
        "Two nightly comparisons have found stock records that show other figures than ours. The "
        "store's page lists them; manage.py reconcile --stock tells the store again."
    ),
    PARTNER_UNAUTHORIZED: (
        "A partner does not accept our login any more, and its account is paused: nothing is "
        "handed over, and nothing is heard of what it has. Paste credentials that work on the "
        "account's page; that resumes it and clears the alarm."
    ),
    PARTNER_UNREACHABLE: (
        "A partner could not be reached for an hour, so nothing is handed over there. We go on "
        "asking; the next answer clears it. Ask the partner if it lasts."
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A merchant's goods in a warehouse that a partner runs: what an alarm of no store is about."""

    warehouse: Warehouse
    merchant: Merchant


About = Store | Place


def raise_alarm(about: About, kind: str, message: str) -> None:
    """Open an alarm of this kind, unless one is open."""
    alarm, created = Alarm.objects.get_or_create(
        **_columns(about), kind=kind, cleared_at=None, defaults={"message": message}
    )
    if created:
        log.error("alarm %s at %s: %s", kind, _named(alarm), message)


def clear(about: About, *kinds: str) -> None:
    """Close the open alarms of these kinds, if there are any."""
    Alarm.objects.filter(**_columns(about), kind__in=kinds, cleared_at=None).update(
        cleared_at=timezone.now()
    )


def _columns(about: About) -> dict[str, Any]:
    if isinstance(about, Store):
        return {"store": about}
    return {"warehouse": about.warehouse, "merchant": about.merchant}


def _named(alarm: Alarm) -> str:
    return f"store {alarm.store_id}" if alarm.store_id else f"warehouse {alarm.warehouse_id}"


@transaction.atomic
def pause(store: Store, reason: str, *, kind: str = "") -> None:
    """Stop all traffic to the store; with `kind`, raise one alarm. Harmless when repeated."""
    Store.objects.running().filter(pk=store.pk).update(
        paused_at=timezone.now(), pause_reason=reason
    )
    if kind:
        raise_alarm(store, kind, reason)


@transaction.atomic
def resume(store: Store) -> None:
    """Let traffic to the store flow again, and say that its credentials are trusted."""
    Store.objects.filter(pk=store.pk).update(paused_at=None, pause_reason="")
    clear(store, UNAUTHORIZED, UNINSTALLED)
    engine.wake_courier(store.pk)
    engine.wake_pull(store.pk)
    engine.wake_methods(store.pk)


def clear_rows(alarm_ids: Iterable[int]) -> int:
    """Close these alarms by hand, and return how many were open."""
    open_ones = Alarm.objects.filter(pk__in=list(alarm_ids), cleared_at=None)
    return open_ones.update(cleared_at=timezone.now())
