"""Our side of one store in the words of a test: take in, decide, ship, and let time pass."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from fulfillment import decisions, floor, shipments
from fulfillment.decisions import Outcome
from fulfillment.models import FulfillmentOrder, Shipment
from fulfillment.shipments import Leaving
from fulfillment.transitions import Action
from locations.models import Store
from platforms.records import ParcelRecord, RejectReason
from relay import engine
from relay.models import DUE_STATES, OutboundCall, Pace
from tests.sandbox.stage import Stage
from tests.work import work

ENGINE_TABLES = (
    "procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers"
)


def forget_jobs() -> None:
    """Empty the job engine's tables, which Django does not know to empty."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {ENGINE_TABLES} RESTART IDENTITY CASCADE")


def parcel(code: str, carrier: str = "ups") -> ParcelRecord:
    return ParcelRecord(carrier=carrier, tracking_code=code)


@dataclass
class Dock:
    """A connected store and one of its staff."""

    store: Store
    shop: Stage
    person: User

    def pull(self) -> None:
        """Ask the store for work, and do all that follows from it."""
        engine.wake_pull(self.store.pk)
        work()

    def place(self, **wishes: Any) -> FulfillmentOrder:
        """Have an order placed and requested at the store, and take it in."""
        ref = self.shop.place(**wishes)
        self.pull()
        return self.order(ref)

    def accepted(self, **wishes: Any) -> FulfillmentOrder:
        """An order that the store knows to be accepted."""
        order = self.place(**wishes)
        self.accept(order)
        work()
        return self.again(order)

    def order(self, ref: int | str) -> FulfillmentOrder:
        return FulfillmentOrder.objects.select_related("order", "store").get(
            store=self.store, ref=str(ref)
        )

    def again(self, order: FulfillmentOrder) -> FulfillmentOrder:
        """The row as it is now."""
        return self.order(order.ref)

    def state(self, order: FulfillmentOrder) -> tuple[str, str]:
        """Where the conversation and the work stand with us."""
        order = self.again(order)
        return order.request_status, order.work_status

    def state_there(self, order: FulfillmentOrder) -> tuple[str, str]:
        """Where the order stands at the store."""
        return self.shop.service.state(int(order.ref))

    def accept(self, order: FulfillmentOrder) -> Outcome:
        return decisions.accept({order.pk: order.revision}, by=self.person)

    def reject(
        self, order: FulfillmentOrder, reason: RejectReason = RejectReason.ADDRESS
    ) -> Outcome:
        return decisions.reject(
            {order.pk: order.revision}, by=self.person, reason=reason, message="The street is wrong"
        )

    def accept_cancellation(self, order: FulfillmentOrder) -> Outcome:
        return decisions.accept_cancellation({order.pk: None}, by=self.person)

    def reject_cancellation(self, order: FulfillmentOrder) -> Outcome:
        return decisions.reject_cancellation({order.pk: None}, by=self.person, message="Too late")

    def step(self, action: Action, order: FulfillmentOrder) -> Outcome:
        return floor.step(action, [order.pk], by=self.person)

    def ship(
        self,
        order: FulfillmentOrder,
        *codes: str,
        units: dict[str, int] | None = None,
        submission: uuid.UUID | None = None,
    ) -> Shipment:
        """Record what leaves: all that is open, or so many units by SKU."""
        quantities = {
            line.pk: line.open if units is None else units.get(line.sku, 0)
            for line in order.lines.all()
        }
        return self.ship_units(order, quantities, *codes, submission=submission)

    def ship_units(
        self,
        order: FulfillmentOrder,
        quantities: dict[int, int],
        *codes: str,
        submission: uuid.UUID | None = None,
    ) -> Shipment:
        """Record what leaves, in units by the id of our line."""
        leaving = Leaving(
            quantities=quantities,
            parcels=[parcel(code) for code in codes or ("1Z999AA10123456784",)],
            notify=True,
            submission=submission or uuid.uuid4(),
        )
        return shipments.ship(order.pk, leaving, by=self.person)

    def call(self, order: FulfillmentOrder, verb: str) -> OutboundCall:
        """The newest call with this verb about an order."""
        return self.store.calls.filter(subject_id=order.pk, verb=verb).latest("id")

    def later(self, rounds: int = 1) -> None:
        """Let the clock run on to the moment when every waiting call is due again."""
        for _ in range(rounds):
            hurry([self.store])
            work()

    def effects(self, order: FulfillmentOrder) -> list[str]:
        """What we changed at the store, in order."""
        found = self.shop.control("GET", "effects")["effects"]
        return [
            each["operation"]
            for each in found
            if each["by"] == "service" and each["fulfillment_order_id"] == int(order.ref)
        ]

    def story(self, order: FulfillmentOrder) -> str:
        """The timeline as one text."""
        return "\n".join(event.text for event in order.events.all())


def hurry(stores: Iterable[Store]) -> None:
    """Move all that waits for a later moment back to now, and wake the stores."""
    past = timezone.now() - timedelta(seconds=1)
    for store in stores:
        store.calls.filter(state__in=DUE_STATES).update(run_after=past)
        Pace.objects.filter(store=store).update(next_at=past)
        engine.wake_courier(store.pk)
