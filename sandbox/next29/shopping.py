"""The shopper's side: placing an order, if what is wanted is for sale."""

from collections import Counter

from sandbox.next29.goods import Product
from sandbox.next29.state import (
    MERCHANT,
    FulfillmentOrder,
    Json,
    Line,
    Location,
    Order,
    StockRecord,
)
from sandbox.next29.store import Notice, Store
from sandbox.refusals import BadWish


class SoldOut(BadWish):
    """The store refuses the shopper; the message says what is missing where."""

    status = 409


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


def line_from(store: Store, wish: Json, at: Location) -> Line:
    """One line of a wish such as {"sku": "MUG-ENM", "quantity": 2}."""
    sku, quantity = str(wish.get("sku", "")), int(wish.get("quantity", 1))
    known = store.catalogue.called(sku) or Product(899, 900, sku, sku)
    line = Line(
        next(store.line_ids),
        next(store.order_line_ids),
        wish.get("product_id", known.variant_id),
        sku,
        wish.get("title", known.name),
        quantity,
        quantity,
        known.price,
    )
    store.stock.assign(line, at)
    return line


def place(
    store: Store, at: Location, wishes: list[Json], address: Json | None, shipping_method: Json
) -> FulfillmentOrder:
    """An order with one fulfillment order at the location, open and not yet requested."""
    lines = [line_from(store, wish, at) for wish in wishes]
    _refuse_what_is_sold_out(store, lines)
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


def _refuse_what_is_sold_out(store: Store, lines: list[Line]) -> None:
    """What the store does not track, it sells without end."""
    wanted = Counter[StockRecord]()
    for line in lines:
        if line.record and line.reserves:
            wanted[line.record] += line.quantity
    short = [record for record, units in wanted.items() if record.net_stock_level < units]
    if short and not store.settings.allow_backorders:
        store.stock.refused += 1
        raise SoldOut(" ".join(_sold_out(record, wanted[record]) for record in short))


def _sold_out(record: StockRecord, units: int) -> str:
    left = max(0, record.net_stock_level)
    wanted = f"{units} wanted, {left} left"
    return f"{record.product.sku} is sold out at {record.location.name}: {wanted}."
