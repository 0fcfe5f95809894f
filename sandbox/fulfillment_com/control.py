"""Control endpoints: arrange a warehouse, act as its staff, and see what happened."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from sandbox.fulfillment_com import staging
from sandbox.fulfillment_com.looks import in_json
from sandbox.fulfillment_com.state import Json
from sandbox.fulfillment_com.warehouse import Warehouse
from sandbox.refusals import ApiError, BadWish
from sandbox.world import World

Act = Callable[[World, Warehouse, Json], object]


def register(pages: Blueprint, world: World) -> None:
    """All under `_sandbox`, without authentication: this is a stage, not a warehouse."""

    @pages.post("/_sandbox/warehouses")
    def open_one() -> Response:
        try:
            with world.lock:
                return in_json({"name": staging.open_warehouse(world, **_wish()).name}, 201)
        except TypeError:
            return in_json({"error": "A warehouse has a name, and what opens it."}, 400)

    for method, path, act in ACTS:
        rule = f"/<name>/_sandbox/{path}"
        pages.add_url_rule(rule, f"{method} {path}", _view(world, act), methods=[method])


def _view(world: World, act: Act) -> Callable[..., Response]:
    def view(name: str, **parts: Any) -> Response:
        warehouse = world.fulfillment_com.get(name)
        if warehouse is None:
            return in_json({"error": f"There is no warehouse {name}."}, 404)
        try:
            with world.lock:
                return in_json(act(world, warehouse, {**_wish(), **parts}))
        except ApiError as error:
            return in_json(error.body, error.status)
        except BadWish as error:
            return in_json({"error": str(error)}, error.status)
        except (KeyError, TypeError, ValueError) as error:
            return in_json({"error": f"This wish makes no sense: {error!r}."}, 400)

    return view


def _wish() -> Json:
    found = request.get_json(silent=True) or {}
    return found if isinstance(found, dict) else {}


ACTS: tuple[tuple[str, str, Act], ...] = (
    ("GET", "state", staging.state),
    ("GET", "calls", staging.calls),
    ("GET", "violations", staging.violations),
    ("GET", "effects", staging.effects),
    ("POST", "merchants", staging.add_merchant),
    ("POST", "orders", staging.place),
    ("POST", "orders/<int:id>/<action>", staging.press),
    ("POST", "stock", staging.fill_shelves),
    ("DELETE", "stock", staging.clear_shelves),
    ("POST", "returns", staging.announce_return),
    ("GET", "faults", staging.list_faults),
    ("POST", "faults", staging.add_fault),
    ("DELETE", "faults", staging.clear_faults),
    ("PUT", "settings", staging.change_settings),
    ("DELETE", "tokens", staging.revoke_tokens),
)
