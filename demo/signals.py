"""Notes that somebody wants the demo to end; whoever waits, looks here.

A signal only leaves a note. Were it to raise, it could strike between the start of a process
and the moment at which we know of it, and that process would stay behind.
"""

import signal
import time
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody has asked the demo to end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class Signals:
    """Remembers the first signal that asked us to stop."""

    def __init__(self) -> None:
        self._number = 0
        for number in STOPPING:
            signal.signal(number, self._note)

    def check(self) -> None:
        """Raise Stopped if somebody wants us to end."""
        if self._number:
            raise Stopped(self._number)

    def pause(self, seconds: float) -> None:
        """Wait so long, unless somebody wants us to end."""
        self.check()
        time.sleep(seconds)
        self.check()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._number = self._number or number
