"""The ledger: levels change by movements only, and movements are history."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from inventory import ledger
from inventory.ledger import Cause, Move
from inventory.models import FIGURES, Kind, Product, StockLevel, StockMovement
from inventory.models.levels import BY_HAND
from locations.models import Warehouse
from platforms.errors import Refusal
from tests.books import assert_chain, change, level_of, receive, stands
from tests.factories import ProductFactory, UserFactory, WarehouseFactory


@pytest.fixture
def tent(db: None) -> Product:
    return ProductFactory(sku="TENT")


@pytest.fixture
def reno(db: None) -> Warehouse:
    return WarehouseFactory(name="Reno")


@pytest.mark.parametrize("figure", FIGURES)
def test_the_database_refuses_a_figure_that_changes_without_a_movement(
    tent: Product, reno: Warehouse, figure: str
) -> None:
    receive(tent, reno, 5)
    with pytest.raises(IntegrityError, match="by movements only"), transaction.atomic():
        StockLevel.objects.update(**{figure: 3})


def test_the_database_refuses_a_level_that_begins_with_units(
    tent: Product, reno: Warehouse
) -> None:
    with pytest.raises(IntegrityError, match="by movements only"), transaction.atomic():
        StockLevel.objects.create(product=tent, warehouse=reno, on_hand=3)


def test_the_database_refuses_to_change_or_forget_a_movement(
    tent: Product, reno: Warehouse
) -> None:
    receive(tent, reno, 5)
    with pytest.raises(IntegrityError, match="is history"), transaction.atomic():
        StockMovement.objects.update(reason="It was never so")
    with pytest.raises(IntegrityError, match="is history"), transaction.atomic():
        StockMovement.objects.all().delete()


def test_a_movement_says_from_what_by_how_much_why_and_by_whom(
    tent: Product, reno: Warehouse
) -> None:
    inbound, kim = receive(tent, reno, 5), UserFactory(username="kim")
    level_id = ledger.level_at(tent, reno)
    move = Move(
        level_id, Kind.ADJUSTED, {"on_hand": -2, "damaged": 1}, Cause.of(inbound), "Fell down"
    )
    [written] = ledger.post(ledger.lock([level_id]), [move], by=kim)
    kept = StockMovement.objects.get(pk=written.pk)
    assert (kept.on_hand_before, kept.on_hand, kept.damaged_before, kept.damaged) == (5, -2, 0, 1)
    assert (kept.kind, kept.reason, kept.by) == (Kind.ADJUSTED, "Fell down", kim)
    assert (kept.cause_model, kept.cause_id) == ("inventory.inbound", inbound.pk)
    assert kept.cause == str(inbound)
    level = level_of(tent, reno)
    assert (level.on_hand, level.damaged, level.moved_at) == (3, 1, kept.at)


@pytest.mark.parametrize("kind", BY_HAND)
def test_what_is_done_by_hand_needs_a_reason(tent: Product, reno: Warehouse, kind: Kind) -> None:
    with pytest.raises(IntegrityError, match="movement_has_reason"), transaction.atomic():
        change(tent, reno, kind, reason="", on_hand=1)
    assert change(tent, reno, kind, reason="Counted twice", on_hand=1).number == 1


@pytest.mark.parametrize("figure", FIGURES)
def test_no_figure_falls_below_zero_and_the_refusal_says_which(
    tent: Product, reno: Warehouse, figure: str
) -> None:
    change(tent, reno, **{figure: 3})
    with pytest.raises(Refusal) as refused:
        change(tent, reno, **{figure: -4})
    words = ledger.WORDS[figure]
    assert str(refused.value) == f"Only 3 of TENT are {words} in Reno, so 4 cannot be taken."
    assert getattr(level_of(tent, reno), figure) == 3
    assert StockMovement.objects.count() == 1


def test_of_moves_together_all_are_written_or_none(tent: Product, reno: Warehouse) -> None:
    level_id = ledger.level_at(tent, reno)
    moves = [Move(level_id, Kind.RECEIVED, {"on_hand": n}) for n in (5, -6)]
    with pytest.raises(Refusal), transaction.atomic():
        ledger.post(ledger.lock([level_id]), moves, by=None)
    assert stands(tent, reno) == (0, 0)
    assert not StockMovement.objects.exists()


def test_the_movements_of_a_level_are_numbered_without_a_gap(
    tent: Product, reno: Warehouse
) -> None:
    receive(tent, reno, 5)
    with pytest.raises(Refusal):
        change(tent, reno, on_hand=-6)
    level_id = ledger.level_at(tent, reno)
    moves = [Move(level_id, Kind.RETURNED, {"on_hand": n}) for n in (1, 0, 2)]
    written = ledger.post(ledger.lock([level_id]), moves, by=None)
    assert [movement.number for movement in written] == [2, 3], "nothing moved is no movement"
    assert_chain(level_of(tent, reno))


def test_available_is_on_hand_less_what_is_promised_set_aside_or_kept_back(
    tent: Product, reno: Warehouse
) -> None:
    change(tent, reno, on_hand=100, allocated=1, damaged=2, quarantine=4, safety=8, buffer=16)
    level = level_of(tent, reno)
    assert (level.available, level.uncovered) == (69, -93)


def statements_for(places: list[tuple[int, int]]) -> int:
    ledger.levels_at(places)
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        ids = ledger.levels_at(places)
        levels = ledger.lock(ids.values())
        moves = [Move(pk, Kind.RECEIVED, {"on_hand": 1}) for pk in ids.values()]
        ledger.post(levels, moves, by=None)
    return len(queries)


def test_five_hundred_moves_take_as_many_statements_as_one(tent: Product, reno: Warehouse) -> None:
    others = ProductFactory.create_batch(500, merchant=tent.merchant)
    one = statements_for([(tent.pk, reno.pk)])
    assert statements_for([(product.pk, reno.pk) for product in others]) == one


def test_counting_begins_with_the_first_movement_and_asks_for_old_promises(
    tent: Product, reno: Warehouse
) -> None:
    ledger.level_at(tent, reno)
    tent.refresh_from_db()
    assert (tent.counted, tent.recount_promises) == (False, False)
    receive(tent, reno, 1)
    tent.refresh_from_db()
    assert (tent.counted, tent.recount_promises) == (True, True)
    Product.objects.update(recount_promises=False)
    receive(tent, reno, 1)
    tent.refresh_from_db()
    assert not tent.recount_promises, "only once"


def test_what_is_written_belongs_into_the_transaction_that_locked(engine: None) -> None:
    level_id = ledger.level_at(ProductFactory(), WarehouseFactory())
    with transaction.atomic():
        levels = ledger.lock([level_id])
    with pytest.raises(RuntimeError, match="transaction"):
        ledger.post(levels, [Move(level_id, Kind.RECEIVED, {"on_hand": 1})], by=None)


def test_what_is_damaged_beyond_what_lies_there_makes_no_promise_missing(
    tent: Product, reno: Warehouse
) -> None:
    receive(tent, reno, 5)
    change(tent, reno, Kind.MADE_UNAVAILABLE, damaged=5)
    change(tent, reno, Kind.ADJUSTED, on_hand=-2)
    assert not StockLevel.objects.oversold().exists()
    change(tent, reno, Kind.ALLOCATED, allocated=1)
    [level] = StockLevel.objects.oversold()
    assert level.uncovered == 1
