"""Control endpoints: arrange an organization, act in its console, and see what happened."""

from typing import Any

from flask import Blueprint, Response

from sandbox import control
from sandbox.spresso import looking, staging
from sandbox.spresso.account import Account
from sandbox.spresso.acting import accounts
from sandbox.world import World


def register(pages: Blueprint, world: World) -> None:
    """The accounts there are, the opening of one, and all that can be done in it."""

    @pages.get("/_sandbox/accounts")
    def listed() -> Response:
        with world.lock:
            found = [staging.access_of(each) for each in world.spresso.values()]
            return control.in_json({"accounts": found})

    needs = "An account has a name, and what opens it."
    control.register_opening(pages, world, "accounts", needs, _open)
    control.register(pages, world, accounts(world), ACTS)


def _open(world: World, **wish: Any) -> object:
    return staging.access_of(staging.open_account(world, **wish))


ACTS: tuple[tuple[str, str, control.Act[Account]], ...] = (
    *control.COMMON,
    ("GET", "state", looking.state),
    ("GET", "deliveries", control.deliveries),
    ("POST", "orders", staging.place_orders),
    ("GET", "orders/<id>", staging.show_order),
    ("POST", "orders/<id>/cancel", staging.cancel),
    ("POST", "orders/<id>/announce", staging.announce),
    ("PUT", "webhooks", staging.register_webhooks),
    ("POST", "tokens", staging.add_token),
    ("DELETE", "tokens", staging.revoke_tokens),
)
