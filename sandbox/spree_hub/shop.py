"""The page of the fake hub: a visitor is the shopper, the merchant and the clock."""

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from sandbox.spree_hub import acts
from sandbox.spree_hub.state import FAULTS, GOODS, Hub, Json
from sandbox.world import World

SHOWN = 30


def page(world: World) -> Callable[[str], Any]:
    def view(name: str) -> Any:
        hub = world.spree_hub.get(name)
        if hub is None:
            return Response(f"There is no hub {name}.", 404, content_type="text/plain")
        return render_template(
            "spree_hub.html",
            name=name,
            here=url_for("spree_hub.shop", name=name),
            hub=hub,
            said=request.args.get("said", ""),
            shipments=list(hub.shipments.values())[: -SHOWN - 1 : -1],
            calls=hub.sent[: -SHOWN - 1 : -1],
            effects=hub.effects[: -SHOWN - 1 : -1],
            notes=hub.notes[: -SHOWN - 1 : -1],
            goods=GOODS,
            kinds=FAULTS,
        )

    return view


def form(world: World) -> Callable[[str, str], Any]:
    def view(name: str, act: str) -> Any:
        hub, wanted = world.spree_hub.get(name), FORMS.get(act)
        if hub is None or wanted is None:
            return Response("There is no such form.", 404, content_type="text/plain")
        try:
            said = wanted(hub, request.form.to_dict())
        except (KeyError, ValueError) as error:
            said = str(error)
        return redirect(url_for("spree_hub.shop", name=name, said=said), 303)

    return view


def _place(hub: Hub, form: Json) -> str:
    items = [{"sku": form["sku"], "quantity": int(form.get("quantity") or 1)}]
    placed = acts.place(hub, {"items": items})
    return f"Order {placed['order_number']} is placed."


def _press(hub: Hub, form: Json) -> str:
    answer = acts.press(hub, dict(form))
    return f"The warehouse answered {answer['status'] or answer['error']}."


def _poll(hub: Hub, form: Json) -> str:
    acts.tick(hub)
    return "The hub has asked for shipments and stock."


def _fault(hub: Hub, form: Json) -> str:
    acts.add_fault(hub, dict(form))
    return f"Switched on: {form['kind']}."


FORMS: dict[str, Callable[[Hub, Json], str]] = {
    "order": _place,
    "press": _press,
    "poll": _poll,
    "fault": _fault,
}
