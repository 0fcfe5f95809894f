"""What can be arranged in a warehouse, and what can be seen of it."""

from sandbox.fulfillment_com import staff, taking
from sandbox.fulfillment_com.state import Item, Json, Return
from sandbox.fulfillment_com.warehouse import Login, Warehouse
from sandbox.fulfillment_com.wire import Writer
from sandbox.recorder import Call
from sandbox.refusals import BadWish
from sandbox.world import World

RANGE = (
    (8801, "NW-MUG-BLUE", "Blue mug"),
    (8802, "NW-TEA-SET", "Tea set"),
    (8803, "TENT-2P-GRN", "Tent for two, green"),
)


def open_warehouse(
    world: World,
    name: str,
    client_id: str,
    client_secret: str,
    username: str,
    password: str,
) -> Warehouse:
    """A furnished warehouse with one login; an existing one of that name starts anew."""
    login = Login(7, username, password)
    warehouse = Warehouse(name, client_id, client_secret, {username: login})
    for item_id, sku, title in RANGE:
        warehouse.items[sku] = Item(item_id, sku, title, {3: 100, 5: 18})
    world.fulfillment_com[name] = warehouse
    return warehouse


def add_merchant(world: World, warehouse: Warehouse, wish: Json) -> object:
    """The login serves one merchant more, and must say from now on which it means."""
    number = int(wish["id"])
    warehouse.merchants[number] = str(wish.get("name", f"Merchant {number}"))
    for each in warehouse.logins.values():
        each.merchants.append(number)
    return {"merchants": [*warehouse.merchants]}


def press(world: World, warehouse: Warehouse, wish: Json) -> object:
    button = staff.BUTTONS.get(wish["action"])
    if button is None:
        known = ", ".join(staff.BUTTONS)
        raise BadWish(f"There is no {wish['action']}; there are {known}.")
    order = warehouse.order(wish["id"])
    button(warehouse, order, wish)
    return Writer(warehouse).order(order)


def place(world: World, warehouse: Warehouse, wish: Json) -> object:
    """An order that reaches the warehouse by another way."""
    login = next(iter(warehouse.logins.values()))
    call = Call(0, warehouse.place, "POST", "", "", None, None)
    return Writer(warehouse).order(taking.take(warehouse, login, wish, call))


def state(world: World, warehouse: Warehouse, wish: Json) -> object:
    writer = Writer(warehouse, frozenset({"lineItems", "trackingNumbers.carrier"}))
    return {
        "orders": [writer.order(each) for each in warehouse.orders.values()],
        "stock": [writer.stock(each) for each in warehouse.items.values()],
        "returns": [writer.returned(each) for each in warehouse.returns],
        "settings": warehouse.settings.as_json(),
        "faults": warehouse.faults.listed(),
    }


def fill_shelves(world: World, warehouse: Warehouse, wish: Json) -> object:
    """Levels by SKU in a building; a SKU that is new gets an item of its own."""
    building = int(wish.get("building", 3))
    for each in wish["records"]:
        sku = str(each["sku"])
        new = Item(8900 + len(warehouse.items), sku, sku)
        warehouse.items.setdefault(sku, new).on_hand[building] = int(each["quantity"])
    return state(world, warehouse, wish)


def clear_shelves(world: World, warehouse: Warehouse, wish: Json) -> object:
    warehouse.items.clear()
    return {"stock": []}


def announce_return(world: World, warehouse: Warehouse, wish: Json) -> object:
    """A return of which nobody knows the order."""
    back = Return(
        next(warehouse.other_ids),
        None,
        list(wish.get("lines", [])),
        {"id": 1, "title": "Expected"},
        {"id": 1, "title": "Merchant RMA"},
        number=str(wish.get("number", "RMA-2087")),
    )
    warehouse.returns.append(back)
    return Writer(warehouse).returned(back)


def revoke_tokens(world: World, warehouse: Warehouse, wish: Json) -> object:
    """All access tokens end; with `refresh` the others too."""
    warehouse.access.clear()
    if wish.get("refresh", False):
        warehouse.refresh.clear()
    return {"tokens": len(warehouse.access) + len(warehouse.refresh)}
