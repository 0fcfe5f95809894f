"""An engine that is empty, for what reads its tables."""

from tests.engine_fixtures import engine, no_clock
from tests.fulfillment.conftest import dock

__all__ = ["dock", "engine", "no_clock"]
