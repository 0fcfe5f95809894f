"""What orders do to stock: reserve, refuse, ship, give back, and carry along."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.stage import MUG, Stage

MUGS = [{"sku": MUG, "quantity": 3}]


@pytest.fixture
def record_id(store: Stage) -> int:
    return store.stock(num_in_stock=5)


@pytest.fixture
def order_id(store: Stage, record_id: int) -> int:
    return store.place(lines=MUGS)


def accept(store: Stage, order_id: int) -> None:
    assert store.service.step(order_id, "fulfillment-request/accept").ok


def units(store: Stage, order_id: int, quantity: int) -> dict[str, object]:
    line = store.service.order(order_id)["line_items"][0]
    return {"fulfillment_order_line_items": [{"id": line["id"], "quantity": quantity}]}


def test_an_order_reserves_its_units(store: Stage, record_id: int, order_id: int) -> None:
    assert store.levels(record_id) == (5, 3, 2)
    assert store.service.get(f"/stockrecords/{record_id}/")["net_stock_level"] == 2
    assert store.service.order(order_id)["line_items"][0]["stockrecord_id"] == record_id


def test_what_is_not_left_is_not_sold(store: Stage, record_id: int, order_id: int) -> None:
    refusal = store.control("POST", "orders", {"lines": MUGS}, expect=409)
    assert refusal == {"error": "MUG-ENM is sold out at Reno: 3 wanted, 2 left."}
    assert store.levels(record_id) == (5, 3, 2)
    assert len(store.control("GET", "state")["fulfillment_orders"]) == 1
    assert store.control("GET", "stock")["refused_orders"] == 1


def test_two_lines_of_one_sku_count_together(store: Stage, record_id: int) -> None:
    store.control("POST", "orders", {"lines": MUGS * 2}, expect=409)
    assert store.levels(record_id) == (5, None, 5)


def test_of_many_orders_as_many_are_placed_as_there_is_stock(store: Stage, record_id: int) -> None:
    placed = store.control("POST", "orders", {"lines": [{"sku": MUG}], "count": 8})
    assert (len(placed["fulfillment_orders"]), placed["sold_out"]) == (5, 3)
    assert placed["fulfillment_orders"][0]["request_status"] == "requested"
    assert store.levels(record_id) == (5, 5, 0)


def test_twenty_shoppers_at_once_do_not_buy_more_than_there_is(
    store: Stage, record_id: int
) -> None:
    def buy(_: int) -> int:
        answer = store.service.call(
            "POST",
            f"{store.url}/next29/{store.subdomain}/_sandbox/orders",
            {"lines": [{"sku": MUG}]},
        )
        return answer.status_code

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(buy, range(20))) == [200] * 5 + [409] * 15
    assert store.figures(record_id)["lowest_net"] == 0


def test_a_store_may_take_backorders(store: Stage, record_id: int) -> None:
    store.settings(allow_backorders=True)
    store.place(lines=MUGS, count=2)
    assert store.levels(record_id) == (5, 6, -1)
    found = store.control("GET", "stock")
    assert (found["oversold"], found["oversold_units"], found["refused_orders"]) == (1, 1, 0)


def test_what_the_store_does_not_know_or_track_is_sold_without_end(store: Stage) -> None:
    record_id = store.stock("STAKE-8PK", num_in_stock=None)
    store.place(lines=[{"sku": "STAKE-8PK", "quantity": 99}, {"sku": "LAMP", "quantity": 99}])
    assert store.levels(record_id) == (None, None, 0)


def test_stock_at_another_place_does_not_count(store: Stage) -> None:
    elsewhere = store.location(name="Harrisburg")
    record_id = store.stock(num_in_stock=0, location_id=elsewhere)
    store.place(lines=MUGS)
    store.control("POST", "orders", {"lines": MUGS, "location_id": elsewhere}, expect=409)
    assert store.levels(record_id) == (0, None, 0)


def test_a_figure_below_what_is_promised_is_oversold(
    store: Stage, record_id: int, order_id: int
) -> None:
    store.service.good("PATCH", f"/stockrecords/{record_id}/", {"num_in_stock": 1})
    assert store.levels(record_id) == (1, 3, -2)
    store.service.good("PATCH", f"/stockrecords/{record_id}/", {"num_in_stock": 9})
    found = store.figures(record_id)
    assert (found["net_stock_level"], found["lowest_net"]) == (6, -2)
    assert store.control("GET", "stock")["oversold"] == 0


def test_shipping_lowers_both(store: Stage, record_id: int, order_id: int) -> None:
    accept(store, order_id)
    path = f"/fulfillment-orders/{order_id}/fulfillments/"
    store.service.post(path, units(store, order_id, 1))
    assert store.levels(record_id) == (4, 2, 2)
    store.service.post(path)
    assert store.levels(record_id) == (2, 0, 2)
    assert store.figures(record_id)["lowest_net"] == 0


def test_shipping_may_leave_the_stock_alone(store: Stage, record_id: int, order_id: int) -> None:
    store.settings(shipping_lowers_stock=False)
    accept(store, order_id)
    store.service.post(f"/fulfillment-orders/{order_id}/fulfillments/")
    assert store.levels(record_id) == (5, 0, 5)


def test_what_is_shipped_by_hand_counts_as_well(
    store: Stage, record_id: int, order_id: int
) -> None:
    store.press(order_id, "fulfil-by-hand")
    assert store.levels(record_id) == (2, 0, 2)


def test_a_reject_and_a_hold_keep_the_units(store: Stage, record_id: int, order_id: int) -> None:
    store.service.step(order_id, "fulfillment-request/reject", {"rejected_reason": "other"})
    assert store.levels(record_id) == (5, 3, 2)
    store.press(order_id, "hold")
    assert store.levels(record_id) == (5, 3, 2)


def test_an_accepted_cancellation_gives_the_units_back(
    store: Stage, record_id: int, order_id: int
) -> None:
    accept(store, order_id)
    store.press(order_id, "ask-cancel")
    assert store.levels(record_id) == (5, 3, 2)
    store.service.step(order_id, "cancellation-request/accept")
    assert store.levels(record_id) == (5, 0, 5)
    store.press(order_id, "request")
    assert store.levels(record_id) == (5, 3, 2)


def test_an_order_closed_short_gives_the_rest_back(
    store: Stage, record_id: int, order_id: int
) -> None:
    accept(store, order_id)
    store.service.post(f"/fulfillment-orders/{order_id}/fulfillments/", units(store, order_id, 2))
    store.service.post(f"/fulfillment-orders/{order_id}/close/")
    assert store.levels(record_id) == (3, 0, 3)


def test_a_cancelled_order_hands_its_units_to_the_fresh_one(
    store: Stage, record_id: int, order_id: int
) -> None:
    store.press(order_id, "cancel")
    assert store.levels(record_id) == (5, 3, 2)
    assert store.figures(record_id)["lowest_net"] == 0


def test_a_split_reserves_no_more_and_no_less(store: Stage, record_id: int, order_id: int) -> None:
    answer = store.service.step(order_id, "split", units(store, order_id, 1))
    assert store.levels(record_id) == (5, 3, 2)
    accept(store, answer.json()["split_fulfillment_order"]["id"])
    store.service.post(
        f"/fulfillment-orders/{answer.json()['split_fulfillment_order']['id']}/fulfillments/"
    )
    assert store.levels(record_id) == (4, 2, 2)


def test_a_move_reserves_there_and_gives_back_here(
    store: Stage, record_id: int, order_id: int
) -> None:
    elsewhere = store.location(name="Harrisburg")
    there = store.stock(num_in_stock=1, location_id=elsewhere)
    store.press(order_id, "move", new_location_id=elsewhere)
    assert store.levels(record_id) == (5, 0, 5)
    assert store.levels(there) == (1, 3, -2)


def test_a_move_to_where_nothing_is_tracked_reserves_nothing(
    store: Stage, record_id: int, order_id: int
) -> None:
    elsewhere = store.location(name="Harrisburg")
    store.press(order_id, "move", new_location_id=elsewhere)
    assert store.levels(record_id) == (5, 0, 5)
    moved = store.control("GET", "state")["fulfillment_orders"][-1]
    assert moved["line_items"][0]["stockrecord_id"] is None


def test_edited_lines_reserve_what_they_say(store: Stage, record_id: int, order_id: int) -> None:
    line = store.service.order(order_id)["line_items"][0]
    store.press(order_id, "edit-lines", lines=[{"id": line["id"], "quantity": 1}])
    assert store.levels(record_id) == (5, 1, 4)
    store.press(order_id, "edit-lines", lines=[{"sku": MUG, "quantity": 7}])
    assert store.levels(record_id) == (5, 7, -2)


def test_an_order_from_before_the_tracking_holds_nothing_but_still_ships(store: Stage) -> None:
    record_id = store.stock(num_in_stock=None)
    order_id = store.place(lines=MUGS)
    store.service.good("PATCH", f"/stockrecords/{record_id}/", {"num_in_stock": 8})
    accept(store, order_id)
    assert store.levels(record_id) == (8, None, 8)
    store.service.post(f"/fulfillment-orders/{order_id}/fulfillments/")
    assert store.levels(record_id) == (5, None, 5)


def test_switching_the_tracking_off_forgets_what_was_allocated(
    store: Stage, record_id: int, order_id: int
) -> None:
    store.stock(num_in_stock=None)
    assert store.levels(record_id) == (None, None, 0)
    accept(store, order_id)
    store.service.post(f"/fulfillment-orders/{order_id}/fulfillments/")
    assert store.levels(record_id) == (None, None, 0)


def test_an_answer_that_is_lost_reserves_and_ships_once(
    store: Stage, record_id: int, order_id: int
) -> None:
    accept(store, order_id)
    store.fault("error_500_after", "fulfillmentsCreate", times=1)
    for _ in range(2):
        store.service.step(order_id, "fulfillments")
    assert store.levels(record_id) == (2, 0, 2)
