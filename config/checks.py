"""System checks: what is wrong with the settings, and what to do about it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from croniter import croniter
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from platforms import registry
from platforms.interface import Install
from relay import routes
from relay.models import OutboundCall

MIN_SALT = 16


@register(Tags.security)
def secrets_are_strong(app_configs: Any, **options: Any) -> Sequence[CheckMessage]:
    """Store credentials are only as safe as the salt they are encrypted with."""
    if all(len(salt) >= MIN_SALT for salt in settings.SALT_KEY) and settings.SALT_KEY:
        return []
    return [
        Error(
            f"CREDENTIALS_SALT has a value shorter than {MIN_SALT} characters.",
            hint='python -c "import secrets; print(secrets.token_urlsafe(20))" prints a good one.',
            id="crossdock.E001",
        )
    ]


@register(Tags.urls)
def public_url_is_an_address(app_configs: Any, **options: Any) -> Sequence[CheckMessage]:
    """Stores call back at PUBLIC_URL."""
    parts = urlsplit(settings.PUBLIC_URL)
    if parts.scheme in ("http", "https") and parts.hostname and not parts.query:
        return []
    return [
        Error(
            f"PUBLIC_URL is not an address: {settings.PUBLIC_URL!r}.",
            hint="Write it like https://crossdock.example.com",
            id="crossdock.E002",
        )
    ]


@register(Tags.security, deploy=True)
def stores_reach_us_safely(app_configs: Any, **options: Any) -> Sequence[CheckMessage]:
    """In production, callbacks and store addresses must be https."""
    found: list[CheckMessage] = []
    if urlsplit(settings.PUBLIC_URL).scheme != "https":
        found.append(
            Warning(
                "PUBLIC_URL does not begin with https://.",
                hint="Put TLS in front of the site; stores send order notices to it.",
                id="crossdock.W001",
            )
        )
    if settings.ALLOW_LOCAL_STORES:
        found.append(
            Warning(
                "ALLOW_LOCAL_STORES is on: a store's address may point into your own network.",
                hint="Switch it off; it is for the sandbox.",
                id="crossdock.W002",
            )
        )
    return found


@register
def every_verb_is_delivered(app_configs: Any, **options: Any) -> Sequence[CheckMessage]:
    """config/messages.py must be importable, and its verbs must fit their column."""
    longest = OutboundCall._meta.get_field("verb").max_length or 0
    return [
        Error(f"The verb {verb!r} is longer than {longest} characters.", id="crossdock.E003")
        for verb in routes.deliveries()
        if len(verb) > longest
    ]


@register
def periods_can_be_read(app_configs: Any, **options: Any) -> Sequence[CheckMessage]:
    """A period that cannot be read would end every worker at its start."""
    return [
        Error(
            f"{name} is no cron expression: {getattr(settings, name)!r}.",
            hint="Five fields, or six with seconds last. Every ten minutes: */10 * * * *",
            id="crossdock.E004",
        )
        for name in ("PULL_CRON", "REREAD_CRON", "RECONCILE_CRON")
        if not croniter.is_valid(getattr(settings, name))  # type: ignore[no-untyped-call]
    ]


@register
def silence_is_longer_than_a_heartbeat(app_configs: Any, **options: Any) -> Sequence[CheckMessage]:
    """A worker that is given up between two of its heartbeats would lose work it is at."""
    if settings.WORKER_STALLED_SECONDS >= 2 * settings.WORKER_HEARTBEAT_SECONDS > 0:
        return []
    return [
        Error(
            "WORKER_STALLED_SECONDS must be at least twice WORKER_HEARTBEAT_SECONDS.",
            hint="Usual values are 40 and 10.",
            id="crossdock.E005",
        )
    ]


@register(Tags.security)
def apps_are_whole(app_configs: Any, **options: Any) -> Sequence[CheckMessage]:
    """What merchants install needs a name, a secret, and scopes with which it can work."""
    return [
        fault
        for key, ours in settings.PLATFORM_APPS.items()
        for fault in _faults_of_app(key.upper(), registry.get(key).install, ours)
    ]


def _faults_of_app(
    name: str, install: Install | None, ours: Mapping[str, Any]
) -> Iterator[CheckMessage]:
    if bool(ours["client_id"]) != bool(ours["client_secret"]):
        yield Error(
            f"Of {name}_CLIENT_ID and {name}_CLIENT_SECRET only one is set.",
            hint="Set both, or none; without them merchants cannot install the app.",
            id="crossdock.E020",
        )
    required = install.required if install and ours["client_id"] else ()
    lacking = [scope for scope in required if scope not in ours["scopes"]]
    if lacking:
        yield Error(
            f"{name}_SCOPES lacks {', '.join(lacking)}; no work can be done without.",
            hint="Add it, separated by a comma.",
            id="crossdock.E021",
        )
    local = ours["local_stores"]
    if local and not (settings.ALLOW_LOCAL_STORES and "{store}" in local):
        yield Error(
            f"{name}_LOCAL_STORES is for a development site with ALLOW_LOCAL_STORES, and names "
            "the place of the store as {store}.",
            hint=f"Leave {name}_LOCAL_STORES empty.",
            id="crossdock.E022",
        )
