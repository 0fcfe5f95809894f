"""Examines a site: settings, database, worker, stores; each finding says what to do.

Nothing is changed and no store is asked. Where the database does not answer, that is a finding,
and what needs it is left out.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from django.core import checks
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Exists, Min, OuterRef
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from locations.models import LocationState, Store
from relay import health
from relay.models import (
    Alarm,
    CallState,
    Comparison,
    InboundMessage,
    MessageState,
    OutboundCall,
)

SLOW = timedelta(minutes=5)
STANDING_STILL = timedelta(hours=1)
CLOCKS_APART = timedelta(seconds=2)
CLOCKS_FAR_APART = timedelta(seconds=30)
COMPARED_WITHIN = timedelta(days=2)
NAMED = 5
MIGRATIONS = "Migrations"
EXPLAINED = "Change the setting; .env.example explains each one."


class Level(IntEnum):
    """How bad it is; the exit status of the command is the worst of them."""

    OK = 0
    WARNING = 1
    PROBLEM = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do where it is not well."""

    about: str
    level: Level
    sentence: str
    todo: str = ""


Examination = Callable[[], Iterator[Finding]]


def examine() -> list[Finding]:
    """Return all findings, in the order in which one would repair them."""
    found = list(_settings())
    try:
        for examination in EXAMINATIONS:
            found += examination()
            if found[-1].about == MIGRATIONS and found[-1].level:
                return [*found, _other_tables()]
    except (DatabaseError, InterfaceError) as error:
        found.append(_no_database(error))
    return found


def _other_tables() -> Finding:
    return Finding(
        "Stores and work",
        Level.WARNING,
        "They were not looked at: the tables are not those of this release.",
        "Run doctor again after the migrations.",
    )


def _no_database(error: Exception) -> Finding:
    # The driver's text names host and port, never the password.
    reason = " ".join(str(error).split())[:300]
    return Finding(
        "Database",
        Level.PROBLEM,
        f"It does not answer, so nothing behind it was looked at. {reason}",
        "Start PostgreSQL, or correct DATABASE_URL.",
    )


def _database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    yield Finding("Database", Level.OK, "It answers.")


def _settings() -> Iterator[Finding]:
    silent = True
    for message in checks.run_checks(include_deployment_checks=True):
        if message.is_silenced() or message.level < checks.WARNING:
            continue
        silent = False
        level = Level.PROBLEM if message.is_serious() else Level.WARNING
        yield Finding("Settings", level, f"{message.msg} ({message.id})", message.hint or EXPLAINED)
    if silent:
        yield Finding("Settings", Level.OK, "All checks pass, those for production too.")


def _migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        yield Finding(MIGRATIONS, Level.OK, "All are applied.")
        return
    first = f"{plan[0][0].app_label}.{plan[0][0].name}"
    yield Finding(
        MIGRATIONS,
        Level.PROBLEM,
        f"{_count(len(plan), 'migration')} not applied; the first is {first}.",
        "Run manage.py migrate, then start web and worker anew.",
    )


def _clock() -> Iterator[Finding]:
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there: datetime = cursor.fetchone()[0]
    travelled = timedelta(seconds=time.monotonic() - started)
    yield compare_clocks(abs(timezone.now() - there) - travelled)


def compare_clocks(apart: timedelta) -> Finding:
    """Return what to say of the clocks of host and database that are so far apart."""
    apart, level = max(apart, timedelta()), Level.OK
    if apart > CLOCKS_APART:
        level = Level.PROBLEM if apart > CLOCKS_FAR_APART else Level.WARNING
    sentence = f"The clocks of database and host are {apart.total_seconds():.1f} s apart."
    todo = "Set both by the network (NTP): what is due, and what is newer, hangs on them."
    return Finding("Clock", level, sentence, todo if level else "")


def _secrets() -> Iterator[Finding]:
    lost, missing = [], []
    for store in Store.objects.all():
        try:
            known = store.credentials
        except ValueError:
            lost.append(store.name)
            continue
        if any(not known.get(field.name) for field in store.platform.credentials):
            missing.append(store.name)
    if lost:
        yield Finding(
            "Credentials",
            Level.PROBLEM,
            f"They cannot be decrypted for {_names(lost)}.",
            "Put the former SECRET_KEY into SECRET_KEY_FALLBACKS and the former CREDENTIALS_SALT "
            "behind the new one. If they are lost, connect each store again.",
        )
    if missing:
        sentence = f"Some are missing for {_names(missing)}."
        yield Finding("Credentials", Level.PROBLEM, sentence, "Paste them on the store's page.")
    if not lost and not missing:
        yield Finding("Credentials", Level.OK, "They can be decrypted for every store.")


def _worker() -> Iterator[Finding]:
    worker = health.worker()
    if worker == health.ALIVE:
        yield Finding("Worker", Level.OK, "One is alive.")
        return
    yield Finding(
        "Worker",
        Level.PROBLEM,
        f"Nothing is told to any store: {worker}.",
        "Start one: manage.py worker",
    )


def _due_calls() -> Iterator[Finding]:
    now = timezone.now()
    due = OutboundCall.objects.due(now).filter(store__paused_at__isnull=True)
    oldest = due.aggregate(oldest=Min("run_after"))["oldest"]
    yield _age(
        "Calls due",
        now - oldest if oldest else None,
        "The most delayed call to a store has been due for",
        "No call to a store is due.",
        "See whether the worker is busy with many stores; start another one if it is.",
    )


def _stuck_calls() -> Iterator[Finding]:
    stuck = OutboundCall.objects.stuck().count()
    if not stuck:
        yield Finding("Calls stuck", Level.OK, "No call waits for a person.")
        return
    yield Finding(
        "Calls stuck",
        Level.WARNING,
        f"{_count(stuck, 'call')} to stores cannot go on without a person.",
        "Outbound calls in the admin shows why; retry or give up each.",
    )


def _doubtful_calls() -> Iterator[Finding]:
    doubtful = OutboundCall.objects.filter(
        state__in=(CallState.IN_DOUBT, CallState.SENDING),
        created_at__lt=timezone.now() - STANDING_STILL,
    ).count()
    if doubtful:
        yield Finding(
            "Calls in doubt",
            Level.WARNING,
            f"{_count(doubtful, 'call')} have been in doubt for more than an hour.",
            "See on the calls' pages what the store answers to being looked at.",
        )


def _messages() -> Iterator[Finding]:
    unread = InboundMessage.objects.filter(state=MessageState.RECEIVED)
    oldest = unread.aggregate(oldest=Min("received_at"))["oldest"]
    yield _age(
        "Messages unread",
        timezone.now() - oldest if oldest else None,
        "The oldest unread message from a store has waited",
        "Every message is read.",
        "See whether a worker runs.",
    )
    failed = InboundMessage.objects.filter(state=MessageState.FAILED).count()
    if failed:
        yield Finding(
            "Messages failed",
            Level.WARNING,
            f"{_count(failed, 'message')} from stores could not be read.",
            "Messages in the admin shows why; read each again when it is repaired.",
        )


def _jobs() -> Iterator[Finding]:
    failed = ProcrastinateJob.objects.filter(status="failed")
    count = failed.count()
    if not count:
        yield Finding("Jobs", Level.OK, "None has failed in the last day.")
        return
    names = sorted(set(failed.values_list("task_name", flat=True)))
    yield Finding(
        "Jobs",
        Level.WARNING,
        f"Cut short in the last day, by a fault or with their worker: {count} ({_names(names)}).",
        "Nothing is lost, for a job is run again. The worker's log says what went wrong.",
    )


def _stores() -> Iterator[Finding]:
    paused = list(Store.objects.exclude(paused_at=None))
    for store in paused[:NAMED]:
        yield Finding(
            "Stores",
            Level.WARNING,
            f"{store} is paused: {store.pause_reason}",
            "Resume it on its page when the reason is gone.",
        )
    if len(paused) > NAMED:
        yield Finding("Stores", Level.WARNING, f"{len(paused) - NAMED} more stores are paused.")
    if not paused:
        yield Finding("Stores", Level.OK, "None is paused.")


def _alarms() -> Iterator[Finding]:
    found = Alarm.objects.filter(cleared_at=None)
    open_ones = list(found.select_related("store", "warehouse", "merchant"))
    for alarm in open_ones[:NAMED]:
        sentence = f"{alarm.about}, since {timezone.localtime(alarm.raised_at):%Y-%m-%d %H:%M}: "
        todo = "It ends by itself when that is repaired, or is cleared in the admin."
        yield Finding("Alarms", Level.PROBLEM, sentence + alarm.message, todo)
    if len(open_ones) > NAMED:
        more = f"{len(open_ones) - NAMED} more are open."
        yield Finding("Alarms", Level.PROBLEM, more, "Alarms in the admin lists them.")
    if not open_ones:
        yield Finding("Alarms", Level.OK, "None is open.")


def _locations() -> Iterator[Finding]:
    well = True
    for store in Store.objects.running().prefetch_related("locations"):
        places = list(store.locations.all())
        if not store.platform.capabilities.registers_locations:
            if not places:
                well = False
                yield Finding(
                    "Locations",
                    Level.WARNING,
                    f"No location of {store} is a warehouse of ours, so nothing is asked of us.",
                    "Assign a location on the store's page.",
                )
            continue
        refused = [place for place in places if place.state == LocationState.REFUSED]
        if refused:
            well = False
            yield Finding(
                "Locations",
                Level.WARNING,
                f"{store} refused {_names([place.name for place in refused])}: "
                f"{refused[0].remark or 'it gave no reason'}",
                "Repair the reason and register the warehouse again on the store's page.",
            )
        if not any(place.state == LocationState.REGISTERED for place in places):
            well = False
            yield Finding(
                "Locations",
                Level.WARNING,
                f"{store} knows no location of ours, so it cannot send us orders.",
                "Register a warehouse on the store's page.",
            )
    if well:
        yield Finding("Locations", Level.OK, "Every store knows one of ours.")


def _subscriptions() -> Iterator[Finding]:
    subscribed: list[str] = []
    others: list[str] = []
    for store in Store.objects.running():
        with contextlib.suppress(ValueError):  # Lost credentials are a finding of their own.
            (subscribed if store.webhook_secret else others).append(store.name)
    sentence = f"{_count(len(subscribed), 'store')} told to announce changes."
    if others:
        sentence += f" Changes at {_names(others)} are found by asking, every few minutes."
    yield Finding("Subscriptions", Level.OK, sentence)


def _comparisons() -> Iterator[Finding]:
    since = timezone.now() - COMPARED_WITHIN
    recent = Comparison.objects.filter(
        store=OuterRef("pk"), about=Comparison.About.ORDERS, ended_at__gte=since, failure=""
    )
    established = Store.objects.running().filter(created_at__lt=since)
    if late := [store.name for store in established.exclude(Exists(recent))]:
        yield Finding(
            "Comparison",
            Level.WARNING,
            f"The orders of {_names(late)} were not compared with ours for two days.",
            "See whether a worker runs at the hour of RECONCILE_CRON, or run manage.py reconcile.",
        )
        return
    yield Finding("Comparison", Level.OK, "Every store's orders were compared with ours lately.")


def _stock_records() -> Iterator[Finding]:
    since = timezone.now() - COMPARED_WITHIN
    told = Store.objects.publishing().running().filter(created_at__lt=since)
    if late := [store.name for store in told.exclude(stock_read_at__gte=since)]:
        yield Finding(
            "Stock",
            Level.WARNING,
            f"The stock records of {_names(late)} were not read for two days.",
            "See whether a worker runs at the hour of STOCK_CRON, look at the store's alarms, or "
            "run manage.py reconcile --stock.",
        )
    elif told.exists():
        yield Finding("Stock", Level.OK, "The stock records of every store were read lately.")


def _age(about: str, age: timedelta | None, words: str, well: str, todo: str) -> Finding:
    if age is None or age <= timedelta():
        return Finding(about, Level.OK, well)
    level = Level.OK
    if age > SLOW:
        level = Level.PROBLEM if age > STANDING_STILL else Level.WARNING
    return Finding(about, level, f"{words} {_duration(age)}.", todo if level else "")


def _duration(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _count(count: int, what: str) -> str:
    return f"1 {what} is" if count == 1 else f"{count} {what}s are"


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


EXAMINATIONS: Sequence[Examination] = (
    _database,
    _migrations,
    _clock,
    _secrets,
    _worker,
    _due_calls,
    _stuck_calls,
    _doubtful_calls,
    _messages,
    _jobs,
    _stores,
    _alarms,
    _locations,
    _subscriptions,
    _comparisons,
    _stock_records,
)
