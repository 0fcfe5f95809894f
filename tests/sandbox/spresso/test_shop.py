"""The page, used as a visitor would: by its forms."""

import requests

from tests.sandbox.spresso.stage import TEE, Console
from tests.sandbox.stage import HTTP, Receiver


def page(console: Console) -> str:
    answer = HTTP.get(f"{console.url}/spresso/{console.name}/shop", timeout=5)
    assert answer.status_code == 200
    return answer.text


def submit(console: Console, path: str, **form: object) -> requests.Response:
    url = f"{console.url}/spresso/{console.name}/shop/{path}"
    answer = HTTP.post(url, data=form, timeout=5)
    assert answer.status_code == 200
    return answer


def orders(console: Console) -> list[dict[str, object]]:
    found: list[dict[str, object]] = console.control("GET", "state")["orders"]
    return found


def test_the_front_page_lists_the_connections(console: Console) -> None:
    front = HTTP.get(console.url, timeout=5).text
    assert f"/spresso/{console.name}/shop" in front
    assert console.token in front


def test_a_visitor_orders_and_a_merchant_cancels(console: Console, receiver: Receiver) -> None:
    submit(
        console,
        "webhooks",
        order_fulfillable=f"{receiver.url}/f",
        order_cancelled=f"{receiver.url}/c",
    )
    said = submit(console, "orders", sku=TEE, quantity=2, address="good", location="", method="")
    assert "is placed" in said.text
    assert receiver.wait_for(1)[0].path == "/f"
    [order] = orders(console)
    assert f"#{order['orderNo']}" in page(console)
    submit(console, f"orders/{order['id']}/cancel")
    assert receiver.wait_for(2)[1].path == "/c"
    assert orders(console)[0]["status"] == "cancelled"
    submit(console, f"orders/{order['id']}/announce", event="order_fulfillable")
    assert receiver.wait_for(3)[2].path == "/f"


def test_a_part_of_an_order_is_cancelled(console: Console) -> None:
    submit(console, "orders", sku=TEE, quantity=1, location="here", second_location="there")
    [order] = orders(console)
    first, second = order["fulfillments"]  # type: ignore[misc]
    assert [first["fulfillerLocation"], second["fulfillerLocation"]] == ["here", "there"]
    assert f'value="{second["id"]}"' in page(console)
    submit(console, f"orders/{order['id']}/cancel", fulfillment_id=second["id"])
    assert orders(console)[0]["status"] == "sent_to_fulfiller"
    assert console.status(order) == "order_placed"


def test_parcels_mails_and_broken_rules_are_shown(console: Console) -> None:
    order = console.place()
    part = order["fulfillments"][0]["id"]
    console.put(f"{part}/shipments", console.parcel(order))
    console.put(part, console.count(order))
    console.put(part, {"status": "cancelled"})
    shown = page(console)
    assert "ups 1Z1 shipped" in shown
    assert "Charged for 3 units" in shown
    assert "Broken rules of the contract: 1" in shown
    console.fault("error_500_before")
    console.put(part, {"status": "delivered"})
    assert "error_500_before" in page(console)


def test_faults_are_switched_on_and_off(console: Console) -> None:
    submit(console, "faults", kind="status_429", operation="", times="", seconds="")
    assert "status_429 on *" in page(console)
    submit(console, "faults/off")
    assert "the platform behaves" in page(console)


def test_a_form_that_makes_no_sense_is_told(console: Console) -> None:
    assert "not filled in" in submit(console, "orders").text
    assert "not filled in" in submit(console, "orders", sku=TEE, quantity="many").text
    assert "Order not found" in submit(console, "orders/nothing/cancel").text
    assert "not filled in" in submit(console, "orders", sku=TEE, quantity="-1").text
    assert HTTP.get(f"{console.url}/spresso/nobody/shop", timeout=5).status_code == 404
