"""The shopper's side: what is for sale, and placing an order."""

from dataclasses import dataclass

from sandbox.next29.state import MERCHANT, FulfillmentOrder, Json, Line, Location, Order
from sandbox.next29.store import Notice, Store


@dataclass(frozen=True)
class Product:
    id: int
    sku: str
    title: str
    price: str


CATALOGUE = (
    Product(411, "TENT-2P-GRN", "Ridge Tent 2P Green", "189.00"),
    Product(415, "STAKE-8PK", "Tent Stakes 8 Pack", "12.00"),
    Product(420, "BAG-20F-L", "Sleeping Bag 20F Long", "149.00"),
    Product(433, "MUG-ENM", "Enamel Mug", "9.50"),
    Product(440, "", "Gift Box (no SKU)", "4.00"),
)
BY_SKU = {product.sku: product for product in CATALOGUE}

GOOD_ADDRESS: Json = {
    "first_name": "Dana",
    "last_name": "Whitfield",
    "line1": "1209 Alder Ct",
    "line2": "Apt 4B",
    "line4": "Boise",
    "state": "ID",
    "postcode": "83702",
    "country": "US",
    "phone_number": "+12085550119",
}
BAD_ADDRESS: Json = {
    "first_name": "Dana",
    "last_name": "Whitfield",
    "line1": "",
    "line4": "Boise",
    "state": "ID",
    "postcode": "",
    "country": "US",
}
ELSEWHERE: Json = {
    "first_name": "Søren",
    "last_name": "Åkesson",
    "line1": "Västra Hamngatan 3",
    "line4": "Göteborg",
    "country": "SE",
}
ADDRESSES: dict[str, Json | None] = {
    "good": GOOD_ADDRESS,
    "bad": BAD_ADDRESS,
    "elsewhere": ELSEWHERE,
    "none": None,
}


def line_from(store: Store, wish: Json) -> Line:
    """One line of a wish such as {"sku": "MUG-ENM", "quantity": 2}."""
    sku, quantity = str(wish.get("sku", "")), int(wish.get("quantity", 1))
    known = BY_SKU.get(sku, Product(900, sku, sku, "12.00"))
    return Line(
        next(store.line_ids),
        next(store.order_line_ids),
        wish.get("product_id", known.id),
        sku,
        wish.get("title", known.title),
        quantity,
        quantity,
        known.price,
    )


def place(
    store: Store, at: Location, wishes: list[Json], address: Json | None, shipping_method: Json
) -> FulfillmentOrder:
    """An order with one fulfillment order at the location, open and not yet requested."""
    lines = [line_from(store, wish) for wish in wishes]
    order_number = next(str(n) for n in store.order_numbers if str(n) not in store.orders)
    if address is not None:
        address = {"id": int(order_number), **address}
    bought = [line.part(line.order_line_id, line.quantity, fulfillable=0) for line in lines]
    order = Order(order_number, bought, address, shipping_method)
    store.orders[order_number] = order
    fulfillment_order = store.open_fulfillment_order(order, at, lines)
    store.effect("place", fulfillment_order, MERCHANT, order_number=order_number)
    store.notices.append(Notice("order.created", order))
    return fulfillment_order
