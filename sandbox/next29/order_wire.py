"""An order and an app written as the platform's JSON, for webhooks."""

from decimal import Decimal

from sandbox.next29 import wire
from sandbox.next29.rules import REJECTED
from sandbox.next29.state import FulfillmentOrder, Json, Line, Order
from sandbox.next29.store import Store

ZERO = "0.00"
SHIPPING = "6.95"
BY_STATUS = {
    "processing": "processing",
    "closed": "fulfilled",
    "on_hold": "on_hold",
    "incomplete": "incomplete",
}


def order(store: Store, bought: Order) -> Json:
    goods = sum((Decimal(line.price) * line.quantity for line in bought.lines), Decimal(0))
    total = str(goods + Decimal(SHIPPING))
    return {
        "number": bought.number,
        "status": "open",
        "fulfillment_status": _fulfillment_status(store, bought),
        "payment_status": "paid",
        "is_test": bought.is_test,
        "currency": wire.CURRENCY,
        "date_placed": bought.created_at,
        "created_at": bought.created_at,
        "updated_at": bought.updated_at,
        "attribution": {
            "agent": {"id": 0, "email": None, "first_name": "", "last_name": ""},
            "funnel": None,
        },
        "billing_address": None,
        "shipping_address": bought.shipping_address,
        "shipping_code": bought.shipping_method["code"],
        "shipping_method": bought.shipping_method["name"],
        "order_status_url": f"https://{store.subdomain}.29next.store/order-status/{bought.number}/",
        "lines": [_line(bought, line) for line in bought.lines],
        "fulfillments": [
            wire.fulfillment(each, store.settings)
            for each in store.fulfillments.values()
            if each.fulfillment_order.order is bought
        ],
        "source": "checkout",
        "subscription_lifecycle": "non-recurring",
        "supports_post_purchase_upsells": False,
        "report_values": {"currency": wire.CURRENCY} | _money(total),
        "display_taxes": ZERO,
        "shipping_tax": ZERO,
        "total_outstanding": ZERO,
        "total_tax": ZERO,
        "user": _shopper(),
        "metadata": bought.metadata,
        "tags": bought.tags,
        **_money(total),
        **{name: [] for name in NOTHING},
    }


NOTHING = (
    "offer_discounts",
    "voucher_discounts",
    "refunds",
    "transactions",
    "tax_lines",
    "shipping_tax_lines",
    "subscriptions",
)


def _fulfillment_status(store: Store, bought: Order) -> str:
    parts = [each for each in store.fulfillment_orders.values() if each.order is bought]
    words = {_part_status(part) for part in parts if part.status != "canceled"}
    for word in ("on_hold", "rejected", "processing", "unfulfilled", "incomplete"):
        if word in words:
            return word
    return "fulfilled" if words else "unfulfilled"


def _part_status(part: FulfillmentOrder) -> str:
    if part.state == REJECTED:
        return "rejected"
    return BY_STATUS.get(part.status, "unfulfilled")


def _money(total: str) -> Json:
    return {
        "original_shipping_excl_tax": SHIPPING,
        "original_shipping_incl_tax": SHIPPING,
        "original_total_discount": ZERO,
        "original_total_excl_tax": total,
        "original_total_incl_tax": total,
        "shipping_excl_tax": SHIPPING,
        "shipping_incl_tax": SHIPPING,
        "total_cost": ZERO,
        "total_discount": ZERO,
        "total_excl_tax": total,
        "total_incl_tax": total,
    }


def _line(bought: Order, line: Line) -> Json:
    prices = {
        "original_price_excl_tax": line.price,
        "original_price_incl_tax": line.price,
        "original_total_discount": ZERO,
        "price_excl_tax": line.price,
        "price_incl_tax": line.price,
        "total_cost": ZERO,
        "total_discount": ZERO,
        "unit_cost": ZERO,
    }
    return {
        "id": line.order_line_id,
        "product_id": int(line.product_id),
        "variant_id": int(line.product_id),
        "variant_title": "",
        "product_title": line.title,
        "product_url": f"https://shop.example.com/products/{line.product_id}/",
        "product_image": wire.image(line),
        "sku": line.sku,
        "quantity": line.quantity,
        "current_quantity": line.quantity,
        "editable_quantity": 0,
        "fulfillable_quantity": line.fulfillable,
        "requires_shipping": True,
        "is_upsell": False,
        "is_gift_card": False,
        "currency": wire.CURRENCY,
        "report_values": {"currency": wire.CURRENCY} | prices,
        "tax_lines": [],
        "metadata": None,
        "created_at": bought.created_at,
        "updated_at": bought.updated_at,
        **prices,
    }


def _shopper() -> Json:
    return {
        "id": 7781,
        "email": "dana@example.com",
        "first_name": "Dana",
        "last_name": "Whitfield",
        "phone_number": "+12085550119",
        "accepts_marketing": False,
        "language": "en",
        "ip": None,
        "user_agent": None,
    }


def app(store: Store) -> Json:
    return {
        "client_id": store.app.client_id,
        "name": "Sandbox fulfillment",
        "settings": {},
        "version": None,
        "created_at": store.created_at,
        "updated_at": store.created_at,
    }
