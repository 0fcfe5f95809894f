"""The one way to change a store: alone, and with the outside told afterwards."""

import contextlib
from collections.abc import Iterator
from functools import partial

from sandbox.next29 import callbacks
from sandbox.next29.store import Store
from sandbox.places import Places
from sandbox.world import World


@contextlib.contextmanager
def acting(world: World, store: Store) -> Iterator[None]:
    """Nobody else acts meanwhile; callbacks leave once the change is complete."""
    with world.lock:
        yield
        posts = callbacks.posts(store, world.lock)
    world.courier.send(posts)


def stores(world: World) -> Places[Store]:
    return Places("store", world.next29, partial(acting, world))
