"""Reads and locks the orders that a call is about, and shows them as an answer does."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q

from fulfillment.models import FulfillmentOrder, Parcel, Shipment, WorkStatus
from locations.models import Store
from platforms.desk import Asked, Box, Packed, Shown

NOT_PICKED = (WorkStatus.NEW, WorkStatus.ALLOCATED)
LEFT = (WorkStatus.SHIPPED, WorkStatus.PARTLY_SHIPPED)
ACCEPTED, CANCELED, SHIPPED, SHORT = "accepted", "canceled", "shipped", "shipped_short"


def lock(store: Store, refs: Iterable[str]) -> dict[str, FulfillmentOrder]:
    """Lock those of these shipments that we know."""
    return {order.ref: order for order in _locked(store, Q(ref__in=list(refs)))}


def lock_named(store: Store, asked: Asked) -> list[FulfillmentOrder]:
    """Lock what a call names: its shipments, or all of its order."""
    named = Q(ref__in=asked.refs)
    if asked.whole_order and asked.order_ref:
        named |= Q(order__ref=asked.order_ref)
    return _locked(store, named)


def of_order(store: Store, order_ref: str) -> list[str]:
    """Return the shipments of a shopper's order that are not cancelled."""
    rows = FulfillmentOrder.objects.filter(store=store, order__ref=order_ref)
    return list(rows.exclude(work_status=WorkStatus.CANCELLED).values_list("ref", flat=True))


def has_left(order: FulfillmentOrder) -> bool:
    """Tell whether any of it has left the building."""
    departed = order.work_status == WorkStatus.CLOSED and order.departed_at is not None
    return order.work_status in LEFT or departed


def show(order: FulfillmentOrder, state: str) -> Shown:
    """Return an order that has not left."""
    return Shown(order.ref, order.order.ref, state, raw=order.raw)


def show_departed(
    orders: Sequence[FulfillmentOrder], changed_at: dict[int, datetime] | None = None
) -> dict[int, Shown]:
    """Return by id what has left of these orders: in which parcels, and of which units."""
    shipments: dict[int, list[Shipment]] = {}
    rows = Shipment.objects.filter(fulfillment_order__in=orders).order_by("shipped_at", "id")
    for row in rows.prefetch_related("parcels", "lines__line"):
        shipments.setdefault(row.fulfillment_order_id, []).append(row)
    return {
        order.pk: _departed(order, shipments.get(order.pk, []), (changed_at or {}).get(order.pk))
        for order in orders
    }


def _departed(
    order: FulfillmentOrder, shipments: Sequence[Shipment], changed_at: datetime | None
) -> Shown:
    lines = list(order.lines.all())
    left = [Packed(line.sku, line.shipped, line.title) for line in lines if line.shipped]
    whole = all(line.shipped == line.ordered for line in lines)
    return Shown(
        order.ref,
        order.order.ref,
        SHIPPED if whole else SHORT,
        raw=order.raw,
        boxes=tuple(box for each in shipments for box in _boxes(order, each)),
        left=tuple(left),
        shipped_at=shipments[-1].shipped_at if shipments else order.departed_at,
        changed_at=changed_at,
    )


def _boxes(order: FulfillmentOrder, shipment: Shipment) -> Iterable[Box]:
    """What is in a box is known where a shipment is one box."""
    parcels = list(shipment.parcels.all())
    inside = tuple(Packed(e.line.sku, e.quantity, e.line.title) for e in shipment.lines.all())
    for parcel in parcels:
        yield Box(
            parcel.tracking_code,
            _carrier(order, parcel),
            parcel.tracking_link,
            inside if len(parcels) == 1 else (),
        )


def _carrier(order: FulfillmentOrder, parcel: Parcel) -> str:
    return parcel.carrier_name or order.store.carriers.get(parcel.carrier, parcel.carrier)


def _locked(store: Store, which: Q) -> list[FulfillmentOrder]:
    rows = FulfillmentOrder.objects.select_for_update(of=("self",)).select_related("order", "store")
    return list(rows.filter(which, store=store).order_by("pk"))
