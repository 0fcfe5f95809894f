"""The books of stock: the only writer of levels, which writes a movement for every change.

What if two write at once? The levels are locked in the order of their ids before they are read.
What if it dies halfway? Movements and levels are one transaction.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from inventory import publishing
from inventory.models import FIGURES, Kind, Product, StockLevel, StockMovement
from locations.models import Warehouse
from platforms.errors import Refusal

Place = tuple[int, int]  # product id, warehouse id
WORDS = {
    "on_hand": "on hand",
    "allocated": "promised",
    "damaged": "damaged",
    "quarantine": "in quarantine",
    "safety": "safety stock",
    "buffer": "buffer",
}
COLUMNS = [field.attname for field in StockMovement._meta.concrete_fields if field.name != "id"]
INSERT = f"""
    INSERT INTO inventory_stockmovement ({", ".join(COLUMNS)})
    SELECT {", ".join(COLUMNS)} FROM json_populate_recordset(NULL::inventory_stockmovement, %s)
    RETURNING level_id, number, id
"""  # noqa: S608 - put together from the names of columns
MOVED = [*FIGURES, "moves", "moved_at"]
UPDATE = f"""
    UPDATE inventory_stocklevel level
    SET ({", ".join(MOVED)}) = ROW ({", ".join(f"now.{column}" for column in MOVED)})
    FROM json_populate_recordset(NULL::inventory_stocklevel, %s) now
    WHERE level.id = now.id
"""  # noqa: S608 - put together from the names of columns


@dataclass(frozen=True, slots=True)
class Cause:
    """The row that a movement comes from; nothing where a person acted on the level itself."""

    name: str = ""
    model: str = ""
    id: int | None = None

    @classmethod
    def of(cls, row: Model) -> "Cause":
        """Return the cause that leads to this row's page."""
        return cls(str(row)[:300], row._meta.label_lower, row.pk)


@dataclass(frozen=True, slots=True)
class Move:
    """One change to write: by how much which figures of a level change, and why."""

    level_id: int
    kind: Kind
    changes: Mapping[str, int]
    cause: Cause = field(default_factory=Cause)
    reason: str = ""


def levels_at(places: Iterable[Place]) -> dict[Place, int]:
    """Return the ids of the levels at these places, made where there are none yet."""
    wanted = set(places)
    found = _known(wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        StockLevel.objects.bulk_create(
            [StockLevel(product_id=product, warehouse_id=place) for product, place in missing],
            ignore_conflicts=True,
        )
        found |= _known(set(missing))
    return found


def _known(places: set[Place]) -> dict[Place, int]:
    rows = StockLevel.objects.filter(
        product__in={product for product, _ in places},
        warehouse__in={warehouse for _, warehouse in places},
    )
    found = rows.order_by().values_list("product_id", "warehouse_id", "pk")
    return {(p, w): pk for p, w, pk in found if (p, w) in places}


def level_at(product: Product, warehouse: Warehouse) -> int:
    """Return the id of the level of a product in a warehouse."""
    return levels_at([(product.pk, warehouse.pk)])[product.pk, warehouse.pk]


def lock(level_ids: Iterable[int]) -> dict[int, StockLevel]:
    """Lock levels in the order of their ids and return them as they are then."""
    rows = StockLevel.objects.select_for_update().filter(pk__in=set(level_ids)).order_by("pk")
    return {level.pk: level for level in rows}


def post(
    levels: Mapping[int, StockLevel], moves: Sequence[Move], *, by: User | None
) -> list[StockMovement]:
    """Write movements and the levels that follow from them, in a few statements for any number.

    Changes `levels`, which the caller has locked in this transaction. Raises Refusal where a
    figure would fall below zero; the caller's transaction is then given up.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("post() belongs into the transaction that locked the levels.")
    now = timezone.now()
    written = [_apply(levels[move.level_id], move, by, now) for move in moves if _moves(move)]
    if not written:
        return []
    _insert(written)
    touched = [levels[pk] for pk in sorted({movement.level_id for movement in written})]
    _update(touched)
    begin_counting({level.product_id for level in touched})
    publishing.wake_stores({level.product_id for level in touched})
    return written


def _moves(move: Move) -> bool:
    return any(move.changes.values())


def _apply(level: StockLevel, move: Move, by: User | None, at: datetime) -> StockMovement:
    before = {figure: getattr(level, figure) for figure in FIGURES}
    for figure, change in move.changes.items():
        after = before[figure] + change
        if after < 0:
            raise Refusal(
                f"Only {before[figure]} of {level.product} are {WORDS[figure]} in "
                f"{level.warehouse}, so {-change} cannot be taken."
            )
        setattr(level, figure, after)
    level.moves += 1
    level.moved_at = at
    return StockMovement(
        level=level,
        number=level.moves,
        kind=move.kind,
        **move.changes,
        **{f"{figure}_before": value for figure, value in before.items()},
        cause=move.cause.name,
        cause_model=move.cause.model,
        cause_id=move.cause.id,
        reason=move.reason,
        at=at,
        by=by,
    )


def _insert(movements: Sequence[StockMovement]) -> None:
    """Write movements, and note their ids.

    Accepting a thousand orders writes thousands of them, and `bulk_create` prepares each of their
    many values by itself: that was a sixth of the time.
    """
    rows = [{column: getattr(movement, column) for column in COLUMNS} for movement in movements]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [json.dumps(rows, default=str)])
        ids = {(level, number): pk for level, number, pk in cursor.fetchall()}
    for movement in movements:
        movement.pk = ids[movement.level_id, movement.number]
        movement._state.adding = False


def _update(levels: Sequence[StockLevel]) -> None:
    rows = [{"id": level.pk, **{name: getattr(level, name) for name in MOVED}} for level in levels]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [json.dumps(rows, default=str)])


def begin_counting(product_ids: Iterable[int]) -> None:
    """From now on only what is there of a product is promised; its first movement says so.

    What was promised before that is counted by whoever promised it.
    """
    Product.objects.filter(pk__in=product_ids, counted=False).update(
        counted=True, recount_promises=True
    )
