"""The addresses of the fake hub: control endpoints, and its page."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from sandbox import control
from sandbox.exchange import HungUp
from sandbox.places import Places
from sandbox.spree_hub import acts, shop, taking
from sandbox.spree_hub.state import Hub, Json, Settings
from sandbox.world import World

TICK_SECONDS = 10.0


def open_hub(world: World, name: str, **settings: Any) -> Hub:
    """A new store behind a hub of its own."""
    hub = Hub(name, Settings(**settings))
    world.spree_hub[name] = hub
    return hub


def blueprint(world: World) -> Blueprint:
    """Everything below /spree_hub."""
    pages = Blueprint("spree_hub", __name__)

    @pages.get("/_sandbox/stores")
    def listed() -> Response:
        return control.in_json({"stores": sorted(world.spree_hub)})

    control.register_opening(pages, world, "stores", "A store needs a name.", _open)
    # An act waits for the provider's answer, so that nothing is locked meanwhile.
    hubs = Places("hub", world.spree_hub, lambda _: contextlib.nullcontext())
    control.register(pages, world, hubs, ACTS)
    pages.add_url_rule("/<name>/endpoint", "push", _push_view(world), methods=["POST"])
    pages.add_url_rule("/<name>/shop", "shop", shop.page(world))
    pages.add_url_rule("/<name>/shop/<act>", "form", shop.form(world), methods=["POST"])
    return pages


def _open(world: World, **wish: Any) -> object:
    return {"name": open_hub(world, **wish).name}


def _only(act: Callable[[Hub, Json], object]) -> control.Act[Hub]:
    """An act to which the world does not matter."""
    return lambda world, hub, wish: act(hub, wish)


def _push_view(world: World) -> Callable[[str], Response]:
    def view(name: str) -> Response:
        hub = world.spree_hub.get(name)
        if hub is None:
            return control.in_json({"error": "There is no such endpoint."}, 404)
        status, body = taking.take(hub, dict(request.headers), request.get_data())
        if hub.draw() == "lose_answer":
            raise HungUp
        return control.in_json(body, status) if body else Response(status=status)

    return view


def _state(hub: Hub, wish: Json) -> Json:
    return {
        "shipments": {each.number: _shown(each) for each in hub.shipments.values()},
        "stock": {sku: quantity for (sku, _), quantity in hub.stock.items()},
        "parameters": hub.parameters,
        "parked": [each.id for each in hub.parked],
        "notes": hub.notes,
    }


def _shown(shipment: Any) -> Json:
    return {**vars(shipment), "units": [vars(unit) for unit in shipment.units]}


ACTS: tuple[tuple[str, str, control.Act[Hub]], ...] = tuple(
    (method, path, _only(act))
    for method, path, act in (
        ("GET", "state", _state),
        ("GET", "calls", lambda hub, wish: {"calls": [each.as_json() for each in hub.sent]}),
        ("GET", "effects", lambda hub, wish: {"effects": [each.as_json() for each in hub.effects]}),
        ("GET", "violations", lambda hub, wish: {"violations": hub.violations}),
        ("POST", "orders", acts.place),
        ("POST", "shipments/<number>/<action>", acts.press),
        ("POST", "poll", acts.poll),
        ("POST", "retry", acts.retry),
        ("POST", "faults", acts.add_fault),
        ("PUT", "settings", acts.change_settings),
    )
)


def run_clock(world: World) -> None:
    """Let the hubs ask by themselves, for as long as the sandbox runs."""

    def strike() -> None:
        while True:
            time.sleep(TICK_SECONDS)
            for hub in list(world.spree_hub.values()):
                # Nobody is called about nothing.
                if hub.settings.automatic and hub.settings.base_url and hub.shipments:
                    acts.tick(hub)

    threading.Thread(target=strike, daemon=True).start()
