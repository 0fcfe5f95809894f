"""The floor's page: a visitor is the partner's staff, with plain forms."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from sandbox.faults import KINDS
from sandbox.fulfillment_com import codes, staff
from sandbox.fulfillment_com.api.operations import OPERATIONS, TOKEN
from sandbox.fulfillment_com.state import Json
from sandbox.fulfillment_com.warehouse import BUILDINGS, Warehouse
from sandbox.refusals import ApiError, BadWish
from sandbox.world import World

SHOWN = 25
WITH_A_CODE = ("stop", "say")
Form = Mapping[str, str]


def register(pages: Blueprint, world: World) -> None:
    """The page itself, and one address per form."""
    pages.add_url_rule("/<name>/floor", "floor", _page_view(world))
    for path, act in FORMS.items():
        rule = f"/<name>/floor/{path}"
        pages.add_url_rule(rule, f"floor {path}", _form_view(world, act), methods=["POST"])


def _page_view(world: World) -> Callable[[str], str]:
    def view(name: str) -> str:
        warehouse = _find(world, name)
        with world.lock:
            return render_template("fulfillment_com.html", **_shown(world, warehouse))

    return view


def _form_view(world: World, act: Callable[[Warehouse, Form], str]) -> Callable[..., Any]:
    def view(name: str, **parts: str) -> Any:
        warehouse = _find(world, name)
        try:
            with world.lock:
                said = act(warehouse, {**request.form.to_dict(), **parts})
        except ApiError as error:
            said = f"That cannot be done: {error.body['message']}."
        except BadWish as error:
            said = str(error)
        except (KeyError, ValueError):
            said = "That form was not filled in."
        return redirect(url_for("fulfillment_com.floor", name=name, said=said), 303)

    return view


def _find(world: World, name: str) -> Warehouse:
    warehouse = world.fulfillment_com.get(name)
    if warehouse is None:
        abort(Response(f"There is no warehouse {name}.", 404, content_type="text/plain"))
    return warehouse


def _shown(world: World, warehouse: Warehouse) -> Json:
    return {
        "warehouse": warehouse,
        "said": request.args.get("said", ""),
        "orders": [*warehouse.orders.values()][: -SHOWN - 1 : -1],
        "calls": world.recorder.calls(warehouse.place)[: -SHOWN - 1 : -1],
        "violations": world.recorder.violations(warehouse.place),
        "faults": warehouse.faults.listed(),
        "buildings": BUILDINGS,
        "buttons": [each for each in staff.BUTTONS if each not in WITH_A_CODE],
        "problems": [(each, codes.find(each)) for each in staff.PROBLEMS],
        "kinds": sorted(KINDS),
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


def _fault(warehouse: Warehouse, form: Form) -> str:
    warehouse.faults.add({"kind": form["kind"], "operation": form["operation"], "times": 1})
    return f"The next call of {form['operation']} fails: {form['kind']}."


def _calm(warehouse: Warehouse, form: Form) -> str:
    warehouse.faults.clear()
    return "Nothing fails any more."


FORMS: dict[str, Callable[[Warehouse, Form], str]] = {
    "orders/<order>/<action>": _press,
    "stock": _fill,
    "faults": _fault,
    "faults/clear": _calm,
}
