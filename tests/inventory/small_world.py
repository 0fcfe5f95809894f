"""A store and two warehouses without a network: what the store would say is made from our rows."""

import itertools
from typing import Any

from django.utils import timezone

from fulfillment import intake
from fulfillment.content import fingerprint
from fulfillment.models import FulfillmentOrder, Line
from fulfillment.transitions import Action
from inventory.models import Product
from locations.models import Location
from platforms.records import (
    FulfillmentOrderRecord,
    LineRecord,
    MerchantRequest,
    RequestKind,
    RequestStatus,
    UpstreamState,
)
from tests import store_says
from tests.factories import LocationFactory, ProductFactory, StoreFactory, UserFactory
from tests.screens.rows import DANA

NUMBERS = itertools.count(1)
STATES = {
    RequestStatus.ACCEPTED: UpstreamState.IN_PROGRESS,
    RequestStatus.CANCEL_REQUESTED: UpstreamState.IN_PROGRESS,
    RequestStatus.CANCEL_REJECTED: UpstreamState.IN_PROGRESS,
    RequestStatus.CANCEL_ACCEPTED: UpstreamState.CANCELLED,
    RequestStatus.CLOSED: UpstreamState.CLOSED,
}


def lines_of(units: dict[str, int]) -> tuple[LineRecord, ...]:
    return tuple(line_record(str(next(NUMBERS)), sku, count) for sku, count in units.items())


def line_record(ref: str, sku: str, units: int) -> LineRecord:
    return LineRecord(ref, ref, sku, "A thing", units, units)


class SmallWorld:
    """Two products that are counted from the start, one that is not, and a few orders."""

    def __init__(self) -> None:
        self.store = StoreFactory()
        self.places: list[Location] = LocationFactory.create_batch(2, store=self.store)
        self.products: list[Product] = [
            ProductFactory(merchant=self.store.merchant, sku=sku) for sku in ("A", "B", "LATER")
        ]
        self.person = UserFactory()

    def orders(self) -> list[FulfillmentOrder]:
        rows = FulfillmentOrder.objects.select_related("order", "store", "warehouse", "location")
        return list(rows.prefetch_related("lines").order_by("pk"))

    def record(self, order: FulfillmentOrder, **changes: Any) -> FulfillmentOrderRecord:
        """What the store shows of an order that it and we agree on, but for these changes."""
        asked = changes.pop("asked", order.asked)
        status = RequestStatus(changes.setdefault("request_status", order.request_status))
        shown = {
            "upstream_status": STATES.get(status, UpstreamState.OPEN),
            "upstream_request_status": status,
            "state": STATES.get(status, UpstreamState.OPEN),
            "location_ref": order.location_ref,
            "lines": tuple(
                line_record(line.ref, line.sku, line.open) for line in order.lines.order_by("pk")
            ),
        }
        return self._record(order.ref, order.order.ref, asked, **(shown | changes))

    def _record(self, ref: str, order_ref: str, asked: int, **shown: Any) -> FulfillmentOrderRecord:
        requests = (MerchantRequest(RequestKind.FULFILL),) * asked
        return FulfillmentOrderRecord(
            ref=ref,
            order_ref=order_ref,
            location_name="Ours",
            address=DANA,
            shipping_code="ground",
            shipping_name="Ground",
            requests=requests,
            **shown,
        )

    def says(self, *records: FulfillmentOrderRecord) -> None:
        intake.take_in(self.store, records, timezone.now())

    def ask(self, place: Location, units: dict[str, int]) -> None:
        """A new order is asked for."""
        self._open(place.ref, f"{next(NUMBERS)}", RequestStatus.REQUESTED, lines_of(units))

    def _open(
        self,
        location_ref: str,
        order_ref: str,
        status: RequestStatus,
        lines: tuple[LineRecord, ...],
    ) -> None:
        state = STATES.get(status, UpstreamState.OPEN)
        asked = int(status != RequestStatus.PENDING)
        self.says(
            self._record(
                str(next(NUMBERS)),
                order_ref,
                asked,
                upstream_status=state,
                upstream_request_status=status,
                request_status=status,
                state=state,
                location_ref=location_ref,
                lines=lines,
            )
        )

    def confirm(self, order: FulfillmentOrder) -> None:
        """The store says yes to all that it was asked; what it divides is heard of first."""
        result = {}
        if order.pending_answer in (Action.SPLIT, Action.MOVE):
            [call] = [c for c in store_says.waiting_calls(order) if c.verb == order.pending_answer]
            payload = call.payload
            divide = self._split if call.verb == Action.SPLIT else self._move
            result = {"fingerprint": divide(order, payload)}
        store_says.yes(order, **result)

    def _split(self, order: FulfillmentOrder, payload: dict[str, Any]) -> str:
        gone = {ref: units for ref, (_, units) in payload["lines"].items()}
        skus = dict(order.lines.values_list("ref", "sku"))
        lines = tuple(line_record(str(next(NUMBERS)), skus[ref], n) for ref, n in gone.items())
        status = RequestStatus(order.request_status)
        self._open(order.location_ref, order.order.ref, status, lines)
        left = [
            line_record(line.ref, line.sku, line.open - gone.get(line.ref, 0))
            for line in order.lines.order_by("pk")
        ]
        return fingerprint(self.record(order, lines=tuple(left)))

    def _move(self, order: FulfillmentOrder, payload: dict[str, Any]) -> str:
        moved: list[Line] = [
            line
            for line in order.lines.filter(open__gt=0).order_by("pk")
            if not payload["lines"] or line.ref in payload["lines"]
        ]
        lines = tuple(line_record(str(next(NUMBERS)), line.sku, line.open) for line in moved)
        self._open(payload["location_ref"], order.order.ref, RequestStatus.PENDING, lines)
        return ""
