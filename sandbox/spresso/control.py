"""Control endpoints: arrange an organization, act in its console, and see what happened."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from sandbox.refusals import ApiError, BadWish
from sandbox.spresso import looking, staging
from sandbox.spresso.account import Account
from sandbox.spresso.acting import acting
from sandbox.spresso.looks import in_json
from sandbox.spresso.state import Json
from sandbox.world import World

Act = Callable[[World, Account, Json], object]


def register(pages: Blueprint, world: World) -> None:
    """All under `_sandbox`, without authentication: this is a stage, not a shop."""
    _register_accounts(pages, world)
    for method, path, act in ACTS:
        rule = f"/<name>/_sandbox/{path}"
        pages.add_url_rule(rule, f"{method} {path}", _view(world, act), methods=[method])


def _register_accounts(pages: Blueprint, world: World) -> None:
    @pages.get("/_sandbox/accounts")
    def accounts() -> Response:
        with world.lock:
            return in_json(
                {"accounts": [staging.access_of(each) for each in world.spresso.values()]}
            )

    @pages.post("/_sandbox/accounts")
    def open_account() -> Response:
        try:
            with world.lock:
                return in_json(staging.access_of(staging.open_account(world, **_wish())), 201)
        except TypeError:
            return in_json({"error": "An account has a name, and what opens it."}, 400)


def _view(world: World, act: Act) -> Callable[..., Response]:
    def view(name: str, **parts: Any) -> Response:
        account = world.spresso.get(name)
        if account is None:
            return in_json({"error": f"There is no account {name}."}, 404)
        try:
            with acting(world, account):
                return in_json(act(world, account, {**_wish(), **parts}))
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
    ("POST", "orders", staging.place_orders),
    ("GET", "orders/<id>", staging.show_order),
    ("POST", "orders/<id>/cancel", staging.cancel),
    ("POST", "orders/<id>/announce", staging.announce),
    ("PUT", "webhooks", staging.register_webhooks),
    ("GET", "faults", staging.list_faults),
    ("POST", "faults", staging.add_fault),
    ("DELETE", "faults", staging.clear_faults),
    ("PUT", "settings", staging.change_settings),
    ("POST", "tokens", staging.add_token),
    ("DELETE", "tokens", staging.revoke_tokens),
)
