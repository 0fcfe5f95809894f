"""A real HTTP server of a few lines that answers as it is told, misbehaviour included."""

import contextlib
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class TinyServer:
    """Where to call it, what it will answer, and what it was asked."""

    url: str
    replies: deque[Reply] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"{self.url}/api/admin/"

    def will(self, *replies: Reply) -> None:
        self.replies.extend(replies)


def says(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Answer with JSON."""
    return sends(
        json.dumps(value).encode(), status, {"Content-Type": "application/json", **(headers or {})}
    )


def sends(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Answer with these bytes."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    """Take the request and close the connection."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"id": 1')
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def stays_silent(seconds: float) -> Reply:
    """Take the request and say nothing for a while."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return reply


def drips(pause: float, status: int = 200) -> Reply:
    """Send a byte now and then, for ever."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(pause)

    return reply


def talks_garbage(handler: BaseHTTPRequestHandler) -> None:
    """Answer with something that is not HTTP."""
    handler.wfile.write(b"\x00\x01 this is no HTTP\r\n\r\n")
    handler.close_connection = True


class QuietServer(ThreadingHTTPServer):
    """A caller that hangs up is part of the play."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serve_tiny() -> Iterator[TinyServer]:
    """Serve for as long as the block lasts."""
    tiny = TinyServer("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            tiny.asked.append(Asked(self.command, self.path, headers, body))
            reply = tiny.replies.popleft() if tiny.replies else says({"detail": "unscripted"}, 418)
            with contextlib.suppress(OSError):
                reply(self)

        # Names of the standard library.
        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    server = QuietServer(("127.0.0.1", 0), Handler)
    tiny.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield tiny
    finally:
        server.shutdown()
        thread.join()
        server.socket.close()
