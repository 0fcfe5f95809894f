"""The shop page, used as a visitor would: by its forms."""

import re

import pytest
import requests

from tests.sandbox.stage import HTTP, Stage


def page(store: Stage) -> str:
    answer = HTTP.get(f"{store.url}/next29/{store.subdomain}/shop", timeout=5)
    assert answer.status_code == 200
    return answer.text


def submit(store: Stage, path: str, **form: object) -> requests.Response:
    """Send a form and follow to the page it leads back to."""
    url = f"{store.url}/next29/{store.subdomain}/shop/{path}"
    answer = HTTP.post(url, data=form, timeout=5)
    assert answer.status_code == 200
    return answer


def press(store: Stage, order_id: int, action: str, **form: object) -> str:
    assert f"/shop/fulfillment-orders/{order_id}/{action}" in page(store)
    return submit(store, f"fulfillment-orders/{order_id}/{action}", **form).text


def test_the_front_page_lists_the_stores(store: Stage) -> None:
    front = HTTP.get(store.url, timeout=5).text
    assert f"/next29/{store.subdomain}/shop" in front
    assert store.token in front


def test_a_store_without_a_location_says_so_and_offers_one(empty_store: Stage) -> None:
    assert "no location to ship from" in page(empty_store)
    submit(empty_store, "locations", name="Reno", callback_url="")
    assert "Place order" in page(empty_store)


def test_a_visitor_orders_and_a_merchant_changes_their_mind(store: Stage) -> None:
    form = {"sku": "MUG-ENM", "quantity": 3, "address": "good", "request": "on"}
    submit(store, "orders", **form)
    order_id = store.control("GET", "state")["fulfillment_orders"][0]["id"]
    assert store.service.state(order_id) == ("open", "requested")
    press(store, order_id, "withdraw")
    press(store, order_id, "hold", reason="high_risk")
    assert "On hold: high_risk" in page(store)
    press(store, order_id, "release")
    press(store, order_id, "request")
    store.service.step(order_id, "fulfillment-request/accept")
    press(store, order_id, "ask-cancel")
    assert store.service.state(order_id) == ("processing", "cancel_requested")
    press(store, order_id, "withdraw-cancel")
    press(store, order_id, "fulfil-by-hand", tracking_code="HAND-1")
    assert "HAND-1" in page(store)


def test_a_bad_address_is_rejected_and_repaired(store: Stage) -> None:
    submit(store, "orders", sku="MUG-ENM", quantity=1, address="bad", request="on")
    order_id = store.control("GET", "state")["fulfillment_orders"][0]["id"]
    assert "(no street)" in page(store)
    store.service.step(order_id, "fulfillment-request/reject")
    press(store, order_id, "edit-address", address="good")
    assert store.service.order(order_id)["shipping_address"]["line1"] == "1209 Alder Ct"


@pytest.mark.parametrize("address", ["good", "bad", "elsewhere", "none"])
def test_every_preset_can_be_ordered_and_shown(store: Stage, address: str) -> None:
    submit(store, "orders", sku="", quantity=1, address=address)
    assert "Gift Box" in page(store)
    assert store.control("GET", "state")["fulfillment_orders"][0]["request_status"] == "pending"


def test_an_order_can_be_moved_from_the_page(store: Stage) -> None:
    store.location(name="Harrisburg")
    order_id = store.place()
    press(store, order_id, "move", new_location_id=32)
    assert store.service.state(order_id) == ("closed", "closed")


def test_only_what_is_allowed_has_a_button(store: Stage) -> None:
    order_id = store.place()
    buttons = set(re.findall(rf"/shop/fulfillment-orders/{order_id}/([\w-]+)", page(store)))
    assert buttons == {"withdraw", "cancel", "edit-address", "fulfil-by-hand"}


def test_a_button_pressed_too_late_is_refused_in_words(store: Stage) -> None:
    order_id = store.place()
    answer = submit(store, f"fulfillment-orders/{order_id}/release")
    assert "The store refused" in answer.text


def test_the_merchant_counts_a_shelf_and_a_shopper_finds_it_empty(store: Stage) -> None:
    mug = {"product": 433, "location_id": 31}
    assert "2 to sell" in submit(store, "stock", num_in_stock=2, **mug).text
    order = {"sku": "MUG-ENM", "quantity": 2, "address": "good"}
    submit(store, "orders", **order)
    assert "MUG-ENM is sold out at Reno: 2 wanted, 0 left." in submit(store, "orders", **order).text
    assert "Orders refused because something was sold out: 1" in page(store)
    submit(store, "stock", num_in_stock="", **mug)
    assert store.control("GET", "stock")["records"][0]["num_in_stock"] is None


def test_what_is_oversold_comes_first_and_in_red(store: Stage) -> None:
    store.control("POST", "stock", {"count": 30, "num_in_stock": 5})
    store.stock(num_in_stock=2)
    store.place(lines=[{"sku": "MUG-ENM", "quantity": 2}])
    assert "oversold" not in page(store)
    shown = submit(store, "stock", product=433, location_id=31, num_in_stock=1).text
    assert "Oversold: 1 of 31" in shown
    assert '<td class="bad">-1 oversold</td>' in shown
    assert "and 6 more" in shown
    assert shown.index("stock-5031") < shown.index("stock-5001")


def test_a_shopper_chooses_where_it_comes_from(store: Stage) -> None:
    elsewhere = store.location(name="Harrisburg")
    submit(store, "orders", sku="MUG-ENM", quantity=1, address="good", location_id=elsewhere)
    order = store.control("GET", "state")["fulfillment_orders"][0]
    assert order["assigned_location"]["name"] == "Harrisburg"


def test_faults_are_switched_on_and_off(store: Stage) -> None:
    form = {"kind": "error_500_before", "operation": "locationsList", "times": "", "seconds": "1"}
    submit(store, "faults", **form)
    assert store.service.call("GET", "/locations/").status_code == 500
    assert "error_500_before on locationsList" in page(store)
    submit(store, "faults/0/off")
    assert store.service.call("GET", "/locations/").status_code == 200
    submit(store, "faults", **form)
    submit(store, "faults/off")
    assert store.control("GET", "faults")["faults"] == []


def test_recent_calls_and_broken_rules_are_shown(store: Stage) -> None:
    store.service.call("GET", "/locations")
    shown = page(store)
    assert "the path does not end in a slash" in shown
    assert "301" in shown


def test_what_a_visitor_types_is_escaped(store: Stage) -> None:
    submit(store, "locations", name="<script>alert(1)</script>")
    assert "<script>alert" not in page(store)


def test_an_unknown_store_has_no_shop(store: Stage) -> None:
    assert HTTP.get(f"{store.url}/next29/nobody/shop", timeout=5).status_code == 404
