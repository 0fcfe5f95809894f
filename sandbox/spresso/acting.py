"""The one way to change an organization: alone, and with the outside told afterwards."""

import contextlib
from collections.abc import Iterator
from functools import partial

from sandbox.places import Places
from sandbox.spresso import announcing
from sandbox.spresso.account import Account
from sandbox.world import World


@contextlib.contextmanager
def acting(world: World, account: Account) -> Iterator[None]:
    """Nobody else acts meanwhile; messages leave once the change is complete."""
    with world.lock:
        yield
        posts = announcing.posts(account)
    world.courier.send(posts)


def accounts(world: World) -> Places[Account]:
    return Places("account", world.spresso, partial(acting, world))
