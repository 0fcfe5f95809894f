"""What the demo keeps between two runs, and the settings that its processes get."""

import fcntl
import json
import os
import re
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from demo.processes import PROJECT

HOST = "127.0.0.1"


class InUse(Exception):
    """A port or the folder is taken; nothing was started."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The secrets that encrypted rows need in the next run, and how many runs there were."""

    secret_key: str
    salt: str
    runs: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demo happens."""

    folder: Path
    port: int
    sandbox_port: int

    @property
    def url(self) -> str:
        """The address of the site."""
        return f"http://{HOST}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """The address of the sandbox."""
        return f"http://{HOST}:{self.sandbox_port}"

    @property
    def postgres(self) -> Path:
        """Where PostgreSQL keeps its data."""
        return self.folder / "postgres"

    def claim(self) -> IO[str]:
        """Take the folder for as long as the file is open. Raises InUse."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise InUse(f"Another demo uses {self.folder}. Stop that one first.") from None
        return lock

    def check_ports(self) -> None:
        """Raise InUse unless both ports are free."""
        if self.port == self.sandbox_port:
            raise InUse(f"The site and the sandbox cannot both use port {self.port}.")
        for port, what, option in (
            (self.port, "the site", "--port"),
            (self.sandbox_port, "the sandbox", "--sandbox-port"),
        ):
            if not _is_free(port):
                raise InUse(
                    f"Port {port}, meant for {what}, is in use by another program. "
                    f"Choose another: make demo ARGS='{option} {port + 1}'"
                )


def _is_free(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, port))
        except OSError:
            return False
    return True


def remember(folder: Path) -> Kept:
    """Return what was kept, or make it, and count this run."""
    file = folder / "kept.json"
    if file.exists():
        kept = Kept(**json.loads(file.read_text()))
        kept = Kept(kept.secret_key, kept.salt, kept.runs + 1)
    else:
        kept = Kept(secrets.token_urlsafe(50), secrets.token_urlsafe(20), 1)
    text = json.dumps({"secret_key": kept.secret_key, "salt": kept.salt, "runs": kept.runs})
    write_secret(file, text)
    return kept


def write_secret(file: Path, text: str) -> None:
    """Write a file that only we can read, as a whole or not at all."""
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(file)


def environment(place: Place, kept: Kept, database_url: str) -> dict[str, str]:
    """Return the environment of all processes: nothing of the newcomer's own settings is left.

    Otherwise a DATABASE_URL in it, or in .env, would let the demo play in a database that matters.
    """
    own = {name: value for name, value in os.environ.items() if name not in _settings()}
    return own | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ENV_FILE": "",
        "SECRET_KEY": kept.secret_key,
        "CREDENTIALS_SALT": kept.salt,
        "DATABASE_URL": database_url,
        "PUBLIC_URL": place.url,
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "HTTPS": "false",
        "DEBUG": "false",
        "LOG_FORMAT": "line",
        "ALLOW_LOCAL_STORES": "true",
        "PYTHONUNBUFFERED": "1",
    }


def _settings() -> set[str]:
    names = re.findall(r"^([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE)
    return {*names, *(f"{name}_FILE" for name in names)}
