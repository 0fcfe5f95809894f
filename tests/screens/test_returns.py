"""Returns on the screen: booked from the order's page, said in words, once however often sent."""

from typing import Any

from django.test import Client

from fulfillment.models import FulfillmentOrder, Return
from inventory.models import StockLevel
from tests.inventory import rows as goods
from tests.screens import rows
from tests.screens.conftest import House
from tests.screens.pages import address, page, said, send, text


def away(house: House, *skus: str) -> FulfillmentOrder:
    goods.stock(house.reno.warehouse, goods.product(house.store.merchant, "TENT"), 5)
    order = rows.accepted(house.reno, skus=skus or ("TENT",), units=2)
    FulfillmentOrder.objects.filter(pk=order.pk).update(work_status="shipped")
    order.lines.update(open=0, shipped=2)
    return order


def filled(order: FulfillmentOrder, shown: Any, units: int, condition: str = "") -> dict[str, Any]:
    line = order.lines.get(sku="TENT")
    submission = shown.context["form"]["submission"].value()
    return {
        "submission": submission,
        f"units{line.pk}": units,
        f"condition{line.pk}": condition,
        "note": "Too small",
    }


def test_a_return_is_booked_once_and_stands_on_the_orders_page(
    shipper: Client, house: House
) -> None:
    order = away(house)
    shown = page(shipper, "book_return", [order])
    for _ in range(2):
        answer = send(shipper, shown, **filled(order, shown, 1, "quarantine"))
        assert said(answer) == "Return booked: 1."
    level = StockLevel.objects.get()
    assert (level.on_hand, level.quarantine) == (6, 1)
    told = text(shipper.get(address(FulfillmentOrder, "change", order.pk)))
    assert "Came back 1 × TENT, in quarantine" in told
    assert "Came back: 1 × TENT, in quarantine. Too small" in told


def test_more_than_left_is_asked_about(shipper: Client, house: House) -> None:
    order = away(house)
    shown = page(shipper, "book_return", [order])
    answer = send(shipper, shown, **filled(order, shown, 3))
    assert "2 of TENT left: 3 cannot come back. Or tick the box below." in text(answer)
    assert not Return.objects.exists()
    assert said(send(shipper, shown, **filled(order, shown, 3), more="on")) == "Return booked: 1."


def test_what_is_not_booked_is_said_beforehand(shipper: Client, house: House) -> None:
    goods.product(house.store.merchant, "MUG")
    order = away(house, "TENT", "MUG", "SOFA")
    shown = text(page(shipper, "book_return", [order]))
    assert "2 left. Its stock is not counted" in shown
    assert "2 left. It is no product of ours" in shown


def test_nothing_comes_back_of_an_order_that_lies_here(shipper: Client, house: House) -> None:
    order = rows.accepted(house.reno)
    assert "Nothing of it has left" in text(page(shipper, "book_return", [order]))
    shown = shipper.get(address(FulfillmentOrder, "change", order.pk)).content.decode()
    assert 'data-action="book_return"' not in shown
    assert "Nothing of it has left" in act_forged(shipper, order)


def act_forged(client: Client, order: FulfillmentOrder) -> str:
    sent = {"confirmed": "1", "seen": f"{order.pk}:{order.revision}"}
    return said(client.post(address(FulfillmentOrder, "act", "book_return"), sent))


def test_an_empty_page_is_sent_back(shipper: Client, house: House) -> None:
    order = away(house)
    shown = page(shipper, "book_return", [order])
    answer = send(shipper, shown, submission=shown.context["form"]["submission"].value())
    assert "Say how many units came back; at least one." in text(answer)


def test_the_order_of_another_warehouse_is_not_there(shipper: Client, house: House) -> None:
    order = away(house)
    FulfillmentOrder.objects.filter(pk=order.pk).update(warehouse=house.erie.warehouse)
    assert page(shipper, "book_return", [order]).status_code == 302
    assert "not yours" in act_forged(shipper, order)
    assert not Return.objects.exists()
