"""Asks a store something at its pace: a 429 is no failure, and an outage is tried a few times."""

from collections.abc import Callable, Generator
from typing import TypeVar

from locations.models import Store
from platforms.errors import Throttled, Unavailable
from relay import pacing

RETRY_SECONDS = (1.0, 3.0, 10.0)
THROTTLED_SECONDS = 30.0
MAX_PAGES = 1000
T = TypeVar("T")
# Yields the seconds that it wants to wait, and returns what was asked for.
Asking = Generator[float, None, T]


def ask(store: Store, question: Callable[[], T]) -> Asking[T]:
    """Ask the store at its pace. Raises PlatformError when it does not answer after all."""
    tries = iter(RETRY_SECONDS)
    throttled = 0
    while True:
        while (wait := pacing.seconds_until_free(store)) > 0:
            yield wait
        try:
            return question()
        except Throttled as error:
            throttled += 1
            if throttled > 8:
                raise
            asked = error.retry_after or 0.0
            pacing.hold(store, min(max(asked, 2.0 ** (throttled - 1)), THROTTLED_SECONDS))
        except Unavailable:
            pause = next(tries, None)
            if pause is None:
                raise
            yield pause
