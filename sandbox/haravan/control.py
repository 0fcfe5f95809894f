"""Control endpoints: arrange a shop, act as its merchant, and see what happened."""

from typing import Any

import requests
from flask import Blueprint, Response

from sandbox import control
from sandbox.haravan import staging
from sandbox.haravan.acting import shops
from sandbox.haravan.store import Store
from sandbox.world import World


def register(pages: Blueprint, world: World) -> None:
    """The opening of a shop, and all that can be done in it."""
    control.register_opening(pages, world, "stores", "A shop needs a name and a token.", _open)
    control.register(pages, world, shops(world), ACTS)

    @pages.post("/<name>/_sandbox/handshake")
    def handshake(name: str) -> Response:
        """Ask the receiver whether the address is its own. Nobody waits for the answer inside."""
        wish, store = control.read_wish(), world.haravan[name]
        hook = store.hooks[int(wish.get("hook", -1))]
        query = {
            "hub.mode": "subscribe",
            "hub.verify_token": wish.get("verify_token", hook.verify_token),
            "hub.challenge": wish.get("challenge", "7781203345"),
        }
        answer = requests.get(hook.target, params=query, timeout=5, allow_redirects=False)
        return control.in_json({"status": answer.status_code, "text": answer.text})


def _open(world: World, **wish: Any) -> object:
    store = staging.open_new_store(world, **wish)
    return {"name": store.name, "org_id": store.org_id}


ACTS: tuple[tuple[str, str, control.Act[Store]], ...] = (
    *control.COMMON,
    ("GET", "state", staging.state),
    ("GET", "deliveries", control.deliveries),
    ("POST", "orders", staging.place),
    ("POST", "orders/<int:id>/<action>", staging.press),
    ("POST", "stock", staging.fill_shelves),
    ("POST", "webhooks", staging.add_hook),
    ("POST", "ping", staging.ping),
    ("POST", "uninstall", staging.uninstall),
    ("POST", "tokens", staging.add_token),
    ("DELETE", "tokens", staging.revoke_token),
)
