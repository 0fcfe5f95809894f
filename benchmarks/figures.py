"""What a measurement says: a figure beside its floor, and what they make of the budget."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the report. `met` is None where there is no budget, only something to know."""

    what: str
    how: str
    floor: str
    figure: str
    ratio: str = ""
    budget: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """Met, missed, or nothing."""
        return "" if self.met is None else ("met" if self.met else "MISSED")


@dataclass(frozen=True, slots=True)
class Pair:
    """The same work done both ways in turns, in seconds or in rates: the median of each."""

    floor: float
    figure: float

    @property
    def ratio(self) -> float:
        """Return the figure as a part of the floor."""
        return self.figure / self.floor


def in_turns(floor: Callable[[], float], figure: Callable[[], float], rounds: int) -> Pair:
    """Measure floor and figure in turns, so that whatever else the machine does hits both."""
    floors: list[float] = []
    figures: list[float] = []
    for number in range(rounds):
        # Each goes first as often as the other.
        turn = [(floors, floor), (figures, figure)]
        for kept, measured in turn if number % 2 else reversed(turn):
            kept.append(measured())
    return Pair(statistics.median(floors), statistics.median(figures))


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(len(ordered) * percent / 100 + 0.5) - 1))]


def milliseconds(seconds: float) -> str:
    """Write seconds as milliseconds; small ones with a decimal."""
    thousandths = seconds * 1000
    return f"{thousandths:.1f} ms" if thousandths < 10 else f"{thousandths:.0f} ms"


def spread(values: Sequence[float], *percents: float) -> str:
    """Write percentiles: p50 12 ms, p95 40 ms."""
    return ", ".join(f"p{each:g} {milliseconds(percentile(values, each))}" for each in percents)
