"""Starts the site's programs as processes of their own, against the test's database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlencode

import requests
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0
WORKER = (sys.executable, "manage.py", "worker", "--concurrency", "4")


def database_url() -> str:
    """Return the address of the database that this test uses."""
    there = connection.get_connection_params()
    query = {name: there[name] for name in ("host", "port", "user", "password") if there.get(name)}
    return f"postgresql:///{there['dbname']}?{urlencode(query)}"


def environment(**more: str) -> Mapping[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "WORKER_HEARTBEAT_SECONDS": "1",
        "WORKER_STALLED_SECONDS": "3",
        # Only what a test asks for is to happen, and what is scheduled in seconds.
        "PULL_CRON": "0 0 1 1 *",
        "REREAD_CRON": "0 0 1 1 *",
        "RECONCILE_CRON": "0 0 1 1 *",
        "STOCK_CRON": "0 0 1 1 *",
        **more,
    }


@contextmanager
def running(
    *command: str, output: IO[bytes] | None = None, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for as long as the block lasts."""
    environ = environment(**more)
    process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=output, stderr=output)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """Return a port that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def sandbox() -> Iterator[str]:
    """Serve the sandbox; yields its address."""
    port = free_port()
    with running(sys.executable, "-m", "sandbox", "--port", str(port)):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), "the sandbox answers")
        yield f"http://127.0.0.1:{port}"


@contextmanager
def web() -> Iterator[str]:
    """Serve the site with gunicorn; yields its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = (sys.executable, "-m", "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}")
    with running(*command, "-w", "1", "--threads", "4", PUBLIC_URL=url):
        wait_until(lambda: answers(f"{url}/health/live"), "the web server answers")
        yield url


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).ok
    except requests.RequestException:
        return False


def wait_until(met: Callable[[], object], what: str) -> None:
    """Wait until a condition holds; fail with `what` was waited for."""
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, f"Waited {PATIENCE:g} seconds in vain until {what}."
        time.sleep(0.05)
