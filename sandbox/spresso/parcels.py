"""Shipments of a fulfillment, each known by its tracking number, and the mails they cause."""

from sandbox.recorder import Call
from sandbox.spresso import errors
from sandbox.spresso.account import Account
from sandbox.spresso.progress import FULFILLER, not_in_it
from sandbox.spresso.reading import broken
from sandbox.spresso.state import Fulfillment, Json, Order, Shipment
from sandbox.spresso.words import CANCELLED, DELIVERED, SHIPPED, parcel_may_follow

MAILS = (SHIPPED, DELIVERED)


def upsert(
    account: Account, order: Order, fulfillment: Fulfillment, body: Json, call: Call
) -> None:
    """Add a shipment, or replace the one with this tracking number.

    Each call that is applied sends its mail, also when it says the same again: the worst that the
    contract leaves open.
    """
    if fulfillment.status == CANCELLED:
        raise errors.conflict("Fulfillment is cancelled")
    if body["carrier"] not in account.settings.carriers:
        raise errors.bad_request(f"carrier {body['carrier']!r} is not known")
    known = fulfillment.shipments.get(body["trackingNumber"])
    _check_units(account, fulfillment, body, call)
    _check_way(fulfillment, known, body.get("status"), call)
    if fulfillment.settled is not None and (
        known is None or known.units != body["shipmentVariants"]
    ):
        call.violations.append("a shipment changes after in_transit said what was shipped")
    shipment = Shipment(
        body["carrier"],
        body["carrierReferenceId"],
        body["trackingNumber"],
        body.get("trackingUrl", known.url if known else None),
        body.get("status", known.status if known else None),
        body["shipmentVariants"],
    )
    fulfillment.shipments[shipment.number] = shipment
    account.effect(
        "shipment", fulfillment, FULFILLER, number=shipment.number, status=shipment.status
    )
    for kind in _mails(known, body.get("status")):
        account.effect("mail", fulfillment, "platform", kind=kind, number=shipment.number)


def _mails(known: Shipment | None, status: str | None) -> list[str]:
    """Without a status the shipping mail leaves at once, even where only a label exists."""
    if status is None:
        return [SHIPPED] if known is None else []
    return [status] if status in MAILS else []


def _check_units(account: Account, fulfillment: Fulfillment, body: Json, call: Call) -> None:
    ordered, units = fulfillment.ordered, body["shipmentVariants"]
    others = fulfillment.shipped(but=body["trackingNumber"])
    for variant, count in units.items():
        if variant not in ordered:
            raise broken(call, not_in_it(account, variant))
        if others[variant] + count > ordered[variant]:
            raise broken(call, f"more of the variant {variant} is shipped than was ordered")


def _check_way(
    fulfillment: Fulfillment, known: Shipment | None, status: str | None, call: Call
) -> None:
    before = known.status if known else None
    if status is None or status == before:
        return
    if not parcel_may_follow(before, status):
        call.violations.append(f"a shipment cannot be {status} after {before}")
        raise errors.conflict(f"A shipment cannot be {status} after {before}")
    if status == DELIVERED and fulfillment.settled is None:
        call.violations.append("a shipment is delivered before in_transit was told")
