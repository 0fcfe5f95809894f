"""Stock in the words of a test: put units on a shelf, and hold the books against themselves."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum

from inventory import bookkeeping, ledger, receiving
from inventory.ledger import Move
from inventory.models import FIGURES, Inbound, InboundLine, Kind, Product, StockLevel, StockMovement
from inventory.receiving import Arrived
from locations.models import Warehouse


def receive(product: Product, warehouse: Warehouse, units: int, damaged: int = 0) -> Inbound:
    """Goods that were announced and have come."""
    inbound = Inbound.objects.create(
        merchant=product.merchant, warehouse=warehouse, reference=uuid.uuid4().hex
    )
    line = InboundLine.objects.create(inbound=inbound, product=product, expected=units)
    came = {line.pk: Arrived(units, damaged)}
    receiving.receive(inbound.pk, came, submission=uuid.uuid4(), by=None)
    return inbound


def change(
    product: Product,
    warehouse: Warehouse,
    kind: Kind = Kind.ADJUSTED,
    reason: str = "Found behind the shelf",
    **changes: int,
) -> StockMovement:
    """One movement, written as every use case writes it."""
    level_id = ledger.level_at(product, warehouse)
    with transaction.atomic():
        move = Move(level_id, kind, changes, reason=reason)
        [movement] = ledger.post(ledger.lock([level_id]), [move], by=None)
    return movement


def level_of(product: Product, warehouse: Warehouse) -> StockLevel:
    return StockLevel.objects.get(product=product, warehouse=warehouse)


def stands(product: Product, warehouse: Warehouse) -> tuple[int, int]:
    """How many units lie there, and how many of them are promised."""
    level = level_of(product, warehouse)
    return level.on_hand, level.allocated


def assert_books_are_right() -> None:
    """Levels follow from their movements, promises add up, and no movement is missing."""
    assert [drift.words for drift in bookkeeping.drifts()] == []
    levels = StockLevel.objects.annotate(held=Sum("allocations__held", default=0))
    for level in levels.order_by("pk"):
        assert level.allocated == level.held, level
        aside = level.damaged + level.quarantine + level.safety + level.buffer
        assert level.available == level.on_hand - level.allocated - aside, level
        assert_chain(level)


def assert_chain(level: StockLevel) -> None:
    """Each movement begins where the one before ended, and the last one ends at the level."""
    stood = dict.fromkeys(FIGURES, 0)
    number = 0
    for number, movement in enumerate(level.movements.order_by("number"), start=1):
        assert movement.number == number
        assert {f: getattr(movement, f"{f}_before") for f in FIGURES} == stood, movement
        stood = {f: stood[f] + getattr(movement, f) for f in FIGURES}
        assert min(stood.values()) >= 0, movement
    assert number == level.moves
    assert stood == {f: getattr(level, f) for f in FIGURES}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the units of one product lie in one warehouse."""

    product: Product
    warehouse: Warehouse

    def put(self, units: int, damaged: int = 0) -> None:
        receive(self.product, self.warehouse, units, damaged)

    def change(self, **changes: int) -> None:
        change(self.product, self.warehouse, **changes)

    @property
    def stands(self) -> tuple[int, int]:
        return stands(self.product, self.warehouse)

    def moved(self, kind: Kind) -> list[tuple[int, int]]:
        """What movements of a kind changed: units on hand, and units promised."""
        movements = StockMovement.objects.filter(
            level__product=self.product, level__warehouse=self.warehouse, kind=kind
        )
        return [*movements.order_by("number").values_list("on_hand", "allocated")]
