"""A connected store with one of its staff, on an engine that is empty; and what lies on a shelf."""

from collections.abc import Iterator

import pytest

from inventory.models import Product
from locations.models import Location, RequestPolicy, Store
from tests.books import Shelf, assert_books_are_right
from tests.conftest import SKU
from tests.dock import Dock
from tests.engine_fixtures import engine, no_clock
from tests.factories import UserFactory
from tests.sandbox.stage import Stage

__all__ = ["engine", "no_clock"]


@pytest.fixture
def dock(engine: None, store: Store, shop: Stage, location: Location) -> Iterator[Dock]:
    yield Dock(store, shop, UserFactory(username="kim"))
    assert shop.violations() == []


@pytest.fixture
def ruled(dock: Dock) -> Dock:
    """A store whose clear requests are accepted by rule."""
    dock.store.request_policy = RequestPolicy.ACCEPT_WHEN_CLEAR
    dock.store.save()
    return dock


@pytest.fixture
def tents(dock: Dock, location: Location) -> Iterator[Shelf]:
    """The shelf of the product that the store sells; its books are right in the end."""
    yield Shelf(Product.objects.get(sku=SKU), location.warehouse)
    assert_books_are_right()
