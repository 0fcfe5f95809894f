"""Counts stock: begins a count, notes what was counted, and posts the differences after a review.

Whoever counts does not see the books. A line keeps what the books said when it was counted, and
the difference of the two is posted: what is received or shipped meanwhile is not counted away.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from inventory import ledger
from inventory.deadlocks import tried_again
from inventory.ledger import Cause, Move
from inventory.models import (
    Kind,
    Product,
    Scan,
    StockLevel,
    StockMovement,
    Stocktake,
    StocktakeLine,
    StocktakeState,
)
from locations.models import Merchant, Warehouse
from platforms.errors import Refusal

OPEN = (StocktakeState.COUNTING, StocktakeState.REVIEW)
# A line keeps its level from being removed. These locks are taken in the order in which everybody
# locks levels, and not in that of the sheet: else two could wait for each other.
KEEP_LEVELS = "SELECT FROM inventory_stocklevel WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"
WRITE_SHEET = """
    INSERT INTO inventory_stocktakeline (stocktake_id, level_id)
    SELECT %s, level_id FROM unnest(%s::bigint[]) WITH ORDINALITY AS sheet (level_id, place)
    ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class Noted:
    """How many figures changed, and which did not: somebody else counted these meanwhile."""

    changed: int
    contested: Sequence[StocktakeLine] = ()


@tried_again
@transaction.atomic
def begin(
    warehouse: Warehouse,
    *,
    by: User | None,
    merchant: Merchant | None = None,
    products: Iterable[Product] = (),
    note: str = "",
    submission: uuid.UUID | None = None,
) -> Stocktake:
    """Write a count sheet: these products, or all that the warehouse has a level of.

    Raises Refusal where there is nothing to count.
    """
    stocktake, is_new = Stocktake.objects.get_or_create(
        submission=submission or uuid.uuid4(),
        defaults={"warehouse": warehouse, "merchant": merchant, "begun_by": by, "note": note},
    )
    if not is_new:
        return stocktake
    chosen = [product.pk for product in products]
    ids = _of_products(warehouse, chosen) if chosen else _of_warehouse(warehouse, merchant)
    if not ids:
        raise Refusal("There is nothing to count: no product has a level in this warehouse.")
    with connection.cursor() as cursor:
        cursor.execute(KEEP_LEVELS, [ids])
        cursor.execute(WRITE_SHEET, [stocktake.pk, ids])
    return stocktake


def _of_products(warehouse: Warehouse, products: Sequence[int]) -> list[int]:
    places = ledger.levels_at((pk, warehouse.pk) for pk in products)
    return [places[pk, warehouse.pk] for pk in dict.fromkeys(products)]


def _of_warehouse(warehouse: Warehouse, merchant: Merchant | None) -> list[int]:
    levels = StockLevel.objects.filter(warehouse=warehouse)
    levels = levels.filter(product__merchant=merchant) if merchant else levels
    return list(levels.order_by("product__sku", "pk").values_list("pk", flat=True))


@tried_again
@transaction.atomic
def add(stocktake_id: int, product: Product, *, by: User | None) -> StocktakeLine:
    """Put a product that was found on the shelf on the sheet. Harmless when it is there."""
    stocktake = _being_counted(stocktake_id)
    level_id = ledger.level_at(product, stocktake.warehouse)
    line, _ = StocktakeLine.objects.get_or_create(stocktake=stocktake, level_id=level_id)
    return line


@tried_again
@transaction.atomic
def note(
    stocktake_id: int,
    counted: Mapping[int, int | None],
    *,
    by: User | None,
    seen: Mapping[int, int | None] | None = None,
) -> Noted:
    """Keep what was counted, by line id; None takes a figure back.

    `seen` are the figures that the person had before them: where another one stands by now, it
    stays, and the person is told.
    """
    stocktake = _being_counted(stocktake_id)
    lines = list(stocktake.lines.filter(pk__in=counted).order_by("pk"))
    if len(lines) < len(counted):
        raise Refusal("Some of the lines are not of this count.")
    # A figure that was sent again is not a new count: it keeps its moment, and its books.
    differing = [line for line in lines if line.counted != counted[line.pk]]
    before = seen or {}
    contested = [line for line in differing if before.get(line.pk, line.counted) != line.counted]
    changed = [line for line in differing if line not in contested]
    levels = ledger.lock(line.level_id for line in changed)
    for line in changed:
        _set_figure(line, counted[line.pk], levels[line.level_id], by)
    StocktakeLine.objects.bulk_update(changed, FIGURE)
    return Noted(len(changed), contested)


@tried_again
@transaction.atomic
def scan(
    stocktake_id: int, line_id: int, *, submission: uuid.UUID, by: User | None
) -> StocktakeLine:
    """Count one unit more of a line. The same scan, sent twice, counts once."""
    stocktake = _being_counted(stocktake_id)
    line = stocktake.lines.filter(pk=line_id).first()
    if line is None:
        raise Refusal("This line is not of this count.")
    _, is_new = Scan.objects.get_or_create(submission=submission, defaults={"line": line, "by": by})
    if is_new:
        [level] = ledger.lock([line.level_id]).values()
        _set_figure(line, (line.counted or 0) + 1, level, by)
        line.save(update_fields=FIGURE)
    return line


FIGURE = ["counted", "expected", "counted_at", "counted_by"]


def _set_figure(
    line: StocktakeLine, figure: int | None, level: StockLevel, by: User | None
) -> None:
    if figure is not None and figure < 0:
        raise Refusal("A count cannot be below zero.")
    line.counted = figure
    line.expected = None if figure is None else level.on_hand
    line.counted_at = None if figure is None else timezone.now()
    line.counted_by = None if figure is None else by


@transaction.atomic
def finish(stocktake_id: int, *, by: User | None) -> Stocktake:
    """Hand a count over for review. Raises Refusal if nothing was counted."""
    stocktake = _locked(stocktake_id)
    if stocktake.state != StocktakeState.COUNTING:
        raise Refusal(stands_at(stocktake))
    if not stocktake.lines.filter(counted__isnull=False).exists():
        raise Refusal("Nothing has been counted yet.")
    return _set(stocktake, StocktakeState.REVIEW)


@transaction.atomic
def count_again(stocktake_id: int, *, by: User | None, line_ids: Iterable[int] = ()) -> Stocktake:
    """Send a count back to the floor; the named lines are forgotten and counted anew."""
    stocktake = _locked(stocktake_id)
    if stocktake.state != StocktakeState.REVIEW:
        raise Refusal(stands_at(stocktake))
    stocktake.lines.filter(pk__in=list(line_ids)).update(
        counted=None, expected=None, counted_at=None, counted_by=None
    )
    return _set(stocktake, StocktakeState.COUNTING)


@tried_again
@transaction.atomic
def post(stocktake_id: int, *, by: User | None) -> list[StockMovement]:
    """Book the differences of a reviewed count. What was not counted stays as it is.

    Raises Refusal if it is posted already, or a difference does not fit the books any more.
    """
    stocktake = _locked(stocktake_id)
    if stocktake.state != StocktakeState.REVIEW:
        raise Refusal(stands_at(stocktake))
    lines = list(stocktake.lines.filter(counted__isnull=False).order_by("level_id"))
    levels = ledger.lock(line.level_id for line in lines)
    cause = Cause.of(stocktake)
    moves = [
        Move(line.level_id, Kind.COUNTED, {"on_hand": line.difference or 0}, cause, stocktake.note)
        for line in lines
    ]
    written = ledger.post(levels, moves, by=by)
    # Also what was counted and found right is counted stock from now on.
    ledger.begin_counting({level.product_id for level in levels.values()})
    stocktake.ended_at, stocktake.ended_by = timezone.now(), by
    _set(stocktake, StocktakeState.POSTED)
    return written


@transaction.atomic
def drop(stocktake_id: int, *, by: User | None) -> Stocktake:
    """Give a count up; nothing is booked."""
    stocktake = _open(stocktake_id)
    stocktake.ended_at, stocktake.ended_by = timezone.now(), by
    return _set(stocktake, StocktakeState.DROPPED)


def _set(stocktake: Stocktake, state: StocktakeState) -> Stocktake:
    stocktake.state = state
    stocktake.save(update_fields=["state", "ended_at", "ended_by"])
    return stocktake


def _open(stocktake_id: int) -> Stocktake:
    stocktake = _locked(stocktake_id)
    if stocktake.state not in OPEN:
        raise Refusal(stands_at(stocktake))
    return stocktake


def _being_counted(stocktake_id: int) -> Stocktake:
    """Return it, locked. Under review its figures stand still: they are what is posted."""
    stocktake = _locked(stocktake_id)
    if stocktake.state != StocktakeState.COUNTING:
        raise Refusal(stands_at(stocktake))
    return stocktake


def _locked(stocktake_id: int) -> Stocktake:
    rows = Stocktake.objects.select_for_update(of=("self",)).select_related("warehouse")
    return rows.get(pk=stocktake_id)


def stands_at(stocktake: Stocktake) -> str:
    """Say how far it is, and who brought it there."""
    words = f"The count stands at “{stocktake.get_state_display()}”"
    if stocktake.ended_at is None:
        return f"{words}."
    at = timezone.localtime(stocktake.ended_at)
    return f"{words}: {stocktake.ended_by or 'a command'} did that at {at:%H:%M:%S}."
