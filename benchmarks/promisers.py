"""Processes that promise at the same time, each with a connection of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, cast

from benchmarks.surroundings import FOLDER, PROJECT


@dataclass(frozen=True, slots=True)
class Run:
    """How many jobs a second were done, and how often a deadlock made one begin again."""

    rate: float
    deadlocks: int


class Promisers:
    """Processes that are up and connected before anything is measured."""

    def __init__(self, processes: Sequence["subprocess.Popen[str]"]) -> None:
        self._processes = processes

    def run(self, way: str, jobs: Sequence[Sequence[int]], workers: int) -> Run:
        """Share the jobs out among so many of them, and wait until all are done."""
        crew = self._processes[:workers]
        plans = [
            json.dumps({"way": way, "jobs": jobs[number::workers]}) for number in range(workers)
        ]
        began = time.perf_counter()
        for process, plan in zip(crew, plans, strict=True):
            stream = cast(IO[str], process.stdin)
            stream.write(f"{plan}\n")
            stream.flush()
        deadlocks = sum(_answer(process) for process in crew)
        return Run(len(jobs) / (time.perf_counter() - began), deadlocks)


def _answer(process: "subprocess.Popen[str]") -> int:
    line = cast(IO[str], process.stdout).readline()
    if not line:
        raise RuntimeError("A process could not promise: see var/benchmarks/promisers.log.")
    return int(line)


@contextmanager
def promisers(count: int) -> Iterator[Promisers]:
    """Start so many processes, and end them by ending what they read."""
    with (FOLDER / "promisers.log").open("w") as log, ExitStack() as ends:
        processes = [ends.enter_context(_start(log)) for _ in range(count)]
        for process in processes:
            ends.callback(cast(IO[str], process.stdin).close)
        crew = Promisers(processes)
        crew.run("update", [[]] * count, count)
        yield crew


def _start(log: IO[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.promiser"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
