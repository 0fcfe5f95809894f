"""A real Chromium, looked for where systems keep it, that notices every complaint of a page."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

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
WIDTHS = {"desk": (1280, 900), "scanner": (400, 800)}
ASYNC_UNSAFE = "DJANGO_ALLOW_ASYNC_UNSAFE"


def chromium() -> str:
    """Return the path of a Chromium; empty where none is installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), "")


@contextmanager
def running() -> Iterator[Browser]:
    """Run a browser. Its driver keeps an event loop in this thread, which Django must bear."""
    before = os.environ.get(ASYNC_UNSAFE)
    os.environ[ASYNC_UNSAFE] = "true"
    try:
        with sync_playwright() as driver:
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
    narrow: bool
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
        found = self.page.evaluate(LOOK)
        assert found["width"] <= found["window"], f"{self.page.url} scrolls sideways"
        assert found["small"] == [], f"too small to hit at {self.page.url}"
        assert found["nameless"] == [], f"without a label at {self.page.url}"

    def shot(self, name: str) -> None:
        self.page.screenshot(path=name, full_page=True)

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
