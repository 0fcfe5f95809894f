"""A connected store with one of its staff, on an engine that is empty."""

from collections.abc import Iterator

import pytest

from locations.models import Location, Store
from tests.dock import Dock
from tests.engine_fixtures import engine, no_clock
from tests.factories import UserFactory
from tests.sandbox.stage import Stage

__all__ = ["engine", "no_clock"]


@pytest.fixture
def dock(engine: None, store: Store, shop: Stage, location: Location) -> Iterator[Dock]:
    yield Dock(store, shop, UserFactory(username="kim"))
    assert shop.violations() == []
