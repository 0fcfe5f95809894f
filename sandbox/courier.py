"""Calls the platforms make to the outside: each in its own thread, each written down."""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import requests

from sandbox.clock import now

KEPT_DELIVERIES = 20_000
TIMEOUT = 20.0
LINES = 32
"""How many receivers are called at the same time."""


@dataclass
class Delivery:
    """One attempt to reach a receiver; a status of None means that nobody answered."""

    place: str
    kind: str
    url: str
    attempt: int
    time: str = field(default_factory=now)
    status: int | None = None
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Post:
    """One message to deliver; `retries` are the pauses before further attempts."""

    place: str
    kind: str
    url: str
    text: str
    headers: Mapping[str, str]
    delay: float = 0.0
    retries: tuple[float, ...] = ()
    answered: Callable[[int | None], bool] = lambda status: status == 200
    """Told the status of each attempt; True ends the matter."""


class Courier:
    """Sends posts in the background, so that no answer of the platform waits for a receiver."""

    def __init__(self) -> None:
        self._deliveries: deque[Delivery] = deque(maxlen=KEPT_DELIVERIES)
        self._threads: set[threading.Thread] = set()
        self._lines = threading.BoundedSemaphore(LINES)

    def send(self, posts: list[Post]) -> None:
        for post in posts:
            thread = threading.Thread(target=self._carry, args=(post,), daemon=True)
            self._threads.add(thread)
            thread.start()

    def deliveries(self, place: str) -> list[Delivery]:
        return [delivery for delivery in list(self._deliveries) if delivery.place == place]

    def settle(self, timeout: float = 5.0) -> None:
        """Wait until everything under way has arrived."""
        deadline = time.monotonic() + timeout
        for thread in list(self._threads):
            thread.join(max(0.0, deadline - time.monotonic()))

    def _carry(self, post: Post) -> None:
        for attempt, pause in enumerate((post.delay, *post.retries), start=1):
            time.sleep(pause)
            with self._lines:
                status = self._attempt(post, attempt)
            if post.answered(status):
                break
        self._threads.discard(threading.current_thread())

    def _attempt(self, post: Post, attempt: int) -> int | None:
        delivery = Delivery(post.place, post.kind, post.url, attempt)
        self._deliveries.append(delivery)
        try:
            answer = requests.post(
                post.url,
                data=post.text.encode(),
                headers=dict(post.headers),
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            delivery.error = type(error).__name__
        else:
            delivery.status = answer.status_code
        return delivery.status
