"""How stock looks: levels with the orders that hold their units, and the words for a figure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString

from backoffice.badges import badge
from inventory.models import Allocation, StockLevel

HOLDERS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A level, what can be done with it, and the orders that hold its units, the newest first."""

    level: StockLevel
    possible: Sequence[Any]
    holders: list[Allocation] = field(default_factory=list)


def with_holders(levels: Sequence[StockLevel], possible: Any) -> list[Shown]:
    """Return the levels; of those that are oversold, with whom their units are promised to."""
    shown = {level.pk: Shown(level, possible(level)) for level in levels}
    oversold = [level.pk for level in levels if level.uncovered > 0]
    if oversold:
        holding = Allocation.objects.filter(level__in=oversold).order_by("-id")
        for allocation in holding[:HOLDERS_SHOWN]:
            shown[allocation.level_id].holders.append(allocation)
    return list(shown.values())


def standing(level: StockLevel) -> SafeString:
    """Say how a level stands."""
    if level.uncovered > 0:
        return badge(f"Oversold by {level.uncovered}", "stop")
    if level.available <= 0:
        return badge("Nothing available", "wait")
    return badge(f"{level.available} available", "good")
