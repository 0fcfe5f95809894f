"""A fulfillment's way (contract spresso, section 10.2), and the count that is settled once."""

from typing import Any

import pytest

from tests.sandbox.spresso.stage import KETTLE, TEE, Console

STATUSES = (
    "received_by_fulfiller",
    "preparing_items",
    "preparing_items_complete",
    "in_transit",
    "delivered",
)
# One row for each status it may have; a dot leads nowhere.
TABLE = {
    "order_placed": (1, 1, 1, 1, 0),
    "received_by_fulfiller": (1, 1, 1, 1, 0),
    "preparing_items": (0, 1, 1, 1, 0),
    "preparing_items_complete": (0, 0, 1, 1, 0),
    "in_transit": (0, 0, 0, 1, 1),
    "delivered": (0, 0, 0, 0, 1),
}
CELLS = [
    (before, after, bool(TABLE[before][column]))
    for before in TABLE
    for column, after in enumerate(STATUSES)
]


def say(console: Console, order: dict[str, Any], status: str) -> int:
    part = order["fulfillments"][0]["id"]
    body = console.count(order) if status == "in_transit" else {"status": status}
    return console.put(part, body).status_code


def lead(console: Console, status: str) -> dict[str, Any]:
    """An order whose parcel is told, and whose fulfillment is at this status."""
    order = console.place()
    part = order["fulfillments"][0]["id"]
    console.put(f"{part}/shipments", console.parcel(order))
    if status == "delivered":
        say(console, order, "in_transit")
    if status != "order_placed":
        assert say(console, order, status) == 200
    return order


@pytest.mark.parametrize(("before", "after", "allowed"), CELLS)
def test_the_table_of_the_contract(
    console: Console, before: str, after: str, allowed: bool
) -> None:
    order = lead(console, before)
    assert (say(console, order, after) == 200) is allowed
    assert console.status(order) == (after if allowed else before)


def test_what_may_be_said_again_changes_nothing(console: Console) -> None:
    order = lead(console, "preparing_items")
    say(console, order, "preparing_items")
    assert [each["detail"]["status"] for each in console.effects("status")] == ["preparing_items"]
    assert console.violations() == []


def test_the_count_is_settled_once(console: Console) -> None:
    order = lead(console, "in_transit")
    assert say(console, order, "in_transit") == 200
    assert len(console.effects("settle")) == 1
    assert console.violations() == ["in_transit is told again after it was confirmed"]
    part = order["fulfillments"][0]["id"]
    assert console.put(part, console.count(order, 1, 1)).status_code == 409
    assert console.violations()[-1] == "a second in_transit with other units"
    assert len(console.effects("settle")) == 1


def test_a_short_count_and_a_line_with_nothing_are_fine(console: Console) -> None:
    order = console.place()
    part, units = order["fulfillments"][0]["id"], order["fulfillments"][0]["fulfillmentVariants"]
    one = [{**units[0], "quantity": 1}]
    console.put(f"{part}/shipments", console.parcel(order, shipmentVariants=one))
    assert console.put(part, console.count(order, 1, 0)).status_code == 200
    assert console.violations() == []
    settled = console.control("GET", "state")["settled"][part]
    assert settled == {units[0]["variant"]: 1, units[1]["variant"]: 0}


def test_a_count_that_does_not_fit_the_parcels_is_a_violation(console: Console) -> None:
    order = console.place()
    part = order["fulfillments"][0]["id"]
    console.put(f"{part}/shipments", console.parcel(order))
    assert console.put(part, console.count(order, 1, 1)).status_code == 200
    assert console.violations() == ["in_transit says other units than the shipments"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda units: units[:1], "leaves the variant"),
        (lambda units: [*units, {"variant": "x", "fulfilledQuantity": 1}], "is not in the fulf"),
        (lambda units: [*units, {"variant": TEE, "fulfilledQuantity": 1}], "is a SKU"),
        (lambda units: [{**units[0], "fulfilledQuantity": 3}, units[1]], "more was shipped"),
        (lambda units: [{**each, "fulfilledQuantity": 0} for each in units], "nothing was"),
        (lambda units: [{**units[0], "fulfilledQuantity": "2"}, units[1]], "holds variant"),
        (lambda units: [{**units[0], "fulfilledQuantity": -1}, units[1]], "holds variant"),
        (lambda units: [units[0], units[0]], "twice"),
        (lambda units: [], "is required"),
        (lambda units: None, "is required"),
    ],
)
def test_a_wrong_count_is_refused(console: Console, change: Any, why: str) -> None:
    order = console.place()
    body = console.count(order)
    body["fulfillmentVariants"] = change(body["fulfillmentVariants"])
    assert console.put(order["fulfillments"][0]["id"], body).status_code == 400
    assert why in console.violations()[-1]
    assert console.status(order) == "order_placed"


@pytest.mark.parametrize("status", ["cancelled", "order_placed", "failed", None, ["delivered"]])
def test_a_status_that_is_not_ours_to_send_is_refused(console: Console, status: Any) -> None:
    order = console.place()
    answer = console.put(order["fulfillments"][0]["id"], {"status": status})
    assert answer.status_code == 400
    assert "not one that a fulfiller sends" in console.violations()[0]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"note": "x"}, "no field 'note'"),
        ({"fulfillmentVariants": []}, "takes no fulfillmentVariants"),
        ({"externalOrderId": "x" * 65}, "1 to 64"),
        ({"externalOrderStatus": ""}, "1 to 64"),
    ],
)
def test_what_the_narrow_document_does_not_have_is_a_violation(
    console: Console, body: dict[str, Any], why: str
) -> None:
    part = console.place()["fulfillments"][0]["id"]
    console.put(part, {"status": "preparing_items", **body})
    assert why in console.violations()[0]


def test_our_references_are_kept(console: Console) -> None:
    part = console.place()["fulfillments"][0]["id"]
    console.put(part, {"status": "preparing_items", "externalOrderId": "WH-1"})
    assert console.control("GET", "state")["external"][part] == {"externalOrderId": "WH-1"}


def test_an_order_is_complete_when_all_its_parts_are(console: Console) -> None:
    order = lead(console, "delivered")
    assert console.control("GET", f"orders/{order['id']}")["status"] == "completed"


def test_nothing_is_taken_for_what_is_cancelled(console: Console) -> None:
    order = console.place((KETTLE, 1))
    console.control("POST", f"orders/{order['id']}/cancel")
    part = order["fulfillments"][0]["id"]
    assert console.put(part, {"status": "preparing_items"}).status_code == 409
    assert console.put(f"{part}/shipments", console.parcel(order)).status_code == 409
    assert console.effects("status") == console.effects("shipment") == []
