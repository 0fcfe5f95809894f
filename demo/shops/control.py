"""Asks a sandbox store's control endpoints."""

from typing import Any

import requests

SECONDS = 10.0


class Control:
    """What can be arranged at a store of the sandbox, and what can be seen of it."""

    def __init__(self, store_url: str) -> None:
        self._url = f"{store_url}/_sandbox"
        self._session = requests.Session()
        self._session.trust_env = False

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Return what it answers. Raises RequestException where it refuses."""
        answer = self._session.request(method, f"{self._url}/{path}", json=body, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()

    def complaints(self) -> list[str]:
        """Return what the store finds fault with in the calls it got."""
        return [str(each["violation"]) for each in self.ask("GET", "violations")["violations"]]

    def effects(self) -> list[dict[str, Any]]:
        """Return what really took place at the store."""
        found: list[dict[str, Any]] = self.ask("GET", "effects")["effects"]
        return found

    def answered(self, kind: str) -> tuple[int | None, ...]:
        """Return what we answered to the store's messages of this kind; None: nothing yet."""
        found = self.ask("GET", "deliveries")["deliveries"]
        return tuple(each["status"] for each in found if each["kind"] == kind)
