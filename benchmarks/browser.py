"""A person at the admin, over HTTP: logs in, keeps cookies and the connection, sends forms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from http import HTTPStatus
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from benchmarks.furnishing import PASSWORD
from benchmarks.line import Line

FIELD = re.compile(r'name="(csrfmiddlewaretoken|seen|list_query)" value="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Shown:
    """A page, or where to look instead, and how long it took until the last byte was there."""

    status: int
    text: str
    location: str
    seconds: float

    @property
    def hidden(self) -> dict[str, str]:
        """What the page's form sends along without showing it."""
        return {name: unescape(value) for name, value in FIELD.findall(self.text)}


class Browser:
    """One person's browser."""

    def __init__(self, port: int, username: str) -> None:
        """Log in. Raises RuntimeError when that fails."""
        self._line = Line(port)
        self._cookies: dict[str, str] = {}
        login = "/admin/login/?next=/admin/"
        page = self.get(login)
        answer = self.post(login, page.hidden | {"username": username, "password": PASSWORD})
        if answer.status != HTTPStatus.FOUND:
            raise RuntimeError(f"{username} cannot log in: {answer.status}")

    def get(self, path: str) -> Shown:
        """Look at a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: Mapping[str, object]) -> Shown:
        """Send a form."""
        return self._ask("POST", path, urlencode(fields, doseq=True))

    def _ask(self, method: str, path: str, body: str | None) -> Shown:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self._line.ask(method, path, body, headers)
        for header in answer.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: one.value for name, one in SimpleCookie(header).items()}
        found = answer.headers.get("Location", "")
        return Shown(answer.status, answer.text, found, answer.seconds)
