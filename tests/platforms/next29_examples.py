"""Which reader of ours takes which example of 29 Next."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from platforms.interface import Endpoint, Inbound
from platforms.next29.orders import read_order, read_shipping_method
from platforms.next29.shipping import read_fulfillment, read_location, read_webhook
from platforms.next29.stock_records import read_stock_entry
from platforms.next29.tracking import read_tracking_event
from platforms.next29.webhook import CALLBACK, WEBHOOK
from platforms.next29.wire import read_fulfillment_order, read_page
from tests.platforms.contract import StockExamples, example

Read = Callable[[Any], object]


def body_of(endpoint: Endpoint) -> Read:
    return lambda payload: endpoint.read(Inbound({}, json.dumps(payload).encode()))


def next29_reader(name: str) -> Read | None:
    """The reader of an example of 29 Next, by its file name; None for what we do not receive."""
    prefixes: Mapping[str, Read] = {
        "assigned_": read_page,
        "fulfillment_order_": read_fulfillment_order,
        "fulfillment_create.response": read_fulfillment,
        "fulfillment_create_partial.response": read_fulfillment,
        "fulfillment_event_create.response": read_tracking_event,
        "order.response": read_order,
        "shipping_methods_page": lambda payload: [
            read_shipping_method(each) for each in payload["results"]
        ],
        "fulfillments_list": lambda payload: [read_fulfillment(each) for each in payload],
        "location.response": read_location,
        "locations_page": lambda payload: [read_location(each) for each in payload["results"]],
        "webhook_create.response": read_webhook,
        "webhooks_page": lambda payload: [read_webhook(each) for each in payload["results"]],
        "stockrecord_patch.response": read_stock_entry,
        "stockrecords_page": lambda payload: [
            read_stock_entry(each) for each in payload["results"]
        ],
        "callback_fulfillment": body_of(CALLBACK),
        "callback_cancellation": body_of(CALLBACK),
        "webhook_app": body_of(WEBHOOK),
        "webhook_fulfillment": body_of(WEBHOOK),
        "webhook_order": body_of(WEBHOOK),
        "webhook_product": body_of(WEBHOOK),
    }
    return next((read for start, read in prefixes.items() if name.startswith(start)), None)


NEXT29_STOCK = StockExamples(
    pages=(example("stockrecords_page1.json"), example("stockrecords_page2.json")),
    location_ref="31",
    one=example("stockrecord_patch.response.json"),
    ref="5001",
    level=example("stockrecord_patch.request.json")["num_in_stock"],
)
