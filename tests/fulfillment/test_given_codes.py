"""Orders from before get the codes that are derived from now on: those that `status` gives."""

import importlib

import pytest
from django.db import connection

from fulfillment import status
from fulfillment.models import FulfillmentOrder, Return, ReturnLine, StatusCode
from tests.factories import LocationFactory
from tests.screens import rows

GIVES = importlib.import_module("fulfillment.migrations.0022_released_and_returned")


def given() -> dict[int, str]:
    return dict(FulfillmentOrder.objects.values_list("pk", "status_code__code"))


def shipped(back: int, work_status: str = "shipped") -> FulfillmentOrder:
    """Two units have left, and so many of them came back."""
    order = rows.accepted(LocationFactory(), units=2)
    order.lines.update(open=0, shipped=2)
    FulfillmentOrder.objects.filter(pk=order.pk).update(work_status=work_status)
    if back:
        whole = Return.objects.create(fulfillment_order=order)
        ReturnLine.objects.create(whole=whole, line=order.lines.get(), quantity=back)
    return order


@pytest.mark.django_db
def test_what_is_released_or_returned_gets_its_code() -> None:
    waits = rows.cancelling(LocationFactory())
    expected = {
        rows.accepted(LocationFactory()).pk: "010901",
        waits.pk: "010201",
        shipped(back=0).pk: "030201",
        shipped(back=1).pk: "030201",
        shipped(back=2).pk: "040101",
        shipped(back=2, work_status="partly_shipped").pk: "030201",
    }
    status.refresh(FulfillmentOrder.objects.all())
    assert given() == expected
    for now, before in (("010901", "010201"), ("040101", "030201")):
        old = StatusCode.objects.get(code=before)
        FulfillmentOrder.objects.filter(status_code__code=now).update(status_code=old)
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(GIVES.RELEASED)
            cursor.execute(GIVES.RETURNED)
        assert given() == expected
