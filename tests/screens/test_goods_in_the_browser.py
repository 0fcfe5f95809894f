"""The floor's goods in a real browser: received by scan, counted blind to post, moved to arrival.

At a desk and on a scanner; the page complains of nothing and does not scroll sideways.
"""

import itertools

import pytest
from playwright.sync_api import Locator, expect

from inventory.models import Inbound, Product, Stocktake, Transfer
from tests.engine_fixtures import no_clock
from tests.factories import member
from tests.inventory import rows as goods
from tests.screens.browser import WIDTHS, Screen, needs_chromium
from tests.screens.conftest import House
from tests.screens.looks import look
from tests.screens.open_house import (
    PASSWORD,
    OpenHouse,
    django_db_serialized_rollback,
    open_house,
    transactional_db,
)
from tests.screens.pages import address

__all__ = ["django_db_serialized_rollback", "no_clock", "open_house", "transactional_db"]

pytestmark = [pytest.mark.browser, needs_chromium]
NUMBERS = itertools.count(1)


def shelf(house: House, units: int = 0) -> Product:
    """A product of its own, with a barcode, so many of which lie in Reno."""
    number = next(NUMBERS)
    item = goods.product(house.store.merchant, f"LAMP-{number}", f"40063813339{number:02}")
    if units:
        goods.stock(house.reno.warehouse, item, units)
    return item


def barcode(item: Product) -> str:
    return item.barcodes.get().code


def scan(screen: Screen, code: str) -> None:
    """A scanner types wherever the cursor is, and ends with Enter."""
    screen.page.keyboard.type(code)
    screen.page.keyboard.press("Enter")


def heard(screen: Screen) -> Locator:
    return screen.page.locator("[data-heard]")


def labelled(screen: Screen, label: str) -> Locator:
    return screen.page.get_by_label(label, exact=True)


@pytest.mark.parametrize("where", WIDTHS)
def test_goods_are_announced_and_received_by_scan(open_house: OpenHouse, where: str) -> None:
    house = open_house.house
    lamp, extra = shelf(house), shelf(house)
    screen = open_house.screen("supervisor", where)
    screen.open("/admin/inventory/inbound/add/")
    look(screen)
    labelled(screen, "Merchant").select_option(label=str(house.store.merchant))
    labelled(screen, "Reference").fill(f"PO-{lamp.sku}")
    field = labelled(screen, "Scan or type a code")
    field.click()
    for code in (barcode(lamp), lamp.sku.lower()):
        scan(screen, code)
    expect(labelled(screen, "Products and units")).to_have_value(f"{lamp.sku} 2")
    scan(screen, "SOFA")
    expect(heard(screen)).to_contain_text("“SOFA” is no SKU or barcode of")
    screen.press_button("Save")
    screen.reads(f"PO-{lamp.sku} is announced.")
    look(screen)

    inbound = Inbound.objects.get(reference=f"PO-{lamp.sku}")
    floor = open_house.screen("shipper", where)
    floor.open(address(Inbound, "change", inbound.pk))
    look(floor)
    floor.press("Receive")
    scan(floor, barcode(lamp))
    expect(heard(floor)).to_have_text(f"{lamp.sku}: 1")
    scan(floor, barcode(extra))
    expect(heard(floor)).to_have_text(f"{extra.sku}: 1, not expected")
    scan(floor, "<b>SOFA</b>")
    expect(heard(floor)).to_contain_text("“<b>SOFA</b>” is no SKU or barcode of")
    look(floor)
    floor.check()
    floor.press_button("Receive")
    floor.reads("Received: 1.")
    floor.reads("2 expected, 1 came, 1 still to come")
    look(floor)
    assert goods.on_hand(house.reno.warehouse, lamp) == 1
    assert goods.on_hand(house.reno.warehouse, extra) == 1
    floor.press("Receive")
    floor.page.get_by_role("button", name="All that is expected").click()
    expect(labelled(floor, lamp.sku)).to_have_value("1")
    floor.press_button("Receive")
    floor.reads("Received: 1.")
    assert goods.on_hand(house.reno.warehouse, lamp) == 2
    assert screen.complaints == floor.complaints == []


@pytest.mark.parametrize("where", WIDTHS)
def test_a_shelf_is_counted_blind_reviewed_and_posted(open_house: OpenHouse, where: str) -> None:
    house = open_house.house
    lamp, mug = shelf(house, 7919), shelf(house, 3)
    floor = open_house.screen("shipper", where)
    floor.open("/admin/inventory/stocktake/add/")
    look(floor)
    labelled(floor, "Merchant").select_option(label=str(house.store.merchant))
    labelled(floor, "Only these products").fill(f"{barcode(lamp)}\n{mug.sku}")
    floor.press_button("Begin")
    look(floor)
    assert "7919" not in floor.page.content()
    count = Stocktake.objects.latest("pk")

    floor.press("Count by scans")
    look(floor)
    for _ in range(3):
        scan(floor, barcode(lamp))
    expect(floor.page.locator("[data-last] li").first).to_have_text(f"{lamp.sku}: 3")
    found = shelf(house)
    scan(floor, found.sku)
    expect(heard(floor)).to_have_text(f"{found.sku} is not on this sheet.")
    floor.page.get_by_role("button", name="Put it on the sheet, and count one").click()
    expect(heard(floor)).to_have_text(f"{found.sku}: 1")
    floor.press("To the sheet")

    floor.type_and_enter(mug.sku)
    expect(labelled(floor, mug.sku)).to_be_focused()
    floor.page.keyboard.type("3")
    floor.press_button("Save")
    floor.reads("Figures kept: 1.")
    look(floor)
    floor.press("Hand over for review")
    floor.press_button("Hand over for review")
    floor.reads("Handed over for review: 1.")
    assert "7919" not in floor.page.content()
    floor.open(f"/admin/inventory/stocktake/{count.pk}/print/")
    assert "7919" not in floor.page.content()

    office = open_house.screen("supervisor", where)
    office.open(address(Stocktake, "change", count.pk))
    look(office)
    office.reads("-7916")
    office.press("Post")
    office.press_button("Post")
    office.reads("Posted: 1.")
    look(office)
    assert goods.on_hand(house.reno.warehouse, lamp) == 3
    assert goods.on_hand(house.reno.warehouse, mug) == 3
    assert floor.complaints == office.complaints == []


@pytest.mark.parametrize("where", WIDTHS)
def test_goods_go_to_another_warehouse_and_arrive(open_house: OpenHouse, where: str) -> None:
    house = open_house.house
    lamp = shelf(house, 9)
    eve = f"eve-{where}"
    there = member("shipper", house.erie.warehouse, username=eve)
    there.set_password(PASSWORD)
    there.save()
    screen = open_house.screen("supervisor", where)
    screen.open("/admin/inventory/transfer/add/")
    look(screen)
    labelled(screen, "Merchant").select_option(label=str(house.store.merchant))
    labelled(screen, "To").select_option(label="Erie")
    labelled(screen, "Products and units").fill(f"{lamp.sku}\t2")
    screen.press_button("Save")
    screen.reads("is written. Send it when it leaves.")
    look(screen)
    screen.press("Send")
    screen.press_button("Send")
    screen.reads("2 units are on the way")
    look(screen)
    transfer = Transfer.objects.latest("pk")

    floor = open_house.screen(eve, where)
    floor.open(address(Transfer, "change", transfer.pk))
    floor.press("Take in")
    scan(floor, barcode(lamp))
    expect(heard(floor)).to_have_text(f"{lamp.sku}: 1")
    look(floor)
    floor.press_button("Take in")
    floor.reads(f"Missing: 1 of {lamp.sku}. Count again, or tick this box.")
    look(floor)
    scan(floor, "SOFA")
    expect(heard(floor)).to_have_text("“SOFA” is not on this page. Set it aside.")
    scan(floor, lamp.sku)
    floor.press_button("Take in")
    floor.reads("Arrived: 1.")
    floor.reads("All arrived")
    look(floor)
    assert goods.on_hand(house.reno.warehouse, lamp) == 7
    assert goods.on_hand(house.erie.warehouse, lamp) == 2
    assert screen.complaints == floor.complaints == []
