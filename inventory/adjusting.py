"""Changes stock by hand: what lies there, what of it is set aside, and what stores are not told of.

What if it is sent twice, or somebody else was faster? Each change carries the number of the last
movement that the person saw. A figure is set only if nothing has moved since; a difference is
booked once for each page that was opened.
"""

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from inventory import ledger, publishing
from inventory.deadlocks import tried_again
from inventory.ledger import Cause, Move
from inventory.models import Kind, Product, StockLevel, StockMovement
from locations.models import Warehouse
from platforms.errors import Refusal

# Units that are there and not for sale, and what a person calls them.
ASIDE = {"damaged": "Damaged", "quarantine": "In quarantine", "safety": "Safety stock"}
MOVED = "It has changed since you opened the page. Look at it again, and then repeat."
TWICE = "This has been booked already."
NO_REASON = "Say why: whoever wonders about the figure reads it."


@tried_again
@transaction.atomic
def set_on_hand(
    *,
    level_id: int,
    figure: int,
    reason: str,
    seen: int | None,
    by: User | None,
    cause: Cause | None = None,
) -> None:
    """Make a level's on hand this figure, unless anything has moved since it was seen."""
    level = _locked(level_id)
    if seen is not None and level.moves != seen:
        raise Refusal(MOVED)
    if figure == level.on_hand:
        raise Refusal(f"{figure} are on hand already.")
    _post(level, Kind.ADJUSTED, {"on_hand": figure - level.on_hand}, reason, by, cause)


@tried_again
@transaction.atomic
def change_on_hand(
    *, level_id: int, units: int, reason: str, seen: int | None, by: User | None
) -> None:
    """Add units to a level's on hand, or take some away."""
    level = _locked(level_id)
    _once(level, Kind.ADJUSTED, {"on_hand": units}, reason, seen, by)


@tried_again
@transaction.atomic
def set_aside(
    *, level_id: int, where: str, units: int, reason: str, seen: int | None, by: User | None
) -> None:
    """Take units that are there out of sale."""
    level = _locked(level_id)
    _check_place(where)
    free = level.on_hand - level.damaged - level.quarantine
    if where != "safety" and units > free:
        raise Refusal(f"Only {max(free, 0)} lie there that are not set aside yet.")
    _once(level, Kind.MADE_UNAVAILABLE, {where: units}, reason, seen, by)


@tried_again
@transaction.atomic
def put_back(
    *, level_id: int, where: str, units: int, reason: str, seen: int | None, by: User | None
) -> None:
    """Put units that were set aside back for sale."""
    level = _locked(level_id)
    _check_place(where)
    _once(level, Kind.MADE_AVAILABLE, {where: -units}, reason, seen, by)


@tried_again
@transaction.atomic
def set_buffer(
    *, level_id: int, units: int, reason: str, seen: int | None, by: User | None
) -> None:
    """Say how many units stores are not told of."""
    level = _locked(level_id)
    if units == level.buffer:
        raise Refusal(f"The buffer is {units} already.")
    if seen is not None and _moved_since(level, seen).filter(kind=Kind.BUFFER_SET).exists():
        raise Refusal(MOVED)
    _post(level, Kind.BUFFER_SET, {"buffer": units - level.buffer}, reason, by)


@tried_again
@transaction.atomic
def enter(
    *, product: Product, warehouse: Warehouse, figure: int, reason: str, by: User | None
) -> None:
    """Begin to count a product in a warehouse where nothing of it has moved yet."""
    _check_reason(reason)
    level = _locked(ledger.level_at(product, warehouse))
    if level.moves:
        raise Refusal(f"Its stock in {warehouse} is counted already. Adjust it there.")
    if figure:
        _post(level, Kind.ADJUSTED, {"on_hand": figure}, reason, by)
    else:
        # Nothing moves, and yet it is known from now on that there is none.
        ledger.begin_counting([product.pk])
        publishing.wake_stores([product.pk])


def _locked(level_id: int) -> StockLevel:
    levels = ledger.lock([level_id])
    if level_id not in levels:
        raise Refusal("It is not there any more.")
    return levels[level_id]


def _once(
    level: StockLevel,
    kind: Kind,
    changes: Mapping[str, int],
    reason: str,
    seen: int | None,
    by: User | None,
) -> None:
    """Book a difference, unless the same page has booked it before."""
    _check_reason(reason)
    if not any(changes.values()):
        raise Refusal("Nothing would change: say how many units.")
    same = {"kind": kind, "reason": reason, "by": by, **changes}
    if seen is not None and _moved_since(level, seen).filter(**same).exists():
        raise Refusal(TWICE)
    _post(level, kind, changes, reason, by)


def _moved_since(level: StockLevel, seen: int) -> QuerySet[StockMovement]:
    return StockMovement.objects.filter(level=level, number__gt=seen)


def _post(
    level: StockLevel,
    kind: Kind,
    changes: Mapping[str, int],
    reason: str,
    by: User | None,
    cause: Cause | None = None,
) -> None:
    _check_reason(reason)
    move = Move(level.pk, kind, changes, cause or Cause(), reason)
    ledger.post({level.pk: level}, [move], by=by)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal(NO_REASON)


def _check_place(where: str) -> None:
    if where not in ASIDE:
        raise ValueError(f"Units are not set aside as {where}.")
