"""Fake shop platforms over real HTTP, with faults on demand, for tests and for demos."""

from sandbox.server import Sandbox, create_app, serve
from sandbox.world import World

__all__ = ["Sandbox", "World", "create_app", "serve"]
