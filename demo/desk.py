"""Our side: what Crossdock's rows say of an order, and what its people do with it.

It needs Django to be set up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from demo.cast import DECIDER, PICKER, SHIPPER, Part
from demo.seen import Ours, Placed
from fulfillment import decisions, floor, shipments, tracking
from fulfillment.decisions import Outcome
from fulfillment.handover.jobs import serve_later
from fulfillment.models import (
    FulfillmentOrder,
    Parcel,
    PartnerAccount,
    Request,
    ShipmentState,
    TrackingSource,
)
from fulfillment.shipments import Leaving
from fulfillment.tracking import News
from fulfillment.transitions import Action
from inventory.models import StockLevel
from locations.models import Store
from platforms.records import ParcelRecord, RejectReason, TrackingStatus
from relay import arrivals, engine
from relay.models import Alarm, CallState, OutboundCall

TOLD = (CallState.DONE, CallState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Desk:
    """The people who work for one store."""

    part: Part

    def look(self, placed: Placed) -> Ours:
        """Return what our rows say of the order now."""
        order = self._orders(placed).select_related("store").first()
        if order is None:
            return Ours(stuck=self._alarms())
        request = order.requests.filter(closed_at=None).first()
        confirmed = order.shipments.filter(state=ShipmentState.CONFIRMED)
        untold = list(_calls(order).exclude(state__in=TOLD))
        return Ours(
            request_status=order.request_status,
            work_status=order.work_status,
            on_its_way=order.pending_answer,
            suggestion=request.suggestion if request and not request.decision else "",
            problems=tuple(problem.detail for problem in order.problems.filter(settled_at=None)),
            confirmed=tuple(confirmed.values_list("parcels__tracking_code", flat=True)),
            stuck=(*_stuck(untold), *self._alarms()),
            to_collect=_to_collect(order),
            left={line.sku: line.shipped for line in order.lines.all() if line.shipped},
            arrived=order.arrived_at is not None,
            untold=len(untold),
        )

    def accept(self, placed: Placed) -> None:
        """The supervisor accepts the request."""
        order = self._orders(placed).get()
        _insist(decisions.accept({order.pk: order.revision}, by=_person(DECIDER)))

    def reject(self, placed: Placed) -> None:
        """The supervisor rejects the request, with the reason and message that were suggested."""
        order = self._orders(placed).get()
        request = Request.objects.get(fulfillment_order=order, closed_at=None)
        outcome = decisions.reject(
            {order.pk: order.revision},
            by=_person(DECIDER),
            reason=RejectReason(request.suggested_reason),
            message=request.suggested_message,
        )
        _insist(outcome)

    def accept_cancellation(self, placed: Placed) -> None:
        """The supervisor lets the merchant cancel."""
        order = self._orders(placed).get()
        _insist(decisions.accept_cancellation({order.pk: order.revision}, by=_person(DECIDER)))

    def pick_and_pack(self, placed: Placed) -> None:
        """The picker takes everything from the shelves, and packs it."""
        for action in (Action.START_PICKING, Action.FINISH_PICKING, Action.PACK):
            _insist(floor.step(action, [self._orders(placed).get().pk], by=_person(PICKER)))

    def ship(self, placed: Placed, carrier: str, tracking_code: str) -> None:
        """The shipper hands over one parcel with all that is left to ship."""
        order = self._orders(placed).get()
        leaving = Leaving(
            quantities={line.pk: line.open for line in order.lines.all()},
            parcels=[ParcelRecord(carrier, tracking_code)],
            notify=True,
            submission=uuid4(),
        )
        shipments.ship(order.pk, leaving, by=_person(SHIPPER))

    def hear_of_delivery(self, placed: Placed) -> None:
        """The carrier calls: every parcel was delivered. The shipper writes it down."""
        news = News(TrackingStatus.DELIVERED, timezone.now(), TrackingSource.STAFF)
        for parcel in Parcel.objects.filter(fulfillment_order__in=self._orders(placed)):
            tracking.record(parcel.pk, news, by=_person(SHIPPER))

    def addresses(self) -> dict[str, str]:
        """Return where the store's messages arrive, by what they are about."""
        return dict(arrivals.addresses(self._store()))

    def in_stock(self, sku: str) -> int:
        """Return how many units lie in our warehouses."""
        merchant = self._store().merchant
        levels = StockLevel.objects.filter(product__sku=sku, product__merchant=merchant)
        return sum(levels.values_list("on_hand", flat=True))

    def read_stock(self) -> None:
        """The operator has the store's stock records read, without waiting for the next minute."""
        with transaction.atomic():
            engine.wake_stock_reading(self._store().pk)

    def ask_partner(self, placed: Placed) -> None:
        """The operator has the partner asked about it, without waiting for the next minutes."""
        order = self._orders(placed).get()
        account = PartnerAccount.objects.get(warehouse=order.warehouse)
        account.jobs.filter(fulfillment_order=order).update(run_after=timezone.now())
        serve_later(account.pk)

    def _store(self) -> Store:
        return Store.objects.get(platform_key=self.part.platform, merchant__name=self.part.merchant)

    def _orders(self, placed: Placed) -> QuerySet[FulfillmentOrder]:
        return FulfillmentOrder.objects.filter(
            store__platform_key=self.part.platform,
            store__merchant__name=self.part.merchant,
            ref=placed.ref,
        )

    def _alarms(self) -> tuple[str, ...]:
        ours = Alarm.objects.filter(
            store__platform_key=self.part.platform,
            store__merchant__name=self.part.merchant,
            cleared_at=None,
        )
        return tuple(f"alarm: {alarm.message}" for alarm in ours)


def _person(username: str) -> User:
    return User.objects.get(username=username)


def _insist(outcome: Outcome) -> None:
    for _, reason in outcome.refused:
        raise RuntimeError(f"Crossdock refused: {reason}")


def _calls(order: FulfillmentOrder) -> QuerySet[OutboundCall]:
    """All that the store is told of the order, and of where its parcels are."""
    parcels = [f"parcel:{pk}" for pk in order.parcels.values_list("pk", flat=True)]
    mine = Q(lane=order.lane) | Q(lane__in=parcels)
    return OutboundCall.objects.filter(mine, store=order.store)


def _stuck(untold: Iterable[OutboundCall]) -> tuple[str, ...]:
    return tuple(
        f"“{call.verb_in_words}” {call.get_state_display().lower()}: {call.reason}"
        for call in untold
        if call.reason
    )


def _to_collect(order: FulfillmentOrder) -> str:
    if order.cash_due is None:
        return ""
    return f"{order.cash_due:,.0f} {order.cash_currency}"
