"""What a provider tells Spresso of its fulfillments; never retries, never sleeps."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from platforms.errors import Missing, Refused
from platforms.http import Transport
from platforms.records import (
    Dispatch,
    FulfillmentRecord,
    LineQuantity,
    Progress,
    Reported,
    TrackingEventRecord,
    TrackingStatus,
)
from platforms.spresso import shipping
from platforms.spresso.answers import LABEL, error_in
from platforms.spresso.carriers import CARRIERS, read_carriers
from platforms.spresso.tokens import fetches, usable_token
from platforms.spresso.wire import read_ref
from platforms.unable import Unable
from platforms.values import read_text


class SpressoClient(Unable):
    """The calls a provider makes over one connection. Contract spresso, section 7.

    All of them are keyed: the same call twice leaves the same, but for the customer's mail. No
    answer is read beyond its status, and nothing can be asked.
    """

    label = LABEL

    def __init__(
        self,
        credentials: Mapping[str, str],
        transport: Transport,
        options: Mapping[str, Any],
    ) -> None:
        """Take what opens the connection; what cannot be used is told at the first call."""
        self._credentials = credentials
        self._transport = transport
        self._options = options

    def check(self) -> str:
        """Say what is set up. Sends nothing: there is nothing to ask. Contract, section 8."""
        if fetches(self._credentials):
            how = "a token is fetched with the client id"
        else:
            usable_token(self._credentials)
            how = "with the token that was pasted"
        codes = ", ".join(sorted({*CARRIERS, *self._carriers()}))
        return (
            f"{LABEL} has nothing to ask, so the first call will show whether it lets us in. "
            f"Set up: {how}; carriers {codes}."
        )

    def report_progress(self, ref: str, progress: Progress) -> None:
        """Say how far the work is."""
        self._put(ref, "", {"status": shipping.PROGRESS_WORDS[progress]})

    def report_final(self, ref: str, shipped: Sequence[LineQuantity]) -> None:
        """Say how many units of every line have left, none included, and that no more will.

        The customer is charged for these, once. Raises Refused, with nothing sent, where nothing
        has left. Contract spresso, section 7.1.
        """
        self._put(ref, "", shipping.write_final(shipped))

    def create_fulfillment(self, ref: str, dispatch: Dispatch) -> FulfillmentRecord:
        """Report one parcel that left; the customer gets a mail of it.

        Once more with the same tracking number replaces its contents. Raises Refused, with nothing
        sent, for anything but one parcel with units and a tracking number, and UnknownCarrier for a
        carrier that the store does not list. The record is what was sent: any success confirms
        it. Contract spresso, section 7.2.
        """
        body = shipping.write_shipment(dispatch, shipping.SHIPPED, self._carriers())
        self._put(ref, "/shipments", body)
        return FulfillmentRecord(
            ref=body["trackingNumber"],
            order_ref="",
            upstream_status=shipping.SHIPPED,
            tracking_codes=(body["trackingNumber"],),
            # By the refs of the fulfillment's own lines: an answer that names others is not read.
            quantities={each["variant"]: each["quantity"] for each in body["shipmentVariants"]},
            raw=body,
        )

    def create_tracking_event(
        self, about: Reported, event: TrackingEventRecord
    ) -> TrackingEventRecord:
        """Tell that a parcel was delivered, with all that was told of it before; no other event.

        The customer gets a mail of it. Contract spresso, sections 7.3
        and 10.4.
        """
        if event.status is not TrackingStatus.DELIVERED:
            raise Refused(f"{LABEL} has no word for “{event.status}”; not sent.")
        body = shipping.write_shipment(about.dispatch, shipping.DELIVERED, self._carriers())
        self._put(about.ref, "/shipments", body)
        return replace(event, ref=body["trackingNumber"], upstream_status=shipping.DELIVERED)

    def _put(self, ref: str, below: str, body: Mapping[str, Any]) -> None:
        name = read_ref(ref)
        if not name:
            raise Missing(f"{ref[:80]!r} cannot be a fulfillment of {LABEL}. Not asked.")
        headers = {"Authorization": f"Bearer {usable_token(self._credentials)}"}
        path = f"v1/fulfillments/{quote(name, safe='')}{below}"
        answer = self._transport.request("PUT", path, json=body, headers=headers, writes=True)
        error = error_in(answer, writes=True)
        if error:
            raise error

    def _carriers(self) -> dict[str, str]:
        try:
            return read_carriers(read_text(self._options.get("carrier_map")))
        except ValueError as error:
            raise Refused(f"The carriers on the store's page: {error}") from None


def order_in(url: str) -> str:
    """Return the id of the fulfillment that an address names, or nothing."""
    named = re.search(r"/v1/fulfillments/([^/]+)", urlsplit(url).path)
    return unquote(named[1]) if named else ""
