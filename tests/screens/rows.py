"""Orders as the work list finds them, written straight into the tables."""

import itertools
import uuid
from dataclasses import asdict
from typing import Any

from fulfillment import status
from fulfillment.models import (
    Actor,
    Event,
    FulfillmentOrder,
    Line,
    Order,
    Parcel,
    Problem,
    Request,
    Shipment,
    ShipmentLine,
    Source,
)
from locations.models import Location, Store
from platforms.records import Address, RejectReason, RequestKind
from relay.models import Attempt, CallState, Exchange, OutboundCall, Priority

NUMBERS = itertools.count(1)
DANA = Address(
    first_name="Dana",
    last_name="Whitfield",
    line1="12 Fir Street",
    city="Reno",
    region="NV",
    postcode="89501",
    country="US",
)


def order(
    location: Location | None,
    *,
    store: Store | None = None,
    skus: tuple[str, ...] = ("TENT-2P-GRN",),
    units: int = 1,
    asks: RequestKind | None = RequestKind.FULFILL,
    **columns: Any,
) -> FulfillmentOrder:
    """An order with its lines, and an open request unless `asks` is None."""
    store = store or (location.store if location else None)
    assert store
    number = next(NUMBERS)
    wishes = {
        "order": Order.objects.create(store=store, ref=columns.pop("number", f"{10000 + number}")),
        "ref": str(number),
        "location": location,
        "warehouse": location.warehouse if location else None,
        "location_ref": location.ref if location else "99",
        "request_status": "requested",
        "address": asdict(DANA),
        "recipient": "Dana Whitfield",
        "shipping_code": "ground",
        "shipping_name": "Ground",
        "fingerprint": "as it was",
    }
    row = FulfillmentOrder.objects.create(store=store, **(wishes | columns))
    for sku in skus:
        line(row, sku, units)
    if asks:
        Request.objects.create(fulfillment_order=row, kind=asks, cycle=1)
    status.refresh([row])
    return row


def line(order: FulfillmentOrder, sku: str, units: int = 1) -> Line:
    return Line.objects.create(
        fulfillment_order=order,
        ref=str(next(NUMBERS)),
        sku=sku,
        title="A thing",
        ordered=units,
        open=units,
    )


def many(count: int, location: Location) -> list[FulfillmentOrder]:
    """Many requested orders, in few statements."""
    first = next(NUMBERS) * 1000
    orders = Order.objects.bulk_create(
        Order(store=location.store, ref=f"{first + n}") for n in range(count)
    )
    rows = FulfillmentOrder.objects.bulk_create(
        FulfillmentOrder(
            store=location.store,
            order=each,
            ref=each.ref,
            location=location,
            warehouse=location.warehouse,
            request_status="requested",
            recipient="Dana Whitfield",
            address=asdict(DANA),
        )
        for each in orders
    )
    Line.objects.bulk_create(
        Line(fulfillment_order=row, ref="1", sku="TENT-2P-GRN", ordered=1, open=1) for row in rows
    )
    Request.objects.bulk_create(
        Request(fulfillment_order=row, kind=RequestKind.FULFILL, cycle=1) for row in rows
    )
    status.refresh(rows)
    return rows


def accepted(location: Location, **columns: Any) -> FulfillmentOrder:
    """An order that the store knows to be accepted, ready to pick."""
    row = order(location, request_status="accepted", work_status="allocated", **columns)
    row.requests.update(decision="accepted", closed_at=row.recorded_at, told_at=row.recorded_at)
    return row


def cancelling(location: Location, **columns: Any) -> FulfillmentOrder:
    """An accepted order that the merchant asks to cancel."""
    columns.setdefault("work_status", "allocated")
    return order(location, asks=RequestKind.CANCEL, request_status="cancel_requested", **columns)


def problem(order: FulfillmentOrder, detail: str = "The address has no city.") -> Problem:
    """An open problem, and the answer that it suggests."""
    found = Problem.objects.create(
        fulfillment_order=order,
        source=Source.TRIAGE,
        detail=detail,
        reject_reason=RejectReason.ADDRESS,
    )
    suggest(order, RejectReason.ADDRESS, detail)
    status.refresh([order])
    return found


def suggest(order: FulfillmentOrder, reason: RejectReason, message: str) -> None:
    order.requests.filter(closed_at=None).update(
        suggestion="reject", suggested_reason=reason, suggested_message=message
    )


def shipped(order: FulfillmentOrder, code: str = "1Z999AA10123456784") -> Shipment:
    """A parcel that left with one unit of each line."""
    shipment = Shipment.objects.create(fulfillment_order=order, submission=uuid.uuid4())
    for each in order.lines.all():
        ShipmentLine.objects.create(shipment=shipment, line=each, quantity=1)
    Parcel.objects.create(
        shipment=shipment, fulfillment_order=order, carrier="ups", tracking_code=code
    )
    return shipment


def call(
    order: FulfillmentOrder, state: CallState = CallState.REFUSED, attempts: int = 1
) -> OutboundCall:
    """A call about an order, with so many attempts of one exchange each."""
    number = next(NUMBERS)
    row = OutboundCall.objects.create(
        store=order.store,
        key=f"accept_request:{number}",
        verb="accept_request",
        subject=f"order {order.order.ref} ({order.ref})",
        subject_id=order.pk,
        lane=order.lane,
        priority=Priority.ANSWER,
        state=state,
        reason="The store said no." if state == CallState.REFUSED else "",
    )
    for _ in range(attempts):
        attempt = Attempt.objects.create(call=row, outcome="refused")
        Exchange.objects.create(
            store=order.store,
            attempt=attempt,
            purpose="deliver",
            seconds=0.2,
            method="POST",
            url=f"{order.store.base_url}fulfillment-orders/{order.ref}/",
            status=400,
            answer="No.",
            correlation_id=f"c-{number}",
        )
    return row


def events(order: FulfillmentOrder, count: int) -> None:
    Event.objects.bulk_create(
        Event(fulfillment_order=order, actor=Actor.STORE, text=f"Event {n}") for n in range(count)
    )
