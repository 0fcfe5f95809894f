"""The merchant's buttons by name, as the control endpoints and the shop page press them."""

from collections.abc import Callable

from sandbox.next29 import dividing, merchant, rules
from sandbox.next29.state import MERCHANT, FulfillmentOrder, Json
from sandbox.next29.store import Store

Button = Callable[[Store, FulfillmentOrder, Json], object]

BUTTONS: dict[str, Button] = {
    "request": lambda store, order, wish: merchant.request(
        store, order, wish.get("message"), bool(wish.get("notify", True)), _units(wish)
    ),
    "withdraw": lambda store, order, wish: rules.withdraw(
        store, order, wish.get("message"), by=MERCHANT
    ),
    "ask-cancel": lambda store, order, wish: rules.ask_cancel(
        store, order, wish.get("message"), by=MERCHANT
    ),
    "withdraw-cancel": lambda store, order, wish: rules.withdraw_cancel(
        store, order, wish.get("message"), by=MERCHANT
    ),
    "hold": lambda store, order, wish: rules.hold(
        store, order, wish.get("reason", "other"), wish.get("message"), by=MERCHANT
    ),
    "release": lambda store, order, wish: rules.release(store, order, by=MERCHANT),
    "edit-address": lambda store, order, wish: merchant.edit_address(
        store, order, wish.get("shipping_address")
    ),
    "edit-lines": lambda store, order, wish: merchant.edit_lines(store, order, wish["lines"]),
    "fulfil-by-hand": lambda store, order, wish: merchant.fulfil_by_hand(
        store, order, wish.get("tracking_code")
    ),
    "move": lambda store, order, wish: dividing.move(
        store, order, merchant.location(store, wish["new_location_id"]), [], by=MERCHANT
    ),
    "cancel": lambda store, order, wish: dividing.cancel(store, order, by=MERCHANT),
}


def _units(wish: Json) -> dict[int, int]:
    return {item["id"]: item["quantity"] for item in wish.get("fulfillment_order_line_items", [])}
