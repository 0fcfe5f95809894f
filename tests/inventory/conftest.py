"""A job engine that is empty and whose clock stands still."""

from tests.engine_fixtures import engine, no_clock

__all__ = ["engine", "no_clock"]
