"""State written as the platform's JSON."""

from typing import Any

from sandbox.next29 import carriers_say
from sandbox.next29.rules import supported_actions
from sandbox.next29.settings import Settings
from sandbox.next29.state import (
    Fulfillment,
    FulfillmentOrder,
    Json,
    Line,
    Location,
    StockRecord,
    Webhook,
)
from sandbox.next29.words import TRACKING_PAGES

CURRENCY = "USD"
LIVE_FIELDS = (
    "status",
    "request_status",
    "assigned_location",
    "shipping_address",
    "merchant_requests",
    "fulfillment_holds",
    "supported_actions",
    "updated_at",
)
"""What may change on an order that was planted odd; the rest stays as odd as it came."""


def location(place: Location) -> Json:
    return {
        "id": place.id,
        "name": place.name,
        "accept_return": place.accept_return,
        "callback_url": place.callback_url,
        "address": place.address,
    }


def stock_record(record: StockRecord) -> Json:
    product = record.product
    return {
        "id": record.id,
        "location": location(record.location),
        "product": {
            "id": product.id,
            "sku": product.sku,
            "title": product.title,
            "variant_id": product.variant_id,
            "variant_title": product.variant_title,
        },
        "num_in_stock": record.num_in_stock,
        "num_allocated": record.num_allocated,
        "net_stock_level": record.net_stock_level,
        "low_stock_threshold": record.low_stock_threshold,
        "date_created": record.date_created,
        "date_updated": record.date_updated,
    }


def fulfillment_order(order: FulfillmentOrder, settings: Settings) -> Json:
    if order.planted is None:
        return _whole(order, settings)
    if not order.touched:
        return order.planted
    whole = _whole(order, settings)
    return order.planted | {name: whole[name] for name in LIVE_FIELDS}


def _whole(order: FulfillmentOrder, settings: Settings) -> Json:
    return {
        "id": order.id,
        "order_number": order.order.number,
        "status": order.status,
        "request_status": order.request_status,
        "assigned_location": location(order.location),
        "shipping_address": order.shipping_address,
        "shipping_method": order.order.shipping_method,
        "line_items": [_order_line(order, line, settings) for line in order.lines],
        "merchant_requests": list(order.merchant_requests),
        "fulfillment_holds": list(order.holds),
        "supported_actions": supported_actions(order),
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def _order_line(order: FulfillmentOrder, line: Line, settings: Settings) -> Json:
    return {
        "id": line.id,
        "fulfillment_order_id": order.id,
        "order_line_id": line.order_line_id,
        # Published as text here and as a number everywhere else.
        "product_id": str(line.product_id),
        "product_title": line.title,
        "product_image": image(line),
        "sku": line.sku,
        "quantity": line.quantity,
        "fulfillable_quantity": _number(line.fulfillable, settings),
        "stockrecord_id": line.record.id if line.record else None,
        "currency": CURRENCY,
        "price_excl_tax": line.price,
        "price_incl_tax": line.price,
        "total_discount": "0.00",
        "tax_lines": [],
    }


def fulfillment(shipped: Fulfillment, settings: Settings) -> Json:
    order = shipped.fulfillment_order
    codes = [parcel.get("tracking_code") for parcel in shipped.parcels]
    carriers = [parcel["carrier"] for parcel in shipped.parcels]
    links = [_tracking_link(parcel) for parcel in shipped.parcels]
    return {
        "id": shipped.id,
        "order_number": order.order.number,
        "status": "success",
        "delivery_status": carriers_say.delivery_status(shipped),
        "location_id": order.location.id,
        "origin_address": order.location.address,
        "requires_shipping": True,
        "shipping_method": order.order.shipping_method["code"],
        "line_items": [_shipped_line(line, settings) for line in shipped.lines],
        "tracking_code": _first(codes),
        "tracking_codes": _several(codes, settings),
        "tracking_carrier": _first(carriers),
        "tracking_carriers": _several(carriers, settings),
        "tracking_link": _first(links),
        "tracking_links": _several(links, settings),
        "created_at": shipped.created_at,
        "last_event_date": carriers_say.last_event_date(shipped),
    }


def _shipped_line(line: Line, settings: Settings) -> Json:
    return {
        "id": line.id,
        "order_line_id": line.order_line_id,
        "product_id": int(line.product_id),
        "product_title": line.title,
        "product_image": image(line),
        "sku": line.sku,
        "quantity": line.quantity,
        "fulfilled_quantity": _number(line.quantity, settings),
        "returned_quantity": _number(0, settings),
        "returnable_quantity": _number(line.quantity, settings),
        "requires_shipping": True,
        "fulfillment_service": "Sandbox fulfillment",
        "currency": CURRENCY,
        "price_excl_tax": line.price,
        "price_incl_tax": line.price,
        "total_discount": "0.00",
        "tax_lines": [],
    }


def image(line: Line) -> str:
    return f"https://cdn.29next.store/media/products/{line.product_id}.jpg"


def webhook(hook: Webhook) -> Json:
    return {
        "id": hook.id,
        "name": hook.name,
        "events": hook.events,
        "target": hook.target,
        "api_version": hook.api_version,
        "secret_key": hook.secret_key,
        "active": hook.active,
        "warning_count": hook.warning_count,
        "next_check_date": None,
        "created_at": hook.created_at,
        "updated_at": hook.updated_at,
    }


def _tracking_link(parcel: Json) -> str | None:
    page, code = TRACKING_PAGES.get(parcel["carrier"]), parcel.get("tracking_code")
    if parcel.get("tracking_link"):
        return str(parcel["tracking_link"])
    return page.format(code=code) if page and code else None


def _first(values: list[Any]) -> Any:
    return values[0] if values else None


def _several(values: list[Any], settings: Settings) -> list[Any] | str:
    if settings.numbers_as_text:
        return ",".join(str(value) for value in values if value is not None)
    return values


def _number(value: int, settings: Settings) -> int | str:
    return str(value) if settings.numbers_as_text else value
