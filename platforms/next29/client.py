"""What a provider asks and tells one 29 Next store; never retries, never sleeps."""

import contextlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from platforms.errors import Malformed, Missing, Refused, UnknownCarrier
from platforms.http import Transport
from platforms.next29 import shipping, wire
from platforms.next29.api import API_VERSION, LABEL, Api, id_in_path, order_path
from platforms.next29.facts import Next29Facts
from platforms.next29.steering import Steering
from platforms.next29.stock import Stock
from platforms.records import (
    AssignedQueue,
    Dispatch,
    FulfillmentOrderRecord,
    FulfillmentRecord,
    LocationRecord,
    Page,
    RejectReason,
    UpstreamState,
    WebhookRecord,
)
from platforms.unable import Unable
from platforms.values import read_id

TOKEN = "access_token"  # noqa: S105 - the name of the credential, not one
WEBHOOK_NAME = "Crossdock"

# Contract next29, section 9.2: the filter has words of its own.
QUEUES: Mapping[AssignedQueue, str] = {
    AssignedQueue.REQUESTED: "fulfillment_requested",
    AssignedQueue.CANCEL_REQUESTED: "cancellation_requested",
    AssignedQueue.ACCEPTED: "fulfillment_accepted",
}
# Contract next29, section 10: `rejected_reason`.
REJECT_REASONS: Mapping[RejectReason, str] = {
    RejectReason.ADDRESS: "incorrect_address",
    RejectReason.UNDELIVERABLE: "undeliverable_address",
    RejectReason.OUT_OF_STOCK: "inventory_out_of_stock",
    RejectReason.PRODUCT: "ineligible_product",
    RejectReason.OTHER: "other",
}
ENDED = frozenset({UpstreamState.CLOSED, UpstreamState.CLOSED_SHORT})


class Next29Client(Steering, Stock, Next29Facts, Unable):
    """The calls a provider makes at one 29 Next store. Contract next29, section 9."""

    label = LABEL

    def __init__(
        self,
        credentials: Mapping[str, str],
        transport: Transport,
        options: Mapping[str, Any],
    ) -> None:
        """Take the store's token; one that cannot be sent is told at the first call."""
        self._api = Api(credentials.get(TOKEN, ""), transport)

    def check(self) -> str:
        """Return how many locations the token opens. Changes nothing."""
        count = len(self.fetch_locations())
        if not count:
            return "Connected. No location of ours is registered yet."
        return f"Connected: {count} location{'' if count == 1 else 's'} of ours."

    def fetch_locations(self) -> list[LocationRecord]:
        """Return every location of ours; raises Malformed if one cannot be read."""
        return [shipping.read_location(each) for each in self._api.entries("locations/")]

    def create_location(self, location: LocationRecord) -> LocationRecord:
        """Register a warehouse with its callback. Not idempotent: fetch first."""
        body = shipping.write_location(location)
        return self._api.write("POST", "locations/", body, shipping.read_location)

    def update_location(self, location: LocationRecord) -> LocationRecord:
        """Replace a location as a whole; what we do not know of it is read first and sent back.

        There is no PATCH. Contract next29, section 9.1.
        """
        path = f"locations/{id_in_path(location.ref)}/"
        present = self._api.read(path)
        body = shipping.write_location(location, present if isinstance(present, dict) else None)
        return self._api.write("PUT", path, body, shipping.read_location)

    def fetch_assigned(
        self, queue: AssignedQueue, page: str | None = None, since: datetime | None = None
    ) -> Page:
        """Return the first page of a queue, or the page whose address an earlier one gave.

        Contract next29, section 9.2.
        """
        params = {"assignment_status": QUEUES[queue]}
        listing = self._api.page("assigned-fulfillment-orders/", params, page)
        return Page(wire.read_each(listing.entries, wire.read_fulfillment_order), listing.next)

    def fetch_fulfillment_order(self, ref: str) -> FulfillmentOrderRecord:
        """Return the truth about one fulfillment order; raises Malformed if it is another's."""
        found = wire.read_fulfillment_order(self._api.read(order_path(ref)))
        if found.ref != read_id(ref):
            raise Malformed(f"Asked for fulfillment order {ref}, got {found.ref}.")
        return found

    def accept_request(self, ref: str, message: str) -> FulfillmentOrderRecord:
        """Say that we will ship it. The record shows what the store made of it."""
        return self._change(ref, "fulfillment-request/accept/", _message(message))

    def reject_request(
        self, ref: str, reason: RejectReason, message: str
    ) -> FulfillmentOrderRecord:
        """Say that we will not ship it, and why. There is no rejection of single lines."""
        body = {"rejected_reason": REJECT_REASONS[reason], **_message(message)}
        return self._change(ref, "fulfillment-request/reject/", body)

    def accept_cancellation(self, ref: str, message: str) -> FulfillmentOrderRecord:
        """Say that we stopped."""
        return self._change(ref, "cancellation-request/accept/", _message(message))

    def reject_cancellation(self, ref: str, message: str) -> FulfillmentOrderRecord:
        """Say that it is too late; the merchant sees the message."""
        return self._change(ref, "cancellation-request/reject/", _message(message))

    def create_fulfillment(self, ref: str, dispatch: Dispatch) -> FulfillmentRecord:
        """Report units that left. Not idempotent, and there is no void: fetch first.

        It counts as done only when the answer is 200 or 201 and shows our tracking codes; any
        other success raises Uncertain. Raises Refused, with nothing sent, for a dispatch that
        names no lines, and UnknownCarrier for a carrier that the store does not take. Contract
        next29, section 12.
        """
        ours = [parcel.tracking_code for parcel in dispatch.parcels if parcel.tracking_code.strip()]

        def read(raw: Any) -> FulfillmentRecord:
            made = shipping.read_fulfillment(raw)
            known = {_comparable(code) for code in made.tracking_codes}
            absent = [code for code in ours if _comparable(code) not in known]
            if absent:
                raise Malformed(f"it lacks our tracking code {', '.join(absent)}")
            return made

        path = f"{order_path(ref)}fulfillments/"
        try:
            return self._api.write("POST", path, shipping.write_dispatch(dispatch), read)
        except Refused as refusal:
            if shipping.is_about_a_carrier(refusal.body):
                raise UnknownCarrier(str(refusal), status=refusal.status) from refusal
            raise

    def fetch_fulfillments(self, ref: str, order_ref: str) -> list[FulfillmentRecord]:
        """Return the shipments of a fulfillment order, wherever the platform now keeps them.

        A partial shipment goes to a new, closed fulfillment order with the same order number,
        and nothing in either of them names the other. So the closed fulfillment orders of
        `order_ref` at the same location are read too: the result may hold shipments of a sibling
        that was never ours; match them by tracking code. Without `order_ref` only `ref` is read.
        An entry that cannot be read raises Malformed, because a caller that overlooks a shipment
        sends it twice. Contract next29, sections 11 and 12.
        """
        found = self._fulfillments_of(ref)
        for sibling in self._closed_siblings(ref, order_ref) if order_ref else []:
            try:
                found += self._fulfillments_of(sibling)
            except Missing:
                continue
        return list({shipment.ref: shipment for shipment in found}.values())

    def fetch_webhooks(self) -> list[WebhookRecord]:
        """Return the store's subscriptions, each without its secret."""
        return [shipping.read_webhook(each) for each in self._api.entries("webhooks/")]

    def create_webhook(self, target: str, events: tuple[str, ...], secret: str) -> WebhookRecord:
        """Subscribe `target`, signed with `secret`. Not idempotent: fetch first."""
        body = _subscription(target, events, secret)
        return self._api.write("POST", "webhooks/", body, shipping.read_webhook)

    def update_webhook(
        self, ref: str, target: str, events: tuple[str, ...], secret: str
    ) -> WebhookRecord:
        """Make a subscription what it shall be, and active. Doing it twice leaves the same."""
        body = _subscription(target, events, secret)
        path = f"webhooks/{id_in_path(ref)}/"
        return self._api.write("PATCH", path, body, shipping.read_webhook)

    def delete_webhook(self, ref: str) -> None:
        """End a subscription; one that is gone already is no error."""
        with contextlib.suppress(Missing):
            self._api.delete(f"webhooks/{id_in_path(ref)}/")

    def _fulfillments_of(self, ref: str) -> list[FulfillmentRecord]:
        entries = self._api.entries(f"{order_path(ref)}fulfillments/")
        return [shipping.read_fulfillment(each) for each in entries]

    def _closed_siblings(self, ref: str, order_ref: str) -> list[str]:
        entries = self._api.entries("fulfillment-orders/", {"order_number": order_ref})
        page = wire.read_page(entries)
        orders = [each for each in page.records if isinstance(each, FulfillmentOrderRecord)]
        odd = [each.ref for each in page.records if not isinstance(each, FulfillmentOrderRecord)]
        if not all(odd):
            raise Malformed(f"A fulfillment order of order {order_ref} has no id.")
        here = {each.location_ref for each in orders if each.ref == ref}
        closed = [
            each.ref
            for each in orders
            if each.state in ENDED and each.order_ref == order_ref
            if not here or each.location_ref in here
        ]
        return [each for each in dict.fromkeys([*closed, *odd]) if each != ref]


def _subscription(target: str, events: tuple[str, ...], secret: str) -> dict[str, Any]:
    return {
        "name": WEBHOOK_NAME,
        "events": list(events),
        "target": target,
        "api_version": API_VERSION,
        "secret_key": secret,
        "active": True,
    }


def order_in(url: str) -> str:
    """Return the id of the fulfillment order that an address names, or nothing."""
    named = re.search(r"/fulfillment-orders/(\d+)/", urlsplit(url).path)
    return named[1] if named else ""


def _message(message: str) -> dict[str, str]:
    return {"message": message} if message else {}


def _comparable(tracking_code: str) -> str:
    return "".join(tracking_code.split()).upper()
