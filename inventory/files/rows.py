"""One row of a file, and what it would do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


VERDICTS = {
    Verdict.NEW: "New",
    Verdict.CHANGED: "Changed",
    Verdict.UNCHANGED: "Unchanged",
    Verdict.WRONG: "Error",
}


@dataclass(slots=True)
class Row:
    """A row as text by column, and what it would do, in words.

    `numbers` names the cells that a spreadsheet kept as numbers; `seen` is the number of the last
    movement of the level that the row is about.
    """

    number: int
    cells: Mapping[str, str]
    numbers: list[str] = field(default_factory=list)
    verdict: str = ""
    words: str = ""
    seen: int | None = None

    def get(self, column: str) -> str:
        """Return the cell; empty where the file has no such column."""
        return self.cells.get(column, "")

    def becomes(self, verdict: Verdict, words: str) -> None:
        """Write down what this row would do, or what is wrong with it."""
        self.verdict, self.words = verdict, words

    @property
    def named(self) -> str:
        """What the row is about."""
        parts = (self.get(name) for name in ("merchant", "warehouse", "sku"))
        return " · ".join(part for part in parts if part)

    @property
    def verdict_in_words(self) -> str:
        """The verdict as people read it."""
        return VERDICTS[Verdict(self.verdict)]

    def same_as(self, other: "Row") -> bool:
        """Tell whether the row would still do what was shown."""
        mine = (self.verdict, self.words, self.seen)
        return mine == (other.verdict, other.words, other.seen)
