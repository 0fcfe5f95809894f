"""Has several client processes ask a server at the same time, and adds up what they saw."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks.client import Plan, Seen
from benchmarks.surroundings import HOST, PROJECT

PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Crowd:
    """What all clients together saw."""

    seconds: float
    waits: list[float]
    statuses: Counter[str]
    cpu: float

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.waits) / self.seconds

    @property
    def cpu_each(self) -> float:
        """What one request costs the clients, in seconds of CPU."""
        return self.cpu / len(self.waits)


def ask(port: int, requests: Sequence[str], *, connections: int, rate: float = 0.0) -> Crowd:
    """Share the requests out among the clients, and have all of them begin at once.

    `rate` and `connections` are those of all clients together. Raises RuntimeError when an
    answer is no success: a measurement of refusals is worth nothing.
    """
    plans = [
        Plan(
            HOST,
            port,
            list(requests[number::PROCESSES]),
            connections=connections // PROCESSES,
            rate=rate / PROCESSES,
        )
        for number in range(PROCESSES)
    ]
    processes = [_start(plan) for plan in plans]
    for process in processes:
        _read_line(process)
    for process in processes:
        _write_line(process, "go")
    crowd = _together([Seen(**json.loads(_read_line(process))) for process in processes])
    for process in processes:
        process.communicate()
    if failed := {status for status in crowd.statuses if not status.startswith("2")}:
        raise RuntimeError(f"Not every request was answered well: {sorted(failed)}")
    return crowd


def _start(plan: Plan) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.client"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    _write_line(process, json.dumps(asdict(plan)))
    return process


def _write_line(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin  # noqa: S101 - for the type checker: it was opened above
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def _read_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout  # noqa: S101
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("A client ended without a word.")
    return line


def _together(seen: Sequence[Seen]) -> Crowd:
    return Crowd(
        seconds=max(each.seconds for each in seen),
        waits=[wait for each in seen for wait in each.waits],
        statuses=sum((Counter(each.statuses) for each in seen), Counter[str]()),
        cpu=sum(each.cpu for each in seen),
    )
