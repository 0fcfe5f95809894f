"""A connected store with one of its staff, on an engine that is empty."""

from tests.engine_fixtures import engine, no_clock
from tests.fulfillment.conftest import dock
from tests.relay.test_killed_worker import sandbox

__all__ = ["dock", "engine", "no_clock", "sandbox"]
