"""Our side: what Crossdock's rows say of an order, and the decisions that people make on it.

It needs Django to be set up. The story knows it only by its names, so that the same story can be
told through the admin's pages.
"""

from uuid import uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from demo.shop import ACCOUNT, Placed
from demo.story import Ours
from fulfillment import decisions, shipments
from fulfillment.decisions import Outcome
from fulfillment.models import FulfillmentOrder, Request, ShipmentState
from fulfillment.shipments import Leaving
from inventory.models import StockLevel
from locations.models import Store
from platforms.records import ParcelRecord, RejectReason
from relay import engine
from relay.models import Alarm, CallState, OutboundCall

DECIDER = "sue"
SHIPPER = "sam"
CARRIER = "usps"


def look(placed: Placed) -> Ours:
    """Return what our rows say of the order now."""
    order = _orders(placed).select_related("store").first()
    if order is None:
        return Ours(stuck=_alarms())
    request = order.requests.filter(closed_at=None).first()
    confirmed = order.shipments.filter(state=ShipmentState.CONFIRMED)
    return Ours(
        request_status=order.request_status,
        work_status=order.work_status,
        on_its_way=order.pending_answer,
        suggestion=request.suggestion if request and not request.decision else "",
        problems=tuple(problem.detail for problem in order.problems.filter(settled_at=None)),
        confirmed=tuple(confirmed.values_list("parcels__tracking_code", flat=True)),
        stuck=(*_stuck(order), *_alarms()),
    )


def accept(placed: Placed) -> None:
    """The supervisor accepts the request."""
    order = _orders(placed).get()
    _insist(decisions.accept({order.pk: order.revision}, by=_person(DECIDER)))


def reject(placed: Placed) -> None:
    """The supervisor rejects the request, with the reason and message that were suggested."""
    order = _orders(placed).get()
    request = Request.objects.get(fulfillment_order=order, closed_at=None)
    outcome = decisions.reject(
        {order.pk: order.revision},
        by=_person(DECIDER),
        reason=RejectReason(request.suggested_reason),
        message=request.suggested_message,
    )
    _insist(outcome)


def accept_cancellation(placed: Placed) -> None:
    """The supervisor lets the merchant cancel."""
    order = _orders(placed).get()
    _insist(decisions.accept_cancellation({order.pk: order.revision}, by=_person(DECIDER)))


def ship(placed: Placed, tracking_code: str) -> None:
    """The shipper hands over one parcel with all that is left to ship."""
    order = _orders(placed).get()
    leaving = Leaving(
        quantities={line.pk: line.open for line in order.lines.all()},
        parcels=[ParcelRecord(CARRIER, tracking_code)],
        notify=True,
        submission=uuid4(),
    )
    shipments.ship(order.pk, leaving, by=_person(SHIPPER))


def in_stock(sku: str) -> int:
    """Return how many units lie in our warehouse."""
    levels = StockLevel.objects.filter(product__sku=sku, product__merchant__stores__account=ACCOUNT)
    return sum(levels.values_list("on_hand", flat=True))


def read_stock() -> None:
    """The operator has the store's stock records read, without waiting for the next minute."""
    with transaction.atomic():
        engine.wake_stock_reading(Store.objects.get(account=ACCOUNT).pk)


def _orders(placed: Placed) -> QuerySet[FulfillmentOrder]:
    return FulfillmentOrder.objects.filter(
        store__platform_key="next29", store__account=ACCOUNT, ref=placed.ref
    )


def _person(username: str) -> User:
    return User.objects.get(username=username)


def _insist(outcome: Outcome) -> None:
    for _, reason in outcome.refused:
        raise RuntimeError(f"Crossdock refused: {reason}")


def _stuck(order: FulfillmentOrder) -> tuple[str, ...]:
    calls = OutboundCall.objects.filter(lane=order.lane).exclude(reason="")
    over = (CallState.DONE, CallState.CANCELLED)
    return tuple(
        f"“{call.verb_in_words}” {call.get_state_display().lower()}: {call.reason}"
        for call in calls.exclude(state__in=over)
    )


def _alarms() -> tuple[str, ...]:
    alarms = Alarm.objects.filter(store__account=ACCOUNT, cleared_at=None)
    return tuple(f"alarm: {alarm.message}" for alarm in alarms)
