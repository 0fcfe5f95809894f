"""One connection to the server, kept alive, and opened anew when the server has closed it."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from benchmarks.surroundings import HOST


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long it took until the last byte was there."""

    status: int
    headers: http.client.HTTPMessage
    text: str
    seconds: float


class Line:
    """Asks one thing after the other."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection(HOST, port, timeout=120)

    def ask(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        """Send a request and wait. Raises RuntimeError when the answer is an error."""
        began = time.perf_counter()
        try:
            self._line.request(method, path, body, dict(headers))
            answer = self._line.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # The server closed a connection that was idle; nothing was asked yet.
            self._line.close()
            self._line.request(method, path, body, dict(headers))
            answer = self._line.getresponse()
        text = answer.read().decode()
        seconds = time.perf_counter() - began
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"{method} {path} was answered with {answer.status}: {text[:300]}")
        return Answer(answer.status, answer.headers, text, seconds)
