"""Control endpoints: arrange a warehouse, act as its staff, and see what happened."""

from typing import Any

from flask import Blueprint

from sandbox import control
from sandbox.fulfillment_com import staging
from sandbox.fulfillment_com.acting import warehouses
from sandbox.fulfillment_com.warehouse import Warehouse
from sandbox.world import World


def register(pages: Blueprint, world: World) -> None:
    """The opening of a warehouse, and all that can be done in it."""
    needs = "A warehouse has a name, and what opens it."
    control.register_opening(pages, world, "warehouses", needs, _open)
    control.register(pages, world, warehouses(world), ACTS)


def _open(world: World, **wish: Any) -> object:
    return {"name": staging.open_warehouse(world, **wish).name}


ACTS: tuple[tuple[str, str, control.Act[Warehouse]], ...] = (
    *control.COMMON,
    ("GET", "state", staging.state),
    ("POST", "merchants", staging.add_merchant),
    ("POST", "orders", staging.place),
    ("POST", "orders/<int:id>/<action>", staging.press),
    ("POST", "stock", staging.fill_shelves),
    ("DELETE", "stock", staging.clear_shelves),
    ("POST", "returns", staging.announce_return),
    ("DELETE", "tokens", staging.revoke_tokens),
)
