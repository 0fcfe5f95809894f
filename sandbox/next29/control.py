"""Control endpoints: arrange a store, act as its merchant, and see what happened."""

from typing import Any

from flask import Blueprint, Response

from sandbox import control
from sandbox.next29 import looking, staging
from sandbox.next29.acting import stores
from sandbox.next29.store import Store
from sandbox.world import World


def register(pages: Blueprint, world: World) -> None:
    """The stores there are, the opening of one, and all that can be done in it."""

    @pages.get("/_sandbox/stores")
    def listed() -> Response:
        with world.lock:
            found = [staging.access_of(each) for each in world.next29.values()]
            return control.in_json({"stores": found})

    needs = "A store needs a subdomain and a token."
    control.register_opening(pages, world, "stores", needs, _open)
    control.register(pages, world, stores(world), ACTS)


def _open(world: World, **wish: Any) -> object:
    return staging.access_of(staging.open_new_store(world, **wish))


ACTS: tuple[tuple[str, str, control.Act[Store]], ...] = (
    *control.COMMON,
    ("GET", "state", looking.state),
    ("GET", "deliveries", control.deliveries),
    ("GET", "pace", looking.pace),
    ("GET", "stock", looking.stock),
    ("POST", "orders", staging.place_orders),
    ("POST", "fulfillment-orders/<int:id>/<action>", staging.press),
    ("POST", "fulfillments/<int:id>/events", staging.carrier_says),
    ("POST", "plant", staging.plant),
    ("POST", "stock", staging.fill_shelves),
    ("POST", "tokens", staging.add_token),
    ("DELETE", "tokens", staging.revoke_token),
    ("POST", "locations", staging.add_location),
    ("GET", "app", staging.show_app),
    ("PUT", "app", staging.register_app),
    ("POST", "uninstall", staging.uninstall),
)
