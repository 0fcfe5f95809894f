"""How much there is. Contract, operations 10 and 11."""

import pytest

from inventory.models import Product
from locations.models import Location
from tests.api.caller import SKUS, Program, accept, body, breaches
from tests.books import change
from tests.factories import ProductFactory, WarehouseFactory, stock


def product(program: Program, sku: str = SKUS[0]) -> Product:
    return program.merchant.products.get(sku=sku)


def test_what_can_be_promised_and_what_lies_there(program: Program) -> None:
    change(product(program), program.warehouse, damaged=3)
    accept(program.placed())
    answer = program.get("inventory", externalSkuNames=SKUS[0])
    assert not breaches("ItemInventoryArrayV2", answer.said)
    [shown] = answer.said["data"]
    assert shown["item"] == {"id": product(program).pk, "skuReference": SKUS[0]}
    assert shown["merchant"] == {"name": program.merchant.name}
    assert shown["quantity"]["total"] == {"availableToPromise": 45, "onHand": 50}


def test_warehouses_are_added_up_and_shown_one_by_one(program: Program) -> None:
    other = WarehouseFactory()
    store = program.merchant.stores.get()
    Location.objects.create(store=store, warehouse=other, ref="9", name="Reno")
    stock(product(program), other, 7)
    totals = program.get("inventory", externalSkuNames=SKUS[0]).said["data"]
    assert totals[0]["quantity"]["total"] == {"availableToPromise": 57, "onHand": 57}
    full = program.get("inventory/full", externalSkuNames=SKUS[0])
    assert not breaches("InventoryArrayV2", full.said)
    assert [each["availableToPromise"] for each in full.said["data"]] == [50, 7]
    only = program.get("inventory/full", warehouseIds=other.pk).said["data"]
    assert [each["warehouse"]["id"] for each in only] == [other.pk]


def test_what_is_oversold_in_one_warehouse_takes_nothing_from_another(program: Program) -> None:
    other = WarehouseFactory()
    store = program.merchant.stores.get()
    Location.objects.create(store=store, warehouse=other, ref="9", name="Reno")
    level = stock(product(program), other, 7)
    change(product(program), other, buffer=20)
    level.refresh_from_db()
    assert level.available == -13
    totals = program.get("inventory", externalSkuNames=SKUS[0]).said["data"]
    assert totals[0]["quantity"]["total"] == {"availableToPromise": 50, "onHand": 57}


def test_what_nobody_counts_is_not_listed(program: Program) -> None:
    ProductFactory(merchant=program.merchant, sku="UNSEEN")
    answer = program.get("inventory", externalSkuNames="UNSEEN")
    assert (answer.status, answer.said) == (404, body("inventory_error_404"))
    assert {each["item"]["skuReference"] for each in program.get("inventory").said["data"]} == {
        *SKUS
    }


def test_a_warehouse_that_does_not_ship_for_it_is_left_out(program: Program) -> None:
    stock(product(program), WarehouseFactory(), 1000)
    answer = program.get("inventory", externalSkuNames=SKUS[0]).said["data"]
    assert answer[0]["quantity"]["total"]["onHand"] == 50


@pytest.mark.parametrize("path", ["inventory", "inventory/full"])
@pytest.mark.parametrize(
    "query",
    [
        f"externalSkuNames={SKUS[0]},{SKUS[1]}",
        f"externalSkuNames={SKUS[0]}%2C{SKUS[1]}",
        f"externalSkuNames={SKUS[0]}&externalSkuNames={SKUS[1]}",
        f"externalSkuNames[]={SKUS[0]}&externalSkuNames[]={SKUS[1]}",
        "externalSkuNames=",
    ],
)
def test_lists_of_skus_in_all_their_forms(program: Program, path: str, query: str) -> None:
    ProductFactory(merchant=program.merchant, sku="A THIRD")
    assert len(program.call("GET", f"{path}?{query}").said["data"]) == 2
    assert program.call("GET", f"{path}?externalSkuNames=%00").status == 404


def test_pages(program: Program) -> None:
    first = program.get("inventory", limit=1).said
    assert first["meta"]["pagination"] == {
        "total": 2,
        "count": 1,
        "currentPage": 1,
        "totalPages": 2,
    }
    assert program.get("inventory", limit=1, page=3).status == 404
    assert program.get("inventory", merchantIds=program.merchant.pk + 1).status == 404
