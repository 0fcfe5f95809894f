"""A connected store that is told of stock."""

import pytest

from locations.models import StockPolicy
from tests.dock import Dock
from tests.fulfillment.conftest import dock, engine, no_clock
from tests.inventory.shelf import Shelf

__all__ = ["dock", "engine", "no_clock"]


@pytest.fixture
def shelf(dock: Dock) -> Shelf:
    dock.store.stock_policy = StockPolicy.SELLABLE
    dock.store.save()
    return Shelf(dock)
