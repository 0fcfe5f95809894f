"""Recomputes stock levels from their movements and promises, and corrects what has drifted.

Only somebody who writes past the ledger can cause drift; nothing here guesses which side is right.
The books win: the change nobody explained is written down, and then undone, each as a movement.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from inventory import ledger
from inventory.ledger import Move
from inventory.models import FIGURES, Kind, StockLevel

FOUND = "Found by check_stock: somebody changed the level without a movement."
UNDONE = "Found by check_stock: put back to what the movements say."
HELD = "Found by check_stock: made equal to what orders hold."
SUMS = """
    SELECT level.id, {columns}, COALESCE(promises.held, 0)
    FROM inventory_stocklevel level
    LEFT JOIN (
        SELECT level_id, {sums} FROM inventory_stockmovement
        WHERE %(all)s OR level_id = ANY(%(levels)s) GROUP BY level_id
    ) booked ON booked.level_id = level.id
    LEFT JOIN (
        SELECT level_id, SUM(held) AS held FROM inventory_allocation GROUP BY level_id
    ) promises ON promises.level_id = level.id
    WHERE (%(all)s OR level.id = ANY(%(levels)s)) AND (
        ({figures}) IS DISTINCT FROM ({columns})
        OR level.allocated <> COALESCE(promises.held, 0)
    )
    ORDER BY level.id
""".format(  # noqa: S608 - put together from constants
    columns=", ".join(f"COALESCE(booked.{figure}, 0)" for figure in FIGURES),
    sums=", ".join(f"SUM({figure}) AS {figure}" for figure in FIGURES),
    figures=", ".join(f"level.{figure}" for figure in FIGURES),
)


@dataclass(frozen=True, slots=True)
class Drift:
    """A level that is not what its movements, or the promises of it, add up to."""

    level: StockLevel
    booked: Mapping[str, int]
    held: int

    @property
    def words(self) -> str:
        """What differs, in a sentence."""
        parts = [
            f"{ledger.WORDS[figure]} {getattr(self.level, figure)}, by its movements {booked}"
            for figure, booked in self.booked.items()
            if getattr(self.level, figure) != booked
        ]
        if self.level.allocated != self.held:
            parts.append(f"promised {self.level.allocated}, and orders hold {self.held}")
        return f"{self.level}: {'; '.join(parts)}."


def drifts() -> Iterator[Drift]:
    """Return the levels that are not what they should add up to."""
    return _drifts({"all": True, "levels": []})


def _drifts(wanted: Mapping[str, bool | list[int]]) -> Iterator[Drift]:
    with connection.cursor() as cursor:
        cursor.execute(SUMS, wanted)
        rows = cursor.fetchall()
    levels = StockLevel.objects.select_related("product", "warehouse")
    found = levels.in_bulk([row[0] for row in rows])
    for pk, *figures, held in rows:
        booked = {figure: int(value) for figure, value in zip(FIGURES, figures, strict=True)}
        yield Drift(found[pk], booked, int(held))


@transaction.atomic
def fix(level_id: int) -> str:
    """Correct one level; return what was wrong, or nothing where it is right by now."""
    levels = ledger.lock([level_id])
    drift = next(_drifts({"all": False, "levels": [level_id]}), None)
    if drift is None:
        return ""
    level = levels[level_id]
    unexplained = {
        figure: getattr(level, figure) - booked
        for figure, booked in drift.booked.items()
        if getattr(level, figure) != booked
    }
    if unexplained:
        # Begin where the books end, so that the movements lead to what was found, and back.
        for figure, booked in drift.booked.items():
            setattr(level, figure, booked)
        back = {figure: -change for figure, change in unexplained.items()}
        ledger.post(levels, [Move(level_id, Kind.CORRECTED, unexplained, reason=FOUND)], by=None)
        ledger.post(levels, [Move(level_id, Kind.CORRECTED, back, reason=UNDONE)], by=None)
    if change := drift.held - level.allocated:
        move = Move(level_id, Kind.CORRECTED, {"allocated": change}, reason=HELD)
        ledger.post(levels, [move], by=None)
    return drift.words
