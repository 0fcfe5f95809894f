"""What a provider asks a 29 Next store beside its work: orders, shipping methods, deliveries.

These calls need scopes that work can do without. Contract next29, sections 4, 9.6 and 9.7.
"""

from typing import Any
from urllib.parse import quote

from platforms.errors import Malformed, Missing
from platforms.next29.api import LABEL, Api
from platforms.next29.orders import read_order, read_shipping_method
from platforms.next29.scopes import needs
from platforms.next29.tracking import read_tracking_event, write_tracking_event
from platforms.records import (
    OrderRecord,
    Reported,
    ShippingMethodRecord,
    TrackingEventRecord,
)
from platforms.values import read_id

READ_ORDERS = "orders:read"
WRITE_ORDERS = "orders:write"


class Next29Facts:
    """The calls that a store may, or may not, have allowed us. One that is not raises Forbidden."""

    _api: Api

    def fetch_order(self, order_ref: str) -> OrderRecord:
        """Return what the shopper's order says; raises Malformed if it is another's."""
        with needs(READ_ORDERS):
            found = read_order(self._api.read(_order_path(order_ref)))
        if found.ref != order_ref:
            raise Malformed(f"Asked for order {order_ref}, got {found.ref}.")
        return found

    def fetch_shipping_methods(self) -> list[ShippingMethodRecord]:
        """Return every way to ship that the store offers, each code once."""
        read = [read_shipping_method(each) for each in self._api.entries("shipping-methods/")]
        return list({method.code: method for method in read if method}.values())

    def fetch_tracking_events(
        self, order_ref: str, fulfillment_ref: str
    ) -> list[TrackingEventRecord]:
        """Return the events of a shipment.

        An entry that cannot be read raises Malformed: a caller that overlooks one tells it twice.
        """
        with needs(READ_ORDERS):
            entries = self._api.entries(_events_path(order_ref, fulfillment_ref))
        return [read_tracking_event(each) for each in entries]

    def create_tracking_event(
        self, about: Reported, event: TrackingEventRecord
    ) -> TrackingEventRecord:
        """Tell what a carrier said. Not idempotent: fetch first.

        Raises Uncertain unless the answer shows this event, and Refused, with nothing sent, for a
        status that the platform has no word for.
        """
        body = write_tracking_event(event)

        def read(raw: Any) -> TrackingEventRecord:
            made = read_tracking_event(raw)
            if (made.upstream_status, made.happened_at) != (body["status"], event.happened_at):
                raise Malformed(f"it shows “{made.upstream_status}” of {made.happened_at}")
            return made

        with needs(WRITE_ORDERS):
            path = _events_path(about.order_ref, about.fulfillment_ref)
            return self._api.write("POST", path, body, read)


def _order_path(order_ref: str) -> str:
    """Return the address of an order; its number is text. Raises Missing where there is none."""
    if not order_ref.strip():
        raise Missing(f"{LABEL} has no order without a number. Not asked.")
    return f"orders/{quote(order_ref, safe='')}/"


def _events_path(order_ref: str, fulfillment_ref: str) -> str:
    if not read_id(fulfillment_ref):
        raise Missing(f"{LABEL} cannot have a shipment {fulfillment_ref[:80]!r}. Not asked.")
    return f"{_order_path(order_ref)}fulfillments/{read_id(fulfillment_ref)}/events/"
