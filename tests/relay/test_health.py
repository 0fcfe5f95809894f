"""The health pages: alive while the process is, ready while work gets done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.dock import Dock

pytestmark = pytest.mark.usefixtures("db")


def beat(seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s)",
            [timedelta(seconds=seconds_ago)],
        )


def test_the_site_is_alive_without_a_worker() -> None:
    assert Client().get("/health/live").status_code == 200


def test_without_a_worker_it_is_not_ready() -> None:
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["worker"]) == (503, "no worker runs")


def test_with_a_worker_that_breathes_it_is_ready() -> None:
    beat(100)
    beat(1)
    answer = Client().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": "answers",
        "worker": "alive",
        "oldest_due_call_seconds": 0.0,
    }


def test_a_silent_worker_is_said_to_be_silent() -> None:
    beat(100)
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["worker"]) == (503, "silent for 100 s")


def test_the_delay_of_the_oldest_call_is_shown_unless_its_store_is_paused(dock: Dock) -> None:
    order = dock.place()
    dock.accept(order)
    dock.store.calls.update(run_after=timezone.now() - timedelta(seconds=50))
    delay = Client().get("/health/ready").json()["oldest_due_call_seconds"]
    assert delay == pytest.approx(50, abs=5)
    type(dock.store).objects.update(paused_at=timezone.now())
    assert Client().get("/health/ready").json()["oldest_due_call_seconds"] == 0.0
