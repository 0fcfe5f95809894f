"""The whole API at a glance: operation, method, path, scopes of which one is enough, handler."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.routing import Map, Rule

from sandbox.next29.api import (
    fulfillments,
    locations,
    orders,
    shipping_methods,
    shoppers_orders,
    stockrecords,
    webhooks,
)
from sandbox.next29.api.visit import Answer


@dataclass(frozen=True)
class Operation:
    """One call of the API; `merchant_only` calls are not for a fulfillment service."""

    id: str
    method: str
    path: str
    scopes: tuple[str, ...]
    handle: Callable[..., Answer]
    merchant_only: bool = False

    @property
    def verb(self) -> str:
        return "read" if self.method == "GET" else "write"


ASSIGNED = ("fulfillment_service:read",)
READ = ("fulfillment_service:read", "fulfillment_orders:read")
WRITE = ("fulfillment_service:write", "fulfillment_orders:write")
ORDERS_READ = ("fulfillment_orders:read",)
ORDERS_WRITE = ("fulfillment_orders:write",)
PLACES_READ = ("fulfillment_service:read", "locations:read")
PLACES_WRITE = ("fulfillment_service:write", "locations:write")
GOODS_READ = ("catalogue:read",)
GOODS_WRITE = ("catalogue:write",)
HOOKS_READ = ("webhooks:read",)
HOOKS_WRITE = ("webhooks:write",)
SHOPPERS_READ = ("orders:read",)
SHOPPERS_WRITE = ("orders:write",)
ANY_TOKEN = ()

FO = "/fulfillment-orders/<int:id>"
ASK = f"{FO}/fulfillment-request"
STOP = f"{FO}/cancellation-request"
PLACE = "/locations/<int:id>/"
RECORD = "/stockrecords/<int:id>/"
HOOK = "/webhooks/<int:id>/"
METHOD = "/shipping-methods/<int:id>/"
ORDER = "/orders/<number>/"
EVENTS = f"{ORDER}fulfillments/<int:fulfillment_id>/events/"
EVENT = f"{EVENTS}<int:event_id>/"

OPERATIONS = (
    Operation("locationsList", "GET", "/locations/", PLACES_READ, locations.index),
    Operation("locationsCreate", "POST", "/locations/", PLACES_WRITE, locations.create),
    Operation("locationsRetrieve", "GET", PLACE, PLACES_READ, locations.retrieve),
    Operation("locationsUpdate", "PUT", PLACE, PLACES_WRITE, locations.update),
    Operation("locationsDestroy", "DELETE", PLACE, PLACES_WRITE, locations.destroy),
    Operation(
        "assignedFulfillmentOrdersList",
        "GET",
        "/assigned-fulfillment-orders/",
        ASSIGNED,
        orders.assigned,
    ),
    Operation("fulfillmentOrdersList", "GET", "/fulfillment-orders/", READ, orders.index),
    Operation("fulfillmentOrdersRetrieve", "GET", f"{FO}/", READ, orders.retrieve),
    Operation("fulfillmentRequestAccept", "POST", f"{ASK}/accept/", WRITE, orders.accept),
    Operation("fulfillmentRequestReject", "POST", f"{ASK}/reject/", WRITE, orders.reject),
    Operation(
        "cancellationRequestAccept", "POST", f"{STOP}/accept/", WRITE, orders.accept_cancellation
    ),
    Operation(
        "cancellationRequestReject", "POST", f"{STOP}/reject/", WRITE, orders.reject_cancellation
    ),
    Operation("fulfillmentOrdersClose", "POST", f"{FO}/close/", WRITE, orders.close),
    Operation("fulfillmentOrdersCancel", "POST", f"{FO}/cancel/", WRITE, orders.cancel),
    Operation("fulfillmentOrdersHold", "POST", f"{FO}/hold/", WRITE, orders.hold),
    Operation("fulfillmentOrdersReleaseHold", "POST", f"{FO}/release-hold/", WRITE, orders.release),
    Operation("fulfillmentsRetrieve", "GET", f"{FO}/fulfillments/", READ, fulfillments.index),
    Operation("fulfillmentsCreate", "POST", f"{FO}/fulfillments/", WRITE, fulfillments.create),
    Operation(
        "availableLocationsRetrieve",
        "GET",
        f"{FO}/available-locations/",
        ORDERS_READ,
        orders.available_locations,
    ),
    Operation("fulfillmentOrdersMove", "POST", f"{FO}/move/", ORDERS_WRITE, orders.move),
    Operation("fulfillmentOrdersSplit", "POST", f"{FO}/split/", WRITE, orders.split),
    Operation("fulfillmentRequestSend", "POST", f"{ASK}/", ORDERS_WRITE, orders.send_request, True),
    Operation(
        "fulfillmentRequestCancel",
        "POST",
        f"{ASK}/cancel/",
        ORDERS_WRITE,
        orders.cancel_request,
        True,
    ),
    Operation(
        "cancellationRequestSend", "POST", f"{STOP}/", ORDERS_WRITE, orders.send_cancellation, True
    ),
    Operation(
        "cancellationRequestCancel",
        "POST",
        f"{STOP}/cancel/",
        ORDERS_WRITE,
        orders.cancel_cancellation,
        True,
    ),
    Operation("stockrecordsList", "GET", "/stockrecords/", GOODS_READ, stockrecords.index),
    Operation("stockrecordsCreate", "POST", "/stockrecords/", GOODS_WRITE, stockrecords.create),
    Operation("stockrecordsRetrieve", "GET", RECORD, GOODS_READ, stockrecords.retrieve),
    Operation("stockrecordsPartialUpdate", "PATCH", RECORD, GOODS_WRITE, stockrecords.update),
    Operation("stockrecordsDestroy", "DELETE", RECORD, GOODS_WRITE, stockrecords.destroy),
    Operation("webhooksList", "GET", "/webhooks/", HOOKS_READ, webhooks.index),
    Operation("webhooksCreate", "POST", "/webhooks/", HOOKS_WRITE, webhooks.create),
    Operation("webhooksRetrieve", "GET", HOOK, HOOKS_READ, webhooks.retrieve),
    Operation("webhooksUpdate", "PUT", HOOK, HOOKS_WRITE, webhooks.update),
    Operation("webhooksPartialUpdate", "PATCH", HOOK, HOOKS_WRITE, webhooks.update),
    Operation("webhooksDestroy", "DELETE", HOOK, HOOKS_WRITE, webhooks.destroy),
    Operation(
        "shippingMethodsList", "GET", "/shipping-methods/", ANY_TOKEN, shipping_methods.index
    ),
    Operation("shippingMethodsRetrieve", "GET", METHOD, ANY_TOKEN, shipping_methods.retrieve),
    Operation("ordersRetrieve", "GET", ORDER, SHOPPERS_READ, shoppers_orders.retrieve),
    Operation("ordersFulfillmentsEventsList", "GET", EVENTS, SHOPPERS_READ, shoppers_orders.events),
    Operation(
        "ordersFulfillmentsEventsCreate",
        "POST",
        EVENTS,
        SHOPPERS_WRITE,
        shoppers_orders.create_event,
    ),
    Operation(
        "ordersFulfillmentsEventsRetrieve", "GET", EVENT, SHOPPERS_READ, shoppers_orders.event
    ),
    Operation(
        "ordersFulfillmentsEventsDestroy",
        "DELETE",
        EVENT,
        SHOPPERS_WRITE,
        shoppers_orders.delete_event,
    ),
)

URLS = Map(
    [
        Rule(operation.path, methods=[operation.method], endpoint=operation)
        for operation in OPERATIONS
    ],
    merge_slashes=False,
)
