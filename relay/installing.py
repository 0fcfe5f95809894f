"""Installs us at a store: the merchant's consent becomes a store of ours with tokens that work.

What if it dies? Before the tokens are kept, nothing has changed and the merchant begins again;
they are kept together with all that follows from them. What if it runs twice? A code is noted
before it is sent and never sent a second time, for a store may take back what it gave for it.
A store that is known keeps its merchant, its rules and its history, and gets the new tokens.
"""

import hashlib
import logging
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from locations.models import Location, LocationState, Merchant, Store
from platforms.errors import PlatformError, Refusal
from platforms.http import Exchange as Sent
from platforms.interface import App, Grant, Install, Platform
from relay import (
    alarms,
    connecting,
    connections,
    credentials,
    engine,
    granting,
    registration,
    subscription,
)
from relay.models import SpentCode

log = logging.getLogger(__name__)

OTHER_STORE = (
    "The installation was begun for {domain}, and another store has agreed to it. Nothing was "
    "changed. Sign in at the right store and begin again."
)
SPENT = "This link was used already. Begin the installation again."


@dataclass(frozen=True, slots=True)
class Visit:
    """Which store a browser speaks for, at which platform, and what we are there."""

    platform: Platform
    install: Install
    app: App
    account: str

    @property
    def home(self) -> str:
        """Where the store lives; raises UnknownSender where no secret may be sent to."""
        return granting.home_of(self.platform, self.install, self.account)

    @property
    def api_url(self) -> str:
        """Where the store's API is."""
        return self.install.api_url(self.home)

    def store(self) -> Store | None:
        """Return the store as we know it, however its name was spelled; None for a new one."""
        stores = Store.objects.filter(platform_key=self.platform.key)
        named = stores.filter(account=self.account).first()
        if named or connecting.is_shared(self.platform, self.api_url):
            return named
        return stores.filter(base_url=self.api_url).first()


def finish(visit: Visit, redirect_uri: str, code: str, state: str) -> Store:
    """Give the code for tokens and keep them. Raises Refusal, PlatformError.

    This asks the store, so it must run outside of any transaction.
    """
    known, home = visit.store(), visit.home
    if not _spend(visit, code):
        raise Refusal(SPENT)
    sent: list[Sent] = []
    try:
        grant = granting.ask(
            home,
            sent.append,
            lambda transport: visit.install.exchange(
                visit.app, transport, redirect_uri, code, state
            ),
        )
    except PlatformError as error:
        log.warning("the installation at %s failed: %s", visit.account, error)
        _record(known, sent)
        raise
    if grant.account and grant.account != visit.account:
        _record(known, sent)
        raise Refusal(OTHER_STORE.format(domain=visit.install.domain(visit.account)))
    store = _keep(visit, grant)
    _record(store, sent)
    return store


def missing(store: Store) -> dict[str, str]:
    """Return the scopes that we ask for and were not granted, each with what it is for.

    Empty where it is not known what was granted.
    """
    install, app = store.platform.install, granting.app_of(store.platform)
    if install is None or not store.scopes:
        return {}
    asked = dict.fromkeys((*install.required, *(app.scopes if app else ())))
    granted = store.scopes.split()
    return {each: install.scopes.get(each, "") for each in asked if each not in granted}


def lacks_required(store: Store) -> list[str]:
    """Return those missing scopes without which no work can be done."""
    install = store.platform.install
    return [each for each in missing(store) if install and each in install.required]


def _spend(visit: Visit, code: str) -> bool:
    """Note the code as used; tell whether it was not used before."""
    named = f"{visit.platform.key} {visit.account} {code}"
    digest = hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
    return SpentCode.objects.get_or_create(digest=digest)[1]


def _record(store: Store | None, sent: list[Sent]) -> None:
    """Keep the exchange with its store; one with a store that is not ours is in the log only."""
    if store is None:
        return
    for each in sent:
        connections.record(store, "install", None, each)


@transaction.atomic
def _keep(visit: Visit, grant: Grant) -> Store:
    """Write down all that the merchant's consent means for us."""
    store = _store(visit)
    store.account, store.base_url = visit.account, visit.api_url
    store.scopes, store.installed_at = " ".join(grant.scopes), timezone.now()
    store.options = {**store.options, **grant.options}
    store.save(update_fields=["account", "base_url", "scopes", "installed_at", "options"])
    # A fresh secret with each installation: what was announced before it is not believed after
    # it, above all a late word that we were uninstalled.
    credentials.keep(store, **{credentials.WEBHOOK_SECRET: ""}, **grant.credentials)
    connecting.trust(store)
    subscription.subscribe(store)
    registration.register_again(store)
    engine.wake_test(store.pk)
    _alarm_what_is_missing(store)
    return store


def _store(visit: Visit) -> Store:
    """Return the store, locked; a new one belongs to a merchant of its own."""
    known = visit.store()
    if known is None:
        try:
            with transaction.atomic():
                known = _new_store(visit)
        except IntegrityError:
            # The merchant has finished in two tabs at once.
            known = visit.store()
    if known is None:
        raise Refusal("The store could not be kept. Begin the installation again.")
    return Store.objects.select_for_update().get(pk=known.pk)


def _new_store(visit: Visit) -> Store:
    """Create a store whose requests a person decides, for a merchant whom we do not know yet.

    It never joins a merchant that is known: anybody may call their store as they like.
    """
    store = Store(platform_key=visit.platform.key, account=visit.account, base_url=visit.api_url)
    store.name = _free_name(visit)
    store.merchant = Merchant.objects.create(name=store.name)
    store.save()
    log.info("store %s was installed by its merchant", store.pk)
    return store


def _free_name(visit: Visit) -> str:
    for name in (visit.account, visit.install.domain(visit.account)):
        taken = Merchant.objects.filter(name__iexact=name).exists()
        if not taken and not Store.objects.filter(name__iexact=name).exists():
            return name
    return f"{visit.install.domain(visit.account)} {timezone.now():%Y-%m-%d %H:%M:%S}"


def _alarm_what_is_missing(store: Store) -> None:
    scopes = lacks_required(store)
    if scopes:
        message = f"The merchant did not allow all that we need: {', '.join(scopes)}."
        alarms.raise_alarm(store, alarms.MISSING_SCOPES, message)
    else:
        alarms.clear(store, alarms.MISSING_SCOPES)
    wanted = (LocationState.WANTED, LocationState.REGISTERED)
    if not Location.objects.filter(store=store, state__in=wanted).exists():
        alarms.raise_alarm(
            store,
            alarms.NEEDS_WAREHOUSE,
            f"{store.account} has installed us and has no warehouse yet. Check whose store it is, "
            "then register a warehouse on its page.",
        )
