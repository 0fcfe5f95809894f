"""The stage of one measurement: a database of its own, and whether to be quick."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

EMPTY = "benchmark_empty"


@dataclass(frozen=True, slots=True)
class Stage:
    """What a measurement gets. `fresh` says whether its database was just made."""

    quick: bool
    fresh: bool = True

    def rounds(self, usual: int, quick: int = 2) -> int:
        """Return how often to repeat."""
        return quick if self.quick else usual


@dataclass(frozen=True, slots=True)
class Databases:
    """Makes databases in the embedded PostgreSQL server, and drops them."""

    server: str
    keep: bool

    def prepare(self) -> None:
        """Make the empty database, up to date, that all others are copies of."""
        self._drop(EMPTY)
        self._order("CREATE DATABASE {}", EMPTY)
        self._use(EMPTY)
        call_command("migrate", verbosity=0)
        connection.close()

    @contextmanager
    def one_for(self, name: str) -> Iterator[bool]:
        """Use a database of this name. One that was kept is used again, if it is to be kept.

        Yields whether it is new and empty.
        """
        name = f"benchmark_{name}"
        if not self.keep:
            self._drop(name)
        fresh = not self._exists(name)
        if fresh:
            self._order("CREATE DATABASE {} TEMPLATE {}", name, EMPTY)
        self._use(name)
        if not fresh:
            call_command("migrate", verbosity=0)
        keep = self.keep
        try:
            yield fresh
        except BaseException:
            # What was filled in part must not be used again.
            keep = keep and not fresh
            raise
        finally:
            connection.close()
            if not keep:
                self._drop(name)

    def _use(self, name: str) -> None:
        """Point this process, and those it starts from now on, to a database."""
        connection.close()
        connection.settings_dict["NAME"] = name
        os.environ["DATABASE_URL"] = url_of(self.server, name)

    def _exists(self, name: str) -> bool:
        with psycopg.connect(self.server) as server:
            found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return found.fetchone() is not None

    def _drop(self, name: str) -> None:
        self._order("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _order(self, order: str, *names: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(sql.SQL(order).format(*map(sql.Identifier, names)))


def url_of(server: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
