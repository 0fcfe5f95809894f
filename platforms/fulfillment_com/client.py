"""What we ask a partner that speaks Fulfillment.com's API; never retries, never sleeps."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from platforms.confirming import confirmed, unconfirmed
from platforms.errors import Malformed, Missing, Refused
from platforms.fulfillment_com.answers import LABEL, error_in, read_context_id, read_sentence
from platforms.fulfillment_com.api import Api, id_in_path
from platforms.fulfillment_com.asking import write_order
from platforms.fulfillment_com.goods import read_return, read_stock, read_stock_in_one
from platforms.fulfillment_com.values import inside, text_at, write_moment
from platforms.fulfillment_com.wire import read_order
from platforms.http import Answer, Transport
from platforms.partner_records import (
    HandOver,
    Listed,
    PartnerOrder,
    PartnerReturn,
    PartnerStock,
)
from platforms.partners import TooLate
from platforms.records import Address
from platforms.values import read_id, read_text

HYDRATE = {"hydrate": "lineItems,trackingNumbers.carrier"}


class FulfillmentComClient:
    """The calls that we make with one login. Contract fulfillment_com, section 6."""

    def __init__(
        self, credentials: Mapping[str, str], transport: Transport, options: Mapping[str, Any]
    ) -> None:
        """Take what opens the account; what cannot be used is told at the first call."""
        self._api = Api(credentials, transport)
        self._options = options
        self._merchant = read_id(read_text(options.get("merchant_id")).strip())

    def check(self) -> str:
        """Return whose login it is. Changes nothing. Operation 2."""
        user = self._user()
        name, login = text_at(user, "name"), text_at(user, "username")
        merchant = read_id(inside(user, "merchant", "id"))
        who = " ".join(filter(None, (name, f"({login})" if login else ""))) or "a user"
        sentence = f"Connected to {LABEL} as {who}."
        if merchant and self._merchant and merchant != self._merchant:
            return (
                f"{sentence} Take care: it is the login of merchant {merchant}, but the settings "
                f"say {self._merchant}."
            )
        return f"{sentence} Its merchant is {merchant}." if merchant else sentence

    def create_order(self, order: HandOver) -> PartnerOrder:
        """Ask the partner to ship; an order that it has under this number is taken as ours.

        Not idempotent by itself: what makes it so is the 409, which names the first order. Raises
        Refused where that one goes to somebody else. Operation 4, and sections 4 and 10.
        """
        body = write_order(order, self._options)
        answer = self._api.ask("POST", "orders", body=body, writes=True)
        if answer.status == 409:
            return self._adopt(order, answer)
        made = _order_in(answer, done=201)
        if made.reference != order.reference:
            raise unconfirmed(answer, LABEL, f"it is about {made.reference[:80]!r}")
        return made

    def find_order(self, reference: str) -> PartnerOrder | None:
        """Return the order that we gave this number, or None. Operation 6.

        The merchant is always said: the number could be another order's id. What is shown all
        the same is believed only if it has our number.
        """
        merchant = self._merchant_id()
        params = {**HYDRATE, **({"merchantId": merchant} if merchant else {})}
        try:
            found = read_order(self._api.read(f"orders/{quote(reference, safe='')}", params))
        except Missing:
            return None
        return found if found.reference == reference else None

    def fetch_order(self, ref: str) -> PartnerOrder:
        """Return how an order stands, with its lines and carriers. Operation 6."""
        found = read_order(self._api.read(f"orders/{id_in_path(ref)}", HYDRATE))
        if found.ref != id_in_path(ref):
            raise Malformed(f"Asked for order {ref}, got {found.ref}.")
        return found

    def fetch_orders(
        self, since: datetime, until: datetime, page: str | None = None
    ) -> Listed[PartnerOrder]:
        """Return a page of the orders that were taken in a time. Operation 3.

        It is not published which date counts: an order that has changed since need not be in it.
        """
        return self._api.page("orders", {**_window(since, until), **HYDRATE}, page, read_order)

    def cancel_order(self, ref: str) -> PartnerOrder:
        """Stop an order; raises TooLate from its dispatch on. Operation 7.

        One that is cancelled already may be refused as too late, so it is looked at then.
        """
        answer = self._api.ask("DELETE", f"orders/{id_in_path(ref)}", writes=True)
        if answer.status == 405:
            found = self.fetch_order(ref)
            if found.is_cancelled:
                return found
            said = read_sentence(answer) or "no reason given"
            raise TooLate(f"{LABEL}: {said} (405)", status=405, body=answer.excerpt)
        cancelled = _order_in(answer, done=200)
        if cancelled.ref != id_in_path(ref) or not cancelled.is_cancelled:
            raise unconfirmed(answer, LABEL, "it does not show the order as cancelled")
        return cancelled

    def fetch_inventory(self, page: str | None = None) -> Listed[PartnerStock]:
        """Return a page of what there is: in all buildings, or in the one that is set.

        Operations 10 and 11; both need a permission that the operator gives.
        """
        building = read_id(read_text(self._options.get("warehouse_id")).strip())
        if building:
            params = {"warehouseIds": building}
            return self._api.page("inventory/full", params, page, read_stock_in_one)
        return self._api.page("inventory", {}, page, read_stock)

    def fetch_returns(
        self, since: datetime, until: datetime, page: str | None = None
    ) -> Listed[PartnerReturn]:
        """Return a page of what came back, or is announced, in a time. Operation 12."""
        return self._api.page("returns", _window(since, until), page, read_return)

    def _adopt(self, order: HandOver, refusal: Answer) -> PartnerOrder:
        """Return the order that a 409 names, if it is ours. Contract, sections 4 and 10."""
        ref = read_context_id(refusal.json)
        try:
            found = self.fetch_order(ref) if ref else self.find_order(order.reference)
        except Missing:
            found = None
        said = f"{LABEL}: {read_sentence(refusal) or 'no reason given'} (409)"
        if found is None or found.reference != order.reference:
            raise Refused(f"{said}. It shows no order {order.reference} of ours.", status=409)
        if found.address != Address() and _place(found.address) != _place(order.address):
            raise Refused(
                f"{said}. Its order {found.ref} has our number {order.reference}, but goes to "
                "another address.",
                status=409,
            )
        return found

    def _merchant_id(self) -> str:
        """The merchant of the settings, else the login's own; asked once."""
        if not self._merchant:
            self._merchant = read_id(inside(self._user(), "merchant", "id"))
        return self._merchant

    def _user(self) -> Any:
        user = self._api.read("users/me")
        if not read_id(inside(user, "id")):
            raise Malformed(f"{LABEL} does not say whose login this is.")
        return user


def _order_in(answer: Answer, *, done: int) -> PartnerOrder:
    error = error_in(answer, writes=True)
    if error:
        raise error
    return confirmed(answer, LABEL, (done,), read_order)


def _window(since: datetime, until: datetime) -> dict[str, str]:
    """Both ends are inclusive, and the first must not be later. Contract, section 5.

    They are written in whole seconds, of which none that was asked for may be lost.
    """
    last = until + timedelta(seconds=1) if until.microsecond else until
    return {"fromDate": write_moment(min(since, until)), "toDate": write_moment(last)}


def _place(address: Address) -> tuple[str, str]:
    """What two spellings of one address have in common, and two addresses have not."""
    return " ".join(address.line1.casefold().split()), address.postcode.strip().casefold()
