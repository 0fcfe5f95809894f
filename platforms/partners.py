"""What a partner is: a warehouse that is not ours, and that we ask to fulfill orders.

A store asks us; a partner is asked by us. So it is no `Platform`, but has a protocol of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from platforms.errors import Refused
from platforms.http import Transport
from platforms.interface import CredentialField, Option
from platforms.partner_records import (
    HandOver,
    Listed,
    PartnerOrder,
    PartnerReturn,
    PartnerStock,
)


class TooLate(Refused):
    """The partner does not stop an order any more. A recall is a matter between people."""


class PartnerClient(Protocol):
    """The calls that we make at one partner.

    A client never retries and never sleeps. Every method raises the errors of `platforms.errors`
    and nothing else for what the partner does; Unauthorized, with nothing sent, where its token
    is missing or about to run out.
    """

    def check(self) -> str:
        """Return a sentence that says what the credentials open. Changes nothing."""

    def create_order(self, order: HandOver) -> PartnerOrder:
        """Ask the partner to ship. What it has under this reference already is returned instead.

        So doing it twice makes one order. Raises Uncertain where the answer does not show it:
        look with `find_order`, or do it again.
        """

    def find_order(self, reference: str) -> PartnerOrder | None:
        """Return the order that we gave this reference, or None where there is none."""

    def fetch_order(self, ref: str) -> PartnerOrder:
        """Return how an order stands now."""

    def fetch_orders(
        self, since: datetime, until: datetime, page: str | None = None
    ) -> Listed[PartnerOrder]:
        """Return the first page of the orders of a time, or the page named.

        By which of its dates an order is chosen is the partner's matter.
        """

    def cancel_order(self, ref: str) -> PartnerOrder:
        """Stop an order. Doing it twice leaves the same. Raises TooLate."""

    def fetch_inventory(self, page: str | None = None) -> Listed[PartnerStock]:
        """Return the first page of what the partner has, or the page named."""

    def fetch_returns(
        self, since: datetime, until: datetime, page: str | None = None
    ) -> Listed[PartnerReturn]:
        """Return the first page of what came back or is announced, or the page named."""


@dataclass(frozen=True, slots=True)
class Partner:
    """One kind of partner. `requests_per_second` is what we allow ourselves per account.

    `connect` takes the credentials, the way to the partner and the account's options, all of them
    filled in. `renew` gets fresh credentials, to keep beside the others, all of them in one step;
    it raises Unauthorized where a person has to paste others. `base_url` is the partner's usual
    address, `check_url` raises ValueError, in words, for one that no secret may be sent to.
    """

    key: str
    label: str
    credentials: tuple[CredentialField, ...]
    connect: Callable[[Mapping[str, str], Transport, Mapping[str, Any]], PartnerClient]
    renew: Callable[[Mapping[str, str], Transport, Mapping[str, Any]], Mapping[str, str]]
    requests_per_second: float
    base_url: str
    check_url: Callable[[str], None]
    options: tuple[Option, ...] = ()

    def filled_in(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options of an account: what was given, and else what is usual."""
        return {each.name: given.get(each.name, each.default) for each in self.options}
