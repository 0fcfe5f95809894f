"""`manage.py check_stock`: finds what was written past the ledger, and corrects it in the open."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from inventory.models import Allocation, Kind, Product, StockLevel, StockMovement
from locations.models import Warehouse
from tests.books import change, level_of, receive, stands
from tests.factories import ProductFactory, StoreFactory, WarehouseFactory


@pytest.fixture
def tent(db: None) -> Product:
    return ProductFactory(sku="TENT")


@pytest.fixture
def reno(tent: Product) -> Warehouse:
    """A warehouse with five tents."""
    warehouse = WarehouseFactory(name="Reno")
    receive(tent, warehouse, 5)
    return warehouse


def check(*options: str) -> tuple[str, int]:
    """What the command says, and the status it exits with."""
    said = StringIO()
    try:
        call_command("check_stock", *options, stdout=said)
    except SystemExit as end:
        return said.getvalue(), int(end.code or 0)
    return said.getvalue(), 0


def write_past_the_ledger(figures: str) -> None:
    """What the trigger cannot see: figures that come with the number of a movement not written."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE inventory_stocklevel SET {figures}, moves = moves + 1")


def hold(product: Product, warehouse: Warehouse, units: int) -> Allocation:
    return Allocation.objects.create(
        level=level_of(product, warehouse),
        store=StoreFactory(merchant=product.merchant),
        line_id=1,
        order_id=1,
        subject="order 1",
        held=units,
    )


def test_right_books_are_said_to_be_right(tent: Product, reno: Warehouse) -> None:
    assert check() == ("All levels are right.\n", 0)


def test_a_figure_without_a_movement_is_reported_and_left(tent: Product, reno: Warehouse) -> None:
    write_past_the_ledger("on_hand = 8, damaged = 2")
    said, status = check()
    assert status == 1
    assert said.splitlines() == [
        "TENT in Reno: on hand 8, by its movements 5; damaged 2, by its movements 0.",
        "1 level differs from the movements. --fix writes movements that correct it.",
    ]
    assert stands(tent, reno) == (8, 0)


@pytest.mark.parametrize("found", [8, 2, 0])
def test_a_fix_writes_down_what_nobody_explained_and_takes_it_back(
    tent: Product, reno: Warehouse, found: int
) -> None:
    write_past_the_ledger(f"on_hand = {found}")
    said, status = check("--fix")
    assert status == 0
    assert "Corrected." in said
    assert stands(tent, reno) == (5, 0)
    there, back = StockMovement.objects.filter(kind=Kind.CORRECTED).order_by("number")
    assert (there.on_hand_before, there.on_hand) == (5, found - 5)
    assert (back.on_hand_before, back.on_hand) == (found, 5 - found)
    assert "Found by check_stock" in there.reason
    assert check() == ("All levels are right.\n", 0)


def test_a_fix_made_twice_is_harmless(tent: Product, reno: Warehouse) -> None:
    write_past_the_ledger("on_hand = 8")
    check("--fix")
    written = StockMovement.objects.count()
    assert check("--fix") == ("All other levels are right.\n", 0)
    assert StockMovement.objects.count() == written


def test_units_that_no_order_holds_are_let_go(tent: Product, reno: Warehouse) -> None:
    change(tent, reno, Kind.ALLOCATED, allocated=3)
    hold(tent, reno, 1)
    said, status = check()
    assert (status, "promised 3, and orders hold 1" in said) == (1, True)
    check("--fix")
    assert stands(tent, reno) == (5, 1)
    assert check() == ("All levels are right.\n", 0)


def test_units_that_orders_hold_are_promised(tent: Product, reno: Warehouse) -> None:
    hold(tent, reno, 2)
    assert check("--fix")[1] == 0
    assert stands(tent, reno) == (5, 2)


def test_both_at_once_are_put_right_in_one_go(tent: Product, reno: Warehouse) -> None:
    hold(tent, reno, 2)
    write_past_the_ledger("on_hand = 0, allocated = 7, safety = 1")
    check("--fix")
    level = level_of(tent, reno)
    assert (level.on_hand, level.allocated, level.safety) == (5, 2, 0)
    assert check() == ("All levels are right.\n", 0)


def test_of_many_levels_only_those_that_differ_are_touched(tent: Product, reno: Warehouse) -> None:
    others = [ProductFactory(merchant=tent.merchant) for _ in range(3)]
    for product in others:
        receive(product, reno, 4)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_stocklevel SET on_hand = 1, moves = moves + 1 WHERE product_id = %s",
            [others[1].pk],
        )
    check("--fix")
    assert [*StockLevel.objects.order_by("pk").values_list("on_hand", flat=True)] == [5, 4, 4, 4]
    corrected = StockMovement.objects.filter(kind=Kind.CORRECTED)
    assert {movement.level.product for movement in corrected} == {others[1]}
