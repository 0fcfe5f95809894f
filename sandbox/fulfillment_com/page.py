"""The floor's page: a visitor is the partner's staff, with plain forms."""

from flask import Blueprint

from sandbox import page
from sandbox.fulfillment_com import codes, staff
from sandbox.fulfillment_com.acting import warehouses
from sandbox.fulfillment_com.api.operations import OPERATIONS, TOKEN
from sandbox.fulfillment_com.state import Json
from sandbox.fulfillment_com.warehouse import BUILDINGS, Warehouse
from sandbox.page import Form, Page
from sandbox.refusals import ApiError
from sandbox.world import World

SHOWN = 25
WITH_A_CODE = ("stop", "say")


def register(pages: Blueprint, world: World) -> None:
    """The page itself, and one address per form."""
    shown = Page("floor", "fulfillment_com.html", _shown, FORMS, _refused)
    page.register(pages, world, warehouses(world), shown)


def _refused(error: ApiError) -> str:
    return f"That cannot be done: {error.body['message']}."


def _shown(warehouse: Warehouse) -> Json:
    return {
        "warehouse": warehouse,
        "orders": [*warehouse.orders.values()][: -SHOWN - 1 : -1],
        "buildings": BUILDINGS,
        "buttons": [each for each in staff.BUTTONS if each not in WITH_A_CODE],
        "problems": [(each, codes.find(each)) for each in staff.PROBLEMS],
        "operations": [TOKEN, *(each.id for each in OPERATIONS)],
    }


def _press(warehouse: Warehouse, form: Form) -> str:
    order = warehouse.order(int(form["order"]))
    staff.BUTTONS[form["action"]](warehouse, order, {**form})
    return f"{form['action']}: order {order.reference} is {order.status.code} now."


def _fill(warehouse: Warehouse, form: Form) -> str:
    item = warehouse.items[form["sku"]]
    item.on_hand[int(form["building"])] = int(form["quantity"])
    return f"There are {form['quantity']} of {form['sku']} now."


FORMS: dict[str, page.Act[Warehouse]] = {
    "orders/<order>/<action>": _press,
    "stock": _fill,
}
