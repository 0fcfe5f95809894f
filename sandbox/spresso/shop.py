"""The page: a visitor is the shopper and, in the console, the merchant, with plain forms."""

from flask import Blueprint

from sandbox import page
from sandbox.faults import KINDS
from sandbox.page import Form, Page
from sandbox.refusals import ApiError
from sandbox.spresso import shopping
from sandbox.spresso.account import Account
from sandbox.spresso.acting import accounts
from sandbox.spresso.state import Json
from sandbox.spresso.words import CANCELLED, EVENTS, METHODS
from sandbox.world import World

SHOWN = 25
OPERATIONS = ("updateFulfillment", "upsertShipment", "createAccessToken")


def register(pages: Blueprint, world: World) -> None:
    """The page itself, and one address per form."""
    shown = Page("shop", "spresso.html", _shown, FORMS, _refused)
    page.register(pages, world, accounts(world), shown)


def _refused(error: ApiError) -> str:
    return f"Refused: {error.body['message']}"


def _shown(account: Account) -> Json:
    newest = list(account.orders.values())[::-1]
    mails = [each for each in account.effects if each.operation == "mail"]
    return {
        "account": account,
        "orders": newest[:SHOWN],
        "hidden": max(0, len(newest) - SHOWN),
        "mails": mails[: -SHOWN - 1 : -1],
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


FORMS: dict[str, page.Act[Account]] = {
    "orders": _place_order,
    "orders/<id>/cancel": _cancel,
    "orders/<id>/announce": _announce,
    "webhooks": _register,
}
