"""Writes a store's credentials: alone, so that of two writers at once neither undoes the other.

All credentials of a store stand in one encrypted column. Whoever changes one of them reads that
column under a lock, in a transaction that is over before anything is sent.
"""

import secrets
from collections.abc import Collection

from django.db import transaction

from locations.models import Store

WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 - the name of the credential, not one


@transaction.atomic
def keep(store: Store, **values: str) -> None:
    """Replace the named credentials, forget those given as empty, and keep the others."""
    row = Store.objects.select_for_update().get(pk=store.pk)
    give(row, **values)
    _save(row, store)


@transaction.atomic
def keep_pasted(store: Store, **values: str) -> None:
    """Keep what a person has pasted. What was granted beside the former token goes with it."""
    row = Store.objects.select_for_update().get(pk=store.pk)
    row.scopes, row.installed_at = "", None
    row.save(update_fields=["scopes", "installed_at"])
    _forget_all_but(row, {WEBHOOK_SECRET, *(each.name for each in store.platform.credentials)})
    give(row, **values)
    _save(row, store)
    store.scopes, store.installed_at = "", None


@transaction.atomic
def forget_tokens(store: Store) -> None:
    """Forget every token of the store. The secret of its webhooks stays, to know repeats by."""
    row = Store.objects.select_for_update().get(pk=store.pk)
    _forget_all_but(row, {WEBHOOK_SECRET})
    _save(row, store)


@transaction.atomic
def webhook_secret(store: Store) -> str:
    """Return the secret that signs this store's webhooks; the first one who asks makes it."""
    row = Store.objects.select_for_update().get(pk=store.pk)
    if not row.webhook_secret:
        give(row, **{WEBHOOK_SECRET: secrets.token_urlsafe(32)})
    _save(row, store)
    return row.webhook_secret


def give(store: Store, **values: str) -> None:
    """Set the named credentials on a row that the caller saves."""
    try:
        store.set_credentials(**values)
    except ValueError:
        # Encrypted with a key that is lost. New credentials are the way out, so start from none.
        store.secrets = "{}"
        store.set_credentials(**values)


def _forget_all_but(row: Store, names: Collection[str]) -> None:
    try:
        former = row.credentials
    except ValueError:
        former = {}
    row.secrets = "{}"
    row.set_credentials(**{name: value for name, value in former.items() if name in names})


def _save(row: Store, store: Store) -> None:
    row.save(update_fields=["secrets"])
    store.secrets = row.secrets
