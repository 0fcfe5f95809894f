"""Control endpoints: arrange a store, act as its merchant, and see what happened."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from sandbox.next29 import looking, staging
from sandbox.next29.acting import acting
from sandbox.next29.looks import in_json
from sandbox.next29.state import Json
from sandbox.next29.store import Store
from sandbox.refusals import ApiError, BadWish
from sandbox.world import World

Act = Callable[[World, Store, Json], object]


def register(pages: Blueprint, world: World) -> None:
    """All under `_sandbox`, without authentication: this is a stage, not a shop."""
    _register_stores(pages, world)
    for method, path, act in ACTS:
        rule = f"/<subdomain>/_sandbox/{path}"
        view = _view(world, act)
        pages.add_url_rule(rule, f"{method} {path}", view, methods=[method])


def _register_stores(pages: Blueprint, world: World) -> None:
    @pages.get("/_sandbox/stores")
    def stores() -> Response:
        with world.lock:
            return in_json({"stores": [staging.access_of(each) for each in world.next29.values()]})

    @pages.post("/_sandbox/stores")
    def open_store() -> Response:
        wish = _wish()
        if not {"subdomain", "token"} <= set(wish):
            return in_json({"error": "A store needs a subdomain and a token."}, 400)
        with world.lock:
            store = staging.open_new_store(world, **wish)
            return in_json(staging.access_of(store), 201)


def _view(world: World, act: Act) -> Callable[..., Response]:
    def view(subdomain: str, **parts: Any) -> Response:
        store = world.next29.get(subdomain)
        if store is None:
            return in_json({"error": f"There is no store {subdomain}."}, 404)
        try:
            with acting(world, store):
                return in_json(act(world, store, {**_wish(), **parts}))
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
    ("GET", "state", looking.state),
    ("GET", "calls", looking.calls),
    ("GET", "violations", looking.violations),
    ("GET", "effects", looking.effects),
    ("GET", "deliveries", looking.deliveries),
    ("GET", "pace", looking.pace),
    ("GET", "stock", looking.stock),
    ("POST", "orders", staging.place_orders),
    ("POST", "fulfillment-orders/<int:id>/<action>", staging.press),
    ("POST", "fulfillments/<int:id>/events", staging.carrier_says),
    ("POST", "plant", staging.plant),
    ("POST", "stock", staging.fill_shelves),
    ("GET", "faults", staging.list_faults),
    ("POST", "faults", staging.add_fault),
    ("DELETE", "faults", staging.clear_faults),
    ("PUT", "settings", staging.change_settings),
    ("POST", "tokens", staging.add_token),
    ("DELETE", "tokens", staging.revoke_token),
    ("POST", "locations", staging.add_location),
    ("GET", "app", staging.show_app),
    ("PUT", "app", staging.register_app),
    ("POST", "uninstall", staging.uninstall),
)
