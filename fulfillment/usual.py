"""What is usually meant where nobody says it: the carrier, and whether the customer is told."""

from collections.abc import Iterable

from fulfillment.models import FulfillmentOrder, Parcel, Request
from platforms.records import RequestKind

Route = tuple[int, str]


def route(order: FulfillmentOrder) -> Route:
    """Return what the choice of a carrier depends on: the store and its shipping method."""
    return order.store_id, order.shipping_code


def last_parcels(orders: Iterable[FulfillmentOrder]) -> dict[Route, Parcel]:
    """Return the last parcel of each route of these orders; its carrier is the usual one."""
    found = {}
    for store_id, code in dict.fromkeys(route(order) for order in orders):
        parcel = Parcel.objects.filter(
            fulfillment_order__store=store_id, fulfillment_order__shipping_code=code
        ).last()
        if parcel:
            found[store_id, code] = parcel
    return found


def customer_notices(orders: Iterable[FulfillmentOrder]) -> dict[int, bool]:
    """Return, by the id of the order, whether the merchant wants the store to tell the customer.

    An order that is not among them: the merchant did not say, and the customer is told.
    """
    asked = Request.objects.filter(
        fulfillment_order__in=list(orders), kind=RequestKind.FULFILL
    ).order_by("pk")
    return dict(asked.values_list("fulfillment_order_id", "notify"))
