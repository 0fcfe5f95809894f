"""The one way to change a warehouse: alone. Nobody outside is told."""

from sandbox.fulfillment_com.warehouse import Warehouse
from sandbox.places import Places
from sandbox.world import World


def warehouses(world: World) -> Places[Warehouse]:
    return Places("warehouse", world.fulfillment_com, lambda _: world.lock)
