"""What a merchant may call: operation, method, path, parameters, and its handler."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.routing import Map, Rule

from sandbox.fulfillment_com.api import orders, shelves
from sandbox.fulfillment_com.api.visit import Answer


@dataclass(frozen=True)
class Operation:
    """One call of the API."""

    id: str
    method: str
    path: str
    handle: Callable[..., Answer]
    query: frozenset[str] = frozenset()


PAGE = frozenset({"page", "limit"})
TIME = frozenset({"fromDate", "toDate"})
OPERATIONS = (
    Operation("get-users-me", "GET", "/users/me", shelves.me),
    Operation(
        "get-orders",
        "GET",
        "/orders",
        orders.index,
        PAGE | TIME | {"merchantIds", "warehouseIds", "hydrate"},
    ),
    Operation("post-orders", "POST", "/orders", orders.create),
    Operation(
        "getOrder",
        "GET",
        "/orders/<path:id>",
        orders.retrieve,
        frozenset({"merchantId", "hydrate"}),
    ),
    Operation("delete-orders-id", "DELETE", "/orders/<id>", orders.cancel),
    Operation(
        "get-inventory",
        "GET",
        "/inventory",
        shelves.inventory,
        PAGE | {"merchantIds", "externalSkuNames"},
    ),
    Operation(
        "get-inventory-full",
        "GET",
        "/inventory/full",
        shelves.inventory_full,
        PAGE | {"externalSkuNames", "warehouseIds"},
    ),
    Operation("get-returns", "GET", "/returns", shelves.returns, PAGE | TIME),
)
TOKEN = "post-oauth-access_token"
URLS = Map([Rule(each.path, methods=[each.method], endpoint=each) for each in OPERATIONS])
