"""Units are conserved, however an order is split, shipped, cancelled and asked for again."""

import uuid

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fulfillment import shipments
from fulfillment.models import FulfillmentOrder, Line, Order, ShipmentLine, WorkStatus
from fulfillment.shipments import Leaving
from fulfillment.transitions import TRANSITIONS, Action
from platforms.errors import Refusal
from platforms.records import RequestStatus
from tests.dock import parcel
from tests.factories import LocationFactory

STEPS = st.lists(
    st.lists(st.integers(min_value=-1, max_value=6), min_size=3, max_size=3), max_size=6
)


def order_with(units: list[int]) -> FulfillmentOrder:
    location = LocationFactory()
    row = FulfillmentOrder.objects.create(
        store=location.store,
        order=Order.objects.create(store=location.store, ref="1"),
        ref="1",
        location=location,
        warehouse=location.warehouse,
        request_status=RequestStatus.ACCEPTED,
        work_status=WorkStatus.PACKED,
    )
    for number, count in enumerate(units):
        Line.objects.create(
            fulfillment_order=row, ref=str(number), sku=f"SKU-{number}", ordered=count, open=count
        )
    return row


def shipped_units(line: Line) -> int:
    return sum(ShipmentLine.objects.filter(line=line).values_list("quantity", flat=True))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(ordered=st.lists(st.integers(min_value=1, max_value=9), min_size=3, max_size=3), steps=STEPS)
def test_every_unit_is_open_or_shipped_or_cancelled_once(
    db: None, ordered: list[int], steps: list[list[int]]
) -> None:
    row = order_with(ordered)
    for number, step in enumerate(steps):
        pks = row.lines.order_by("pk").values_list("pk", flat=True)
        leaving = Leaving(
            dict(zip(pks, step, strict=True)), [parcel(f"1Z-{number}")], True, uuid.uuid4()
        )
        before = list(row.lines.values_list("open", "shipped"))
        try:
            shipments.ship(row.pk, leaving, by=None)
        except Refusal:
            assert list(row.lines.values_list("open", "shipped")) == before
    for line, count in zip(row.lines.order_by("pk"), ordered, strict=True):
        assert line.open + line.shipped == line.ordered == count
        assert line.shipped == shipped_units(line)
    row.refresh_from_db()
    left = sum(row.lines.values_list("open", flat=True))
    if row.shipments.exists():
        assert (row.work_status == WorkStatus.SHIPPED) == (left == 0)
        assert row.work_status in TRANSITIONS[Action.SHIP].work_either

    row.cancel_open_units()
    for line, count in zip(row.lines.order_by("pk"), ordered, strict=True):
        assert (line.open, line.shipped + line.cancelled) == (0, count)
