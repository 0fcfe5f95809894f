"""A connected store with one of its staff, on an engine that is empty; and a merchant's browser."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine_fixtures import engine, no_clock
from tests.fulfillment.conftest import dock
from tests.merchant import Browser, register_app
from tests.sandbox.stage import Stage

__all__ = ["dock", "engine", "no_clock"]


@pytest.fixture
def browser(engine: None, shop: Stage, settings: Any) -> Iterator[Browser]:
    """A merchant of the shop, who may install us."""
    register_app(shop, settings)
    yield Browser(shop)
    assert shop.violations() == []
