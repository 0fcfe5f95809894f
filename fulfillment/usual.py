"""What is usually meant where nobody says it: the carrier, and whether the customer is told."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from fulfillment.models import FulfillmentOrder, Parcel, Request, ShippingMethod
from platforms.records import RequestKind

Route = tuple[int, str]


class Carrier(NamedTuple):
    """A carrier code of the platform, and the name where the code says nothing."""

    code: str
    name: str


NONE = Carrier("", "")


def route(order: FulfillmentOrder) -> Route:
    """Return what the choice of a carrier depends on: the store and its shipping method."""
    return order.store_id, order.shipping_code


def carriers(orders: Iterable[FulfillmentOrder]) -> dict[Route, Carrier]:
    """Return the usual carrier of each route of these orders.

    It is the one chosen for the shipping method, else the one of the last parcel.
    """
    routes = dict.fromkeys(route(order) for order in orders)
    chosen = _chosen({store_id for store_id, _ in routes})
    found = {each: chosen.get(each) or _last(*each) for each in routes}
    return {each: carrier for each, carrier in found.items() if carrier}


def _chosen(store_ids: Collection[int]) -> dict[Route, Carrier]:
    methods = ShippingMethod.objects.filter(store__in=store_ids).exclude(carrier="")
    return {
        (store_id, code): Carrier(carrier, "")
        for store_id, code, carrier in methods.values_list("store_id", "code", "carrier")
    }


def _last(store_id: int, code: str) -> Carrier | None:
    parcel = Parcel.objects.filter(
        fulfillment_order__store=store_id, fulfillment_order__shipping_code=code
    ).last()
    return Carrier(parcel.carrier, parcel.carrier_name) if parcel else None


def customer_notices(orders: Iterable[FulfillmentOrder]) -> dict[int, bool]:
    """Return, by the id of the order, whether the merchant wants the store to tell the customer.

    An order that is not among them: the merchant did not say, and the customer is told.
    """
    asked = Request.objects.filter(
        fulfillment_order__in=list(orders), kind=RequestKind.FULFILL
    ).order_by("pk")
    return dict(asked.values_list("fulfillment_order_id", "notify"))
