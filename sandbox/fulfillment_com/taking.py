"""Takes an order in: what is no order is refused, and what is merely wrong gets a problem."""

import re
from typing import Any

from sandbox.fulfillment_com import errors, rules
from sandbox.fulfillment_com.state import Json, Order
from sandbox.fulfillment_com.warehouse import BUILDINGS, Login, Warehouse
from sandbox.recorder import Call

ORDER = {"merchantOrderId": str, "shippingMethod": str, "recipient": dict, "items": list}
MAY = {"merchantId": int, "warehouse": dict, "integrator": str, "notes": str}
RECIPIENT = (
    "firstName",
    "lastName",
    "address1",
    "addressLocality",
    "addressRegion",
    "country",
    "phone",
    "email",
)
MAY_RECIPIENT = ("address2", "postalCode", "companyName")
ITEM = {"sku": str, "quantity": int, "declaredValue": (str, int, float)}
METHODS = ("Ground", "Express")
_MONEY = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+")


def take(warehouse: Warehouse, login: Login, body: Json, call: Call) -> Order:
    """Record an order and check it; a number that is taken makes nothing."""
    _insist_on_types(body)
    _insist_on_values(body)
    call.violations += _strangers(body)
    merchant = _merchant_of(login, body)
    first = warehouse.named(body["merchantOrderId"], (merchant,))
    if first is not None:
        if first.asked != body:
            call.violations.append("the same number is given to two different orders")
        raise errors.duplicate(first.id, warehouse.settings.context_shape)
    order = Order(next(warehouse.order_ids), merchant, body)
    warehouse.orders[order.id] = order
    warehouse.effect("create", order, login.username, reference=order.reference)
    rules.say(warehouse, order, "010102", "Order received", by=login.user_id)
    check(warehouse, order)
    return order


def check(warehouse: Warehouse, order: Order) -> None:
    """What a warehouse finds out for itself: none of it is an error of the call."""
    problem = _problem_of(warehouse, order)
    if problem:
        rules.move(warehouse, order, *problem)


def _problem_of(warehouse: Warehouse, order: Order) -> tuple[str, str] | None:
    there = order.asked["recipient"]
    if not there["address1"].strip() or not there["addressLocality"].strip():
        return "010401", "The address is incomplete"
    if len(there["country"]) != 2:
        return "010407", f"Country {there['country']} is not mapped"
    unknown = [sku for sku in order.units if sku not in warehouse.items]
    if unknown:
        return "010501", f"SKU {unknown[0]} is not known"
    if order.asked["shippingMethod"] not in METHODS:
        return "010701", "The shipping method is not mapped"
    # Its own units are promised already.
    if any(
        warehouse.available(warehouse.items[sku], order.warehouse_id) < 0 for sku in order.units
    ):
        return "010801", "There is not enough in this building"
    return None


def _merchant_of(login: Login, body: Json) -> int:
    named = body.get("merchantId")
    if named is None and len(login.merchants) > 1:
        raise errors.invalid("merchantId is needed: this login has several merchants")
    if named is not None and named not in login.merchants:
        raise errors.forbidden("This login may not order for that merchant")
    return int(named or login.merchants[0])


def _insist_on_types(body: Json) -> None:
    """A required field that is missing, or of another type: the request cannot be read."""
    fine = all(_is(body.get(name), kind) for name, kind in ORDER.items())
    fine = fine and all(_is(body[name], kind) for name, kind in MAY.items() if name in body)
    fine = fine and all(_is(body["recipient"].get(name), str) for name in RECIPIENT)
    fine = fine and all(
        isinstance(each, dict) and all(_is(each.get(name), kind) for name, kind in ITEM.items())
        for each in body["items"]
    )
    if not fine:
        raise errors.invalid()


def _insist_on_values(body: Json) -> None:
    reasons = {}
    if not body["merchantOrderId"]:
        reasons["merchantOrderId"] = "must not be empty"
    if not body["items"]:
        reasons["items"] = "must not be empty"
    for number, each in enumerate(body["items"]):
        if each["quantity"] < 1:
            reasons[f"items.{number}.quantity"] = "must be 1 or more"
        if not each["sku"]:
            reasons[f"items.{number}.sku"] = "must not be empty"
        if not _MONEY.fullmatch(str(each["declaredValue"])):
            reasons[f"items.{number}.declaredValue"] = "must be a decimal number"
    building = (body.get("warehouse") or {}).get("id")
    if building is not None and building not in BUILDINGS:
        reasons["warehouse.id"] = "is not known"
    if reasons:
        raise errors.unacceptable(reasons)


def _strangers(body: Json) -> list[str]:
    known = {*ORDER, *MAY}
    found = [f"an order has no field {name!r}" for name in body if name not in known]
    there = {*RECIPIENT, *MAY_RECIPIENT}
    found += [f"a recipient has no field {x!r}" for x in body["recipient"] if x not in there]
    strange = {name for each in body["items"] for name in each if name not in ITEM}
    return found + [f"an item has no field {name!r}" for name in sorted(strange)]


def _is(value: Any, kind: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)
