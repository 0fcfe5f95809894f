"""The one way to change a shop: alone, and with the outside told afterwards."""

import contextlib
from collections.abc import Iterator

from sandbox.haravan import webhooks
from sandbox.haravan.store import Store
from sandbox.world import World


@contextlib.contextmanager
def acting(world: World, store: Store) -> Iterator[None]:
    """Nobody else acts meanwhile; webhooks leave once the change is complete."""
    with world.lock:
        yield
        posts = webhooks.posts(store, world.lock)
    world.courier.send(posts)
