"""What was invoiced, and where parcels are. Contract, operations 14 to 16."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from api.models import Charge
from fulfillment.models import (
    FulfillmentOrder,
    Parcel,
    TrackingEvent,
    TrackingSource,
    TrackingStatus,
)
from tests.api.caller import Program, accept, breaches, order, ship


def departed(program: Program, code: str = "1ZC1F423YW00189001") -> FulfillmentOrder:
    row = program.placed()
    accept(row)
    ship(row, code)
    return order(row.pk)


def charge(row: FulfillmentOrder, day: date) -> Charge:
    return Charge.objects.create(
        order=row.as_placed,
        invoiced_on=day,
        fulfillment=Decimal("2.25"),
        postage=Decimal("8.42"),
    )


def test_what_was_not_invoiced_is_not_there(program: Program) -> None:
    departed(program)
    answer = program.listed("accounting")
    assert answer.status == 200
    assert answer.said["data"] == []


def test_fees_are_listed_by_the_date_of_the_invoice(program: Program) -> None:
    row = departed(program)
    charge(row, date(2026, 11, 4))
    answer = program.get("accounting", fromDate="2026-11-04", toDate="2026-11-04", hydrate="items")
    assert not breaches("AccountingArrayV2", answer.said)
    [shown] = answer.said["data"]
    assert shown["fees"]["total"] == 10.67
    assert shown["itemCount"] == 3
    assert [each["quantity"] for each in shown["items"]] == [2, 1]
    assert shown["order"]["id"] == row.pk
    for other in ("2026-11-03", "2026-11-05"):
        assert program.get("accounting", fromDate=other, toDate=other).said["data"] == []
    wide = {"fromDate": "2026-01-01", "toDate": "2027-01-01"}
    plain = program.get("accounting", **wide, orderIds=f"{row.pk},99").said["data"]
    assert "items" not in plain[0]
    assert program.get("accounting", **wide, orderIds=row.pk + 1).said["data"] == []
    here = program.get("accounting", **wide, warehouseIds=program.warehouse.pk).said["data"]
    assert len(here) == 1
    assert program.get("accounting", **wide, hydrate="fees").status == 400


def heard_of(parcel: Parcel, status: TrackingStatus, at: datetime, message: str = "") -> None:
    TrackingEvent.objects.create(
        parcel=parcel,
        status=status,
        happened_at=at,
        message=message,
        city="Savannah",
        country="US",
        source=TrackingSource.STORE,
    )
    Parcel.objects.filter(pk=parcel.pk).update(tracking_status=status)


def test_a_parcel_is_shown_in_both_forms(program: Program) -> None:
    row = departed(program)
    parcel = row.parcels.get()
    now = timezone.now().replace(microsecond=0)
    heard_of(parcel, TrackingStatus.IN_TRANSIT, now - timedelta(hours=9))
    heard_of(parcel, TrackingStatus.DELIVERED, now, "Left at front door")
    answer = program.get("track/1zc1f423yw00189001")
    assert not breaches("TrackResponseV2", answer.said)
    assert answer.said["status"] == {"code": "Delivered", "description": "Left at front door"}
    assert [each["code"] for each in answer.said["events"]] == ["Delivered", "In Transit"]
    assert answer.said["deliveryEvent"] == now.isoformat()
    old = program.get("track", trackingNumber="1ZC1F423YW00189001")
    assert not breaches("TrackByQueryResponseV2", old.said)
    assert (old.said["fdcOrderId"], old.said["statusCategoryCode"]) == (row.pk, 5)
    [simple] = program.listed("orders/simple").said["data"]
    assert simple["deliveryDate"] == now.isoformat()


def test_a_parcel_of_which_nothing_was_heard(program: Program) -> None:
    departed(program)
    assert program.get("track/1ZC1F423YW00189001").said["status"]["code"] == "Pre Transit"


@pytest.mark.parametrize("number", ["1Z-NOPE", "%00", "a%2Fb"])
def test_a_parcel_that_there_is_not(program: Program, number: str) -> None:
    assert program.call("GET", f"track/{number}").status == 404
    assert program.call("GET", f"track?trackingNumber={number}").status == 404


def test_a_question_without_a_number_is_400(program: Program) -> None:
    assert program.get("track").status == 400
