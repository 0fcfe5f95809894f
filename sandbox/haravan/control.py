"""Control endpoints: arrange a shop, act as its merchant, and see what happened."""

from collections.abc import Callable
from typing import Any

import requests
from flask import Blueprint, Response, request

from sandbox.haravan import staging
from sandbox.haravan.acting import acting
from sandbox.haravan.looks import in_json
from sandbox.haravan.state import Json
from sandbox.haravan.store import Store
from sandbox.refusals import ApiError, BadWish
from sandbox.world import World

Act = Callable[[World, Store, Json], object]


def register(pages: Blueprint, world: World) -> None:
    """All under `_sandbox`, without authentication: this is a stage, not a shop."""

    @pages.post("/_sandbox/stores")
    def open_store() -> Response:
        wish = _wish()
        if not {"name", "token"} <= set(wish):
            return in_json({"error": "A shop needs a name and a token."}, 400)
        with world.lock:
            store = staging.open_new_store(world, **wish)
            return in_json({"name": store.name, "org_id": store.org_id}, 201)

    @pages.post("/<name>/_sandbox/handshake")
    def handshake(name: str) -> Response:
        """Ask the receiver whether the address is its own. Nobody waits for the answer inside."""
        wish, store = _wish(), world.haravan[name]
        hook = store.hooks[int(wish.get("hook", -1))]
        query = {
            "hub.mode": "subscribe",
            "hub.verify_token": wish.get("verify_token", hook.verify_token),
            "hub.challenge": wish.get("challenge", "7781203345"),
        }
        answer = requests.get(hook.target, params=query, timeout=5, allow_redirects=False)
        return in_json({"status": answer.status_code, "text": answer.text})

    for method, path, act in ACTS:
        rule = f"/<name>/_sandbox/{path}"
        pages.add_url_rule(rule, f"{method} {path}", _view(world, act), methods=[method])


def _view(world: World, act: Act) -> Callable[..., Response]:
    def view(name: str, **parts: Any) -> Response:
        store = world.haravan.get(name)
        if store is None:
            return in_json({"error": f"There is no shop {name}."}, 404)
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
    ("GET", "state", staging.state),
    ("GET", "calls", staging.calls),
    ("GET", "violations", staging.violations),
    ("GET", "effects", staging.effects),
    ("GET", "deliveries", staging.deliveries),
    ("POST", "orders", staging.place),
    ("POST", "orders/<int:id>/<action>", staging.press),
    ("POST", "stock", staging.fill_shelves),
    ("POST", "webhooks", staging.add_hook),
    ("POST", "ping", staging.ping),
    ("POST", "uninstall", staging.uninstall),
    ("GET", "faults", staging.list_faults),
    ("POST", "faults", staging.add_fault),
    ("DELETE", "faults", staging.clear_faults),
    ("PUT", "settings", staging.change_settings),
    ("POST", "tokens", staging.add_token),
    ("DELETE", "tokens", staging.revoke_token),
)
