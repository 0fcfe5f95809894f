"""Sets the stage: PostgreSQL, then sandbox, web server and worker, then connected stores."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import requests

from demo.cast import Part
from demo.processes import Broken, Child, Processes
from demo.surroundings import HOST, Place, write_secret

START_SECONDS = 30.0
LOOK_SECONDS = 0.1
# A run must not meet the numbers that the sandbox gave in an earlier one.
NUMBERS_A_RUN = 1000


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the chapters take place. Everything it starts, `processes` ends."""

    place: Place
    processes: Processes
    say: Callable[[str], None]

    def prepare(self, run: int) -> Child:
        """Start the sandbox, and return the process that brings the database up to date."""
        self.processes.start(
            "sandbox", "-m", "sandbox", "--port", str(self.place.sandbox_port),
            *("--site", self.place.url, "--skip", str((run - 1) * NUMBERS_A_RUN)),
        )  # fmt: skip
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

    def connect(self, part: Part, credentials: str, *wishes: str) -> None:
        """Connect a store with the command that everybody uses, and print its words."""
        who = (part.platform, part.account)
        self.say(f"\nConnecting the store: manage.py connect_store {' '.join(who)} …")
        file = self.place.folder / f"{part.account}-credentials"
        write_secret(file, credentials)
        said = self.processes.run(
            f"connect-{part.platform}", "manage.py", "connect_store", *who,
            *("--merchant", part.merchant, "--warehouse", part.building.name),
            *("--token-file", str(file), "--policy", "by_hand"), *wishes,
        )  # fmt: skip
        for line in said.splitlines():
            self.say(f"    {line}")

    def connect_partner(self, part: Part, credentials: str, *wishes: str) -> None:
        """Give a building to the partner who runs it, with the command that everybody uses."""
        self.say("\nConnecting the partner: manage.py connect_partner fulfillment_com …")
        file = self.place.folder / "partner-credentials"
        write_secret(file, credentials)
        said = self.processes.run(
            "connect-partner", "manage.py", "connect_partner", "fulfillment_com",
            *("--warehouse", part.building.name, "--merchant", part.merchant),
            *("--secrets-file", str(file)), *wishes,
        )  # fmt: skip
        for line in said.splitlines():
            self.say(f"    {line}")

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
