"""Sets the stage: PostgreSQL, then sandbox, web server and worker, then a connected store."""

import time
from dataclasses import dataclass

import requests

from demo.processes import Broken, Child, Processes
from demo.shop import ACCOUNT, TOKEN, Shop
from demo.surroundings import HOST, Place, write_secret

START_SECONDS = 30.0
LOOK_SECONDS = 0.1
# A run must not meet the numbers that the sandbox gave in an earlier one.
NUMBERS_A_RUN = 1000


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story takes place. Everything it starts, `processes` ends."""

    place: Place
    processes: Processes

    def prepare(self, run: int) -> Child:
        """Start the sandbox, and return the process that brings the database up to date."""
        skip = str((run - 1) * NUMBERS_A_RUN)
        port = str(self.place.sandbox_port)
        self.processes.start("sandbox", "-m", "sandbox", "--port", port, "--skip", skip)
        migrate = ("manage.py", "migrate", "--verbosity", "0")
        return self.processes.start("migrate", *migrate, lasting=False)

    def start(self) -> None:
        """Start web server and worker, and wait until all answer."""
        place = self.place
        self.processes.start(
            "web", "-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{place.port}",
            *("--workers", "2", "--threads", "4", "--access-logfile", "-"),
        )  # fmt: skip
        self.processes.start("worker", "manage.py", "worker", "--concurrency", "4")
        self._await("the sandbox", f"{place.sandbox_url}/")
        self._await("the web server and the worker", f"{place.url}/health/ready")

    def connect(self, merchant: str, warehouse: str) -> str:
        """Connect the sandbox store with the command that everybody uses; return its words."""
        token_file = self.place.folder / "acme-token"
        write_secret(token_file, TOKEN)
        shop = Shop(self.place.sandbox_url)
        return self.processes.run(
            "connect_store", "manage.py", "connect_store", "next29", ACCOUNT,
            *("--merchant", merchant, "--warehouse", warehouse, "--base-url", shop.api),
            *("--token-file", str(token_file), "--policy", "by_hand"),
            *("--cancellations", "by_hand", "--stock", "sellable"),
        )  # fmt: skip

    def pause(self) -> None:
        """Wait a moment. Raises when a process has ended, or when we shall end."""
        self.processes.check()
        time.sleep(LOOK_SECONDS)
        self.processes.check()

    def _await(self, what: str, url: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        said = ""
        while time.monotonic() < deadline:
            try:
                answer = requests.get(url, timeout=2, proxies={"http": ""})
                if answer.ok:
                    return
                said = answer.text[:200]
            except requests.RequestException as error:
                said = type(error).__name__
            self.pause()
        raise Broken(f"{what} did not start within {START_SECONDS:g} seconds: {said}")
