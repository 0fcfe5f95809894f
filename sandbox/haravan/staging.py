"""What can be arranged in a shop, and what can be seen of it."""

from sandbox.haravan import goods, merchant, ordering, webhooks
from sandbox.haravan.state import Json
from sandbox.haravan.store import SCOPES, Hook, Store
from sandbox.haravan.wire import Writer
from sandbox.refusals import BadWish
from sandbox.world import World

TOPICS = (
    "orders/create",
    "orders/updated",
    "orders/paid",
    "orders/cancelled",
    "orders/fulfilled",
    "refunds/create",
    "app/uninstalled",
)


def open_new_store(world: World, name: str, token: str, scopes: list[str] | None = None) -> Store:
    """A furnished shop with one token; an existing shop of that name starts anew."""
    granted = SCOPES if scopes is None else frozenset(scopes)
    world.haravan[name] = Store(name, {token: granted})
    goods.furnish(world.haravan[name])
    return world.haravan[name]


def place(world: World, store: Store, wish: Json) -> object:
    writer = Writer(store)
    return {"orders": [writer.order(each) for each in ordering.place_orders(store, wish)]}


def press(world: World, store: Store, wish: Json) -> object:
    button = merchant.BUTTONS.get(wish["action"])
    if button is None:
        raise BadWish(f"There is no {wish['action']}; there are {', '.join(merchant.BUTTONS)}.")
    order = store.order(wish["id"])
    button(store, order, wish)
    return Writer(store).order(order)


def state(world: World, store: Store, wish: Json) -> object:
    writer = Writer(store)
    return {
        "org_id": store.org_id,
        "orders": [writer.order(each) for each in store.orders.values()],
        "fulfillments": [
            {"order_id": order.id, "id": each.id, "status": each.status, "numbers": each.numbers}
            for order in store.orders.values()
            for each in order.fulfillments
        ],
        "stock": [
            {**goods.row(writer, each), "sku": each.variant.sku, "changes": each.changes}
            for each in store.rows.values()
        ],
        "hooks": [{"target": each.target, "on": each.on} for each in store.hooks],
        "settings": store.settings.as_json(),
        "faults": store.faults.listed(),
    }


def fill_shelves(world: World, store: Store, wish: Json) -> object:
    """Levels by SKU at a location, tracked or not."""
    for each in wish["records"]:
        sold = store.called(str(each["sku"]))
        if sold is None:
            raise BadWish(f"Nothing is called {each['sku']}.")
        sold.tracked = bool(each.get("tracked", True))
        row = goods.shelf(store, int(wish.get("location_id", 1204471)), sold)
        row.on_hand = int(each["quantity"])
    return state(world, store, wish)


def add_hook(world: World, store: Store, wish: Json) -> object:
    """A private webhook, as the merchant enters it; or the app's, as on the partner site."""
    of_app = bool(wish.get("of_app", False))
    hook = Hook(
        wish["target"],
        list(wish.get("topics", TOPICS)),
        wish["secret"],
        wish.get("verify_token", ""),
        of_app,
        on=not of_app,
    )
    store.hooks.append(hook)
    return {"hooks": len(store.hooks)}


def ping(world: World, store: Store, wish: Json) -> object:
    """The button that sends a test."""
    for hook in store.hooks:
        post = webhooks.message(store, hook, hook.topics[0], {"test": True}, world.lock)
        world.courier.send([post])
    return {"sent": len(store.hooks)}


def uninstall(world: World, store: Store, wish: Json) -> object:
    """The merchant removes the app: one last event, then every token is dead."""
    store.announce("app/uninstalled")
    world.courier.send(webhooks.posts(store, world.lock))
    store.effect("uninstall", None, merchant.MERCHANT)
    store.tokens.clear()
    store.hooks = [hook for hook in store.hooks if not hook.of_app]
    return {"tokens": 0}


def add_token(world: World, store: Store, wish: Json) -> object:
    store.tokens[wish["token"]] = frozenset(wish.get("scopes", SCOPES))
    return {"tokens": len(store.tokens)}


def revoke_token(world: World, store: Store, wish: Json) -> object:
    store.tokens.pop(wish["token"], None)
    return {"tokens": len(store.tokens)}
