"""The commands of the Procfile, run with settings as in production."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from relay.models import CallState
from tests.config.reading import ROOT
from tests.deploy.reading import procfile
from tests.dock import Dock
from tests.processes import environment, free_port, running, wait_until

pytestmark = pytest.mark.processes

HOST = "crossdock.example.com"
TOKEN = "m3tr1cs-t0ken-that-nobody-guesses"
BY_PROXY = {"Host": HOST, "X-Forwarded-Proto": "https"}


def production(**more: str) -> dict[str, str]:
    """Settings as on a real site; the store is still the sandbox."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DEBUG": "false",
        "HTTPS": "true",
        "BEHIND_PROXY": "true",
        "PUBLIC_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "METRICS_TOKEN": TOKEN,
        "LOG_LEVEL": "INFO",
        "LOG_FORMAT": "json",
        "WEB_WORKERS": "2",
        "DATABASE_CONNECTION_SECONDS": "60",
        **more,
    }


@contextmanager
def started(name: str, log: Path, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
    settings = production(**more)
    # A program is looked for where this process looks, not where its child will.
    command = [str(Path(sys.executable).parent / procfile()[name][0]), *procfile()[name][1:]]
    with log.open("wb") as output, running(*command, output=output, **settings) as process:
        yield process


class Site:
    """The web server, as the proxy in front of it sees it."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.port = port

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(
            f"{self.url}{path}", headers={**BY_PROXY, **headers}, timeout=5, allow_redirects=False
        )

    def post(self, path: str, body: str) -> requests.Response:
        headers = {**BY_PROXY, "Content-Type": "application/json"}
        return requests.post(f"{self.url}{path}", body, headers=headers, timeout=5)

    def answers(self) -> bool:
        try:
            return self.get("/health/live").ok
        except requests.RequestException:
            return False


@pytest.fixture
def web_log(tmp_path: Path) -> Path:
    return tmp_path / "web.log"


@pytest.fixture
def site(dock: Dock, web_log: Path) -> Iterator[Site]:
    site = Site(free_port())
    with started("web", web_log, PORT=str(site.port)) as process:
        wait_until(site.answers, "the site answers")
        yield site
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def lines(log: Path) -> list[dict[str, Any]]:
    """What was written: every line of it is JSON."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def test_the_release_command_has_nothing_left_to_do_the_second_time(dock: Dock) -> None:
    ran = subprocess.run(
        [sys.executable, *procfile()["release"][1:]],
        cwd=ROOT,
        env=environment(**production()),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert "No migrations to apply" in ran.stdout


def test_web_and_worker_do_the_main_job_and_log_it_under_one_id(
    dock: Dock, site: Site, web_log: Path, tmp_path: Path
) -> None:
    ref = dock.shop.place()
    with started("worker", tmp_path / "worker.log") as worker:
        path = f"/next29/cb/{dock.store.endpoint_key}/fulfillment-order-notification/"
        answer = site.post(path, '{"type": "fulfillment_requested"}')
        assert answer.status_code == 200
        wait_until(
            lambda: dock.store.fulfillment_orders.filter(ref=str(ref)).exists(), "it is taken in"
        )
        dock.accept(dock.order(ref))
        wait_until(
            lambda: dock.store.calls.filter(state=CallState.DONE).exists(), "the store is told"
        )
        assert site.get("/health/ready").json()["worker"] == "alive"
        told = site.get("/metrics", Authorization=f"Bearer {TOKEN}").text
        assert 'crossdock_attempts_total{outcome="done",verb="accept_request"} 1.0' in told
        assert "crossdock_workers_alive 1.0" in told
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(15) == 0

    given = answer.headers["X-Correlation-Id"]
    [request] = [line for line in lines(web_log) if line.get("correlation_id") == given]
    assert "POST /next29/cb/***/fulfillment-order-notification/ → 200" in request["message"]
    assert (request["status"], request["store_id"]) == (200, dock.store.pk)
    written = (tmp_path / "worker.log").read_text().splitlines()
    said = [json.loads(line) for line in written if line.startswith("{")]
    pulled = [line["message"] for line in said if line.get("correlation_id") == given]
    assert any(message.startswith("pull: GET ") for message in pulled), pulled
    assert any(message.startswith("job fulfillment.pull done") for message in pulled), pulled
    for text in (web_log.read_text(), "\n".join(written)):
        for secret in (dock.store.endpoint_key, dock.shop.token, TOKEN, os.environ["SECRET_KEY"]):
            assert secret not in text


@pytest.mark.parametrize(
    "raw",
    [
        "POST /next29/cb/{key} HTTP/1.1 and more\r\n\r\n",
        "POST /next29/cb/{key} HTTP/9.9\r\nHost: x\r\n\r\n",
        "POST /next29/cb/{key} HTTP/1.1\r\nBroken Header\r\n\r\n",
        "POST /next29/cb/{key}/nowhere HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n",
        "POST /next29/cb/{key} HTTP/1.1\r\nHost: " + HOST + "\r\nContent-Length: 10\r\n\r\nshort",
    ],
)
def test_a_request_that_is_no_request_leaves_no_key_in_the_log(
    dock: Dock, site: Site, web_log: Path, raw: str
) -> None:
    with socket.create_connection(("127.0.0.1", site.port), 5) as connection:
        connection.sendall(raw.format(key=dock.store.endpoint_key).encode())
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1000)
    assert site.answers()
    assert dock.store.endpoint_key not in web_log.read_text()
    assert lines(web_log)


def test_plain_http_is_sent_to_https_but_for_what_asks_from_inside(site: Site) -> None:
    plain = {"X-Forwarded-Proto": "http"}
    assert site.get("/admin/", **plain).status_code == 301
    assert site.get("/health/live", **plain).status_code == 200
    assert site.get("/metrics", **plain).status_code == 401


def test_the_probe_says_whether_the_site_is_alive(site: Site) -> None:
    def probe(port: int) -> int:
        return subprocess.run(
            [sys.executable, "-m", "config.probe"],
            cwd=ROOT,
            env={**os.environ, "ALLOWED_HOSTS": HOST, "PORT": str(port)},
        ).returncode

    assert probe(site.port) == 0
    assert probe(free_port()) == 1
