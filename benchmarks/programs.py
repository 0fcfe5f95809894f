"""Starts the programs of a site as processes, each with a log, and leaves none behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from benchmarks.surroundings import FOLDER, HOST, PROJECT

START_SECONDS = 60.0
GRACE_SECONDS = 15.0
# As the demo starts it.
WEB = ("-m", "gunicorn", "config.wsgi", "--workers", "2", "--threads", "4")


class Broken(Exception):
    """A program did not do what it should; the message says which, and what it wrote."""


@contextmanager
def running(name: str, *arguments: str) -> Iterator[psutil.Popen]:
    """Run Python with these arguments for as long as the block lasts; it writes to <name>.log."""
    with (FOLDER / f"{name}.log").open("wb") as log:
        process = psutil.Popen(
            [sys.executable, *arguments],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: psutil.Popen) -> None:
    process.send_signal(signal.SIGTERM)
    with suppress(psutil.TimeoutExpired):
        process.wait(GRACE_SECONDS)
    # Also when it has ended: a process that it started itself may still run.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def web() -> Iterator[int]:
    """Serve the site, and the floor beside it, with gunicorn; yields the port."""
    port = free_port()
    with running("web", *WEB, "--bind", f"{HOST}:{port}") as process:
        wait_for(f"http://{HOST}:{port}/health/live", "web", process)
        yield port


@contextmanager
def sandbox() -> Iterator[tuple[str, psutil.Popen]]:
    """Serve the sandbox; yields its address and its process."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    with running("sandbox", "-m", "sandbox", "--port", str(port)) as process:
        wait_for(f"{url}/", "sandbox", process)
        yield url, process


@contextmanager
def worker(number: int = 1) -> Iterator[psutil.Popen]:
    """Run a worker as a site does: as many stores at a time as is usual."""
    with running(f"worker-{number}", "manage.py", "worker") as process:
        yield process


def free_port() -> int:
    """Return a port that nobody listened on a moment ago."""
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])


def wait_for(url: str, name: str, process: psutil.Popen) -> None:
    """Wait until the address answers. Raises Broken when it does not, or the process ends."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310 - ours
            return
        time.sleep(0.1)
    wrote = (FOLDER / f"{name}.log").read_text(errors="replace")[-2000:]
    raise Broken(f"{name} did not start:\n{wrote}")


def cpu_seconds(process: psutil.Process) -> float:
    """Return how much CPU a process and those it started have used so far."""
    total = 0.0
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            total += times.user + times.system
    return total
