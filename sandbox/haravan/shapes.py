"""What a request may hold; a breach is noted, and only what the platform minds is refused."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.haravan import errors
from sandbox.haravan.api.operations import PARAMETERS
from sandbox.haravan.state import Json
from sandbox.recorder import Call

TRACKING = frozenset(
    {"tracking_number", "tracking_numbers", "tracking_company", "tracking_url", "notify_customer"}
)
# The one key around a body, and the keys inside it.
BODIES: Mapping[str, tuple[str, frozenset[str]]] = {
    "createFulfillment": ("fulfillment", TRACKING | {"line_items", "tracking_urls"}),
    "updateFulfillment": ("fulfillment", TRACKING | {"id", "tracking_urls"}),
    "updateOrder": ("order", frozenset({"id", "note", "note_attributes"})),
    "adjustOrSetInventory": (
        "inventory",
        frozenset({"location_id", "type", "reason", "note", "tags", "line_items"}),
    ),
}


def read_body(operation: str, method: str, raw: bytes, call: Call) -> Json:
    """The body as an object; nothing at all is an empty one."""
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError:
        call.violations.append("the body is not JSON")
        raise errors.malformed("base") from None
    if not isinstance(body, dict):
        call.violations.append("the body is not a JSON object")
        raise errors.malformed("base")
    if method == "GET" and raw:
        call.violations.append(f"{operation} takes no body")
    if method != "GET" and not raw:
        call.violations.append(f"{operation} is sent without a body")
    call.violations += _strangers(operation, body)
    return body


def breaches(operation: str, query: Mapping[str, str]) -> list[str]:
    """What is wrong with a query."""
    known = PARAMETERS.get(operation, frozenset())
    found = [f"{operation} has no parameter {name!r}" for name in query if name not in known]
    if operation in ("listOrders", "countOrders") and query.get("status") != "any":
        found.append(f"{operation} without status=any hides cancelled orders")
    if operation == "listOrders" and int(query.get("limit", "50")) > 50:
        found.append(f"{operation} gives at most 50 a page")
    if operation == "listProducts" and query.get("sku") == "":
        found.append(f"{operation} with an empty sku shows arbitrary products")
    return found


def _strangers(operation: str, body: Json) -> list[str]:
    if operation not in BODIES:
        return []
    wrapper, known = BODIES[operation]
    found = [f"{operation} has no field {name!r}" for name in body if name != wrapper]
    inside: Any = body.get(wrapper)
    if not isinstance(inside, dict):
        return [*found, f"{operation} lacks {wrapper!r}"]
    found += [f"{wrapper} has no field {name!r}" for name in inside if name not in known]
    if operation == "createFulfillment":
        found += _careless(inside)
    if operation == "adjustOrSetInventory" and "type" not in inside:
        found.append("a level without a type is added to what is there")
    return found


def _careless(fulfillment: Json) -> list[str]:
    """What the platform takes, and a careful client does not send."""
    found = []
    if not fulfillment.get("line_items"):
        found.append("a fulfillment without lines ships everything that is left")
    if "notify_customer" not in fulfillment:
        found.append("it does not say whether the customer is told")
    if "tracking_number" in fulfillment and "tracking_numbers" in fulfillment:
        found.append("it has both one tracking number and several")
    return found
