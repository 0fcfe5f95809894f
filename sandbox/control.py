"""Control endpoints of all platforms: open a place, act in it, and see what happened."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, request

from sandbox.places import Place, Places
from sandbox.refusals import ApiError, BadWish
from sandbox.world import World

P = TypeVar("P")
Json = dict[str, Any]
Act = Callable[[World, P, Json], object]


def register(
    pages: Blueprint, world: World, places: Places[P], acts: tuple[tuple[str, str, Act[P]], ...]
) -> None:
    """All under `_sandbox`, without authentication: this is a stage, not a shop."""
    for method, path, act in acts:
        rule = f"/<name>/_sandbox/{path}"
        pages.add_url_rule(rule, f"{method} {path}", _view(world, places, act), methods=[method])


def register_opening(
    pages: Blueprint, world: World, path: str, needs: str, open_place: Callable[..., object]
) -> None:
    """Where a new place is opened with what the wish holds; `needs` says what that is."""

    def view() -> Response:
        try:
            with world.lock:
                return in_json(open_place(world, **read_wish()), 201)
        except TypeError as error:
            return in_json({"error": f"{needs} {error}."}, 400)

    pages.add_url_rule(f"/_sandbox/{path}", f"open {path}", view, methods=["POST"])


def _view(world: World, places: Places[P], act: Act[P]) -> Callable[..., Response]:
    def view(name: str, **parts: Any) -> Response:
        place = places.find(name)
        if place is None:
            return in_json({"error": places.missing(name)}, 404)
        try:
            with places.acting(place):
                return in_json(act(world, place, {**read_wish(), **parts}))
        except ApiError as error:
            return in_json(error.body, error.status)
        except BadWish as error:
            return in_json({"error": str(error)}, error.status)
        except (KeyError, TypeError, ValueError) as error:
            return in_json({"error": f"This wish makes no sense: {error!r}."}, 400)

    return view


def read_wish() -> Json:
    """The JSON object that came with the call; anything else counts as an empty one."""
    found = request.get_json(silent=True) or {}
    return found if isinstance(found, dict) else {}


def in_json(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def calls(world: World, place: Place, wish: Json) -> object:
    found = world.recorder.calls(place.place, request.args.get("operation"))
    return {"calls": [call.as_json() for call in found]}


def violations(world: World, place: Place, wish: Json) -> object:
    return {"violations": world.recorder.violations(place.place)}


def effects(world: World, place: Place, wish: Json) -> object:
    wanted = request.args.get("operation")
    found = [each for each in place.effects if wanted in (None, each.operation)]
    return {"effects": [each.as_json() for each in found]}


def deliveries(world: World, place: Place, wish: Json) -> object:
    return {"deliveries": [each.as_json() for each in world.courier.deliveries(place.place)]}


def list_faults(world: World, place: Place, wish: Json) -> object:
    return {"faults": place.faults.listed()}


def add_fault(world: World, place: Place, wish: Json) -> object:
    place.faults.add(wish)
    return list_faults(world, place, wish)


def clear_faults(world: World, place: Place, wish: Json) -> object:
    place.faults.clear()
    return list_faults(world, place, wish)


def change_settings(world: World, place: Place, wish: Json) -> object:
    place.settings = place.settings.changed(wish)
    shown: object = place.settings.as_json()
    return shown


COMMON: tuple[tuple[str, str, Act[Place]], ...] = (
    ("GET", "calls", calls),
    ("GET", "violations", violations),
    ("GET", "effects", effects),
    ("GET", "faults", list_faults),
    ("POST", "faults", add_fault),
    ("DELETE", "faults", clear_faults),
    ("PUT", "settings", change_settings),
)
"""What can be seen and steered at every place that is called by an API."""
