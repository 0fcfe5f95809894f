"""A real Chromium, looked for where systems keep it, that notices every complaint of a page."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.work import work

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 30_000  # milliseconds; the machine may be busy with other things
WIDTHS = {"desk": (1280, 900), "scanner": (400, 800)}
ASYNC_UNSAFE = "DJANGO_ALLOW_ASYNC_UNSAFE"


def chromium() -> str:
    """Return the path of a Chromium; empty where none is installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), "")


@contextmanager
def running() -> Iterator[Browser]:
    """Run a browser. Its driver keeps an event loop in this thread, which Django must bear.

    Beside a loop Django would take another connection, one that knows nothing of what the
    migrations wrote and every test begins with.
    """
    before = os.environ.get(ASYNC_UNSAFE)
    os.environ[ASYNC_UNSAFE] = "true"
    connection = connections[DEFAULT_DB_ALIAS]
    expect.set_options(timeout=PATIENCE)
    try:
        with sync_playwright() as driver:
            connections[DEFAULT_DB_ALIAS] = connection
            browser = driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ[ASYNC_UNSAFE]
        else:
            os.environ[ASYNC_UNSAFE] = before


@dataclass
class Screen:
    """One window: how wide it is, what it shows, and all that went wrong in it."""

    page: Page
    url: str
    where: str
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Note whatever a page complains of, from now on."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.check()

    def log_in(self, username: str, password: str) -> None:
        self.page.goto(self.url + "/admin/")
        self.page.locator("#id_username").fill(username)
        self.page.locator("#id_password").fill(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.url}/admin/")
        self.check()

    def check(self) -> None:
        """Nothing hangs over the edge, what is to be pressed is large, all that asks is named."""
        self.page.wait_for_load_state("load")
        wanted = self.page.locator("[autofocus]")
        if wanted.count():
            expect(wanted.first, "the cursor waits here").to_be_focused()
        found = self.page.evaluate(LOOK)
        assert found["width"] <= found["window"], f"{self.page.url} scrolls sideways"
        assert found["small"] == [], f"too small to hit at {self.page.url}"
        assert found["nameless"] == [], f"without a label at {self.page.url}"

    def press(self, action: str) -> None:
        """Press a link to an action's page."""
        self.page.locator(".xd-buttons").get_by_role("link", name=action, exact=True).click()
        self.check()

    def press_button(self, label: str) -> None:
        """Press the button that does it."""
        self.page.locator(".xd-buttons").get_by_role("button", name=label, exact=True).click()
        self.check()

    def scan(self, code: str) -> None:
        """A scanner types a code and Enter, wherever the cursor is: so it must be in the field."""
        self.open("/admin/")
        self.type_and_enter(code)

    def type_and_enter(self, code: str) -> None:
        expect(self.page.locator("#scan")).to_be_focused()
        self.page.keyboard.type(code)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.check()

    def tab_to(self, name: str) -> None:
        """Walk with Tab to what has this name, in few steps, and press Enter."""
        for _ in range(STEPS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(FOCUSED) == name:
                with self.page.expect_navigation():
                    self.page.keyboard.press("Enter")
                return self.check()
        raise AssertionError(f"No “{name}” within {STEPS} steps at {self.page.url}")

    def reads(self, words: str) -> None:
        """Wait until these words can be read."""
        expect(self.page.get_by_text(words).locator("visible=true").first).to_be_visible()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # A page that is left takes its requests with it.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")


STEPS = 15
FOCUSED = """() => {
  const walked = document.activeElement.cloneNode(true);
  walked.querySelectorAll('[aria-hidden]').forEach(e => e.remove());
  return walked.innerText.trim();
}"""
LOOK = """() => {
  const all = selector => [...document.querySelectorAll(selector)].filter(
    e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}));
  const name = e => (e.innerText || e.name || e.id || e.outerHTML).trim().slice(0, 60);
  const pressed = all('.xd-button, .xd-queues a, .xd-confirm select, .xd-confirm textarea')
    .concat(all('.xd-confirm input, .xd-scan input').filter(e => e.type !== 'checkbox'));
  const asking = all('#content input, #content select, #content textarea')
    .filter(e => !['hidden', 'submit'].includes(e.type));
  const isNamed = e => (e.labels && e.labels.length) || e.getAttribute('aria-label') || e.title;
  return {
    width: document.documentElement.scrollWidth,
    window: window.innerWidth,
    small: pressed.filter(e => e.getBoundingClientRect().height < 40).map(name),
    nameless: asking.filter(e => !isNamed(e)).map(name),
  };
}"""


def aside(act: Callable[[], Any]) -> None:
    """Do it in a thread of its own, away from the loop of the browser's driver."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


def work_aside() -> None:
    """Do the worker's work between two looks at the screen."""
    aside(work)


needs_chromium = pytest.mark.skipif(
    not chromium(), reason=f"No Chromium is installed (looked for {', '.join(NAMES)})."
)
