"""Which reader of ours takes which example of Haravan."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from platforms.haravan.orders import read_order
from platforms.haravan.parcels import read_fulfillment
from platforms.haravan.places import read_location
from platforms.haravan.stock_records import read_variant, read_variants
from platforms.haravan.webhook import WEBHOOK
from platforms.haravan.wire import read_order_parts
from platforms.interface import Inbound
from platforms.records import Page
from tests.platforms.contract import CONTRACTS, StockExamples
from tests.platforms.contract import example as example_of

HARAVAN = CONTRACTS / "haravan"
Read = Callable[[Any], object]


def example(name: str) -> Any:
    """Return the content of one example of Haravan, by its file name without the ending."""
    return example_of(f"{name}.json", HARAVAN)


def listed() -> list[dict[str, Any]]:
    """Return what the index says of each example."""
    entries: list[dict[str, Any]] = example("index")["examples"]
    return entries


def body_of(payload: Any) -> object:
    return WEBHOOK.read(Inbound({}, json.dumps(payload).encode()))


def parts_of(orders: list[Any]) -> Page:
    return Page(tuple(part for each in orders for part in read_order_parts(each, {})))


def haravan_reader(name: str) -> Read | None:
    """The reader of an example of Haravan, by its file name; None for what we do not receive."""
    if ".request." in name:
        return None
    prefixes: Mapping[str, Read] = {
        "fulfillment_count": lambda payload: payload["count"],
        "fulfillment_list": lambda payload: [read_fulfillment(x) for x in payload["fulfillments"]],
        "fulfillment_scenarios": lambda payload: None,
        "fulfillment_": lambda payload: read_fulfillment(payload["fulfillment"]),
        "location_get": lambda payload: read_location(payload["location"]),
        "location_list": lambda payload: [read_location(each) for each in payload["locations"]],
        "order_list_fields": lambda payload: [read_order(each) for each in payload["orders"]],
        "order_list": lambda payload: parts_of(payload["orders"]),
        "order_get": lambda payload: parts_of([payload["order"]]),
        "order_cancel": lambda payload: parts_of([payload["order"]]),
        "order_confirm": lambda payload: parts_of([payload["order"]]),
        "product_list": lambda payload: [read_variants(each) for each in payload["products"]],
        "variant_get": lambda payload: read_variant(payload["variant"]),
        "webhook_orders": body_of,
        "webhook_app": body_of,
    }
    return next((read for start, read in prefixes.items() if name.startswith(start)), None)


ROWS = example("inventory_locations.response")
ONE_ROW = {
    "inventory_locations": [{**ROWS["inventory_locations"][1], "qty_onhand": 60}],
}
HARAVAN_STOCK = StockExamples(
    pages=((example("product_list.response"), ROWS), ({"products": []},)),
    location_ref="1204471",
    one=({"inventory": []}, example("variant_get.response"), ONE_ROW),
    read=(example("variant_get.response"), ONE_ROW),
    ref="1204471:1117730466:1046620131",
    level=60,
)
