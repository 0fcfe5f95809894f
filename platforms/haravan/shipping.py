"""What a provider asks and tells a Haravan store about shipments: its seven operations.

Contract haravan, sections 5 to 7. Creating one is not idempotent; completing and cancelling are
perhaps not offered any more, and then a person does it in the store's admin.
"""

from collections.abc import Callable, Mapping
from typing import Any

from platforms.errors import Malformed, Refused, Unsupported
from platforms.haravan import parcels
from platforms.haravan.api import (
    LABEL,
    MOST_A_PAGE,
    Api,
    id_in_path,
    inside,
    is_not_offered,
    listed,
)
from platforms.haravan.wanted import Wanted
from platforms.haravan.wire import order_ref_of
from platforms.haravan.words import Standing
from platforms.records import Dispatch, FulfillmentRecord
from platforms.values import read_count

MOST_PAGES = 100


class Shipping:
    """Fulfillments of the store's orders."""

    _api: Api
    _options: Mapping[str, Any]

    def create_fulfillment(self, ref: str, dispatch: Dispatch) -> FulfillmentRecord:
        """Report units that left. Not idempotent: fetch first when in doubt.

        It counts as done only when the answer is 201 and shows an id; any other success raises
        Uncertain. Raises Refused, with nothing sent, for a dispatch that names no lines. What an
        external service ships is pending at first, and is still to be completed. Contract haravan,
        sections 6 and 18 (R2 to R7).
        """
        body = parcels.write_dispatch(dispatch, self._carriers())
        path = f"orders/{id_in_path(order_ref_of(ref))}/fulfillments.json"
        return self._api.write("POST", path, body, _read_one, done=(201,))

    def update_tracking(
        self, ref: str, fulfillment_ref: str, dispatch: Dispatch
    ) -> FulfillmentRecord:
        """Replace number, company and link together. Doing it twice leaves the same.

        Raises Uncertain unless the answer is about this fulfillment. Contract, section 5.
        """
        path = _path(ref, fulfillment_ref)
        body = parcels.write_correction(id_in_path(fulfillment_ref), dispatch, self._carriers())
        return self._api.write("PUT", path, body, _reads(fulfillment_ref), done=(200,))

    def complete_fulfillment(self, ref: str, fulfillment_ref: str) -> FulfillmentRecord:
        """Say that a pending shipment has left; raises Refused where that cannot be said.

        One that is complete already is returned as it is, so that twice is as once. Contract
        haravan, sections 7 and 18 (R8, R10).
        """
        present = self.fetch_fulfillment(order_ref_of(ref), fulfillment_ref)
        if parcels.standing(present) is Standing.SUCCESS:
            return present
        _insist_on_unfinished(present, "completed")
        return self._end(ref, fulfillment_ref, "complete", Standing.SUCCESS)

    def cancel_fulfillment(self, ref: str, fulfillment_ref: str) -> FulfillmentRecord:
        """Take back a shipment that is pending; raises Refused for any other, with nothing sent.

        One that is cancelled already is returned as it is. Contract haravan, sections 7 and 18
        (R8, R10): what counts as shipped is taken back in the store's admin.
        """
        present = self.fetch_fulfillment(order_ref_of(ref), fulfillment_ref)
        if parcels.standing(present) is Standing.CANCELLED:
            return present
        _insist_on_unfinished(present, "cancelled")
        return self._end(ref, fulfillment_ref, "cancel", Standing.CANCELLED)

    def fetch_fulfillments(self, ref: str, order_ref: str) -> list[FulfillmentRecord]:
        """Return the living shipments of the order, whoever made them and for whichever service.

        What is dead (cancelled, refused, or cancelled at the carrier) holds no units and is left
        out, so that nobody takes it for a shipment that arrived. An entry that cannot be read
        raises Malformed, because a caller that overlooks a shipment sends it twice. Contract
        haravan, sections 9 and 17.
        """
        found: list[FulfillmentRecord] = []
        for page in range(1, MOST_PAGES + 1):
            entries = self.list_fulfillments(order_ref_of(ref), Wanted(MOST_A_PAGE, page))
            fresh = [each for each in entries if each.ref not in {known.ref for known in found}]
            found += fresh
            if len(entries) < MOST_A_PAGE or not fresh:
                break
        return [each for each in found if not parcels.is_dead(each)]

    def list_fulfillments(
        self, order_ref: str, wanted: Wanted | None = None
    ) -> list[FulfillmentRecord]:
        """Return one page of an order's fulfillments, the dead ones too."""
        path = f"orders/{id_in_path(order_ref)}/fulfillments.json"
        payload = self._api.read(path, (wanted or Wanted()).params())
        return [parcels.read_fulfillment(each) for each in listed(payload, "fulfillments")]

    def count_fulfillments(self, order_ref: str, wanted: Wanted | None = None) -> int:
        """Return how many fulfillments an order has, the dead ones too."""
        path = f"orders/{id_in_path(order_ref)}/fulfillments/count.json"
        return read_number(self._api.read(path, (wanted or Wanted()).moments()))

    def fetch_fulfillment(
        self, order_ref: str, fulfillment_ref: str, fields: tuple[str, ...] = ()
    ) -> FulfillmentRecord:
        """Return one fulfillment; raises Malformed if it is another."""
        payload = self._api.read(_path(order_ref, fulfillment_ref), Wanted(fields=fields).params())
        return _reads(fulfillment_ref)(payload)

    def _end(
        self, ref: str, fulfillment_ref: str, step: str, expected: Standing
    ) -> FulfillmentRecord:
        def read(payload: Any) -> FulfillmentRecord:
            made = _reads(fulfillment_ref)(payload)
            if parcels.standing(made) is not expected:
                raise Malformed(f"it shows the fulfillment as “{made.upstream_status}”")
            return made

        path = _path(ref, fulfillment_ref).removesuffix(".json")
        try:
            return self._api.write("POST", f"{path}/{step}.json", {}, read, done=(201, 200))
        except Refused as refusal:
            if not is_not_offered(refusal):
                raise
            # A fulfillment that is gone raises Missing here; one that is there cannot be ended.
            self.fetch_fulfillment(order_ref_of(ref), fulfillment_ref)
            raise Unsupported(
                f"This {LABEL} store has no call to {step} a fulfillment. Do it in the store's "
                f"admin. {refusal}",
                status=405,
                body=refusal.body,
            ) from refusal

    def _carriers(self) -> str:
        return str(self._options.get("carriers", ""))


def read_number(payload: Any) -> int:
    """Return what a count says; raises Malformed."""
    found = read_count(inside(payload, "count"))
    if found is None:
        raise Malformed(f"{LABEL} answered a count with no number.")
    return found


def _insist_on_unfinished(present: FulfillmentRecord, ended: str) -> None:
    if parcels.standing(present) not in parcels.UNFINISHED:
        raise Refused(
            f"{LABEL} has this fulfillment as “{present.upstream_status}”, and only a pending one "
            f"can be {ended}. Not sent. It can be done in the store's admin."
        )


def _path(ref: str, fulfillment_ref: str) -> str:
    order_ref = id_in_path(order_ref_of(ref))
    return f"orders/{order_ref}/fulfillments/{id_in_path(fulfillment_ref)}.json"


def _read_one(payload: Any) -> FulfillmentRecord:
    return parcels.read_fulfillment(inside(payload, "fulfillment"))


def _reads(fulfillment_ref: str) -> Callable[[Any], FulfillmentRecord]:
    """Return a reader that takes no other fulfillment for this one."""

    def read(payload: Any) -> FulfillmentRecord:
        found = _read_one(payload)
        if found.ref != id_in_path(fulfillment_ref):
            raise Malformed(f"Asked for fulfillment {fulfillment_ref}, got {found.ref}.")
        return found

    return read
