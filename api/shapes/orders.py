"""Orders as the contract shows them. Contract fulfillment_com, section 7."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Max, Prefetch, QuerySet

from api import carriers, history
from api.carriers import Carrier
from api.models import MerchantOrder, StatusEvent
from api.shapes.common import consignee, maybe, moment
from api.shapes.status import status_event
from fulfillment.models import FulfillmentOrder, JobState, Line, Parcel, TrackingStatus
from inventory import skus
from inventory.models import Product

NONE: frozenset[str] = frozenset()


def with_all(rows: QuerySet[MerchantOrder]) -> QuerySet[MerchantOrder]:
    """Fetch beside the orders what their answer shows, in as many queries for many as for one."""
    return rows.select_related("merchant", "consignee", "fulfillment_order").prefetch_related(
        Prefetch("statuses", queryset=StatusEvent.objects.select_related("status").order_by("id")),
        "fulfillment_order__parcels",
        "fulfillment_order__partner_jobs",
        "fulfillment_order__problems",
        "fulfillment_order__lines",
    )


def orders(rows: Iterable[MerchantOrder], hydrate: frozenset[str] = NONE) -> list[dict[str, Any]]:
    """Show orders; `hydrate` names the nodes that are filled in."""
    rows = list(rows)
    products = _products(rows) if "lineItems" in hydrate else {}
    return [_order(placed, hydrate, products) for placed in rows]


def one(placed: MerchantOrder, hydrate: frozenset[str] = NONE) -> dict[str, Any]:
    """Show one order."""
    [shown] = orders([with_all(MerchantOrder.objects.all()).get(pk=placed.pk)], hydrate)
    return shown


def _order(
    placed: MerchantOrder, hydrate: frozenset[str], products: Mapping[tuple[int, str], Product]
) -> dict[str, Any]:
    order = _of(placed)
    dispatched = history.dispatched_at(placed)
    return {
        "id": order.pk,
        "merchantOrderId": placed.merchant_order_id,
        "merchantShippingMethod": order.shipping_name,
        "merchant": {"id": placed.merchant_id, "name": placed.merchant.name},
        **({"warehouse": {"id": order.warehouse_id}} if order.warehouse_id else {}),
        "currentStatus": status_event(placed, history.latest(placed)),
        "recordedOn": moment(order.recorded_at),
        "originalConsignee": consignee(placed.consignee),
        "validatedConsignee": consignee(placed.consignee, order.address),
        "trackingNumbers": [_tracking(each, hydrate) for each in _labels(order)],
        **maybe(
            dispatchDate=moment(dispatched) if dispatched else None,
            departDate=moment(order.departed_at) if order.departed_at else None,
            integrator=(placed.integrator or None) if "integrator" in hydrate else None,
        ),
        **({"lineItems": _lines(placed, products)} if "lineItems" in hydrate else {}),
    }


def _of(placed: MerchantOrder) -> FulfillmentOrder:
    """Return the fulfillment order; what has none yet is never shown."""
    if placed.fulfillment_order is None:
        raise LookupError(f"{placed} became no fulfillment order.")
    return placed.fulfillment_order


def _labels(order: FulfillmentOrder) -> list[tuple[str, Carrier]]:
    """Return the tracking numbers of an order: of what has left, or on a partner's labels.

    Those on labels may change until the parcels leave.
    """
    parcels = sorted(order.parcels.all(), key=lambda parcel: parcel.pk)
    if parcels:
        return [(parcel.tracking_code, carriers.of(parcel)) for parcel in parcels]
    return [
        (label["number"], carriers.named(label["carrier"]))
        for job in order.partner_jobs.all()
        if job.state == JobState.GIVEN
        for label in job.tracking
    ]


def _tracking(label: tuple[str, Carrier], hydrate: frozenset[str]) -> dict[str, Any]:
    number, carrier = label
    named = {"name": carrier.name, "symbol": carrier.symbol}
    more = named if "trackingNumbers.carrier" in hydrate else {}
    return {"value": number, "carrier": {"id": carrier.id, **more}}


def _products(rows: Iterable[MerchantOrder]) -> dict[tuple[int, str], Product]:
    wanted: dict[int, set[str]] = {}
    for placed in rows:
        names = {line.sku for line in _of(placed).lines.all()}
        wanted.setdefault(placed.merchant_id, set()).update(names)
    return {
        (merchant, sku): product
        for merchant, names in wanted.items()
        for sku, product in skus.find(merchant, names).items()
    }


def _lines(
    placed: MerchantOrder, products: Mapping[tuple[int, str], Product]
) -> list[dict[str, Any]]:
    lines = sorted(_of(placed).lines.all(), key=lambda line: line.pk)
    values = {str(n): item["declaredValue"] for n, item in enumerate(placed.items, start=1)}
    return [
        _line(line, products.get((placed.merchant_id, line.sku)), values.get(line.ref, "0"))
        for line in lines
    ]


def _line(line: Line, product: Product | None, value: str) -> dict[str, Any]:
    title = (product.title if product else "") or line.title or line.sku
    return {
        "id": line.pk,
        "lineDetails": {
            "id": product.pk if product else line.pk,
            "name": title,
            "description": title,
            "externalSku": product.sku if product else line.sku,
            "totalQuantity": line.ordered,
        },
        "requestedSkuData": {
            "id": line.pk,
            "sku": line.sku,
            "declaredValue": value,
            "quantity": line.ordered,
        },
        # Lots and serial numbers are not kept here.
        "inventoryDetails": [],
    }


def with_deliveries(rows: QuerySet[MerchantOrder]) -> QuerySet[MerchantOrder]:
    """Fetch beside the orders what their short form shows."""
    parcels = Parcel.objects.annotate(last_event_at=Max("events__happened_at"))
    return rows.select_related("fulfillment_order").prefetch_related(
        Prefetch("fulfillment_order__parcels", queryset=parcels), "fulfillment_order__partner_jobs"
    )


def simple(placed: MerchantOrder) -> dict[str, Any]:
    """Show an order in the short form, the only one with a delivery date."""
    order = _of(placed)
    parcels: list[Any] = list(order.parcels.all())
    labels = _labels(order)
    arrived = [p.last_event_at for p in parcels if p.tracking_status == TrackingStatus.DELIVERED]
    delivered = max(filter(None, arrived), default=None) if len(arrived) == len(parcels) else None
    return {
        "id": order.pk,
        "merchantOrderId": placed.merchant_order_id,
        **maybe(
            warehouseId=order.warehouse_id,
            departDate=moment(order.departed_at) if order.departed_at else None,
            deliveryDate=moment(delivered) if delivered else None,
            carrier=labels[0][1].name if labels else None,
        ),
        "trackingNumbers": [number for number, _ in labels],
    }
