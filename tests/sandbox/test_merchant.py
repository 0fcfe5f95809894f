"""What merchants do: ask again, withdraw, repair, divide, plant nothing but trouble."""

from typing import Any

import pytest

from tests.sandbox.stage import Stage, example

MUGS = [{"sku": "MUG-ENM", "quantity": 3}]
NEW_ADDRESS = {
    "first_name": "Dana",
    "last_name": "Whitfield",
    "line1": "7 Repaired Road",
    "line4": "Boise",
    "country": "US",
}


def asked(order: dict[str, Any]) -> list[str]:
    return [each["type"] for each in order["merchant_requests"]]


@pytest.fixture
def order_id(store: Stage) -> int:
    return store.place(lines=MUGS, message="Please ship today", notify=False)


def test_a_request_carries_its_message(store: Stage, order_id: int) -> None:
    wanted = {"type": "fulfill_request", "message": "Please ship today", "notify": False}
    assert store.service.order(order_id)["merchant_requests"] == [wanted]


def test_asking_again_after_a_reject_keeps_the_id_and_uses_the_new_address(
    store: Stage, order_id: int
) -> None:
    store.service.step(order_id, "fulfillment-request/reject", {"rejected_reason": "other"})
    store.press(order_id, "edit-address", shipping_address=NEW_ADDRESS)
    store.press(order_id, "request", message="Repaired")
    order = store.service.order(order_id)
    assert (order["status"], order["request_status"]) == ("open", "requested")
    assert asked(order) == ["fulfill_request", "fulfill_request"]
    assert order["shipping_address"]["line1"] == "7 Repaired Road"


def test_asking_again_after_a_cancellation_keeps_the_id(store: Stage, order_id: int) -> None:
    store.service.step(order_id, "fulfillment-request/accept")
    store.press(order_id, "ask-cancel", message="Wrong colour")
    store.service.step(order_id, "cancellation-request/accept")
    store.press(order_id, "request")
    order = store.service.order(order_id)
    assert (order["status"], order["request_status"]) == ("open", "requested")
    assert asked(order) == ["fulfill_request", "cancel_request", "fulfill_request"]


def test_a_withdrawn_request_leaves_the_requested_list(store: Stage, order_id: int) -> None:
    store.press(order_id, "withdraw")
    path = "/assigned-fulfillment-orders/?assignment_status=fulfillment_requested"
    assert store.service.get(path)["results"] == []
    assert store.service.step(order_id, "fulfillment-request/accept").status_code == 400


def test_a_part_can_be_requested(store: Stage) -> None:
    order_id = store.place(lines=MUGS, request=False)
    line = store.service.order(order_id)["line_items"][0]
    body = {
        "message": "Two now",
        "fulfillment_order_line_items": [{"id": line["id"], "quantity": 2}],
    }
    answer = store.service.post(f"/fulfillment-orders/{order_id}/fulfillment-request/", body)
    requested = answer["requested_fulfillment_order"]
    assert requested["id"] != order_id
    assert requested["request_status"] == "requested"
    assert requested["line_items"][0]["quantity"] == 2
    rest = answer["unrequested_fulfillment_order"]
    assert (rest["id"], rest["request_status"]) == (order_id, "pending")


def test_a_move_closes_here_and_opens_there(store: Stage, order_id: int) -> None:
    second = store.location(name="Harrisburg")
    path = f"/fulfillment-orders/{order_id}"
    assert store.service.get(f"{path}/available-locations/")["available_locations"] == [
        {
            "id": second,
            "name": "Harrisburg",
            "fulfillment_order_line_ids": [
                line["id"] for line in store.service.order(order_id)["line_items"]
            ],
        }
    ]
    answer = store.service.post(f"{path}/move/", {"new_location_id": second})
    moved = answer["moved_fulfillment_order"]
    assert answer["original_fulfillment_order"]["status"] == "closed"
    assert (moved["status"], moved["request_status"]) == ("open", "pending")
    assert moved["assigned_location"]["id"] == second
    assert moved["merchant_requests"] == []


def test_single_lines_can_move(store: Stage) -> None:
    second = store.location(name="Harrisburg")
    lines = [{"sku": "MUG-ENM", "quantity": 1}, {"sku": "STAKE-8PK", "quantity": 1}]
    order_id = store.place(lines=lines)
    line_id = store.service.order(order_id)["line_items"][1]["id"]
    body = {"new_location_id": second, "fulfillment_order_line_items": [{"id": line_id}]}
    answer = store.service.post(f"/fulfillment-orders/{order_id}/move/", body)
    original = answer["original_fulfillment_order"]
    assert (original["status"], len(original["line_items"])) == ("open", 1)
    assert answer["moved_fulfillment_order"]["line_items"][0]["sku"] == "STAKE-8PK"


@pytest.mark.parametrize("target", [31, 999])
def test_a_move_needs_another_location_that_exists(
    store: Stage, order_id: int, target: int
) -> None:
    answer = store.service.step(order_id, "move", {"new_location_id": target})
    assert (answer.status_code, list(answer.json())) == (400, ["new_location_id"])


def test_a_split_copies_the_state_and_leaves_something(store: Stage, order_id: int) -> None:
    line_id = store.service.order(order_id)["line_items"][0]["id"]
    body = {"fulfillment_order_line_items": [{"id": line_id, "quantity": 2}]}
    answer = store.service.post(f"/fulfillment-orders/{order_id}/split/", body)
    second, original = answer["split_fulfillment_order"], answer["original_fulfillment_order"]
    assert (second["status"], second["request_status"]) == ("open", "requested")
    assert [line["quantity"] for line in second["line_items"]] == [2]
    assert [line["quantity"] for line in original["line_items"]] == [1]
    everything = {"fulfillment_order_line_items": [{"id": line_id, "quantity": 1}]}
    assert store.service.step(order_id, "split", everything).status_code == 400


def test_only_a_service_splits_what_it_accepted(store: Stage, order_id: int) -> None:
    store.service.step(order_id, "fulfillment-request/accept")
    scopes = ["fulfillment_orders:read", "fulfillment_orders:write"]
    store.control("POST", "tokens", {"token": "merchant", "scopes": scopes})
    merchant = store.client("merchant")
    assert "split" in merchant.order(order_id)["supported_actions"]
    line_id = merchant.order(order_id)["line_items"][0]["id"]
    body = {"fulfillment_order_line_items": [{"id": line_id, "quantity": 1}]}
    answer = merchant.step(order_id, "split", body)
    assert (answer.status_code, answer.json()) == (400, {"action": ["Not allowed"]})


def test_a_cancel_leaves_a_fresh_order(store: Stage, order_id: int) -> None:
    answer = store.service.post(f"/fulfillment-orders/{order_id}/cancel/")
    assert answer["original_fulfillment_order"]["status"] == "canceled"
    fresh = answer["new_fulfillment_order"]
    assert (fresh["id"] != order_id, fresh["status"], fresh["request_status"]) == (
        True,
        "open",
        "pending",
    )


def test_a_hold_says_why_and_a_release_forgets_it(store: Stage) -> None:
    order_id = store.place(request=False)
    body = {"reason": "address_incorrect", "reason_message": "Suite number missing"}
    store.service.post(f"/fulfillment-orders/{order_id}/hold/", body)
    [hold] = store.service.order(order_id)["fulfillment_holds"]
    assert (hold["reason"], hold["reason_message"]) == tuple(body.values())
    store.service.post(f"/fulfillment-orders/{order_id}/release-hold/")
    assert store.service.order(order_id)["fulfillment_holds"] == []


def test_lines_can_be_edited(store: Stage, order_id: int) -> None:
    line_id = store.service.order(order_id)["line_items"][0]["id"]
    lines = [{"id": line_id, "quantity": 1}, {"sku": "BAG-20F-L", "quantity": 2}]
    store.press(order_id, "edit-lines", lines=lines)
    order = store.service.order(order_id)
    assert [(line["sku"], line["fulfillable_quantity"]) for line in order["line_items"]] == [
        ("MUG-ENM", 1),
        ("BAG-20F-L", 2),
    ]


def test_an_order_can_come_without_an_address(store: Stage) -> None:
    assert store.service.order(store.place(shipping_address=None))["shipping_address"] is None


def test_an_order_needs_somewhere_to_ship_from(empty_store: Stage) -> None:
    answer = empty_store.control("POST", "orders", {}, expect=400)
    assert "location" in answer["error"]


def test_planted_orders_are_served_as_odd_as_they_are(empty_store: Stage) -> None:
    page = example("assigned_fulfillment_orders_page2")
    empty_store.control("POST", "plant", {"fulfillment_orders": page["results"]})
    path = "/assigned-fulfillment-orders/?assignment_status=fulfillment_requested"
    assert empty_store.service.get(path)["results"] == page["results"]


def test_planted_orders_take_part_in_everything(empty_store: Stage) -> None:
    page = example("assigned_fulfillment_orders_page2")
    empty_store.control("POST", "plant", {"fulfillment_orders": page["results"]})
    good, odd = 80475, 80476
    empty_store.service.post(f"/fulfillment-orders/{good}/fulfillment-request/accept/")
    body = {"rejected_reason": "incorrect_address", "message": "No address"}
    empty_store.service.post(f"/fulfillment-orders/{odd}/fulfillment-request/reject/", body)
    assert empty_store.service.state(odd) == ("open", "rejected")
    assert "quantity" not in empty_store.service.order(odd)["line_items"][1]
    shipped = empty_store.service.post(f"/fulfillment-orders/{good}/fulfillments/")
    assert shipped["line_items"][0]["fulfilled_quantity"] == 3
    assert empty_store.service.state(good) == ("closed", "closed")


def test_nothing_new_takes_the_place_of_what_was_planted(empty_store: Stage) -> None:
    page = example("assigned_fulfillment_orders_page1")
    empty_store.control("POST", "plant", {"fulfillment_orders": page["results"]})
    assert empty_store.location() == 33
    placed = empty_store.control("POST", "orders", {"count": 2})
    assert [order["id"] for order in placed["fulfillment_orders"]] == [80472, 80473]
    assert placed["order_number"] == "100232"
