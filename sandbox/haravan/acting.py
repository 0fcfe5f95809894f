"""The one way to change a shop: alone, and with the outside told afterwards."""

import contextlib
from collections.abc import Iterator
from functools import partial

from sandbox.haravan import webhooks
from sandbox.haravan.store import Store
from sandbox.places import Places
from sandbox.world import World


@contextlib.contextmanager
def acting(world: World, store: Store) -> Iterator[None]:
    """Nobody else acts meanwhile; webhooks leave once the change is complete."""
    with world.lock:
        yield
        posts = webhooks.posts(store, world.lock)
    world.courier.send(posts)


def shops(world: World) -> Places[Store]:
    return Places("shop", world.haravan, partial(acting, world))
