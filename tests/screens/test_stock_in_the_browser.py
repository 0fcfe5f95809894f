"""Stock in a real browser, at a desk and on a scanner, with a catalogue of 100,000 products."""

import time

import pytest
from playwright.sync_api import expect

from inventory.models import Product, StockLevel, StockMovement, StockRecord, UnknownSku
from tests.engine_fixtures import no_clock
from tests.factories import StockRecordFactory, promised, stock
from tests.screens import rows
from tests.screens.browser import WIDTHS, Screen, needs_chromium
from tests.screens.catalogue import stocked
from tests.screens.looks import look
from tests.screens.open_house import (
    OpenHouse,
    django_db_serialized_rollback,
    open_house,
    transactional_db,
)
from tests.screens.pages import address

__all__ = ["django_db_serialized_rollback", "no_clock", "open_house", "transactional_db"]

pytestmark = [pytest.mark.browser, needs_chromium]
COUNT = 100_000
# Far from what a list takes, and far from what reading the whole catalogue would take.
LIST_SECONDS = 5.0


@pytest.fixture(scope="module")
def catalogue(open_house: OpenHouse) -> OpenHouse:
    stocked(open_house.house, COUNT)
    return open_house


def scan(screen: Screen, code: str) -> None:
    """A scanner types a code and Enter wherever the cursor is: so it must be in the field."""
    screen.type_and_enter(code)
    look(screen)


@pytest.mark.parametrize("where", WIDTHS)
@pytest.mark.parametrize(
    "model",
    [Product, StockLevel, StockMovement, UnknownSku, StockRecord],
    ids=lambda model: model.__name__,
)
def test_a_list_opens_quickly_and_looks_right(
    catalogue: OpenHouse, where: str, model: type[Product]
) -> None:
    screen = catalogue.screen("manager", where)
    StockRecordFactory(location=catalogue.house.reno)
    UnknownSku.objects.get_or_create(merchant=catalogue.house.store.merchant, sku="ODD-1")
    began = time.monotonic()
    screen.open(address(model, "changelist"))
    assert time.monotonic() - began < LIST_SECONDS
    look(screen)
    assert screen.complaints == []


@pytest.mark.parametrize("where", WIDTHS)
def test_a_product_is_found_by_sku_and_barcode_and_explains_its_stock(
    catalogue: OpenHouse, where: str
) -> None:
    screen = catalogue.screen("picker", where)
    screen.open(address(Product, "changelist"))
    scan(screen, "BULK-00500")
    expect(screen.page.get_by_role("link", name="BULK-0050001", exact=True)).to_be_visible()
    scan(screen, "bulk-0050001")
    screen.reads("Received")
    scan(screen, "400050002")
    expect(screen.page).to_have_url(
        screen.url + address(Product, "change", Product.objects.get(sku="BULK-0050002").pk)
    )
    screen.reads("on hand +")
    scan(screen, "nothing is called this")
    screen.reads("Nothing fits “nothing is called this”.")
    assert screen.complaints == []


@pytest.mark.parametrize("where", WIDTHS)
def test_stock_is_adjusted_and_the_history_says_so(catalogue: OpenHouse, where: str) -> None:
    screen = catalogue.screen("supervisor", where)
    screen.open(address(StockLevel, "changelist"))
    scan(screen, "BULK-0060001" if where == "desk" else "BULK-0060002")
    screen.press("Adjust")
    screen.page.get_by_label("Units").fill("147")
    screen.page.get_by_label("Reason").fill("A second pallet was found")
    screen.press_button("Adjust")
    screen.reads("Adjusted: 1.")
    screen.reads("Why is on hand 147?")
    screen.reads("“A second pallet was found”")
    look(screen)
    assert screen.complaints == []


@pytest.mark.parametrize("where", WIDTHS)
def test_an_oversold_product_leads_to_the_orders_that_hold_its_units(
    catalogue: OpenHouse, where: str
) -> None:
    house = catalogue.house
    product = Product.objects.get(sku="BULK-0070001")
    order = rows.accepted(house.reno)
    level = stock(product, house.reno.warehouse, 1)
    promised(level, house.store, 5, order_id=order.pk, line_id=order.pk)
    screen = catalogue.screen("picker", where)
    screen.open(address(Product, "change", product.pk))
    look(screen)
    screen.reads("do not exist in Reno")
    screen.page.get_by_role("link", name=f"Order {order.pk}", exact=True).first.click()
    screen.check()
    screen.reads(f"Order {order.order.ref}")
    assert screen.complaints == []


@pytest.mark.parametrize("where", WIDTHS)
def test_an_unknown_sku_is_mapped_with_a_scan(catalogue: OpenHouse, where: str) -> None:
    merchant = catalogue.house.store.merchant
    row = UnknownSku.objects.create(merchant=merchant, sku=f"STRANGE-{where}", title="A lamp")
    screen = catalogue.screen("manager", where)
    screen.open(address(UnknownSku, "change", row.pk))
    look(screen)
    screen.press("Map to a product")
    expect(screen.page.get_by_label("Product")).to_be_focused()
    screen.page.keyboard.type("BULK-008000")
    screen.page.keyboard.press("Enter")
    screen.reads("Did you mean BULK-0080")
    screen.check()
    screen.page.get_by_label("Product").fill("400080000")
    screen.press_button("Map to a product")
    screen.reads("Mapped: 1.")
    assert Product.objects.get(sku="BULK-0080000").aliases.filter(sku=row.sku).exists()
    assert screen.complaints == []


@pytest.mark.parametrize("where", WIDTHS)
def test_the_form_of_a_product_is_filled_in(catalogue: OpenHouse, where: str) -> None:
    screen = catalogue.screen("manager", where)
    product = Product.objects.get(sku="BULK-0090001")
    screen.open(address(Product, "change", product.pk))
    look(screen)
    screen.page.get_by_label("Title").fill(f"A thing seen at the {where}")
    screen.page.get_by_label("Weight").fill("350")
    screen.page.get_by_role("button", name="Save", exact=True).click()
    screen.check()
    product.refresh_from_db()
    assert (product.title, product.weight_grams) == (f"A thing seen at the {where}", 350)
    assert screen.complaints == []
