"""The page: a visitor is the shopper and, in the console, the merchant, with plain forms."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from sandbox.faults import KINDS
from sandbox.refusals import ApiError, BadWish
from sandbox.spresso import shopping
from sandbox.spresso.account import Account
from sandbox.spresso.acting import acting
from sandbox.spresso.state import Json
from sandbox.spresso.words import CANCELLED, EVENTS, METHODS
from sandbox.world import World

SHOWN = 25
OPERATIONS = ("updateFulfillment", "upsertShipment", "createAccessToken")

Form = Mapping[str, str]
Act = Callable[[Account, Form], str]


def register(pages: Blueprint, world: World) -> None:
    """The page itself, and one address per form."""
    pages.add_url_rule("/<name>/shop", "shop", _page_view(world))
    for path, act in FORMS.items():
        rule = f"/<name>/shop/{path}"
        pages.add_url_rule(rule, f"shop {path}", _form_view(world, act), methods=["POST"])


def _page_view(world: World) -> Callable[[str], str]:
    def view(name: str) -> str:
        account = _find(world, name)
        with world.lock:
            return render_template("spresso.html", **_shown(world, account))

    return view


def _form_view(world: World, act: Act) -> Callable[..., Any]:
    def view(name: str, **parts: str) -> Any:
        account = _find(world, name)
        try:
            with acting(world, account):
                said = act(account, {**request.form.to_dict(), **parts})
        except ApiError as error:
            said = f"Refused: {error.body['message']}"
        except BadWish as error:
            said = str(error)
        except (KeyError, ValueError):
            said = "That form was not filled in."
        return redirect(url_for("spresso.shop", name=name, said=said), 303)

    return view


def _find(world: World, name: str) -> Account:
    account = world.spresso.get(name)
    if account is None:
        abort(Response(f"There is no account {name}.", 404, content_type="text/plain"))
    return account


def _shown(world: World, account: Account) -> Json:
    newest = list(account.orders.values())[::-1]
    mails = [each for each in account.effects if each.operation == "mail"]
    return {
        "account": account,
        "said": request.args.get("said", ""),
        "orders": newest[:SHOWN],
        "hidden": max(0, len(newest) - SHOWN),
        "mails": mails[: -SHOWN - 1 : -1],
        "calls": world.recorder.calls(account.place)[: -SHOWN - 1 : -1],
        "deliveries": world.courier.deliveries(account.place)[:-11:-1],
        "violations": world.recorder.violations(account.place),
        "faults": account.faults.listed(),
        "addresses": list(shopping.ADDRESSES),
        "locations": shopping.LOCATIONS,
        "methods": METHODS,
        "events": EVENTS,
        "kinds": sorted(KINDS - {"foreign_next"}),
        "operations": OPERATIONS,
        "cancelled": CANCELLED,
    }


def _place_order(account: Account, form: Form) -> str:
    part = {
        "location": form.get("location") or None,
        "method": form.get("method") or None,
        "lines": [{"sku": form["sku"], "quantity": int(form.get("quantity") or 1)}],
    }
    parts = [part]
    if form.get("second_location"):
        parts.append({**part, "location": form["second_location"]})
    address = shopping.ADDRESSES[form.get("address") or "good"]
    [order] = shopping.place_orders(account, {"fulfillments": parts, "address": address})
    return f"Order {order.number} is placed."


def _cancel(account: Account, form: Form) -> str:
    order = account.order(form["id"])
    only = form.get("fulfillment_id") or None
    shopping.cancel(account, order, {"fulfillment_id": only})
    return f"{'A part' if only else 'All'} of order {order.number} is cancelled."


def _announce(account: Account, form: Form) -> str:
    order = account.order(form["id"])
    if form["event"] not in EVENTS:
        raise ValueError(form["event"])
    shopping.announce(account, order, form["event"])
    return f"{form['event']} of order {order.number} is sent again."


def _register(account: Account, form: Form) -> str:
    for event in EVENTS:
        account.urls[event] = form.get(event, "").split()
    return "The addresses are registered."


def _add_fault(account: Account, form: Form) -> str:
    fault = account.faults.add(
        {
            "kind": form["kind"],
            "operation": form.get("operation") or "*",
            "times": int(form["times"]) if form.get("times") else None,
            "seconds": float(form.get("seconds") or 1),
        }
    )
    return f"Switched on: {fault.kind}."


def _clear_faults(account: Account, form: Form) -> str:
    account.faults.clear()
    return "All faults are switched off."


FORMS: dict[str, Act] = {
    "orders": _place_order,
    "orders/<id>/cancel": _cancel,
    "orders/<id>/announce": _announce,
    "webhooks": _register,
    "faults": _add_fault,
    "faults/off": _clear_faults,
}
