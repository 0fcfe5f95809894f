"""/metrics: for who has the token, cheap however much is done, and never falling."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.metrics import Figures
from fulfillment.models import Problem
from relay import alarms
from relay.models import CallState, InboundMessage, MessageState, OutboundCall, Priority
from tests.dock import Dock
from tests.factories import StoreFactory
from tests.relay.test_health import beat
from tests.work import work

TOKEN = "prometheus-of-ours"
DONE_ROWS = 4000


@pytest.fixture
def scraping(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def scrape(token: str = TOKEN) -> Any:
    return Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})


def figures() -> dict[str, float]:
    """Each line of the answer: name with labels, and value."""
    answer = scrape()
    assert answer.status_code == 200, answer.content
    lines = [each for each in answer.content.decode().splitlines() if not each.startswith("#")]
    return {name: float(value) for name, value in (each.rsplit(" ", 1) for each in lines)}


def test_without_a_token_in_the_settings_there_is_no_such_page(db: None) -> None:
    assert scrape("").status_code == 404
    assert scrape().status_code == 404


@pytest.mark.usefixtures("scraping", "db")
@pytest.mark.parametrize("given", ["", "wrong", f"{TOKEN}x", "ü"])
def test_it_is_for_those_who_have_the_token(given: str) -> None:
    assert scrape(given).status_code == 401
    assert Client().get("/metrics").status_code == 401


@pytest.mark.usefixtures("scraping")
def test_it_says_what_waits_what_is_stuck_and_what_was_done(dock: Dock) -> None:
    dock.store.requests_per_second = 4
    dock.store.save()
    first, second, third = (dock.place() for _ in range(3))
    dock.accept(first)
    work()
    dock.accept(second)
    dock.accept(third)
    dock.store.calls.filter(subject_id=third.pk).update(state=CallState.REFUSED)
    waiting = dock.store.calls.filter(subject_id=second.pk)
    waiting.update(run_after=timezone.now() - timedelta(seconds=50))
    InboundMessage.objects.create(
        store=dock.store,
        topic="unknown",
        dedupe_key="1",
        body=b"",
        received_at=timezone.now() - timedelta(seconds=30),
    )
    InboundMessage.objects.create(
        store=dock.store, topic="x", dedupe_key="2", body=b"", state=MessageState.FAILED
    )
    Problem.objects.create(fulfillment_order=third, source="store", detail="No.")
    alarms.raise_alarm(dock.store, alarms.PULL_FAILED, "It is down.")
    StoreFactory(paused_at=timezone.now())
    beat(1)
    beat(100)

    found = figures()

    expected = {
        'crossdock_calls_open{priority="answer",state="waiting"}': 1,
        'crossdock_calls_open{priority="answer",state="refused"}': 1,
        'crossdock_calls_open{priority="shipment",state="waiting"}': 0,
        'crossdock_calls_due{priority="answer"}': 1,
        "crossdock_drain_seconds": 0.5,
        'crossdock_messages{state="received"}': 1,
        'crossdock_messages{state="failed"}': 1,
        'crossdock_attempts_total{outcome="done",verb="accept_request"}': 1,
        'crossdock_problems_open{source="store"}': 1,
        'crossdock_problems_open{source="triage"}': 0,
        'crossdock_alarms_open{kind="pull_failed"}': 1,
        'crossdock_stores{traffic="running"}': 1,
        'crossdock_stores{traffic="paused"}': 1,
        "crossdock_workers_alive": 1,
    }
    assert {name: found.get(name) for name in expected} == expected
    assert found['crossdock_oldest_due_call_seconds{priority="answer"}'] == pytest.approx(50, abs=5)
    assert found["crossdock_oldest_unread_message_seconds"] == pytest.approx(30, abs=5)
    assert any(name.startswith("crossdock_jobs{") for name in found)


@pytest.mark.usefixtures("scraping")
def test_a_paused_store_s_calls_are_open_and_not_due(dock: Dock) -> None:
    dock.accept(dock.place())
    alarms.pause(dock.store, "Stocktaking")
    found = figures()
    assert found['crossdock_calls_open{priority="answer",state="waiting"}'] == 1
    assert found['crossdock_calls_due{priority="answer"}'] == 0
    assert found["crossdock_drain_seconds"] == 0


@pytest.mark.usefixtures("scraping")
def test_counters_do_not_fall_when_what_they_counted_is_deleted(dock: Dock) -> None:
    dock.accepted()
    dock.store.calls.all().delete()
    assert figures()['crossdock_attempts_total{outcome="done",verb="accept_request"}'] == 1


def much_done(dock: Dock) -> None:
    """A long history, and a little that is open."""
    OutboundCall.objects.bulk_create(
        OutboundCall(
            store=dock.store,
            key=f"k{number}",
            verb="accept_request",
            subject="SO",
            subject_id=number,
            lane=f"l{number}",
            priority=Priority.ANSWER,
            state=CallState.DONE if number > 5 else CallState.WAITING,
        )
        for number in range(DONE_ROWS)
    )
    InboundMessage.objects.bulk_create(
        InboundMessage(
            store=dock.store,
            topic="unknown",
            dedupe_key=str(number),
            body=b"{}",
            state=MessageState.DONE if number > 5 else MessageState.FAILED,
        )
        for number in range(DONE_ROWS)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE relay_outboundcall, relay_inboundmessage")


def test_its_queries_are_few_and_none_reads_what_is_done(dock: Dock) -> None:
    with CaptureQueriesContext(connection) as few:
        list(Figures().collect())
    much_done(dock)
    for _ in range(3):
        StoreFactory()
    with CaptureQueriesContext(connection) as many:
        list(Figures().collect())
    assert len(many) == len(few) == 9
    with connection.cursor() as cursor:
        for query in many.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert not re.search(r"Seq Scan on relay_(outboundcall|inboundmessage)", plan), plan


def test_it_has_as_many_lines_with_many_stores_as_with_one(dock: Dock, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    dock.accept(dock.place())
    before = len(figures())
    for _ in range(20):
        other = StoreFactory()
        call = dock.store.calls.first()
        call.pk, call.store = None, other
        call.save()
    assert len(figures()) == before
