"""What is read at a Haravan shop around each write, and what a refusal there leads to."""

from collections.abc import Callable
from typing import Any

import pytest

from fulfillment.models import FulfillmentOrder, Shipment, ShipmentState
from relay import alarms, mapping, pacing
from relay.courier import Turn
from relay.models import CallState
from sandbox import Sandbox
from tests.dock import Dock
from tests.factories import ProductFactory, StoreFactory, WarehouseFactory
from tests.fulfillment.haravan_shop import BOWL, CUP, LOCATION, open_shop
from tests.fulfillment.test_at_once import at_once
from tests.fulfillment.test_haravan_work import accepted, arrived, dock, heard, shop, store
from tests.processes import wait_until
from tests.work import work

__all__ = ["dock", "shop", "store"]

CREATE = "createFulfillment"


def asked(dock: Dock, *operations: str) -> list[str]:
    """What was asked of the shop, in its order; of these operations, where some are named."""
    found = dock.shop.control("GET", "calls")["calls"]
    names = [str(each["operation"]) for each in found]
    return [name for name in names if name in operations] if operations else names


def numbers(dock: Dock, order: FulfillmentOrder) -> list[list[str]]:
    return [each["numbers"] for each in dock.shop.made(order.order.ref)]


def silent(dock: Dock) -> None:
    """From now on nobody hears of what happens at the shop."""
    dock.shop.control("PUT", "settings", {"webhook_mode": "never"})


@pytest.mark.acceptance("haravan", 1)
def test_the_order_is_read_before_a_shipment_is_made(dock: Dock) -> None:
    order = accepted(dock)
    silent(dock)
    before = len(asked(dock))
    dock.ship(order, "VTP1")
    work()
    assert asked(dock)[before : before + 2] == ["getOrder", CREATE]


@pytest.mark.acceptance("haravan", 1)
@pytest.mark.parametrize("taken", ["refund", "fulfil-by-hand"])
def test_what_the_shop_does_not_want_any_more_is_not_shipped_there(dock: Dock, taken: str) -> None:
    order = accepted(dock, (BOWL, 2))
    silent(dock)
    line = int(order.lines.get().ref)
    wish: dict[str, Any] = {"line_id": line, "quantity": 1}
    if taken == "fulfil-by-hand":
        wish = {"line_items": [{"id": line, "quantity": 1}]}
    dock.shop.press(order.ref, taken, **wish)
    dock.ship(order, "VTP1")
    work()
    assert CREATE not in asked(dock)
    [problem] = dock.again(order).problems.filter(settled_at=None)
    assert f"wants 1 of “{BOWL}” now, but 2 left" in problem.detail


@pytest.mark.acceptance("haravan", 5)
@pytest.mark.acceptance("haravan", 7)
def test_a_create_that_is_answered_200_is_looked_up_and_its_id_adopted(dock: Dock) -> None:
    order = accepted(dock)
    dock.shop.control("PUT", "settings", {"create_status": 200})
    shipment = dock.ship(order, "VTP1")
    work()
    assert dock.call(order, "create_fulfillment").state == CallState.IN_DOUBT
    dock.later()
    [made] = dock.shop.made(order.ref)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.ref) == (ShipmentState.CONFIRMED, str(made["id"]))
    assert asked(dock, CREATE) == [CREATE]


@pytest.mark.acceptance("haravan", 5)
def test_a_shipment_of_somebody_else_is_not_taken_for_the_one_in_doubt(dock: Dock) -> None:
    order = accepted(dock, (BOWL, 2))
    dock.shop.fault("error_500_before", CREATE, times=1)
    shipment = dock.ship(order, "VTP1", units={BOWL: 1})
    work()
    line = int(order.lines.get().ref)
    dock.shop.press(
        order.ref,
        "fulfil-by-hand",
        tracking_number="VTP-OTHER",
        line_items=[{"id": line, "quantity": 1}],
    )
    dock.later(2)
    assert numbers(dock, order) == [["VTP-OTHER"], ["VTP1"]]
    shipment.refresh_from_db()
    assert shipment.ref == str(dock.shop.made(order.ref)[1]["id"])


@pytest.mark.acceptance("haravan", 5)
def test_our_code_beside_other_units_is_not_our_shipment(dock: Dock) -> None:
    order = accepted(dock, (BOWL, 3))
    dock.shop.fault("error_500_before", CREATE, times=1)
    shipment = dock.ship(order, "VTP1")
    work()
    line = int(order.lines.get().ref)
    typed = {"tracking_number": "VTP1", "line_items": [{"id": line, "quantity": 1}]}
    dock.shop.press(order.ref, "fulfil-by-hand", **typed)
    dock.later(2)
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.REFUSED
    [problem] = dock.again(order).problems.filter(settled_at=None)
    assert f"wants 2 of “{BOWL}” now, but 3 left" in problem.detail


@pytest.mark.acceptance("haravan", 6)
def test_the_next_shipment_waits_until_the_one_in_doubt_is_settled(dock: Dock) -> None:
    order = accepted(dock, (BOWL, 2), (CUP, 1))
    dock.shop.fault("error_500_before", CREATE, times=1)
    dock.ship(order, "VTP1", units={BOWL: 1})
    dock.ship(order, "VTP2", units={BOWL: 1})
    dock.ship(order, "VTP3", units={CUP: 1})
    work()
    assert numbers(dock, order) == []
    dock.later(3)
    assert numbers(dock, order) == [["VTP1"], ["VTP2"], ["VTP3"]]
    assert asked(dock, CREATE) == [CREATE] * 4


def while_asked(dock: Dock, act: Callable[[], object]) -> None:
    """Work, and do something at the moment when a shipment is on its way to the shop."""
    dock.shop.fault("delay_before", CREATE, times=1, seconds=1.0)

    def wait() -> None:
        wait_until(lambda: CREATE in asked(dock), "a shipment is on its way")
        act()

    at_once(work, wait)


@pytest.mark.acceptance("haravan", 9)
def test_what_is_left_is_read_of_the_order_after_each_write(dock: Dock) -> None:
    order = accepted(dock, (BOWL, 2), (CUP, 1))
    silent(dock)
    dock.ship(order, "VTP1", units={BOWL: 1})
    work()
    before = dock.again(order).read_at
    dock.shop.press(order.ref, "refund", line_id=int(order.lines.get(sku=BOWL).ref), quantity=1)
    dock.pull()
    after = dock.again(order)
    assert after.read_at > before
    left = {line["sku"]: line["fulfillable_quantity"] for line in after.raw["order"]["line_items"]}
    assert left == {BOWL: 1, CUP: 1}


@pytest.mark.acceptance("haravan", 11)
def test_a_refusal_that_finds_our_shipment_there_adopts_it(dock: Dock) -> None:
    order = accepted(dock)
    silent(dock)
    shipment = dock.ship(order, "VTP1")
    lines = [{"id": int(line.ref), "quantity": line.ordered} for line in order.lines.all()]
    by_hand = {"tracking_number": "VTP1", "line_items": lines}
    while_asked(dock, lambda: dock.shop.press(order.ref, "fulfil-by-hand", **by_hand))
    [made] = dock.shop.made(order.ref)
    shipment.refresh_from_db()
    assert (shipment.state, shipment.ref) == (ShipmentState.CONFIRMED, str(made["id"]))
    assert not dock.again(order).open_problems


@pytest.mark.acceptance("haravan", 11)
def test_a_refusal_without_it_is_a_task_with_the_reason(dock: Dock) -> None:
    order = accepted(dock)
    silent(dock)
    dock.ship(order, "VTP1")
    while_asked(dock, lambda: dock.shop.press(order.ref, "cancel"))
    assert dock.shop.made(order.ref) == []
    assert asked(dock, CREATE, "getOrder")[-2:] == [CREATE, "getOrder"], (
        "read again, not sent again"
    )
    assert Shipment.objects.get().state == ShipmentState.REFUSED
    details = "\n".join(each.detail for each in dock.again(order).problems.filter(settled_at=None))
    assert "“cancelled, notfulfilled”" in details


@pytest.mark.acceptance("haravan", 12)
@pytest.mark.parametrize(("retry_after", "least"), [("4.0", 3.0), ("2.5", 1.5)])
def test_the_shop_is_left_alone_for_as_long_as_it_says(
    dock: Dock, retry_after: str, least: float
) -> None:
    order = accepted(dock)
    silent(dock)
    dock.shop.fault("status_429", CREATE, times=1, retry_after=retry_after)
    dock.ship(order, "VTP1")
    courier = Turn(dock.store).work()
    for _ in courier:
        if CREATE in asked(dock):
            courier.close()
            break
    call = dock.call(order, "create_fulfillment")
    assert (call.state, call.attempts_made) == (CallState.WAITING, 0)
    assert least < pacing.seconds_until_free(dock.store) <= float(retry_after) + 0.5
    dock.later(2)
    assert numbers(dock, order) == [["VTP1"]]


@pytest.mark.acceptance("haravan", 12)
@pytest.mark.parametrize("operation", ["getOrder", "listOrders", CREATE])
def test_a_full_bucket_loses_no_call(dock: Dock, operation: str) -> None:
    order = accepted(dock)
    dock.shop.fault("status_429", operation, times=2, retry_after="0.1")
    dock.ship(order, "VTP1")
    work()
    dock.later(3)
    dock.pull()
    assert numbers(dock, order) == [["VTP1"]]
    assert dock.state(order) == ("closed", "shipped")


@pytest.mark.acceptance("haravan", 13)
@pytest.mark.parametrize("status", [401, 403])
def test_a_shop_that_lets_us_in_no_more_stops_no_other(
    dock: Dock, sandbox: Sandbox, status: int
) -> None:
    other = neighbour(dock, sandbox)
    order, elsewhere = accepted(dock), accepted_by_pull(other)
    dock.shop.fault(f"status_{status}", "*")
    dock.ship(order, "VTP1")
    other.ship(elsewhere, "VTP2")
    work()
    dock.store.refresh_from_db()
    assert dock.store.paused_at
    [alarm] = dock.store.alarms.filter(cleared_at=None)
    assert alarm.kind == alarms.UNAUTHORIZED
    assert other.state(elsewhere) == ("closed", "shipped")
    assert [each["numbers"] for each in other.shop.made(elsewhere.ref)] == [["VTP2"]]

    dock.shop.control("DELETE", "faults")
    alarms.resume(dock.store)
    work()
    assert numbers(dock, order) == [["VTP1"]]


def neighbour(dock: Dock, sandbox: Sandbox) -> Dock:
    """Another shop of the platform, which asks for changes only."""
    shop = open_shop(sandbox)
    store = StoreFactory(
        platform_key="haravan",
        account=shop.name,
        base_url=f"{shop.url}/haravan/{shop.name}/",
        requests_per_second=1000,
        options={"org_id": shop.org_id},
    )
    store.set_credentials(haravan_token=shop.token)
    store.save()
    for sku in (BOWL, CUP):
        ProductFactory(merchant=store.merchant, sku=sku)
    mapping.assign(store, WarehouseFactory(country="VN"), LOCATION)
    return Dock(store, shop, dock.person)  # type: ignore[arg-type]


def accepted_by_pull(dock: Dock) -> FulfillmentOrder:
    placed = dock.shop.place()
    dock.pull()
    order = dock.order(placed["id"])
    assert dock.accept(order).done
    return dock.again(order)


@pytest.mark.acceptance("haravan", 20)
def test_what_the_shop_ships_itself_is_less_for_us_and_none_of_ours(dock: Dock) -> None:
    order = arrived(dock, (BOWL, 2), (CUP, 1))
    line = int(order.lines.get(sku=BOWL).ref)
    dock.shop.press(
        order.ref,
        "fulfil-by-hand",
        tracking_number="VTP-OTHER",
        line_items=[{"id": line, "quantity": 1}],
    )
    heard(dock)
    assert {line.sku: line.open for line in order.lines.all()} == {BOWL: 1, CUP: 1}
    assert not Shipment.objects.exists()
    assert dock.accept(dock.again(order)).done
    dock.ship(dock.again(order), "VTP1")
    work()
    assert numbers(dock, order) == [["VTP-OTHER"], ["VTP1"]]
    assert dock.state(order) == ("closed", "shipped")


@pytest.mark.acceptance("haravan", 8)
@pytest.mark.acceptance("haravan", 12)
@pytest.mark.parametrize(
    "kind", ["status_429", "error_500_before", "error_500_after", "drop_after"]
)
def test_what_is_pending_there_is_completed_though_the_shop_fails(dock: Dock, kind: str) -> None:
    lines = [{"sku": BOWL, "quantity": 2, "service": "kho-sao-mai"}]
    placed = dock.shop.control("POST", "orders", {"lines": lines})["orders"][0]
    heard(dock)
    order = dock.order(f"{placed['id']}-kho-sao-mai")
    assert dock.accept(order).done
    dock.shop.fault(kind, "completeFulfillment", times=1)
    dock.ship(order, "VTP1")
    work()
    dock.later(2)
    [made] = dock.shop.made(order.order.ref)
    assert made["status"] == "success"
    assert len(dock.shop.control("GET", "effects?operation=complete")["effects"]) == 1
    assert not dock.again(order).open_problems
