"""Hosts for a test: network namespaces on a bridge of their own, whose cables can be pulled.

Nothing leaves the machine: no namespace has a route but to the bridge. The database and the
sandbox are reached over TCP, as they would be from another host.
"""

import fcntl
import os
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from django.db import connection

from tests import processes

HUB = "10.213.77.1"
WIDTH = 29
BRIDGE = "xdhub"


def why_not() -> str:
    """Say why there can be no such hosts here; empty when there can."""
    if sys.platform != "linux":
        return "Network namespaces are there on Linux only."
    if shutil.which("ip") is None:
        return "There is no `ip` here: install iproute2."
    if os.geteuid() != 0:
        return "Only root may make network namespaces."
    tried = _ip("netns", "add", "xdtry", check=False)
    _ip("netns", "del", "xdtry", check=False)
    if tried.returncode:
        return f"This machine allows no network namespaces: {tried.stderr.strip()}"
    return ""


def _ip(*arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["ip", *arguments], check=check, capture_output=True, text=True)


@dataclass
class Host:
    """A namespace with one cable to the bridge."""

    name: str
    address: str

    @property
    def cable(self) -> str:
        return f"{self.name}port"

    def command(self, *program: str) -> tuple[str, ...]:
        """What runs a program on this host."""
        return ("ip", "netns", "exec", self.name, *program)

    def cut_off(self) -> None:
        """Pull the cable out at the bridge: packets vanish, and nobody is told."""
        _ip("link", "set", self.cable, "down")

    def connect(self) -> None:
        _ip("link", "set", self.cable, "up")


@contextmanager
def hosts(*names: str) -> Iterator[list[Host]]:
    """Make hosts for as long as the block lasts. What an interrupted run left is removed first.

    Two runs at once, on one machine, wait for each other.
    """
    made = [Host(name, f"{HUB[:-1]}{number}") for number, name in enumerate(names, start=2)]
    with (Path(tempfile.gettempdir()) / "crossdock-test-hosts").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield from _made(made)


def _made(made: list[Host]) -> Iterator[list[Host]]:
    _remove(made)
    try:
        _ip("link", "add", BRIDGE, "type", "bridge")
        _ip("address", "add", f"{HUB}/{WIDTH}", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for host in made:
            _plug_in(host)
        yield made
    finally:
        _remove(made)


def _plug_in(host: Host) -> None:
    _ip("netns", "add", host.name)
    _ip("link", "add", host.cable, "type", "veth", "peer", "name", "eth0", "netns", host.name)
    _ip("link", "set", host.cable, "master", BRIDGE, "up")
    inside = ("-n", host.name)
    _ip(*inside, "address", "add", f"{host.address}/{WIDTH}", "dev", "eth0")
    for device in ("lo", "eth0"):
        _ip(*inside, "link", "set", device, "up")


def _remove(made: list[Host]) -> None:
    for host in made:
        _ip("link", "del", host.cable, check=False)
        _ip("netns", "del", host.name, check=False)
    _ip("link", "del", BRIDGE, check=False)


class _Forward(socketserver.BaseRequestHandler):
    """One connection, passed on to the database server's socket."""

    server: "_Forwarder"

    def handle(self) -> None:
        near: socket.socket = self.request
        # As a server does with its connections: it gives one up whose other end is gone.
        near.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, self.server.patience * 1000)
        with _database_socket() as far:
            self.server.sessions.append(far)
            back = threading.Thread(target=_pour, args=(far, near), daemon=True)
            back.start()
            _pour(near, far)
            back.join()


def _database_socket() -> socket.socket:
    there = connection.get_connection_params()
    host, port = there.get("host") or "/tmp", int(there.get("port") or 5432)
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    far = socket.socket(socket.AF_UNIX)
    far.connect(str(Path(host) / f".s.PGSQL.{port}"))
    return far


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while some := source.recv(65_536):
            target.sendall(some)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


class _Forwarder(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.sessions: list[socket.socket] = []
        super().__init__((HUB, 0), _Forward)


@contextmanager
def database(patience: int) -> Iterator[str]:
    """Let the hosts reach the test's database; yields its address.

    The server gives a host up that has been silent for so many seconds.
    """
    with _Forwarder(patience) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = connection.get_connection_params()
        who = {name: there[name] for name in ("user", "password") if there.get(name)}
        port = server.server_address[1]
        try:
            yield f"postgresql://{HUB}:{port}/{there['dbname']}?{urlencode(who)}"
        finally:
            server.shutdown()
            for session in server.sessions:
                with suppress(OSError):
                    session.shutdown(socket.SHUT_RDWR)


@dataclass
class WorkerThere:
    """A worker on a host, and what it writes."""

    host: Host
    process: "subprocess.Popen[bytes]"
    log: Path = field(repr=False)

    def said(self) -> str:
        return self.log.read_text(errors="replace")


@contextmanager
def worker(host: Host, folder: Path, database_url: str) -> Iterator[WorkerThere]:
    """Run a worker on a host."""
    log = folder / f"{host.name}.log"
    settings = {"DATABASE_URL": database_url, "LOG_FORMAT": "line", "LOG_LEVEL": "INFO"}
    command = host.command(*processes.WORKER)
    with log.open("wb") as output, processes.running(*command, output=output, **settings) as one:
        yield WorkerThere(host, one, log)
