"""A house that stays open for a whole module: one browser, one server, one login each.

Its rows are kept from test to test, so every test makes the rows that it works with.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from tests.dock import forget_jobs
from tests.screens.browser import PATIENCE, WIDTHS, Screen, running
from tests.screens.conftest import ROLES, House, built

PASSWORD = "open the dock door"


@dataclass
class OpenHouse:
    """The house, and a window for each person and width, opened when it is first looked at."""

    house: House
    browser: Browser
    url: str
    screens: dict[tuple[str, str], Screen] = field(default_factory=dict)

    def screen(self, who: str, where: str) -> Screen:
        """Return this person's window; what an earlier test complained of is forgotten."""
        if (who, where) not in self.screens:
            self.screens[who, where] = self._opened(who, where)
        screen = self.screens[who, where]
        screen.complaints.clear()
        return screen

    def _opened(self, who: str, where: str) -> Screen:
        width, height = WIDTHS[where]
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, has_touch=where == "scanner"
        )
        context.set_default_timeout(PATIENCE)
        screen = Screen(context.new_page(), self.url, where)
        screen.listen()
        screen.log_in(who, PASSWORD)
        return screen


@pytest.fixture(scope="module")
def django_db_serialized_rollback() -> None:
    """Instead of pytest-django's: its name alone makes it keep what the migrations wrote."""


@pytest.fixture(scope="module")
def transactional_db(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, django_db_serialized_rollback: None
) -> Iterator[None]:
    """Instead of pytest-django's: the database is emptied once for the module, not for each test.

    It goes by this name because pytest-django makes a database for those who ask for it.
    """
    with django_db_blocker.unblock():
        as_migrated()
        yield
        as_migrated()


@pytest.fixture(scope="module")
def open_house(transactional_db: None) -> Iterator[OpenHouse]:
    house = built()
    for role in ROLES:
        house.people[role].set_password(PASSWORD)
        house.people[role].save()
    server = LiveServer("localhost")
    try:
        with running() as browser:
            yield OpenHouse(house, browser, server.url)
    finally:
        server.stop()


def as_migrated() -> None:
    """Leave nothing in the database but what the migrations wrote."""
    forget_jobs()
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    connection.creation.deserialize_db_from_string(connection._test_serialized_contents)  # type: ignore[attr-defined]
