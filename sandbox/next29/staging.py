"""What can be arranged in a store: orders, the merchant's steps, faults, settings and tokens."""

from sandbox.next29 import callbacks, carriers_say, errors, ordering, planting, shelves, wire
from sandbox.next29.dashboard import BUTTONS
from sandbox.next29.state import MERCHANT, Json, Location
from sandbox.next29.store import Notice, Store, free
from sandbox.next29.words import SERVICE_SCOPES
from sandbox.refusals import BadWish
from sandbox.world import World


def open_new_store(
    world: World, subdomain: str, token: str, scopes: list[str] | None = None
) -> Store:
    """A store with one token; an existing store of that name starts anew."""
    granted = SERVICE_SCOPES if scopes is None else frozenset(scopes)
    world.next29[subdomain] = Store(subdomain, {token: granted})
    return world.next29[subdomain]


def access_of(store: Store) -> Json:
    tokens = {token: sorted(scopes) for token, scopes in store.tokens.items()}
    return {"subdomain": store.subdomain, "tokens": tokens}


def place_orders(world: World, store: Store, wish: Json) -> object:
    return ordering.place_orders(store, wish)


def press(world: World, store: Store, wish: Json) -> object:
    button = BUTTONS.get(wish["action"])
    if button is None:
        raise BadWish(f"There is no {wish['action']}; there are {', '.join(BUTTONS)}.")
    order = store.fulfillment_order(wish["id"])
    button(store, order, wish)
    return wire.fulfillment_order(order, store.settings)


def carrier_says(world: World, store: Store, wish: Json) -> object:
    """The platform has heard something from the carrier; any word will do, known or not."""
    shipped = store.fulfillments.get(wish["id"])
    if shipped is None:
        raise errors.not_found()
    return carriers_say.tell(store, shipped, wish, by="carrier")


def plant(world: World, store: Store, wish: Json) -> object:
    planted = [planting.plant(store, raw) for raw in wish["fulfillment_orders"]]
    return {"planted": [order.id for order in planted]}


def fill_shelves(world: World, store: Store, wish: Json) -> object:
    """Stock records by the thousand, or new figures for those that are there."""
    return {"planted": [record.id for record in shelves.fill(store, wish)]}


def add_token(world: World, store: Store, wish: Json) -> object:
    """One more token, or other scopes for a known one."""
    store.tokens[wish["token"]] = frozenset(wish.get("scopes", SERVICE_SCOPES))
    return access_of(store)


def revoke_token(world: World, store: Store, wish: Json) -> object:
    store.tokens.pop(wish["token"], None)
    return access_of(store)


def add_location(world: World, store: Store, wish: Json) -> object:
    """A location of the merchant or another provider, unless `owner` says otherwise."""
    place = Location(
        free(store.location_ids, store.locations),
        wish.get("name", "Another warehouse"),
        wish.get("address", ordering.WAREHOUSE_ADDRESS),
        wish.get("callback_url"),
        owner=wish.get("owner", MERCHANT),
    )
    store.locations[place.id] = place
    return wire.location(place)


def show_app(world: World, store: Store, wish: Json) -> object:
    return store.app.as_json()


def register_app(world: World, store: Store, wish: Json) -> object:
    """What the app's owner enters in the partner account."""
    store.app.register(wish)
    return store.app.as_json()


def uninstall(world: World, store: Store, wish: Json) -> object:
    """The merchant removes the app: one last event, then every token and subscription is gone."""
    store.notices.append(Notice("app.uninstalled"))
    store.effect("uninstall", None, MERCHANT)
    # The last event is addressed before those who shall hear it are forgotten.
    world.courier.send(callbacks.posts(store, world.lock))
    if wish.get("revoke", True):
        store.tokens.clear()
        store.app.forget()
        store.webhooks.clear()
    return access_of(store)
