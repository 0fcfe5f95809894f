"""What a fulfiller says of a fulfillment: its way, and once what the customer is charged for."""

from sandbox.recorder import Call
from sandbox.spresso import errors
from sandbox.spresso.account import Account
from sandbox.spresso.reading import broken
from sandbox.spresso.state import Fulfillment, Json, Order
from sandbox.spresso.words import CANCELLED, COMPLETED, DELIVERED, IN_TRANSIT, may_follow

FULFILLER = "fulfiller"
ENDS = frozenset({DELIVERED, CANCELLED})


def update(
    account: Account, order: Order, fulfillment: Fulfillment, body: Json, call: Call
) -> None:
    """Lead a fulfillment on; the same again changes nothing."""
    status = body["status"]
    if fulfillment.status == CANCELLED:
        raise errors.conflict("Fulfillment is cancelled")
    units = body.get("fulfillmentVariants") if status == IN_TRANSIT else None
    if units is not None:
        _check_count(account, fulfillment, units, call)
    fulfillment.external |= {k: v for k, v in body.items() if k.startswith("external")}
    if status == fulfillment.status:
        return
    if not may_follow(fulfillment.status, status):
        call.violations.append(f"{status} cannot follow {fulfillment.status}")
        raise errors.conflict(f"{status} cannot follow {fulfillment.status}")
    fulfillment.become(status)
    account.effect("status", fulfillment, FULFILLER, status=status)
    if units is not None:
        fulfillment.settled = units
        account.effect("settle", fulfillment, FULFILLER, units=units)
    if status == DELIVERED:
        _mail_without_status(account, fulfillment)
    _complete(order)


def _check_count(
    account: Account, fulfillment: Fulfillment, units: dict[str, int], call: Call
) -> None:
    """All variants of the fulfillment and no others, none above what was ordered, once."""
    ordered = fulfillment.ordered
    for variant in sorted(set(units) ^ set(ordered)):
        raise broken(call, _not_a_variant(account, variant, ordered))
    if any(units[variant] > ordered[variant] for variant in units):
        raise broken(call, "more was shipped than was ordered")
    if not any(units.values()):
        raise broken(call, "nothing was shipped: that is no in_transit")
    if fulfillment.settled is not None:
        if fulfillment.settled != units:
            call.violations.append("a second in_transit with other units")
            raise errors.conflict("The units are settled already")
    elif units != fulfillment.shipped():
        call.violations.append("in_transit says other units than the shipments")


def _not_a_variant(account: Account, variant: str, ordered: dict[str, int]) -> str:
    if variant in ordered:
        return f"in_transit leaves the variant {variant} out"
    return not_in_it(account, variant)


def not_in_it(account: Account, variant: str) -> str:
    """Why a variant does not belong: often because it is a SKU."""
    if any(each.sku == variant for each in account.variants.values()):
        return f"{variant} is a SKU and not the id of a variant"
    return f"the variant {variant} is not in the fulfillment"


def _mail_without_status(account: Account, fulfillment: Fulfillment) -> None:
    """The old way: shipments that were created without a status get their mail now."""
    for shipment in fulfillment.shipments.values():
        if shipment.status is None:
            account.effect("mail", fulfillment, "platform", kind=DELIVERED, number=shipment.number)


def _complete(order: Order) -> None:
    if all(each.status in ENDS for each in order.fulfillments) and order.status != COMPLETED:
        order.become(COMPLETED)
