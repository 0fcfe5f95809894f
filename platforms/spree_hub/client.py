"""A Spree hub calls us. There is nothing to call there: it asks, and our answer is the news."""

from collections.abc import Mapping, Sequence
from typing import Any

from platforms.accounts import address_of_nobody
from platforms.desk import Shown
from platforms.errors import Unauthorized
from platforms.http import Transport
from platforms.spree_hub import pushing
from platforms.spree_hub.desk import TOKEN
from platforms.spree_hub.options import OPEN
from platforms.unable import Unable

LABEL = "Spree hub"
SHORTEST_TOKEN = 16


class SpreeHubClient(Unable):
    """A store behind a hub. Nothing is sent to it, unless it wants shipments pushed."""

    label = LABEL

    def __init__(
        self, credentials: Mapping[str, str], transport: Transport, options: Mapping[str, Any]
    ) -> None:
        self._token = credentials.get(TOKEN, "")
        self._transport = transport
        self._options = options

    def push(self, shown: Sequence[Shown]) -> None:
        """Send what the hub would be shown, if it asked. Doing it twice leaves the same."""
        pushing.push(shown, self._token, self._transport, self._options)

    def check(self) -> str:
        """Say who has to call whom, and with what. Raises Unauthorized where nobody could."""
        if self._options.get(OPEN):
            return "The hub calls us, and needs no token: this store is open to anybody."
        if len(self._token) < SHORTEST_TOKEN:
            raise Unauthorized(
                f"Give the hub a token of {SHORTEST_TOKEN} characters or more (32 are better), "
                "and paste the same one here."
            )
        return "The hub calls us with this token. Whether it does is seen under Messages."


def base_url(account: str) -> str:
    """Return an address that stands for a store behind a hub; nothing is sent there.

    Raises ValueError, in words, for what is no name of a store.
    """
    return address_of_nobody(account, "spree-hub", "acme-goods")
