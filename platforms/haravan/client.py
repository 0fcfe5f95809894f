"""What a provider asks and tells one Haravan store; never retries, never sleeps."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from platforms.errors import Malformed
from platforms.haravan import changes, wire
from platforms.haravan.api import LABEL, MOST_A_PAGE, Api, id_in_path, inside, listed
from platforms.haravan.orders import read_order
from platforms.haravan.places import holds_goods, read_location
from platforms.haravan.shipping import Shipping, read_number
from platforms.haravan.stock import Stock
from platforms.haravan.subscribing import Subscribing
from platforms.http import Transport
from platforms.records import (
    AssignedQueue,
    FulfillmentOrderRecord,
    LocationRecord,
    OrderRecord,
    Page,
)
from platforms.unable import Unable
from platforms.values import read_id, read_text

TOKEN = "haravan_token"  # noqa: S105 - the name of the credential, not one


class HaravanClient(Shipping, Stock, Subscribing, Unable):
    """The calls a provider makes at one Haravan store. Contract haravan, sections 5 and 11."""

    label = LABEL

    def __init__(
        self,
        credentials: Mapping[str, str],
        transport: Transport,
        options: Mapping[str, Any],
    ) -> None:
        """Take the store's token; one that cannot be sent is told at the first call."""
        prefix = str(options.get("path_prefix") or "com")
        self._api = Api(credentials.get(TOKEN, ""), transport, prefix)
        self._options = options

    def check(self) -> str:
        """Return which shop the token opens, for nothing else says it. Changes nothing.

        Contract haravan, sections 2 and 19.
        """
        shop = inside(self._api.read("shop.json"), "shop")
        if not isinstance(shop, dict):
            raise Malformed("The answer does not describe a shop.")
        name, ref = read_text(shop.get("name")), read_id(shop.get("id"))
        home = (urlsplit(read_text(shop.get("myharavan_domain"))).hostname or "").strip()
        sentence = f"Connected to {name or 'a shop'}{f' ({home})' if home else ''}."
        return f"{sentence} {_about_org(ref, str(self._options.get('org_id') or ''))}".strip()

    def fetch_locations(self) -> list[LocationRecord]:
        """Return the store's locations from which goods are sold."""
        entries = listed(self._api.read("locations.json"), "locations")
        return [read_location(each) for each in entries if holds_goods(each)]

    def fetch_assigned(
        self, queue: AssignedQueue, page: str | None = None, since: datetime | None = None
    ) -> Page:
        """Return a page of the orders that have changed; nobody waits for an answer of ours.

        Orders of which nothing is shipped are not in it. Contract haravan, section 17.
        """
        if queue is not AssignedQueue.REQUESTED:
            return Page(())
        place = changes.read_place(page) if page else changes.first_place(since)
        payload = self._api.read("orders.json", changes.params_of(place, self._page_size()))
        entries = listed(payload, "orders")
        parts = [part for each in entries for part in wire.read_order_parts(each, self._options)]
        following = changes.next_place(place, entries)
        return Page(tuple(parts), changes.text_of(following) if following else None)

    def fetch_fulfillment_order(self, ref: str) -> FulfillmentOrderRecord:
        """Return the truth about one part of an order; raises Malformed if it is another's."""
        return wire.find_part(self._order(wire.order_ref_of(ref)), ref, self._options)

    def fetch_order_group(self, order_ref: str) -> list[FulfillmentOrderRecord]:
        """Return all parts of an order; raises Malformed if one cannot be read."""
        found = wire.read_order_parts(self._order(order_ref), self._options)
        parts = [each for each in found if isinstance(each, FulfillmentOrderRecord)]
        if len(parts) < len(found):
            raise Malformed(f"Order {order_ref} cannot be read.")
        return parts

    def fetch_order(self, order_ref: str) -> OrderRecord:
        """Return what the shopper's order says; raises Malformed if it is another's."""
        return read_order(self._order(order_ref))

    def count_orders(self, since: datetime | None = None) -> int:
        """Return how many orders have changed, the cancelled ones too."""
        params = {"updated_at_min": changes.written(since)} if since else {}
        return read_number(self._api.read("orders/count.json", {"status": "any", **params}))

    def confirm_order(self, order_ref: str) -> FulfillmentOrderRecord:
        """Confirm an order in place of the merchant's staff. Doing it twice leaves the same."""
        path = f"orders/{id_in_path(order_ref)}/confirm.json"

        def read(payload: Any) -> FulfillmentOrderRecord:
            return wire.find_part(
                _same(inside(payload, "order"), order_ref), order_ref, self._options
            )

        return self._api.write("POST", path, {}, read, done=(200, 201))

    def _order(self, order_ref: str) -> Any:
        path = f"orders/{id_in_path(order_ref)}.json"
        return _same(inside(self._api.read(path), "order"), order_ref)

    def _page_size(self) -> int:
        size = self._options.get("page_size", MOST_A_PAGE)
        return min(max(1, int(size)), MOST_A_PAGE)


def order_in(url: str) -> str:
    """Return the number of the order that an address names, or nothing."""
    named = re.search(r"/orders/(\d+)(?:\.json|/)", urlsplit(url).path)
    return named[1] if named else ""


def _same(order: Any, order_ref: str) -> Any:
    found = read_id(order.get("id")) if isinstance(order, dict) else ""
    if found and found != id_in_path(order_ref):
        raise Malformed(f"Asked for order {order_ref}, got {found}.")
    return order


def _about_org(found: str, expected: str) -> str:
    if not found:
        return ""
    if not expected:
        return f"Its organisation is {found}: enter it in the settings of the store."
    if found != expected.strip():
        return (
            f"Take care: its organisation is {found}, but the settings say {expected}. "
            "The token may be another shop's."
        )
    return ""
