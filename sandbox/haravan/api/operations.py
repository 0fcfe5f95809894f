"""The whole API at a glance: operation, method, path, the scope it takes, and its handler."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.routing import Map, Rule

from sandbox.haravan.api import fulfillments as made
from sandbox.haravan.api import orders, shelves
from sandbox.haravan.api.visit import Answer


@dataclass(frozen=True)
class Operation:
    """One call of the API."""

    id: str
    method: str
    path: str
    scope: str
    handle: Callable[..., Answer]


ORDER = "/orders/<int:order>"
MADE = f"{ORDER}/fulfillments/<int:id>"
READ, WRITE, SHOP = "com.read_orders", "com.write_orders", "com.read_shop"
GOODS, STOCK = "com.read_products", "com.read_inventories"

OPERATIONS = (
    Operation("listFulfillments", "GET", f"{ORDER}/fulfillments.json", READ, made.index),
    Operation("countFulfillments", "GET", f"{ORDER}/fulfillments/count.json", READ, made.count),
    Operation("getFulfillment", "GET", f"{MADE}.json", READ, made.retrieve),
    Operation("createFulfillment", "POST", f"{ORDER}/fulfillments.json", WRITE, made.create),
    Operation("updateFulfillment", "PUT", f"{MADE}.json", WRITE, made.update),
    Operation(
        "completeFulfillment",
        "POST",
        f"{MADE}/complete.json",
        WRITE,
        made.complete,
    ),
    Operation("cancelFulfillment", "POST", f"{MADE}/cancel.json", WRITE, made.cancel),
    Operation("listOrders", "GET", "/orders.json", READ, orders.index),
    Operation("countOrders", "GET", "/orders/count.json", READ, orders.count),
    Operation("getOrder", "GET", f"{ORDER}.json", READ, orders.retrieve),
    Operation("updateOrder", "PUT", f"{ORDER}.json", WRITE, orders.update),
    Operation("confirmOrder", "POST", f"{ORDER}/confirm.json", WRITE, orders.pressing("confirm")),
    Operation("closeOrder", "POST", f"{ORDER}/close.json", WRITE, orders.pressing("close")),
    Operation("openOrder", "POST", f"{ORDER}/open.json", WRITE, orders.pressing("open")),
    Operation("cancelOrder", "POST", f"{ORDER}/cancel.json", WRITE, orders.pressing("cancel")),
    Operation("listTransactions", "GET", f"{ORDER}/transactions.json", READ, orders.transactions),
    Operation("listRefunds", "GET", f"{ORDER}/refunds.json", READ, orders.refunds),
    Operation("getShop", "GET", "/shop.json", SHOP, shelves.shop),
    Operation("listLocations", "GET", "/locations.json", SHOP, shelves.locations),
    Operation("getLocation", "GET", "/locations/<int:id>.json", SHOP, shelves.location),
    Operation("listProducts", "GET", "/products.json", GOODS, shelves.products),
    Operation("getVariant", "GET", "/variants/<int:id>.json", GOODS, shelves.variant),
    Operation("listInventoryLocations", "GET", "/inventory_locations.json", STOCK, shelves.rows),
    Operation(
        "adjustOrSetInventory",
        "POST",
        "/inventories/adjustorset.json",
        "com.write_inventories",
        shelves.adjust_or_set,
    ),
)
URLS = Map([Rule(each.path, methods=[each.method], endpoint=each) for each in OPERATIONS])


def allows(granted: frozenset[str], scope: str) -> bool:
    """Who may write may read."""
    return scope in granted or scope.replace(".read_", ".write_") in granted


def parameters(operation: Operation) -> frozenset[str]:
    """What a query may hold."""
    return PARAMETERS.get(operation.id, frozenset())


_MOMENTS = frozenset({"created_at_min", "created_at_max", "updated_at_min", "updated_at_max"})
_LIST = _MOMENTS | {"limit", "page", "since_id", "fields"}
PARAMETERS: dict[str, frozenset[str]] = {
    "listFulfillments": _LIST,
    "countFulfillments": _MOMENTS,
    "getFulfillment": frozenset({"fields"}),
    "listOrders": _LIST
    | {"ids", "status", "financial_status", "fulfillment_status", "order"}
    | {"processed_at_min", "processed_at_max"},
    "countOrders": _MOMENTS | {"status"},
    "listProducts": _LIST | {"sku", "barcode"},
    "listInventoryLocations": frozenset(
        {"limit", "location_ids", "variant_ids", "updated_at_min", "since_id", "order", "direction"}
    ),
}
