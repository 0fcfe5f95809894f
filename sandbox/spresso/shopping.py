"""The customer orders, and the merchant stops it in the console."""

import copy

from sandbox.spresso import wire
from sandbox.spresso.account import Account, Notice
from sandbox.spresso.state import Fulfillment, Json, Order, OrderLine
from sandbox.spresso.words import CANCELLATION, CANCELLED, FULFILLABLE, METHODS

CUSTOMER = "customer"
CONSOLE = "console"
LOCATIONS = ("65f1c0aa3d9e417b88e02f01", "65f1c0aa3d9e417b88e02f02")
ADDRESSES: dict[str, Json | None] = {
    "good": {
        "firstName": "Noémie",
        "lastName": "Peña",
        "addressLine1": "418 Alder St",
        "addressLine2": "Unit 7/B & rear door",
        "city": "Seattle",
        "state": "WA",
        "postalCode": "98104",
        "country": "USA",
        "telephoneNumber": "02065550142",
    },
    "bad": {
        "firstName": "Nobody",
        "lastName": "Anywhere",
        "addressLine1": "",
        "addressLine2": "",
        "city": "",
        "state": "",
        "postalCode": "0",
        "country": "XXX",
        "telephoneNumber": "",
    },
    "none": None,
}
FORMS = ("full", "minimal", "number")
"""How much of the order a cancellation shows."""


def place_orders(account: Account, wish: Json) -> list[Order]:
    """Place `count` equal orders, and announce them unless told otherwise."""
    orders = [_place(account, wish) for _ in range(max(1, int(wish.get("count", 1))))]
    for order in orders:
        account.orders[order.id] = order
        account.effect("place", None, CUSTOMER, order_id=order.id)
        if wish.get("announce", True):
            announce(account, order, FULFILLABLE)
    return orders


def _place(account: Account, wish: Json) -> Order:
    parts = wish.get("fulfillments") or [{"lines": wish.get("lines")}]
    fulfillments = [_fulfillment(account, part) for part in parts]
    return Order(
        account.new_id(),
        next(account.order_numbers),
        _order_lines(account, fulfillments),
        copy.deepcopy(wish.get("address", ADDRESSES["good"])),
        fulfillments,
        financial_status=str(wish.get("financial_status", "authorized")),
        extra=dict(wish.get("extra", {})),
    )


def _fulfillment(account: Account, part: Json) -> Fulfillment:
    lines = part.get("lines") or [{"sku": "HBR-TEE-NVY-M", "quantity": 1}]
    units = [(account.variant(each["sku"]).id, int(each.get("quantity", 1))) for each in lines]
    if any(count < 1 for _, count in units):
        raise ValueError("a quantity is at least 1")
    location = str(part.get("location") or LOCATIONS[0])
    return Fulfillment(account.new_id(), location, str(part.get("method") or METHODS[0]), units)


def _order_lines(account: Account, fulfillments: list[Fulfillment]) -> list[OrderLine]:
    """One line for each variant, with the units of all fulfillments."""
    units: dict[str, int] = {}
    for fulfillment in fulfillments:
        for variant, count in fulfillment.ordered.items():
            units[variant] = units.get(variant, 0) + count
    return [
        OrderLine(account.new_id(), account.variants[variant], count)
        for variant, count in units.items()
    ]


def cancel(account: Account, order: Order, wish: Json) -> None:
    """Stop all fulfillments or one; the fulfiller is not asked, and is told afterwards."""
    only = wish.get("fulfillment_id")
    hit = [each for each in order.fulfillments if only in (None, each.id)]
    if not hit:
        raise ValueError(f"order {order.id} has no fulfillment {only}")
    for fulfillment in hit:
        if fulfillment.status != CANCELLED:
            fulfillment.become(CANCELLED)
            account.effect(CANCELLED, fulfillment, CONSOLE)
    if all(each.status == CANCELLED for each in order.fulfillments):
        order.become(CANCELLED)
    if wish.get("announce", True):
        announce(account, order, CANCELLATION, form=str(wish.get("form") or "full"))


def announce(
    account: Account,
    order: Order,
    event: str,
    *,
    form: str = "full",
    change: Json | None = None,
    at: str = "",
    secret: str = "",
    enveloped: bool | None = None,
) -> None:
    """Tell what the order is now, with whatever a test wants to be different."""
    body = copy.deepcopy(shown(account, order, form)) | (change or {})
    account.notices.append(Notice(event, body, at, secret, enveloped))


def shown(account: Account, order: Order, form: str = "full") -> Json:
    """The order as a message holds it: all of it, or just enough."""
    if form not in FORMS:
        raise ValueError(f"a message shows the order in {', '.join(FORMS)}")
    names = {"minimal": ("id", "orderNo", "status"), "number": ("orderNo", "status")}.get(form)
    whole = wire.order(account, order)
    return {name: whole[name] for name in names} if names else whole
