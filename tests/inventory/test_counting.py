"""Counting: what moves meanwhile is not counted away, and nothing is posted or scanned twice."""

import threading
import time
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from inventory import counting, ledger, receiving
from inventory.models import (
    Kind,
    Scan,
    StockLevel,
    StockMovement,
    Stocktake,
    StocktakeLine,
    StocktakeState,
)
from inventory.receiving import Returned
from platforms.errors import Refusal
from tests.factories import UserFactory
from tests.fulfillment.test_at_once import at_once
from tests.inventory import rows
from tests.inventory.conftest import Yard


def line_of(count: Stocktake) -> StocktakeLine:
    return count.lines.get()


def test_what_moves_between_counting_and_posting_is_kept(yard: Yard) -> None:
    rows.stock(yard.reno, yard.tent, 10)
    count = rows.count(yard.reno, yard.tent)
    rows.counted(count, 8)
    rows.stock(yard.reno, yard.tent, 5)
    [movement] = counting.post(count.pk, by=None)
    assert (movement.kind, movement.on_hand) == (Kind.COUNTED, -2)
    assert rows.on_hand(yard.reno, yard.tent) == 13


def test_a_count_is_posted_once_and_the_second_one_reads_by_whom(
    transactional_db: None, yard: Yard
) -> None:
    rows.stock(yard.reno, yard.tent, 10)
    count = rows.counted(rows.count(yard.reno, yard.tent), 8)
    alva = UserFactory(username="alva")

    def post() -> str:
        try:
            counting.post(count.pk, by=alva)
        except Refusal as refusal:
            return str(refusal)
        return ""

    first, *others = sorted(at_once(post, post, post))
    assert first == ""
    assert all("stands at “Posted”: alva did that at" in words for words in others)
    assert rows.on_hand(yard.reno, yard.tent) == 8


def test_a_scan_that_is_sent_again_counts_once(transactional_db: None, yard: Yard) -> None:
    count = rows.count(yard.reno, yard.tent)
    line = line_of(count)
    number = uuid.uuid4()

    def scan() -> None:
        counting.scan(count.pk, line.pk, submission=number, by=None)

    at_once(scan, scan, scan)
    assert line_of(count).counted == 1
    assert Scan.objects.count() == 1


def test_two_people_who_scan_the_same_shelf_lose_no_unit(
    transactional_db: None, yard: Yard
) -> None:
    rows.stock(yard.reno, yard.tent, 10)
    count = rows.count(yard.reno, yard.tent)
    line = line_of(count)

    def scan() -> None:
        for _ in range(5):
            counting.scan(count.pk, line.pk, submission=uuid.uuid4(), by=None)

    at_once(scan, scan)
    assert (line_of(count).counted, line_of(count).expected) == (10, 10)


def test_a_figure_that_somebody_else_wrote_meanwhile_stays(yard: Yard) -> None:
    count = rows.count(yard.reno, yard.tent)
    line = line_of(count)
    alva = UserFactory(username="alva")
    counting.note(count.pk, {line.pk: 5}, seen={line.pk: None}, by=alva)
    noted = counting.note(count.pk, {line.pk: 4}, seen={line.pk: None}, by=None)
    assert (noted.changed, [each.counted for each in noted.contested]) == (0, [5])
    assert (line_of(count).counted, line_of(count).counted_by) == (5, alva)
    assert counting.note(count.pk, {line.pk: 4}, seen={line.pk: 5}, by=None).changed == 1


def test_a_form_that_begins_a_count_twice_begins_one(transactional_db: None, yard: Yard) -> None:
    rows.stock(yard.reno, yard.tent, 1)
    number = uuid.uuid4()
    begun = at_once(*[lambda: counting.begin(yard.reno, submission=number, by=None)] * 3)
    assert len({count.pk for count in begun}) == 1
    assert StocktakeLine.objects.count() == 1


def test_a_sheet_has_what_lies_in_the_warehouse_by_sku(yard: Yard) -> None:
    for item in (yard.tent, yard.mug):
        rows.stock(yard.reno, item, 1)
    rows.stock(yard.erie, rows.product(yard.merchant, "ERIE"), 1)
    count = counting.begin(yard.reno, by=None)
    assert [line.level.product.sku for line in count.lines.all()] == ["MUG", "TENT"]


def test_nothing_to_count_is_refused_and_leaves_no_sheet(yard: Yard) -> None:
    with pytest.raises(Refusal, match="nothing to count"):
        counting.begin(yard.reno, by=None)
    assert not Stocktake.objects.exists()


def test_a_long_sheet_is_written_in_few_statements(yard: Yard) -> None:
    for n in range(50):
        ledger.level_at(rows.product(yard.merchant, f"S{n}"), yard.reno)
    with CaptureQueriesContext(connection) as made:
        counting.begin(yard.reno, by=None)
    assert len(made) < 10
    assert StocktakeLine.objects.count() == 50


def test_figures_stand_still_under_review_and_after_it(yard: Yard) -> None:
    rows.stock(yard.reno, yard.tent, 10)
    count = rows.counted(rows.count(yard.reno, yard.tent), 8)
    line = line_of(count)
    for act in (
        lambda: counting.note(count.pk, {line.pk: 3}, by=None),
        lambda: counting.scan(count.pk, line.pk, submission=uuid.uuid4(), by=None),
        lambda: counting.add(count.pk, yard.mug, by=None),
        lambda: counting.finish(count.pk, by=None),
    ):
        with pytest.raises(Refusal, match="stands at “To be reviewed”"):
            act()
    assert line_of(count).counted == 8
    assert not Scan.objects.exists()


def test_lines_that_are_counted_again_forget_figure_and_books(yard: Yard) -> None:
    rows.stock(yard.reno, yard.tent, 10)
    count = rows.counted(rows.count(yard.reno, yard.tent), 8)
    counting.count_again(count.pk, line_ids=[line_of(count).pk], by=None)
    assert (line_of(count).counted, line_of(count).expected) == (None, None)
    count.refresh_from_db()
    assert count.state == StocktakeState.COUNTING


def test_a_count_that_is_given_up_books_nothing(yard: Yard) -> None:
    rows.stock(yard.reno, yard.tent, 10)
    count = rows.counted(rows.count(yard.reno, yard.tent), 8)
    counting.drop(count.pk, by=None)
    with pytest.raises(Refusal, match="Given up"):
        counting.post(count.pk, by=None)
    assert rows.on_hand(yard.reno, yard.tent) == 10


def test_odd_figures_and_lines_of_other_counts_are_refused(yard: Yard) -> None:
    count, other = rows.count(yard.reno, yard.tent), rows.count(yard.erie, yard.tent)
    with pytest.raises(Refusal, match="below zero"):
        counting.note(count.pk, {line_of(count).pk: -1}, by=None)
    with pytest.raises(Refusal, match="not of this count"):
        counting.note(count.pk, {line_of(other).pk: 1}, by=None)
    with pytest.raises(Refusal, match="not of this count"):
        counting.scan(count.pk, line_of(other).pk, submission=uuid.uuid4(), by=None)


def test_while_it_is_counted_goods_still_come_and_go(transactional_db: None, yard: Yard) -> None:
    rows.stock(yard.reno, yard.tent, 10)
    count = rows.counted(rows.count(yard.reno, yard.tent), 8)
    at_once(
        lambda: counting.post(count.pk, by=None),
        lambda: receiving.take_back(yard.reno, [Returned(yard.tent, 3)], by=None),
    )
    assert rows.on_hand(yard.reno, yard.tent) == 11
    level = StockLevel.objects.get()
    assert StockMovement.objects.filter(level=level).count() == level.moves == 3


def test_the_database_keeps_a_product_once_on_a_sheet(yard: Yard) -> None:
    count = rows.count(yard.reno, yard.tent)
    with pytest.raises(IntegrityError), transaction.atomic():
        StocktakeLine.objects.create(stocktake=count, level=line_of(count).level)


def test_beginning_a_count_waits_for_levels_in_the_order_in_which_everybody_locks_them(
    transactional_db: None, yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    """The mug stands first on the sheet, and the tent's level is the older one."""
    tent = rows.stock(yard.reno, yard.tent, 10)
    mug = rows.stock(yard.reno, yard.mug, 10)
    assert tent.pk < mug.pk
    tent_is_locked = threading.Event()

    def move_both() -> None:
        with transaction.atomic():
            ledger.lock([tent.pk])
            tent_is_locked.set()
            time.sleep(0.5)
            ledger.lock([mug.pk])

    def begin() -> Stocktake:
        tent_is_locked.wait(10)
        return counting.begin(yard.reno, by=None)

    _, count = at_once(move_both, begin)
    assert count.lines.count() == 2
    assert "deadlock" not in caplog.text
