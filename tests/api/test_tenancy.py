"""Two merchants walk through every operation: nothing of the one is there for the other."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from api import keys
from api.models import Charge, ExpectedReturn, MerchantOrder, StatusEvent
from api.operations import OPERATIONS
from fulfillment.models import FulfillmentOrder, Shipment
from tests.api.caller import Heard, Program, accept, body, open_program, order, ship
from tests.api.test_returns import came_back

NUMBER = "NW-10482"
CODE = "1ZC1F423YW00189001"


@pytest.fixture
def theirs(db: None) -> FulfillmentOrder:
    """An order of another merchant, with all that can hang on one."""
    other = open_program(is_partner=True)
    row = other.placed(merchantOrderId=NUMBER)
    accept(row)
    ship(row, CODE)
    came_back(order(row.pk))
    sent = body("rma_request", merchantOrderId=NUMBER, rmaNumber="RMA-THEIRS")
    assert other.call("PUT", "returns", sent).status == 201
    Charge.objects.create(order=order(row.pk).as_placed, invoiced_on=date(2026, 11, 4))
    other.placed(merchantOrderId="NW-OPEN")
    return order(row.pk)


def nothing(answer: Heard) -> bool:
    return answer.status == 404 or answer.said.get("data") == []


WIDE = {"fromDate": "2020-01-01", "toDate": "2100-01-01"}
# By operation: what somebody else asks, and what they must hear.
WALK: dict[str, Callable[[Program, FulfillmentOrder], bool]] = {
    "GET v2/users/me": lambda mine, row: (
        mine.get("users/me").said["merchant"]["id"] == mine.merchant.pk
    ),
    "GET v2/orders": lambda mine, row: (
        nothing(mine.get("orders", **WIDE))
        and nothing(mine.get("orders", **WIDE, merchantIds=row.store.merchant_id))
        and nothing(mine.get("orders", **WIDE, warehouseIds=row.warehouse_id))
    ),
    "GET v2/orders/simple": lambda mine, row: (
        nothing(mine.get("orders/simple", **WIDE))
        and nothing(mine.get("orders/simple", **WIDE, merchantIds=row.store.merchant_id))
    ),
    "POST v2/orders": lambda mine, row: (
        mine.place(merchantId=row.store.merchant_id).status == 403
        and mine.place(warehouse={"id": row.warehouse_id}).status == 422
    ),
    "GET v2/orders/<anything:id>": lambda mine, row: all(
        mine.get(f"orders/{name}", **query).said == {"message": "Order not found"}
        for name in (row.pk, NUMBER)
        for query in ({}, {"merchantId": row.store.merchant_id}, {"merchantId": mine.merchant.pk})
    ),
    "DELETE v2/orders/<anything:id>": lambda mine, row: (
        mine.call("DELETE", f"orders/{row.pk}").status == 404
        and mine.call("DELETE", f"orders/{row.pk + 1}").status == 404
    ),
    "PUT v2/orders/<str:id>/ship": lambda mine, row: (
        mine.call("PUT", f"orders/{row.pk + 1}/ship", body("order_ship_request")).status == 404
    ),
    "PUT v2/orders/<str:id>/status": lambda mine, row: (
        mine.call("PUT", f"orders/{row.pk + 1}/status", body("order_status_request")).status == 404
    ),
    "GET v2/inventory": lambda mine, row: (
        nothing(mine.get("inventory", merchantIds=row.store.merchant_id))
        and {e["merchant"]["name"] for e in mine.get("inventory").said["data"]}
        == {mine.merchant.name}
    ),
    "GET v2/inventory/full": lambda mine, row: (
        nothing(mine.get("inventory/full", warehouseIds=row.warehouse_id))
        and {e["merchant"]["id"] for e in mine.get("inventory/full").said["data"]}
        == {mine.merchant.pk}
    ),
    "GET v2/returns": lambda mine, row: nothing(mine.get("returns", **WIDE)),
    "PUT v2/returns": lambda mine, row: (
        mine.call("PUT", "returns", body("rma_request", merchantOrderId=NUMBER)).status == 404
    ),
    "GET v2/accounting": lambda mine, row: (
        nothing(mine.get("accounting", **WIDE))
        and nothing(mine.get("accounting", **WIDE, orderIds=row.pk))
    ),
    "GET v2/track": lambda mine, row: mine.get("track", trackingNumber=CODE).status == 404,
    "GET v2/track/<anything:trackingNumber>": lambda mine, row: (
        mine.get(f"track/{CODE}").status == 404
        and mine.call(
            "GET", f"track/{CODE}", token="", **{"x-api-key": keys.issue(mine.user)}
        ).status
        == 404
    ),
}


def operations() -> set[str]:
    return {
        f"{method.upper()} {route.pattern}"
        for route in OPERATIONS
        for method in ("get", "post", "put", "delete")
        if hasattr(route.callback.view_class, method)
    }


def test_the_walk_goes_through_every_operation() -> None:
    assert WALK.keys() == operations()


@pytest.mark.parametrize("operation", WALK)
def test_nothing_of_another_merchant_is_there(operation: str, theirs: FulfillmentOrder) -> None:
    mine = open_program(is_partner=True)
    before = _of_theirs(theirs)
    assert WALK[operation](mine, theirs)
    assert _of_theirs(theirs) == before


def test_the_same_number_is_free_for_another_merchant(theirs: FulfillmentOrder) -> None:
    mine = open_program()
    answer = mine.place(merchantOrderId=NUMBER)
    assert answer.status == 201
    assert answer.said["id"] != theirs.pk
    sent = body("rma_request", merchantOrderId=NUMBER, rmaNumber="RMA-THEIRS")
    assert mine.call("PUT", "returns", sent).status == 201
    found = mine.get(f"orders/{NUMBER}").said
    assert found["id"] == answer.said["id"]


def _of_theirs(row: FulfillmentOrder) -> Any:
    """All that could have been changed of theirs."""
    orders = FulfillmentOrder.objects.filter(store__merchant=row.store.merchant_id)
    kept = MerchantOrder.objects.filter(merchant=row.store.merchant_id)
    return (
        list(orders.order_by("pk").values()),
        list(kept.order_by("pk").values()),
        list(StatusEvent.objects.filter(order__in=kept).order_by("pk").values()),
        list(ExpectedReturn.objects.filter(merchant=row.store.merchant_id).values()),
        list(Shipment.objects.filter(fulfillment_order__in=orders).order_by("pk").values()),
    )
