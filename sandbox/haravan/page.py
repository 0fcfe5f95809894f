"""The shop page: a visitor acts as the shopper and as the merchant, with plain forms."""

from flask import Blueprint

from sandbox import page
from sandbox.haravan import goods, merchant, ordering
from sandbox.haravan.acting import shops
from sandbox.haravan.api.operations import OPERATIONS
from sandbox.haravan.state import Json
from sandbox.haravan.store import Store
from sandbox.page import Form, Page
from sandbox.refusals import ApiError
from sandbox.world import World

SHOWN = 25
WITH_MORE = ("edit", "service", "carrier")
SERVICES = ("manual", "kho-sao-mai")


def register(pages: Blueprint, world: World) -> None:
    """The page itself, and one address per form."""
    shown = Page("shop", "haravan.html", _shown, FORMS, _refused)
    page.register(pages, world, shops(world), shown)


def _refused(error: ApiError) -> str:
    return f"The shop refused: {error.body}"


def _shown(store: Store) -> Json:
    return {
        "store": store,
        "orders": [*store.orders.values()][: -SHOWN - 1 : -1],
        "rows": [*store.rows.values()],
        "range": goods.RANGE,
        "addresses": ordering.ADDRESSES,
        "services": SERVICES,
        "buttons": [each for each in merchant.BUTTONS if each not in WITH_MORE],
        "words": merchant.WORDS,
        "operations": [each.id for each in OPERATIONS],
    }


def _place(store: Store, form: Form) -> str:
    line = {"sku": form["sku"], "quantity": int(form["quantity"]), "service": form["service"]}
    wish = {
        "lines": [line],
        "shipping_address": ordering.ADDRESSES[form["address"]],
        "cod": form["payment"] == "cod",
        "paid": form["payment"] == "paid",
        "confirmed": "confirmed" in form,
        "note": form.get("note") or None,
    }
    [order] = ordering.place_orders(store, wish)
    return f"Order {order.name} is placed."


def _press(store: Store, form: Form) -> str:
    order = store.order(int(form["order"]))
    merchant.BUTTONS[form["action"]](store, order, {**form})
    return f"{form['action']}: order {order.name} is changed."


def _fill(store: Store, form: Form) -> str:
    sold = store.called(form["sku"])
    if sold is None:
        return "Nothing is called so."
    goods.shelf(store, 1204471, sold).on_hand = int(form["quantity"])
    return f"There are {form['quantity']} of {form['sku']} now."


FORMS: dict[str, page.Act[Store]] = {
    "orders": _place,
    "orders/<order>/<action>": _press,
    "stock": _fill,
}
