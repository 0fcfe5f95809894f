"""The shopper's side: placing orders from a wish in JSON."""

from typing import Any

from sandbox.haravan import stocking
from sandbox.haravan.goods import RANGE
from sandbox.haravan.state import Json, Line, Order, Variant, moment
from sandbox.haravan.store import Store

GOOD_ADDRESS: Json = {
    "first_name": "Minh Hà",
    "last_name": "Trần Thị",
    "name": "Trần Thị Minh Hà",
    "company": None,
    "address1": "18/4 Đường Hoa Sứ",
    "address2": None,
    "ward": "Phường Tân Định",
    "ward_code": "26734",
    "district": "Quận 1",
    "district_code": "HC466",
    "city": None,
    "province": "Hồ Chí Minh",
    "province_code": "HC",
    "zip": None,
    "country": "Vietnam",
    "country_code": "VN",
    "phone": "0900000123",
}
NO_DISTRICT: Json = {**GOOD_ADDRESS, "district": None, "district_code": None}
BAD_ADDRESS: Json = {**GOOD_ADDRESS, "address1": "", "phone": None, "province": None}
ADDRESSES: dict[str, Json | None] = {
    "good": GOOD_ADDRESS,
    "no district": NO_DISTRICT,
    "bad": BAD_ADDRESS,
    "none": None,
}
USUAL = [{"sku": RANGE[0][2], "quantity": 1}]


def place_orders(store: Store, wish: Json) -> list[Order]:
    """Place `count` equal orders; confirmed, and paid on delivery, unless told otherwise."""
    return [_place(store, wish) for _ in range(max(1, int(wish.get("count", 1))))]


def _place(store: Store, wish: Json) -> Order:
    order_id = int(wish.get("id") or next(n for n in store.order_ids if n not in store.orders))
    order = Order(
        order_id,
        f"#{next(store.order_names)}",
        [_line(store, each) for each in wish.get("lines") or USUAL],
        int(wish.get("location_id", 1204471)),
        address=wish.get("shipping_address", GOOD_ADDRESS),
        email=wish.get("email", "minhha@khach.example"),
        cod=bool(wish.get("cod", True)),
        note=wish.get("note"),
        note_attributes=list(wish.get("note_attributes", [])),
        tags=wish.get("tags"),
        confirmed_at=moment() if wish.get("confirmed", True) else None,
    )
    order.transactions.append(transaction(store, order, "pending", order.total))
    if wish.get("paid", False):
        order.transactions.append(transaction(store, order, "capture", order.total))
    store.orders[order.id] = order
    stocking.settle(store, order)
    store.effect("place", order, "shopper", name=order.name)
    store.announce("orders/create", order)
    return order


def transaction(store: Store, order: Order, kind: str, amount: float) -> Json:
    return {
        "id": next(store.other_ids),
        "order_id": order.id,
        "kind": kind,
        "amount": amount,
        "status": None,
        "gateway": "COD" if order.cod else "Chuyển khoản",
        "is_cod_gateway": order.cod,
        "created_at": moment().isoformat().replace("+00:00", "Z"),
    }


def _line(store: Store, wish: dict[str, Any]) -> Line:
    sku = str(wish.get("sku", ""))
    sold = store.called(sku) or Variant(1117730999, 1046620999, sku or None, sku or "?", 50000.0)
    return Line(
        int(wish.get("id") or next(store.line_ids)),
        sold,
        int(wish.get("quantity", 1)),
        str(wish.get("service", "manual")),
        requires_shipping=bool(wish.get("requires_shipping", True)),
        gift_card=bool(wish.get("gift_card", False)),
        properties=list(wish.get("properties", [])),
    )
