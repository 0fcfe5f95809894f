"""The page of a product: its form, its parts, its stock, and why there is so much of it."""

from typing import Any

import pytest
from django.test import Client

from inventory.models import Barcode, Product, SkuAlias, StockLevel, UnknownSku
from tests.factories import MerchantFactory, ProductFactory, promised, stock
from tests.screens import rows
from tests.screens.conftest import House
from tests.screens.pages import act, address, page, said, send, text


def filled(product: Product | None = None, **more: Any) -> dict[str, Any]:
    """What a browser sends of the form of a product, and of its parts."""
    parts = {
        f"{part}-{name}": value
        for part in ("barcodes", "aliases")
        for name, value in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))
    }
    empty = {"title": "", "image_url": "", "weight_grams": "", "length_mm": "", "width_mm": ""}
    empty |= {"height_mm": "", "hs_code": "", "origin": "", "customs_text": ""}
    empty |= {"customs_value": "", "customs_currency": "", "sku": product.sku if product else ""}
    return parts | empty | more


@pytest.fixture
def tent(house: House) -> Product:
    return Product.objects.get(sku="TENT-2P-GRN")


def change(client: Client, product: Product, **more: Any) -> Any:
    return client.post(address(Product, "change", product.pk), filled(product, **more))


def test_barcodes_and_other_skus_belong_to_the_merchant_of_the_product(
    manager: Client, tent: Product
) -> None:
    answer = change(manager, tent, **{"barcodes-0-code": "4006381333931", "aliases-0-sku": "TENT"})
    assert answer.status_code == 302, text(answer)
    assert Barcode.objects.get().merchant == tent.merchant
    assert SkuAlias.objects.get().merchant == tent.merchant


def test_a_new_product_comes_with_its_parts(supervisor: Client, tent: Product) -> None:
    sent = filled(merchant=tent.merchant_id, sku=" MUG  blue ", **{"barcodes-0-code": "123"})
    answer = supervisor.post(address(Product, "add"), sent)
    assert answer.status_code == 302, text(answer)
    mug = Product.objects.get(sku="MUG  blue")
    assert [str(barcode) for barcode in mug.barcodes.all()] == ["123"]


def test_an_other_sku_that_is_a_product_is_refused_in_words(manager: Client, tent: Product) -> None:
    ProductFactory(merchant=tent.merchant, sku="MUG", title="A mug")
    ProductFactory(sku="LAMP", title="Somebody else’s lamp")
    answer = change(manager, tent, **{"aliases-0-sku": "MUG"})
    assert "It is the SKU of a product of its own: A mug." in text(answer)
    answer = change(manager, tent, **{"aliases-0-sku": tent.sku})
    assert "It is the SKU of this product itself." in text(answer)
    assert change(manager, tent, **{"aliases-0-sku": "LAMP"}).status_code == 302


def test_a_barcode_or_other_sku_of_another_product_of_the_merchant_is_refused_in_words(
    manager: Client, tent: Product
) -> None:
    mug = ProductFactory(merchant=tent.merchant)
    Barcode.objects.create(product=mug, merchant=mug.merchant, code="1")
    SkuAlias.objects.create(product=mug, merchant=mug.merchant, sku="CUP")
    answer = change(manager, tent, **{"barcodes-0-code": "1", "aliases-0-sku": "CUP"})
    assert "Another product of this merchant has this barcode." in text(answer)
    assert "This SKU belongs to another product already." in text(answer)


def test_the_merchant_stays_and_a_sku_that_is_taken_is_refused(
    manager: Client, tent: Product
) -> None:
    ProductFactory(merchant=tent.merchant, sku="MUG")
    other = MerchantFactory()
    assert "This merchant has a product with this SKU already" in text(
        change(manager, tent, sku="MUG")
    )
    assert change(manager, tent, merchant=other.pk, title="Two people").status_code == 302
    tent.refresh_from_db()
    assert (tent.title, tent.merchant == other) == ("Two people", False)


def test_a_sku_that_a_product_has_now_is_unknown_no_longer(manager: Client, tent: Product) -> None:
    for sku in ("OLD-TENT", "MUG"):
        UnknownSku.objects.create(merchant=tent.merchant, sku=sku)
    change(manager, tent, **{"aliases-0-sku": "OLD-TENT"})
    assert [str(row) for row in UnknownSku.objects.all()] == ["MUG"]


def test_nobody_deletes_a_product(tent: Product, house: House) -> None:
    answer = house.client("superuser").post(address(Product, "delete", tent.pk), {"post": "yes"})
    assert answer.status_code == 403


# --- finding ---------------------------------------------------------------------------------


@pytest.mark.parametrize("term", ["4006381333931", "tent-2p-grn", "TENT-2P", "two-pers", "oldtent"])
def test_a_single_hit_opens_the_product(picker: Client, tent: Product, term: str) -> None:
    Product.objects.filter(pk=tent.pk).update(title="Two-person tent")
    Barcode.objects.create(product=tent, merchant=tent.merchant, code="4006381333931")
    SkuAlias.objects.create(product=tent, merchant=tent.merchant, sku="OLDTENT")
    ProductFactory(merchant=tent.merchant, sku="MUG")
    answer = picker.get(address(Product, "changelist"), {"q": f" {term}\r\n"})
    assert answer["Location"] == address(Product, "change", tent.pk)


def test_what_begins_alike_is_listed_and_what_only_contains_it_is_not(
    picker: Client, tent: Product
) -> None:
    for sku in ("TENT-3P", "BIG-TENT-2P"):
        ProductFactory(merchant=tent.merchant, sku=sku)
    answer = picker.get(address(Product, "changelist"), {"q": "TENT"})
    assert [row.sku for row in answer.context["cl"].result_list] == ["TENT-2P-GRN", "TENT-3P"]


# --- its stock -------------------------------------------------------------------------------


def test_its_stock_is_shown_for_the_warehouses_of_the_user(
    picker: Client, manager: Client, house: House, tent: Product
) -> None:
    stock(tent, house.reno.warehouse, 47)
    stock(tent, house.erie.warehouse, 5)
    mine, all_of_it = (
        text(client.get(address(Product, "change", tent.pk))) for client in (picker, manager)
    )
    assert "Why is on hand 47?" in mine
    assert "Erie" not in mine
    assert "Why is on hand 52?" in all_of_it
    answer = manager.get(
        address(Product, "change", tent.pk), {"warehouse": house.erie.warehouse_id}
    )
    assert "Why is on hand 5?" in text(answer)
    assert "on hand +47" not in text(answer)


def test_the_list_says_how_many_may_be_promised_in_ones_own_warehouses(
    picker: Client, manager: Client, house: House, tent: Product
) -> None:
    stock(tent, house.reno.warehouse, 47)
    stock(tent, house.erie.warehouse, 5)
    for client, figure in ((picker, "47"), (manager, "52")):
        answer = client.get(address(Product, "changelist"))
        screen = answer.context["cl"].model_admin
        [row] = answer.context["cl"].result_list
        assert screen.available(row) == figure


def test_an_oversold_product_names_the_orders_that_hold_units(
    picker: Client, house: House, tent: Product
) -> None:
    order = rows.accepted(house.reno, number="10001")
    level = stock(tent, house.reno.warehouse, 2)
    promised(level, house.store, 5, order_id=order.pk)
    answer = picker.get(address(Product, "change", tent.pk))
    assert "3 promised units do not exist in Reno" in text(answer)
    link = address(type(order), "change", order.pk)
    assert link in answer.content.decode()


def test_the_history_says_what_changed_why_and_who_and_leads_to_the_cause(
    picker: Client, house: House, tent: Product
) -> None:
    order = rows.accepted(house.reno)
    level = stock(tent, house.reno.warehouse, 47, reason="Counted")
    promised(level, house.store, 2, order_id=order.pk)
    answer = picker.get(address(StockLevel, "change", level.pk))
    shown = text(answer)
    assert "on hand +47: 0 → 47" in shown
    assert "“Counted”" in shown
    assert "promised +2: 0 → 2" in shown
    assert address(type(order), "change", order.pk) in answer.content.decode()
    assert shown.index("Promised") < shown.index("“Counted”"), "the newest stands first"


def test_a_long_history_is_turned_over_page_by_page(
    picker: Client, house: House, tent: Product
) -> None:
    for figure in range(1, 61):
        level = stock(tent, house.reno.warehouse, figure)
    path, seen = address(Product, "change", tent.pk), ""
    query = "?"
    for _ in range(3):
        answer = picker.get(path + query)
        seen += text(answer)
        query = answer.context["older"]
    assert query == ""
    for figure in range(60):
        assert f"on hand +1: {figure} → {figure + 1}" in seen
    assert level.moves == 60


def test_stock_begins_where_the_user_works_and_is_entered_once(
    supervisor: Client, house: House, tent: Product
) -> None:
    sent = {"warehouse": house.reno.warehouse_id, "units": "47", "reason": "Moved in"}
    shown = page(supervisor, "enter_stock", [tent])
    assert "Erie" not in text(shown)
    assert said(send(supervisor, shown, **sent)) == "Stock entered: 1."
    assert "is counted already" in said(send(supervisor, shown, **sent))
    there = {**sent, "warehouse": house.erie.warehouse_id}
    assert "Select a valid choice" in text(send(supervisor, shown, **there))
    assert [level.on_hand for level in tent.levels.all()] == [47]


@pytest.mark.parametrize(
    ("action", "sent", "figures"),
    [
        ("adjust_stock", {"how": "figure", "units": "47"}, (47, 0, 47)),
        ("adjust_stock", {"how": "change", "units": "-3"}, (7, 0, 7)),
        ("set_aside", {"where": "damaged", "units": "4"}, (10, 4, 6)),
        ("set_buffer", {"units": "4"}, (10, 0, 6)),
    ],
)
def test_a_level_is_changed_once_with_a_reason(
    supervisor: Client,
    house: House,
    tent: Product,
    action: str,
    sent: dict[str, str],
    figures: tuple[int, int, int],
) -> None:
    level = stock(tent, house.reno.warehouse, 10)
    shown = page(supervisor, action, [level])
    assert "This field is required" in text(send(supervisor, shown, **sent))
    answer = send(supervisor, shown, **sent, reason="A look at the shelf")
    assert said(answer).endswith(": 1.")
    again = said(send(supervisor, shown, **sent, reason="A look at the shelf"))
    assert again.startswith("Nothing was done.")
    level.refresh_from_db()
    assert (level.on_hand, level.damaged, level.available) == figures


def test_a_figure_is_refused_when_the_level_moved_while_the_page_was_open(
    supervisor: Client, house: House, tent: Product
) -> None:
    level = stock(tent, house.reno.warehouse, 10)
    shown = page(supervisor, "adjust_stock", [level])
    stock(tent, house.reno.warehouse, 9)
    sent = {"how": "figure", "units": "47", "reason": "Counted"}
    assert "It has changed since you opened the page" in said(send(supervisor, shown, **sent))
    level.refresh_from_db()
    assert level.on_hand == 9


def test_what_is_set_aside_is_put_back(supervisor: Client, house: House, tent: Product) -> None:
    level = stock(tent, house.reno.warehouse, 10)
    assert "Nothing of it is set aside" in text(page(supervisor, "put_back", [level]))
    act(supervisor, "set_aside", level, where="quarantine", units="4", reason="Recall")
    act(supervisor, "put_back", level, where="quarantine", units="3", reason="Checked")
    level.refresh_from_db()
    assert (level.quarantine, level.available) == (1, 9)
