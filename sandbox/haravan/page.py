"""The shop page: a visitor acts as the shopper and as the merchant, with plain forms."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from sandbox.faults import KINDS
from sandbox.haravan import goods, merchant, ordering
from sandbox.haravan.acting import acting
from sandbox.haravan.api.operations import OPERATIONS
from sandbox.haravan.state import Json
from sandbox.haravan.store import Store
from sandbox.refusals import ApiError, BadWish
from sandbox.world import World

SHOWN = 25
WITH_MORE = ("edit", "service", "carrier")
SERVICES = ("manual", "kho-sao-mai")
Form = Mapping[str, str]


def register(pages: Blueprint, world: World) -> None:
    """The page itself, and one address per form."""
    pages.add_url_rule("/<name>/shop", "shop", _page_view(world))
    for path, act in FORMS.items():
        rule = f"/<name>/shop/{path}"
        pages.add_url_rule(rule, f"shop {path}", _form_view(world, act), methods=["POST"])


def _page_view(world: World) -> Callable[[str], str]:
    def view(name: str) -> str:
        store = _find(world, name)
        with world.lock:
            return render_template("haravan.html", **_shown(world, store))

    return view


def _form_view(world: World, act: Callable[[Store, Form], str]) -> Callable[..., Any]:
    def view(name: str, **parts: str) -> Any:
        store = _find(world, name)
        try:
            with acting(world, store):
                said = act(store, {**request.form.to_dict(), **parts})
        except ApiError as error:
            said = f"The shop refused: {error.body}"
        except BadWish as error:
            said = str(error)
        except (KeyError, ValueError):
            said = "That form was not filled in."
        return redirect(url_for("haravan.shop", name=name, said=said), 303)

    return view


def _find(world: World, name: str) -> Store:
    store = world.haravan.get(name)
    if store is None:
        abort(Response(f"There is no shop {name}.", 404, content_type="text/plain"))
    return store


def _shown(world: World, store: Store) -> Json:
    return {
        "store": store,
        "said": request.args.get("said", ""),
        "orders": [*store.orders.values()][: -SHOWN - 1 : -1],
        "calls": world.recorder.calls(store.place)[: -SHOWN - 1 : -1],
        "deliveries": world.courier.deliveries(store.place)[:-11:-1],
        "violations": world.recorder.violations(store.place),
        "faults": store.faults.listed(),
        "rows": [*store.rows.values()],
        "range": goods.RANGE,
        "addresses": ordering.ADDRESSES,
        "services": SERVICES,
        "buttons": [
            each for each in merchant.BUTTONS if each not in ("edit", "service", "carrier")
        ],
        "words": merchant.WORDS,
        "kinds": sorted(KINDS),
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


def _fault(store: Store, form: Form) -> str:
    store.faults.add({"kind": form["kind"], "operation": form["operation"], "times": 1})
    return f"The next call of {form['operation']} fails: {form['kind']}."


def _calm(store: Store, form: Form) -> str:
    store.faults.clear()
    return "Nothing fails any more."


FORMS: dict[str, Callable[[Store, Form], str]] = {
    "orders": _place,
    "orders/<order>/<action>": _press,
    "stock": _fill,
    "faults": _fault,
    "faults/clear": _calm,
}
