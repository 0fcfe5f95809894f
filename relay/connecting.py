"""Connects a store: its credentials are tried before they replace the ones that work.

What if it dies? A new store is kept paused until its credentials have worked once, and a known
store keeps its former ones; running it again goes on from there. What if it runs twice? The
second run finds the merchant and the store, and adds nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from locations.models import Merchant, Store
from platforms.errors import PlatformError, Refusal, Unauthorized
from platforms.interface import Platform
from relay import alarms, connections, credentials, granting, lacking, subscription

NOT_TRIED = "Its connection has not been tested yet."
KEPT = "Nothing was changed; what was known of the store stays in place."
PAUSED = "The store is kept, but paused. Run it again with credentials that work."


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be true of a store. `changes` names columns; the others stay as they are."""

    platform: Platform
    account: str
    credentials: Mapping[str, str] = field(repr=False)
    merchant: str = ""
    changes: Mapping[str, str | bool] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connected:
    """What was done. `failure` says why the connection does not work, `left` what that leaves."""

    store: Store
    new_store: bool
    new_merchant: bool
    failure: str = ""
    left: str = ""

    @property
    def what(self) -> str:
        """What happened to the store, in a word or two."""
        return "new" if self.new_store else ("not changed" if self.failure else "updated")


def connect(wish: Wish) -> Connected:
    """Create or update the merchant and the store, and try the credentials.

    Raises Refusal and ValidationError for what cannot be; then nothing was changed.
    """
    store, new_merchant = _prepare(wish)
    new = store.pk is None
    if new:
        # A call to the store is recorded with the store, so there must be a row before the first.
        store.paused_at, store.pause_reason = timezone.now(), NOT_TRIED
        store.save()
    try:
        store.check_result = _ask(store)
    except PlatformError as error:
        left = PAUSED if new else KEPT
        return Connected(store, new, new_merchant, failure=str(error), left=left)
    store.checked_at = timezone.now()
    # Only what was asked for is written: somebody may pause the store at the same moment.
    with transaction.atomic():
        store.save(update_fields=[*wish.changes, "options", "checked_at", "check_result"])
        credentials.keep_pasted(store, **wish.credentials)
        alarms.clear(store, alarms.MISSING_SCOPES)
    trust(store)
    subscription.subscribe(store)
    return Connected(store, new, new_merchant)


def test(store: Store) -> str:
    """Ask the store what its credentials open, and keep the answer. Raises PlatformError.

    A store that was paused because its credentials were not trusted is resumed when they work.
    """
    try:
        said = _ask_again(store)
    except PlatformError as error:
        _note(store, str(error))
        raise
    _note(store, said)
    lacking.forget(store)
    trust(store)
    return said


def _ask_again(store: Store) -> str:
    """Ask; where the store refuses our token, get a fresh one and ask once more."""
    refused = store.credentials
    try:
        return _ask(store)
    except Unauthorized:
        if not granting.renew(store, refused):
            raise
        return _ask(store)


def _ask(store: Store) -> str:
    with connections.client_for(store, "test connection") as client:
        return client.check()


def _note(store: Store, said: str) -> None:
    Store.objects.filter(pk=store.pk).update(checked_at=timezone.now(), check_result=said)


@transaction.atomic
def _prepare(wish: Wish) -> tuple[Store, bool]:
    """Return the store as it shall be, not saved yet, and whether its merchant is new."""
    account = wish.account.strip().lower()
    store = Store.objects.filter(platform_key=wish.platform.key, account=account).first()
    new_merchant = False
    if store is None:
        merchant, new_merchant = _merchant(wish.merchant)
        store = Store(merchant=merchant, platform_key=wish.platform.key, account=account)
        store.name = merchant.name
        # Such a platform settles by what it is told to have arrived.
        store.tells_tracking = wants_arrivals(wish.platform)
    elif wish.merchant and wish.merchant.lower() != store.merchant.name.lower():
        raise Refusal(f"{store} belongs to the merchant {store.merchant}, not to {wish.merchant}.")
    for column, value in wish.changes.items():
        setattr(store, column, value)
    store.options = {**store.options, **wish.options}
    credentials.give(store, **wish.credentials)
    store.full_clean(exclude=["secrets"])
    _refuse_second_name(store)
    return store, new_merchant


def is_shared(platform: Platform, url: str) -> bool:
    """Tell whether all stores of the platform have this address, so that it names none of them."""
    return url == platform.base_url("another-store")


def wants_arrivals(platform: Platform) -> bool:
    """Tell whether a new store is told what carriers say, without anybody having asked for it."""
    return platform.capabilities.takes_delivery_events and platform.capabilities.takes_progress


def _merchant(name: str) -> tuple[Merchant, bool]:
    if not name:
        raise Refusal("This store is new. Say whose it is: --merchant with the merchant's name.")
    known = Merchant.objects.filter(name__iexact=name).first()
    return (known, False) if known else (Merchant.objects.create(name=name), True)


def _refuse_second_name(store: Store) -> None:
    """One store, spelled in two ways, must not become two."""
    if is_shared(store.platform, store.base_url):
        return
    same = Store.objects.filter(platform_key=store.platform_key, base_url=store.base_url)
    if other := same.exclude(pk=store.pk).first():
        raise Refusal(f"{store.base_url} is connected already, as {other} ({other.account}).")


def trust(store: Store) -> None:
    """Resume a store that was paused because it did not let us in, and no other.

    Its waiting calls are made, and our subscription is put in place: it may have been lost.
    """
    store.refresh_from_db()
    kinds = (alarms.UNAUTHORIZED, alarms.UNINSTALLED)
    shut_out = store.alarms.filter(kind__in=kinds, cleared_at=None).exists()
    if store.paused_at and (shut_out or store.pause_reason == NOT_TRIED):
        alarms.resume(store)
        subscription.subscribe(store)
        store.refresh_from_db()
