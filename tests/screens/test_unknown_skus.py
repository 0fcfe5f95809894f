"""Unknown SKUs become products or other SKUs of one, with a page in between."""

import pytest
from django.test import Client

from inventory.models import Barcode, Mapped, Product, StockRecord, UnknownSku
from tests.factories import MerchantFactory, ProductFactory, StockRecordFactory
from tests.screens.conftest import House
from tests.screens.pages import act, address, page, page_from_list, said, send, text


@pytest.fixture
def tent(house: House) -> Product:
    return Product.objects.get(sku="TENT-2P-GRN")


@pytest.fixture
def unknown(house: House) -> UnknownSku:
    row: UnknownSku = UnknownSku.objects.create(
        merchant=house.store.merchant, sku="tent-2p", title="Tent"
    )
    return row


def test_many_become_products_at_once(supervisor: Client, house: House) -> None:
    rows = [
        UnknownSku.objects.create(merchant=house.store.merchant, sku=f"NEW {n}") for n in range(3)
    ]
    shown = page_from_list(supervisor, "create_products", rows)
    assert said(send(supervisor, shown)) == "Known to us from now on: 3."
    assert Product.objects.filter(sku__startswith="NEW ").count() == 3
    assert not UnknownSku.objects.exists()
    assert "Nothing was selected" in said(send(supervisor, shown))


def test_what_a_store_names_is_mapped_as_soon_as_it_is_known(
    supervisor: Client, house: House, unknown: UnknownSku
) -> None:
    record = StockRecordFactory(location=house.reno, sku="tent-2p")
    act(supervisor, "create_products", unknown)
    record.refresh_from_db()
    assert record.mapped == Mapped.YES


@pytest.mark.parametrize("term", ["TENT-2P-GRN", "tent-2p-grn", " 4006381333931 "])
def test_one_is_mapped_by_sku_or_barcode(
    manager: Client, tent: Product, unknown: UnknownSku, term: str
) -> None:
    Barcode.objects.create(product=tent, merchant=tent.merchant, code="4006381333931")
    assert act(manager, "map_sku", unknown, product=term) == "Mapped: 1."
    assert [alias.sku for alias in tent.aliases.all()] == ["tent-2p"]


def test_a_product_that_is_not_there_is_refused_with_what_is_close(
    manager: Client, tent: Product, unknown: UnknownSku
) -> None:
    ProductFactory(sku="MUG")
    shown = page(manager, "map_sku", [unknown])
    answer = text(send(manager, shown, product="TENT-2"))
    assert f"Did you mean TENT-2P-GRN of {tent.merchant}?" in answer
    assert "No product has the SKU or barcode “MUG”" in text(send(manager, shown, product="MUG"))
    assert UnknownSku.objects.exists()


def test_two_products_that_are_called_the_same_are_not_guessed_at(
    manager: Client, tent: Product, unknown: UnknownSku
) -> None:
    ProductFactory(merchant=tent.merchant, sku="tent-2p-GRN")
    shown = page(manager, "map_sku", [unknown])
    answer = text(send(manager, shown, product="Tent-2p-grn"))
    assert "Several products are called this" in answer
    assert said(send(manager, shown, product="TENT-2P-GRN")) == "Mapped: 1."


def test_those_of_merchants_that_ask_other_warehouses_are_not_there(
    supervisor: Client, manager: Client, unknown: UnknownSku
) -> None:
    other = UnknownSku.objects.create(merchant=MerchantFactory(), sku="OTHER")
    path = address(UnknownSku, "changelist")
    assert [row.pk for row in supervisor.get(path).context["cl"].result_list] == [unknown.pk]
    assert len(manager.get(path).context["cl"].result_list) == 2
    assert page(supervisor, "create_products", [other]).status_code == 302
    assert not StockRecord.objects.exists()
