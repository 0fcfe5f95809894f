"""`manage.py doctor`: each ailment is found, with what to do, and no secret is printed."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import override_settings
from django.utils import timezone
from procrastinate.contrib.django import app

from locations.models import Location, LocationState, Store
from relay import alarms, doctor
from relay.models import CallState, Comparison, InboundMessage, OutboundCall
from tests.factories import LocationFactory
from tests.processes import ROOT, environment
from tests.relay.test_health import beat

SECRET = "tok_never_to_be_printed"
FITTING = {
    "OAUTH2_PROVIDER": {**settings.OAUTH2_PROVIDER, "ALLOWED_REDIRECT_URI_SCHEMES": ["https"]},
    "HTTPS": True,
    "PUBLIC_URL": "https://crossdock.example.com",
    "ALLOW_LOCAL_STORES": False,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}


@pytest.fixture
def well(db: None) -> Location:
    """A site on which nothing is wrong."""
    location: Location = LocationFactory(store__name="Acme Outdoors")
    location.store.set_credentials(access_token=SECRET, webhook_secret=SECRET)
    location.store.created_at = timezone.now() - timedelta(days=30)
    location.store.save()
    Comparison.objects.create(store=location.store)
    beat(1)
    return location


def run(*arguments: str) -> tuple[int, str]:
    """Run the command as in production; return its exit status and what it said."""
    said = io.StringIO()
    with override_settings(**FITTING), pytest.raises(SystemExit) as end:
        call_command("doctor", *arguments, stdout=said, stderr=said)
    assert isinstance(end.value.code, int)
    assert SECRET not in said.getvalue()
    return end.value.code, said.getvalue()


def test_a_site_that_is_well_says_so(well: Location) -> None:
    status, said = run()
    assert status == 0, said
    assert {line.split()[0] for line in said.splitlines()} == {"ok"}
    assert "Settings: All checks pass" in said
    assert "Subscriptions: 1 store is told to announce changes." in said


def call(store: Store, state: str = CallState.WAITING, minutes: int = 0) -> None:
    moment = timezone.now() - timedelta(minutes=minutes)
    OutboundCall.objects.create(
        store=store,
        key=f"{state}:{minutes}",
        verb="accept_request",
        subject="order 1",
        subject_id=1,
        lane="1",
        priority=10,
        state=state,
        run_after=moment,
        created_at=moment,
    )


def message(store: Store, state: str, minutes: int = 0) -> None:
    moment = timezone.now() - timedelta(minutes=minutes)
    InboundMessage.objects.create(
        store=store,
        endpoint="callback",
        topic="x",
        dedupe_key=f"{state}:{minutes}",
        body=b"{}",
        state=state,
        received_at=moment,
    )


def no_worker(store: Store) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")


def failed_job(store: Store) -> None:
    job = app.configure_task("relay.sweep").defer()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [job])


def unreadable_secrets(store: Store) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE locations_store SET secrets = 'gAAAAA-of-another-key'")


def no_token(store: Store) -> None:
    store.set_credentials(access_token="")
    store.save()


def paused(store: Store) -> None:
    alarms.pause(store, "Stocktaking.")


def refused_location(store: Store) -> None:
    store.locations.update(state=LocationState.REFUSED, remark="No such country.")


def not_compared(store: Store) -> None:
    long_ago = timezone.now() - timedelta(days=3)
    Comparison.objects.update(ended_at=long_ago)
    Comparison.objects.create(store=store, failure="It was down.")


def unapplied_migration(store: Store) -> None:
    executor = MigrationExecutor(connection)
    [newest] = executor.loader.graph.leaf_nodes("relay")
    executor.recorder.record_unapplied(*newest)


AILMENTS: list[tuple[Callable[[Store], Any], int, str, str]] = [
    (no_worker, 2, "Worker: Nothing is told to any store", "manage.py worker"),
    (lambda s: call(s, minutes=10), 1, "Calls due: The most delayed call", "start another"),
    (lambda s: call(s, minutes=130), 2, "has been due for 2 h.", "start another"),
    (lambda s: call(s, CallState.REFUSED), 1, "Calls stuck: 1 call is", "retry or give up"),
    (lambda s: call(s, CallState.SENDING, 90), 1, "Calls in doubt: 1 call is", "calls' pages"),
    (lambda s: message(s, "received", 10), 1, "Messages unread: The oldest", "a worker runs"),
    (lambda s: message(s, "received", 61), 2, "has waited 61 min.", "a worker runs"),
    (lambda s: message(s, "failed"), 1, "Messages failed: 1 message is", "read each again"),
    (failed_job, 1, "Jobs: Cut short in the last day", "Nothing is lost"),
    (unreadable_secrets, 2, "cannot be decrypted for Acme Outdoors", "SECRET_KEY_FALLBACKS"),
    (no_token, 2, "Some are missing for Acme Outdoors", "Paste them"),
    (paused, 1, "Stores: Acme Outdoors is paused: Stocktaking.", "Resume it"),
    (lambda s: alarms.raise_alarm(s, "x", "It is silent."), 2, "It is silent.", "ends by itself"),
    (refused_location, 1, "Acme Outdoors refused Reno: No such country.", "register"),
    (lambda s: s.locations.all().delete(), 1, "knows no location of ours", "Register a"),
    (not_compared, 1, "Acme Outdoors were not compared with ours for two days", "reconcile"),
    (unapplied_migration, 2, "1 migration is not applied; the first is relay.", "migrate"),
]


@pytest.mark.parametrize(("ail", "status", "sentence", "todo"), AILMENTS)
def test_what_ails_a_site_is_found_and_what_to_do_is_said(
    well: Location, ail: Callable[[Store], Any], status: int, sentence: str, todo: str
) -> None:
    ail(well.store)
    found, said = run()
    [line] = [line for line in said.splitlines() if sentence in line]
    assert line.startswith("warning " if status == 1 else "problem ")
    assert todo in line
    assert found == status, said


def test_settings_that_are_unfit_for_production_are_found(well: Location) -> None:
    with override_settings(SALT_KEY=["short"]):
        status, said = run()
    assert (status, "crossdock.E001" in said) == (2, True)
    assert "secrets.token_urlsafe" in said


@pytest.mark.parametrize(("seconds", "level"), [(-0.1, 0), (1.9, 0), (5, 1), (31, 2)])
def test_clocks_that_are_apart_are_found(seconds: float, level: int) -> None:
    finding = doctor.compare_clocks(timedelta(seconds=seconds))
    assert finding.level == level
    assert bool(finding.todo) == bool(level)


def test_many_of_a_kind_are_counted_and_not_all_named(well: Location) -> None:
    for number in range(7):
        alarms.raise_alarm(well.store, f"kind {number}", f"Alarm {number}.")
    _, said = run()
    assert said.count("problem  Alarms") == 6
    assert "2 more are open." in said


def test_a_program_reads_it_as_json(well: Location) -> None:
    paused(well.store)
    status, said = run("--json")
    report = json.loads(said)
    assert (status, report["status"]) == (1, "warning")
    levels = {finding["about"]: finding["level"] for finding in report["findings"]}
    assert (levels["Database"], levels["Stores"]) == ("ok", "warning")


@pytest.mark.processes
@pytest.mark.parametrize("arguments", [(), ("--json",)])
@pytest.mark.usefixtures("db")
def test_it_works_and_says_so_when_the_database_is_down(arguments: tuple[str, ...]) -> None:
    down = "postgres://crossdock:hunter2@127.0.0.1:9/crossdock"
    result = subprocess.run(
        [sys.executable, "manage.py", "doctor", *arguments],
        cwd=ROOT,
        env=environment(DATABASE_URL=down),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 2, result.stderr
    assert "It does not answer, so nothing behind it was looked at." in result.stdout
    assert "correct DATABASE_URL" in result.stdout
    assert "hunter2" not in result.stdout + result.stderr
    assert "Traceback" not in result.stderr


def test_a_store_whose_stock_records_nobody_has_read_is_named(store: Store) -> None:
    long_ago = timezone.now() - timedelta(days=3)
    Store.objects.update(created_at=long_ago, stock_policy="sellable", stock_read_at=long_ago)
    [finding] = [each for each in doctor.examine() if each.about == "Stock"]
    assert "were not read for two days" in finding.sentence
    Store.objects.update(stock_read_at=timezone.now())
    [finding] = [each for each in doctor.examine() if each.about == "Stock"]
    assert finding.level == doctor.Level.OK
