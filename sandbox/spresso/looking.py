"""What can be seen of an organization beside what all places show: its state."""

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
