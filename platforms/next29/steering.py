"""What a provider may change about a fulfillment order besides answering it."""

from collections.abc import Mapping, Sequence
from typing import Any

from platforms.errors import Malformed
from platforms.next29 import wire
from platforms.next29.api import Api, order_path
from platforms.records import (
    Destination,
    Divided,
    FulfillmentOrderRecord,
    HoldReason,
    LineQuantity,
    Unreadable,
)
from platforms.values import describe, read_id, read_text

# Contract next29, section 10: `hold.reason`.
HOLD_REASONS: Mapping[HoldReason, str] = {
    HoldReason.ADDRESS: "address_incorrect",
    HoldReason.OUT_OF_STOCK: "out_of_stock",
    HoldReason.HIGH_RISK: "high_risk",
    HoldReason.PAYMENT: "awaiting_payment",
    HoldReason.OTHER: "other",
}


class Steering:
    """Hold, release, close short, move and split. Contract next29, sections 9.4 and 11."""

    _api: Api

    def hold(self, ref: str, reason: HoldReason, message: str) -> FulfillmentOrderRecord:
        """Stop a fulfillment order that is not accepted."""
        body = {"reason": HOLD_REASONS[reason], "reason_message": message}
        return self._change(ref, "hold/", body)

    def release_hold(self, ref: str) -> FulfillmentOrderRecord:
        """Let a held fulfillment order go on. It begins anew: open, and not requested."""
        return self._change(ref, "release-hold/", {})

    def close_short(self, ref: str, message: str) -> FulfillmentOrderRecord:
        """Say that no more of an accepted fulfillment order will be shipped."""
        return self._change(ref, "close/", {"message": message})

    def fetch_destinations(self, ref: str) -> list[Destination]:
        """Return where a fulfillment order could be moved to.

        Needs the scope `fulfillment_orders:read`. Raises Malformed. Contract next29, section 9.4.
        """
        answer = self._api.read(f"{order_path(ref)}available-locations/")
        places = answer.get("available_locations") if isinstance(answer, dict) else answer
        if not isinstance(places, list):
            raise Malformed(f"Expected available locations, got {describe(answer)}.")
        return [_read_destination(place) for place in places]

    def move(self, ref: str, location_ref: str, line_refs: Sequence[str]) -> Divided:
        """Move whole lines, or all of them when none is named. Not idempotent: look first.

        Needs the scope `fulfillment_orders:write`; Missing for a location that cannot exist.
        """
        body: dict[str, Any] = {"new_location_id": int(read_id(location_ref) or 0)}
        if line_refs:
            body["fulfillment_order_line_items"] = [{"id": int(line)} for line in line_refs]
        return self._divide(ref, "move/", body, "moved_fulfillment_order")

    def split(self, ref: str, units: Sequence[LineQuantity]) -> Divided:
        """Put some units into a fulfillment order of their own. Not idempotent: look first."""
        lines = [{"id": int(each.line_ref), "quantity": each.quantity} for each in units]
        body = {"fulfillment_order_line_items": lines}
        return self._divide(ref, "split/", body, "split_fulfillment_order")

    def fetch_order_group(self, order_ref: str) -> list[FulfillmentOrderRecord]:
        """Return all fulfillment orders of an order that the token may see.

        Raises Malformed when one of them cannot be read: a caller that overlooks one may make
        it a second time.
        """
        entries = self._api.entries("fulfillment-orders/", {"order_number": order_ref})
        found = []
        for record in wire.read_page(entries).records:
            if isinstance(record, Unreadable):
                raise Malformed(f"Order {order_ref} cannot be read: {record.reason}")
            found.append(record)
        return [record for record in found if record.order_ref == order_ref]

    def _change(self, ref: str, path: str, body: dict[str, Any]) -> FulfillmentOrderRecord:
        def read(raw: Any) -> FulfillmentOrderRecord:
            found = wire.read_fulfillment_order(raw)
            if found.ref != read_id(ref):
                raise Malformed(f"it is about fulfillment order {found.ref}")
            return found

        return self._api.write("POST", order_path(ref) + path, body, read)

    def _divide(self, ref: str, path: str, body: dict[str, Any], other: str) -> Divided:
        def read(raw: Any) -> Divided:
            answer = raw if isinstance(raw, dict) else {}
            original = wire.read_fulfillment_order(answer.get("original_fulfillment_order"))
            if original.ref != read_id(ref):
                raise Malformed(f"it is about fulfillment order {original.ref}")
            return Divided(original, wire.read_fulfillment_order(answer.get(other)))

        return self._api.write("POST", order_path(ref) + path, body, read)


def _read_destination(raw: Any) -> Destination:
    place = raw if isinstance(raw, dict) else {}
    ref = read_id(place.get("id"))
    if not ref:
        raise Malformed(f"An available location has no id: {describe(raw)}.")
    lines = place.get("fulfillment_order_line_ids")
    refs = tuple(read_id(each) for each in lines) if isinstance(lines, list) else ()
    return Destination(ref, read_text(place.get("name")), tuple(each for each in refs if each))
