"""How a warehouse writes what it knows."""

from datetime import datetime

from sandbox.fulfillment_com.codes import CLOSED, MERCHANT_ACTS
from sandbox.fulfillment_com.state import Carrier, Event, Item, Json, Order, Return
from sandbox.fulfillment_com.warehouse import BUILDINGS, Login, Warehouse

HYDRATES = ("integrator", "lineItems", "trackingNumbers.carrier")


class Writer:
    """Writes in the manner that a warehouse is set to."""

    def __init__(self, warehouse: Warehouse, hydrate: frozenset[str] = frozenset()) -> None:
        self.warehouse = warehouse
        self.hydrate = hydrate

    def moment(self, at: datetime) -> str:
        if self.warehouse.settings.dates == "blank":
            return at.strftime("%Y-%m-%d %H:%M:%S")
        return at.isoformat(timespec="seconds")

    def order(self, order: Order) -> Json:
        """A node without a value is left out."""
        there = {"id": order.id * 2, **order.asked["recipient"]}
        there.setdefault("postalCode", "")
        written = {
            "id": order.id,
            "merchantOrderId": order.reference,
            "merchantShippingMethod": order.asked["shippingMethod"],
            "merchant": {
                "id": order.merchant,
                "name": self.warehouse.merchants[order.merchant],
            },
            "warehouse": {"id": order.warehouse_id},
            "currentStatus": self.event(order.events[-1]),
            "recordedOn": self.moment(order.recorded_on),
            "originalConsignee": there,
            "validatedConsignee": {**there, "id": order.id * 2 + 1},
            "trackingNumbers": [self.number(*each) for each in order.numbers],
        }
        if order.dispatched_on:
            written["dispatchDate"] = self.moment(order.dispatched_on)
        if order.departed_on:
            written["departDate"] = self.moment(order.departed_on)
        return {**written, **self._hydrated(order)}

    def _hydrated(self, order: Order) -> Json:
        found: Json = {}
        if "integrator" in self.hydrate and "integrator" in order.asked:
            found["integrator"] = order.asked["integrator"]
        if "lineItems" in self.hydrate:
            lines = order.asked["items"]
            found["lineItems"] = [self.line(number, x) for number, x in enumerate(lines, 1)]
        return found

    def line(self, number: int, asked: Json) -> Json:
        item = self.warehouse.items.get(asked["sku"])
        details: Json = {"externalSku": asked["sku"], "totalQuantity": asked["quantity"]}
        if item is not None:
            details |= {"id": item.id, "name": item.name}
        requested = {**asked, "id": number, "declaredValue": str(asked["declaredValue"])}
        return {
            "id": number,
            "lineDetails": details,
            "requestedSkuData": requested,
            "inventoryDetails": [],
        }

    def number(self, value: str, carrier: Carrier) -> Json:
        if self.warehouse.settings.carrier_shape == "text":
            return {"value": value, "carrier": carrier.name}
        written: Json = {"id": carrier.id}
        if "trackingNumbers.carrier" in self.hydrate:
            written |= {"name": carrier.name, "symbol": carrier.name.upper()}
        return {"value": value, "carrier": written}

    def event(self, event: Event) -> Json:
        status = event.status
        kind: Json = {
            "code": status.code,
            "state": {"code": status.code[:2], "name": status.state},
            "stage": {"code": status.code[2:4], "name": status.stage},
            "detailCode": status.code[4:],
            "detail": status.detail,
            "isClosed": status.code[:2] in CLOSED,
            "name": status.stage,
        }
        if status.code.startswith(MERCHANT_ACTS):
            kind["actionRequiredBy"] = {"id": 2, "name": "Merchant"}
        return {
            "id": event.id,
            "status": kind,
            "reason": event.reason,
            "date": self.moment(event.at),
            "createdBy": {"id": event.by},
        }

    def stock(self, item: Item) -> Json:
        """Of all buildings together."""
        total = {
            "availableToPromise": sum(self.warehouse.available(item, each) for each in BUILDINGS),
            "onHand": sum(item.on_hand.values()),
        }
        return {
            "item": {"id": item.id, "skuReference": item.sku},
            "merchant": {"name": next(iter(self.warehouse.merchants.values()))},
            "quantity": {"total": total},
        }

    def stock_in(self, item: Item, building: int) -> Json:
        """Of one building; how many lie there is not said."""
        merchant, name = next(iter(self.warehouse.merchants.items()))
        return {
            "id": item.id * 10 + building,
            "availableToPromise": self.warehouse.available(item, building),
            "warehouse": {"id": building, "name": BUILDINGS[building]},
            "item": {"id": item.id, "skuReference": item.sku},
            "merchant": {"id": merchant, "name": name},
        }

    def returned(self, back: Return) -> Json:
        order = back.order
        return {
            "id": back.id,
            "order": order
            and {
                "id": order.id,
                "merchantId": order.merchant,
                "merchantOrderId": order.reference,
            },
            "rmaNumber": back.number,
            "status": back.status,
            "reason": back.reason,
            "returnedBy": back.sender,
            "comments": back.comments,
            "rmaItems": back.lines,
            "createdAt": self.moment(back.created_on),
            "createdBy": {"id": 21},
            "updatedAt": self.moment(back.updated_on),
            "updatedBy": {"id": 21},
        }

    def user(self, login: Login) -> Json:
        return {
            "id": login.user_id,
            "name": "Lena Brandt",
            "username": login.username,
            "status": True,
            "merchant": {"id": login.merchants[0]},
        }
