"""A connected store that is told of stock; and two warehouses of one merchant."""

from dataclasses import dataclass

import pytest

from inventory.models import Product
from locations.models import Location, Merchant, StockPolicy, Warehouse
from tests.dock import Dock
from tests.factories import LocationFactory
from tests.fulfillment.conftest import dock, engine, no_clock
from tests.inventory import rows
from tests.inventory.shelf import Shelf

__all__ = ["dock", "engine", "no_clock"]


@pytest.fixture
def shelf(dock: Dock) -> Shelf:
    dock.store.stock_policy = StockPolicy.SELLABLE
    dock.store.save()
    return Shelf(dock)


@dataclass
class Yard:
    """Reno and Erie; a tent and a mug."""

    place: Location
    erie: Warehouse
    tent: Product
    mug: Product

    @property
    def merchant(self) -> Merchant:
        return self.place.store.merchant

    @property
    def reno(self) -> Warehouse:
        assert self.place.warehouse
        return self.place.warehouse


@pytest.fixture
def yard(db: None) -> Yard:
    """A test on two connections asks for transactional_db too, which outweighs this one."""
    place = LocationFactory(warehouse__name="Reno")
    erie = LocationFactory(warehouse__name="Erie", store=place.store, name="Erie").warehouse
    merchant = place.store.merchant
    tent, mug = rows.product(merchant, "TENT", "4006381333931"), rows.product(merchant, "MUG")
    return Yard(place, erie, tent, mug)
