"""What can be seen of an organization: its state, the calls it got, and what took place."""

from flask import request

from sandbox.spresso import wire
from sandbox.spresso.account import Account
from sandbox.spresso.state import Json
from sandbox.world import World


def state(world: World, account: Account, wish: Json) -> object:
    return {
        "orders": [wire.order(account, each) for each in account.orders.values()],
        "external": {
            each.id: each.external
            for order in account.orders.values()
            for each in order.fulfillments
        },
        "settled": {
            each.id: each.settled
            for order in account.orders.values()
            for each in order.fulfillments
        },
        "webhooks": account.urls,
        "settings": account.settings.as_json(),
        "faults": account.faults.listed(),
    }


def calls(world: World, account: Account, wish: Json) -> object:
    found = world.recorder.calls(account.place, request.args.get("operation"))
    return {"calls": [call.as_json() for call in found]}


def violations(world: World, account: Account, wish: Json) -> object:
    return {"violations": world.recorder.violations(account.place)}


def effects(world: World, account: Account, wish: Json) -> object:
    wanted = request.args.get("operation")
    found = [each for each in account.effects if wanted in (None, each.operation)]
    return {"effects": [each.as_json() for each in found]}


def deliveries(world: World, account: Account, wish: Json) -> object:
    return {"deliveries": [each.as_json() for each in world.courier.deliveries(account.place)]}
