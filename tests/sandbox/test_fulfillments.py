"""Fulfillments: whole, partial, refused, and made by the merchant's own hand."""

from typing import Any

import pytest

from tests.sandbox.stage import Stage, example

TWO_LINES = [{"sku": "TENT-2P-GRN", "quantity": 1}, {"sku": "STAKE-8PK", "quantity": 2}]
PARCEL = {"carrier": "usps", "tracking_code": "9400111899223817000011"}


@pytest.fixture
def accepted(store: Stage) -> int:
    order_id = store.place(lines=TWO_LINES)
    store.service.step(order_id, "fulfillment-request/accept")
    return order_id


def ship(store: Stage, order_id: int, **body: object) -> Any:
    return store.service.post(f"/fulfillment-orders/{order_id}/fulfillments/", body)


def items(order: dict[str, Any], *quantities: int) -> list[dict[str, int]]:
    lines = zip(order["line_items"], quantities, strict=True)
    return [{"id": line["id"], "quantity": quantity} for line, quantity in lines if quantity]


def test_everything_left_ships_when_no_lines_are_named(store: Stage, accepted: int) -> None:
    shipped = ship(store, accepted, tracking_info=[PARCEL])
    order = store.service.order(accepted)
    assert (order["status"], order["request_status"]) == ("closed", "closed")
    assert [line["fulfillable_quantity"] for line in order["line_items"]] == [0, 0]
    assert [line["quantity"] for line in shipped["line_items"]] == [1, 2]
    assert (shipped["tracking_carrier"], shipped["tracking_code"]) == (
        "usps",
        PARCEL["tracking_code"],
    )
    assert shipped["tracking_link"].endswith(PARCEL["tracking_code"])
    assert store.service.get(f"/fulfillment-orders/{accepted}/fulfillments/") == [shipped]


@pytest.mark.parametrize(
    "name",
    [
        "fulfillment_create_full.request",
        "fulfillment_create_multi_parcel.request",
        "fulfillment_create_other_carrier.request",
    ],
)
def test_the_example_requests_are_accepted(store: Stage, accepted: int, name: str) -> None:
    wanted = example(name)
    shipped = ship(store, accepted, **wanted)
    codes = [parcel.get("tracking_code") for parcel in wanted["tracking_info"]]
    assert shipped["tracking_codes"] == codes


def test_a_part_leaves_on_a_new_closed_order(store: Stage, accepted: int) -> None:
    before = store.service.order(accepted)
    part = ship(store, accepted, fulfillment_order_line_items=items(before, 0, 1))
    after = store.service.order(accepted)
    assert (after["status"], after["request_status"]) == ("processing", "accepted")
    assert [line["id"] for line in after["line_items"]] == [
        line["id"] for line in before["line_items"]
    ]
    assert [line["fulfillable_quantity"] for line in after["line_items"]] == [1, 1]
    assert [line["quantity"] for line in part["line_items"]] == [1]
    closed = store.service.get("/fulfillment-orders/?status=closed")["results"]
    assert [each["order_number"] for each in closed] == [before["order_number"]]
    assert closed[0]["id"] != accepted
    assert closed[0]["line_items"][0]["fulfillable_quantity"] == 0


def test_part_and_rest_ship_no_unit_twice(store: Stage, accepted: int) -> None:
    order = store.service.order(accepted)
    ship(store, accepted, fulfillment_order_line_items=items(order, 1, 1))
    ship(store, accepted)
    assert store.service.state(accepted) == ("closed", "closed")
    effects = store.effects("fulfillment", accepted)
    units = [effect["detail"]["units"] for effect in effects]
    assert units == [{"TENT-2P-GRN": 1, "STAKE-8PK": 1}, {"STAKE-8PK": 1}]


@pytest.mark.parametrize("listed_on", ["new", "original"])
def test_which_order_lists_a_part_is_a_setting(store: Stage, accepted: int, listed_on: str) -> None:
    store.settings(partial_listed_on=listed_on)
    order = store.service.order(accepted)
    part = ship(store, accepted, fulfillment_order_line_items=items(order, 1, 0))
    new_id = store.service.get("/fulfillment-orders/?status=closed")["results"][0]["id"]
    listing = new_id if listed_on == "new" else accepted
    silent = accepted if listed_on == "new" else new_id
    assert store.service.get(f"/fulfillment-orders/{listing}/fulfillments/") == [part]
    assert store.service.get(f"/fulfillment-orders/{silent}/fulfillments/") == []


def test_an_unknown_carrier_is_refused_in_the_documented_words(store: Stage, accepted: int) -> None:
    body = {"tracking_info": [{"carrier": "dhl_paket", "tracking_code": "1"}]}
    answer = store.service.step(accepted, "fulfillments", body)
    wanted = {"tracking_info": [{"carrier": ['"dhl_paket" is not a valid choice.']}]}
    assert (answer.status_code, answer.json()) == (400, wanted)
    assert store.violations() == []
    assert store.service.state(accepted) == ("processing", "accepted")


def test_a_carrier_that_came_later_is_known(store: Stage, accepted: int) -> None:
    assert (
        ship(store, accepted, tracking_info=[{"carrier": "postnl"}])["tracking_carrier"] == "postnl"
    )


@pytest.mark.parametrize("quantity", [0, -1, 3])
def test_a_quantity_outside_what_is_left_is_refused(
    store: Stage, accepted: int, quantity: int
) -> None:
    order = store.service.order(accepted)
    wanted = {"fulfillment_order_line_items": items(order, 0, quantity or 0)}
    if not quantity:
        line_id = order["line_items"][1]["id"]
        wanted = {"fulfillment_order_line_items": [{"id": line_id, "quantity": 0}]}
    answer = store.service.step(accepted, "fulfillments", wanted)
    assert answer.status_code == 400
    assert "quantity" in answer.json()["fulfillment_order_line_items"][0]
    assert store.effects("fulfillment") == []


def test_another_orders_line_is_refused(store: Stage, accepted: int) -> None:
    line_id = store.service.order(store.place())["line_items"][0]["id"]
    body = {"fulfillment_order_line_items": [{"id": line_id, "quantity": 1}]}
    answer = store.service.step(accepted, "fulfillments", body)
    assert answer.status_code == 400
    assert "id" in answer.json()["fulfillment_order_line_items"][0]


def test_creation_can_answer_200(store: Stage, accepted: int) -> None:
    assert store.service.step(accepted, "fulfillments").status_code == 201
    store.settings(create_status=200)
    assert store.service.step(store.place(), "fulfillments").status_code == 200


def test_numbers_can_come_as_text(store: Stage, accepted: int) -> None:
    store.settings(numbers_as_text=True)
    line = store.service.order(accepted)["line_items"][1]
    assert (line["quantity"], line["fulfillable_quantity"]) == (2, "2")
    shipped = ship(store, accepted, tracking_info=[PARCEL])
    assert shipped["tracking_codes"] == PARCEL["tracking_code"]
    assert shipped["line_items"][1]["fulfilled_quantity"] == "2"


def test_after_the_merchant_shipped_by_hand_there_is_nothing_to_ship(
    store: Stage, accepted: int
) -> None:
    store.press(accepted, "fulfil-by-hand", tracking_code="HAND-1")
    answer = store.service.step(accepted, "fulfillments", {"tracking_info": [PARCEL]})
    assert (answer.status_code, answer.json()) == (400, {"action": ["Not allowed"]})
    assert store.service.state(accepted) == ("closed", "closed")
    assert store.effects("fulfillment") == []
    assert len(store.effects("fulfil-by-hand", accepted)) == 1
