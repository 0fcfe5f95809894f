"""Our own API has nothing to call: the merchant asks, and our answer is the news."""

from collections.abc import Mapping
from typing import Any

from platforms.accounts import address_of_nobody
from platforms.http import Transport
from platforms.unable import Unable

LABEL = "Our own API"


class OwnApiClient(Unable):
    """A merchant who calls our API. Nothing is ever sent to it."""

    label = LABEL

    def __init__(
        self, credentials: Mapping[str, str], transport: Transport, options: Mapping[str, Any]
    ) -> None:
        pass

    def check(self) -> str:
        """Say who has to call whom."""
        return "The merchant calls us, with a login under API logins. We call nobody."


def base_url(account: str) -> str:
    """Return an address that stands for a merchant who calls us; nothing is sent there.

    Raises ValueError, in words, for what is no name of a store.
    """
    return address_of_nobody(account, "own-api", "merchant-12")
