"""Orders and fulfillments as JSON, in the dialect that the shop speaks."""

from datetime import datetime, timedelta, timezone

from sandbox.haravan.state import MANUAL, Fulfillment, Json, Line, Order
from sandbox.haravan.store import Store

HANOI = timezone(timedelta(hours=7))
LABELS = {None: "Chưa hoàn thành", "partial": "partial", "fulfilled": "Đã hoàn thành"}
CARRIER_NAMES = {
    "pending": "Chờ xử lý",
    "readytopick": "Chờ lấy hàng",
    "picking": "Đang đi lấy",
    "delivering": "Đang giao hàng",
    "delivered": "Đã giao hàng",
    "notmeetcustomer": "Không gặp khách",
    "waitingforreturn": "Chờ chuyển hoàn",
    "return": "Chuyển hoàn",
    "cancel": "Hủy giao hàng",
}


class Writer:
    """Writes for one shop."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.live = store.settings.dialect == "live"

    def money(self, amount: float) -> object:
        return amount if self.live else f"{amount:.2f}"

    def time(self, at: datetime | None) -> str | None:
        if at is None:
            return None
        if self.live:
            return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return at.astimezone(HANOI).isoformat(timespec="seconds")

    def order(self, order: Order) -> Json:
        status = order.status or ("notfulfilled" if self.live else None)
        return {
            "id": order.id,
            "name": order.name,
            "order_number": order.name,
            "number": order.id,
            "email": order.email,
            "created_at": self.time(order.created_at),
            "updated_at": self.time(order.updated_at),
            "confirmed_at": self.time(order.confirmed_at),
            "cancelled_at": self.time(order.cancelled_at),
            "cancel_reason": order.cancel_reason,
            "closed_at": self.time(order.closed_at),
            "closed_status": "closed" if order.closed_at else "unclosed",
            "cancelled_status": "cancelled" if order.cancelled_at else "uncancelled",
            "confirmed_status": "confirmed" if order.confirmed_at else "unconfirmed",
            "financial_status": order.financial_status,
            "fulfillment_status": status,
            "currency": "VND",
            "total_price": self.money(order.total),
            "gateway": "Thanh toán khi giao hàng (COD)" if order.cod else "Chuyển khoản",
            "gateway_code": "COD" if order.cod else None,
            "note": order.note,
            "note_attributes": order.note_attributes,
            "tags": order.tags,
            "customer": self._customer(order),
            "shipping_address": order.address,
            "shipping_lines": [
                {"code": order.shipping, "title": order.shipping, "price": self.money(30000.0)}
            ],
            "line_items": [self._order_line(order, line) for line in order.lines],
            "fulfillments": [self.fulfillment(order, each) for each in order.fulfillments],
            "transactions": [self.transaction(each) for each in order.transactions],
            "refunds": order.refunds,
            "location_id": order.location_id,
            "source": "web",
        }

    def transaction(self, raw: Json) -> Json:
        return {**raw, "amount": self.money(raw["amount"])}

    def fulfillment(self, order: Order, made: Fulfillment) -> Json:
        written: Json = {
            "id": made.id,
            "order_id": order.id,
            "status": made.status,
            "created_at": self.time(made.created_at),
            "updated_at": self.time(made.updated_at),
            "tracking_company": made.company,
            "tracking_number": made.numbers[0] if made.numbers else None,
            "tracking_numbers": made.numbers,
            "tracking_url": made.urls[0] if made.urls else None,
            "tracking_urls": made.urls,
            "receipt": None if self.live else {},
            "line_items": [
                self._shipped_line(order, made, line)
                for line in order.lines
                if line.id in made.units
            ],
        }
        if not self.live:
            return {**written, "service": made.service}
        return {**written, **self._live_part(order, made)}

    def _live_part(self, order: Order, made: Fulfillment) -> Json:
        return {
            "notify_customer": made.notify,
            "carrier_status_code": made.carrier_status,
            "carrier_status_name": CARRIER_NAMES.get(made.carrier_status, made.carrier_status),
            "carrier_cod_status_code": "codpending" if made.cod_amount else "none",
            "cod_amount": self.money(made.cod_amount),
            "location_id": order.location_id,
            "cancel_date": self.time(made.cancelled_at),
            "total_weight": 0.0,
        }

    def _customer(self, order: Order) -> Json | None:
        if order.address is None:
            return None
        named = ("first_name", "last_name", "phone")
        return {"id": 1099120455, "email": order.email, **{k: order.address[k] for k in named}}

    def _order_line(self, order: Order, line: Line) -> Json:
        status = line.status or ("notfulfilled" if self.live else None)
        service = None if self.live and line.service == MANUAL else line.service
        return {
            **self._goods(line),
            "quantity": line.quantity,
            "fulfillable_quantity": line.left,
            "fulfillment_status": "restock" if order.restocked else status,
            "fulfillment_service": service,
            "gift_card": line.gift_card,
            "barcode": None,
        }

    def _shipped_line(self, order: Order, made: Fulfillment, line: Line) -> Json:
        """A record of what was shipped; what it says is left need not be true."""
        stale = made.status == "cancelled" and self.store.settings.stale_lines
        label = "Nhập kho" if order.restocked else LABELS[line.status]
        service = "Thủ công" if self.live and line.service == MANUAL else line.service
        return {
            **self._goods(line),
            "quantity": made.units[line.id],
            "fulfillable_quantity": 0 if stale else line.left,
            "fulfillment_status": label if self.live else line.status,
            "fulfillment_service": service,
            "variant_inventory_management": None if self.live else "haravan",
        }

    def _goods(self, line: Line) -> Json:
        return {
            "id": line.id,
            "product_id": line.variant.product_id,
            "variant_id": line.variant.id,
            "sku": line.variant.sku,
            "title": line.variant.title,
            "variant_title": None,
            "name": line.variant.title,
            "vendor": None,
            "price": self.money(line.variant.price),
            "total_discount": self.money(0.0),
            "grams": float(line.variant.grams) if self.live else line.variant.grams,
            "requires_shipping": line.requires_shipping,
            "taxable": True,
            "product_exists": True,
            "properties": line.properties or (None if self.live else []),
        }


def only(fields: str | None, written: Json) -> Json:
    """The keys that were asked for."""
    if not fields:
        return written
    wanted = [each.strip() for each in fields.split(",")]
    return {name: value for name, value in written.items() if name in wanted}
