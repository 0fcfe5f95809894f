"""Switches the app's webhooks on and off at a Haravan store. Contract haravan, section 14.1.

Address, topics and verify token stand at the app, on Haravan's partner site: here is said only
whether this store's events are sent. Webhooks with a pasted token are made in the store's admin.
"""

import contextlib
from collections.abc import Mapping
from typing import Any

from platforms.errors import Malformed, Missing, Refused
from platforms.haravan.api import LABEL, Api
from platforms.haravan.sentences import said_in
from platforms.records import WebhookRecord
from platforms.values import describe, read_text

PATH = "subscribe"


class Subscribing:
    """The subscriptions of a store, one of ours for each address."""

    _api: Api
    _options: Mapping[str, Any]

    def fetch_webhooks(self) -> list[WebhookRecord]:
        """Return what is sent where; the store lists each topic by itself, and no secret."""
        topics: dict[str, list[str]] = {}
        for each in _entries(self._hooks().read(PATH)):
            topics.setdefault(read_text(each.get("url")), []).append(read_text(each.get("event")))
        return [WebhookRecord(url, url, tuple(found), True) for url, found in topics.items()]

    def create_webhook(self, target: str, events: tuple[str, ...], secret: str) -> WebhookRecord:
        """Switch the events of this store on. Doing it twice leaves the same.

        The secret is that of the app and is not sent. Raises Refused where the app sends to
        another address than `target`.
        """
        self._hooks().write("POST", PATH, {}, _insist, done=(200, 201))
        for each in self.fetch_webhooks():
            if each.target.rstrip("/") == target.rstrip("/"):
                return each
        raise Refused(
            f"The webhooks of this store are on, but {LABEL} does not send them to {target}. "
            "Enter that address at the app, on Haravan's partner site."
        )

    def update_webhook(
        self, ref: str, target: str, events: tuple[str, ...], secret: str
    ) -> WebhookRecord:
        """Switch the events of this store on again, as they are set at the app now."""
        return self.create_webhook(target, events, secret)

    def delete_webhook(self, ref: str) -> None:
        """Switch all events of this store off; there is no call for one address."""
        with contextlib.suppress(Missing):
            self._hooks().write("DELETE", PATH, None, _insist, done=(200, 204))

    def _hooks(self) -> Api:
        host = str(self._options.get("webhook_url", "")) or "https://webhook.haravan.com"
        return self._api.beside(host, "api")


def _entries(payload: Any) -> list[Mapping[str, Any]]:
    """Return the records of a bare list, or of one under `data`; raises Malformed."""
    found = payload.get("data") if isinstance(payload, dict) else payload
    if not isinstance(found, list):
        raise Malformed(f"Expected a list of webhooks, got {describe(payload)}.")
    return [each for each in found if isinstance(each, dict)]


def _insist(payload: Any) -> None:
    """Raise Refused for a success that says that it is none."""
    if isinstance(payload, dict) and payload.get("error") is True:
        raise Refused(f"{LABEL} did not do it: {said_in(payload) or 'no reason given'}.")
