"""Asks a store's token endpoint: gives a code for a grant, or gets a fresh grant for an old one.

A refresh token is good once. Whoever uses one holds a lock of the database meanwhile. The lock is
no transaction, so it may be held while the store answers; who waited for it finds the fresh token
in its place. What if it dies? The lock goes with the connection, and a refresh token whose answer
was lost is refused the next time: the store is then paused, as it is without one.
"""

import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection

from locations.models import Store, check_base_url
from platforms.errors import PlatformError, Unauthorized, Unavailable, UnknownSender
from platforms.http import Exchange as Sent
from platforms.http import Limits, Transport
from platforms.interface import App, Client, Grant, Install, Platform
from relay import connections, credentials

log = logging.getLogger(__name__)

# Somebody waits in front of a browser, or every other call to the store does.
LIMITS = Limits(connect_seconds=4, read_seconds=8, total_seconds=10, answer_bytes=100_000)
LOCK_CLASS = 2901
T = TypeVar("T")


def app_of(platform: Platform) -> App | None:
    """Return what we are at this platform; None where merchants cannot install us."""
    ours = settings.PLATFORM_APPS.get(platform.key, {})
    if not platform.install or not ours.get("client_id") or not ours.get("client_secret"):
        return None
    return App(ours["client_id"], ours["client_secret"], tuple(ours["scopes"]))


def home_of(platform: Platform, install: Install, account: str) -> str:
    """Return where a store lives. A development site may have it live in a sandbox.

    Raises UnknownSender for a store, or an address, that no secret of ours may be sent to.
    """
    home = install.home(account)
    local = settings.PLATFORM_APPS[platform.key]["local_stores"]
    if local and settings.ALLOW_LOCAL_STORES:
        home = local.replace("{store}", account).rstrip("/") + "/"
    try:
        check_base_url(home)
    except ValidationError as error:
        raise UnknownSender(" ".join(error.messages)) from error
    return home


def ask(home: str, record: Callable[[Sent], None], question: Callable[[Transport], Grant]) -> Grant:
    """Ask the token endpoint of the store that lives at `home`. Raises PlatformError.

    It is not the API, so it has no part in the store's rate limit.
    """
    with closing(Transport(home, record=record, limits=LIMITS)) as transport:
        return question(transport)


def renew(store: Store, refused: Mapping[str, str]) -> bool:
    """Get fresh credentials in place of those that the store refused; tell if there are any.

    They are then in `store`. Raises Unavailable where the store cannot be asked now; nothing is
    used up by that.
    """
    if not _can_renew(store):
        return False
    with _alone(store):
        store.refresh_from_db()
        if store.credentials != refused:
            # Somebody else was faster; or the merchant has removed us, and there is none.
            return bool(store.credentials)
        try:
            fresh = _fresh(store)
        except Unavailable:
            raise
        except PlatformError as error:
            log.warning("store %s gives us no fresh token: %s", store.pk, error)
            return False
        credentials.keep(store, **fresh)
    return True


def _can_renew(store: Store) -> bool:
    if store.platform.renew is not None:
        return True
    return app_of(store.platform) is not None and store.installed_at is not None


def asking(
    store: Store, purpose: str, question: Callable[[Store, Client], Generator[float, None, T]]
) -> Generator[float, None, T]:
    """Ask a store; where it refuses our token, get a fresh one and ask once more.

    Yields the seconds it wants to wait. Raises PlatformError.
    """
    refused = store.credentials
    try:
        with connections.client_for(store, purpose) as client:
            return (yield from question(store, client))
    except Unauthorized:
        if not renew(store, refused):
            raise
    with connections.client_for(store, purpose) as client:
        return (yield from question(store, client))


def _fresh(store: Store) -> Mapping[str, str]:
    """Ask for fresh credentials, with those that a person pasted or a merchant granted."""
    platform, present = store.platform, store.credentials
    note = partial(connections.record, store, "renew token", None)
    if platform.renew is not None:
        with closing(Transport(store.base_url, record=note, limits=LIMITS)) as transport:
            return platform.renew(present, transport, store.filled_options)
    install, app = platform.install, app_of(platform)
    if install is None or app is None:
        raise Unauthorized(f"{platform.label} has no way to renew a token.")
    home = home_of(platform, install, store.account)
    grant = ask(home, note, lambda transport: install.renew(app, transport, present))
    return grant.credentials


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, hashint8(%s))", [LOCK_CLASS, store.pk])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashint8(%s))", [LOCK_CLASS, store.pk])
