"""Starts processes, watches them, and leaves none of them behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from demo.signals import Signals

PROJECT = Path(__file__).resolve().parent.parent
GRACE_SECONDS = 8.0
LOOK_SECONDS = 0.05
SHOWN_LINES = 15


class Broken(Exception):
    """Something did not work; the message says what, and what was seen."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process of ours, in a process group of its own, and where it writes."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    lasting: bool

    def last_lines(self) -> str:
        """Return the end of what it wrote."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-SHOWN_LINES:])


class Processes:
    """All processes of the demo. They outlive neither a failure nor a signal."""

    def __init__(self, folder: Path, environment: Mapping[str, str], signals: Signals) -> None:
        self._folder = folder
        self._environment = dict(environment)
        self._signals = signals
        self._children: list[Child] = []

    def start(self, name: str, *arguments: str, lasting: bool = True) -> Child:
        """Start Python with these arguments; it writes to <name>.log.

        One that is not `lasting` does something and ends; the others run until they are stopped.
        """
        log = self._folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                [sys.executable, *arguments],
                cwd=PROJECT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A Ctrl-C at the terminal is ours to pass on, in the right order.
                start_new_session=True,
            )
        child = Child(name, process, log, lasting)
        self._children.append(child)
        return child

    def run(self, name: str, *arguments: str) -> str:
        """Start it, wait for its end, and return what it wrote. Raises Broken if it failed."""
        return self.finish(self.start(name, *arguments, lasting=False))

    def finish(self, child: Child) -> str:
        """Wait for its end, and return what it wrote. Raises Broken if it failed."""
        while child.process.poll() is None:
            self.check()
            self._signals.pause(LOOK_SECONDS)
        self.check()
        self._children.remove(child)
        return child.log.read_text()

    def check(self) -> None:
        """Raise Broken if a process has ended that should run; Stopped if we shall end."""
        self._signals.check()
        for child in self._children:
            status = child.process.poll()
            if status or (child.lasting and status is not None):
                raise Broken(f"{child.name} ended with status {status}:\n{child.last_lines()}")

    def stop(self) -> None:
        """End all processes, the youngest first: politely, then not."""
        for child in reversed(self._children):
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in reversed(self._children):
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
            # Also when it has ended: a process that it started itself may still run.
            _signal_group(child, signal.SIGKILL)
            child.process.wait()
        self._children.clear()


def _signal_group(child: Child, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.process.pid, number)
