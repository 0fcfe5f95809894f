"""Stock in the words of a test: goods come, stores are told."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from inventory import ledger
from inventory.ledger import Move
from inventory.models import Kind, Product, StockLevel, StockRecord
from locations.models import Location, Warehouse
from relay import engine
from tests.dock import Dock
from tests.factories import ProductFactory
from tests.work import work


@transaction.atomic
def put(product: Product, warehouse: Warehouse, units: int, **changes: int) -> StockLevel:
    """So many units more lie there; other figures change as they are named."""
    level_id = ledger.level_at(product, warehouse)
    move = Move(level_id, Kind.ADJUSTED, {"on_hand": units, **changes}, reason="A test")
    ledger.post(ledger.lock([level_id]), [move], by=None)
    return StockLevel.objects.get(pk=level_id)


@dataclass
class Shelf:
    """The stock of one merchant in one warehouse, and the store that is told of it."""

    dock: Dock

    @property
    def location(self) -> Location:
        return self.dock.store.locations.get()

    def product(self, sku: str = "TENT-2P-GRN") -> Product:
        merchant = self.dock.store.merchant
        return Product.objects.filter(merchant=merchant, sku=sku).first() or ProductFactory(
            merchant=merchant, sku=sku
        )

    def put(self, sku: str, units: int, **changes: int) -> StockLevel:
        return put(self.product(sku), self.location.warehouse, units, **changes)

    def level(self, sku: str = "TENT-2P-GRN") -> StockLevel:
        return StockLevel.objects.get(product=self.product(sku), warehouse=self.location.warehouse)

    def read(self) -> None:
        """Read the store's records, and tell it what differs."""
        engine.wake_stock_reading(self.dock.store.pk)
        self.tell()

    def tell(self) -> None:
        """Do what is due by now, and the looks that were put off for a few seconds."""
        for _ in range(3):
            work()
            past = timezone.now() - timedelta(seconds=1)
            ProcrastinateJob.objects.filter(task_name=engine.WAKE, status="todo").update(
                scheduled_at=past
            )
            work()

    def record(self, ref: int) -> StockRecord:
        return StockRecord.objects.get(store=self.dock.store, ref=str(ref))

    def there(self, ref: int) -> tuple[int | None, int | None, int]:
        """What the store says: in stock, reserved, and what is left of it."""
        return self.dock.shop.levels(ref)

    def patches(self, ref: int) -> int:
        return int(self.dock.shop.figures(ref)["patches"])

    def calls(self, **wishes: Any) -> Any:
        return self.dock.store.calls.filter(verb="set_stock", **wishes)
