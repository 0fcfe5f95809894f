"""Notes that a merchant has been told what left: it asks, and our answer is what tells it."""

from collections.abc import Iterable

from django.db import transaction

from api.models import MerchantOrder
from fulfillment import departures
from fulfillment.models import FulfillmentOrder, Shipment, ShipmentState


def told(placed: Iterable[MerchantOrder]) -> None:
    """Confirm the shipments of orders that are about to be shown. Twice confirms once."""
    ids = [each.fulfillment_order_id for each in placed]
    waiting = Shipment.objects.filter(
        fulfillment_order__in=ids, state=ShipmentState.QUEUED
    ).values_list("fulfillment_order_id", flat=True)
    for order_id in sorted(set(waiting)):
        _confirm(order_id)


@transaction.atomic
def _confirm(order_id: int) -> None:
    rows = FulfillmentOrder.objects.select_for_update(of=("self",)).select_related("store")
    order = rows.get(pk=order_id)
    shipments = order.shipments.filter(state=ShipmentState.QUEUED).order_by("id")
    for shipment in shipments.prefetch_related("parcels"):
        departures.confirm(order, shipment)
