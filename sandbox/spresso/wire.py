"""The JSON shapes in which the platform shows its things."""

from sandbox.spresso.account import Account
from sandbox.spresso.state import Fulfillment, Json, Order, Shipment


def order(account: Account, order: Order) -> Json:
    """The order as it is announced; unknown fields stand at its end."""
    return {
        "id": order.id,
        "orderNo": order.number,
        "createdAt": order.created_at,
        "status": order.status,
        "statusHistory": order.history,
        "financialStatus": order.financial_status,
        "user": {
            "id": account.variants[next(iter(account.variants))].id[::-1],
            "email": "noemie.pena@example.com",
            "telephoneNumber": "02065550142",
        },
        "shippingAddress": order.address,
        "orderVariants": [
            {
                "id": line.id,
                "quantity": line.quantity,
                "fulfilledQuantity": 0,
                "variant": {
                    "id": line.variant.id,
                    "sku": line.variant.sku,
                    "upc": line.variant.upc,
                    "name": line.variant.name,
                },
            }
            for line in order.lines
        ],
        "fulfillments": [fulfillment(each) for each in order.fulfillments],
        **order.extra,
    }


def fulfillment(fulfillment: Fulfillment) -> Json:
    """Its variants are named by their ids only."""
    shown: Json = {
        "id": fulfillment.id,
        "createdAt": fulfillment.created_at,
        "fulfillmentMethod": fulfillment.method,
        "fulfillerLocation": fulfillment.location,
        "fulfillmentVariants": [
            {"quantity": units, "variant": variant} for variant, units in fulfillment.units
        ],
        "status": fulfillment.status,
        "statusHistory": fulfillment.history,
    }
    if fulfillment.shipments:
        shown["shipments"] = [shipment(each) for each in fulfillment.shipments.values()]
    return shown


def shipment(shipment: Shipment) -> Json:
    shown: Json = {
        "carrier": shipment.carrier,
        "carrierReferenceId": shipment.reference,
        "trackingNumber": shipment.number,
        "shipmentVariants": [
            {"variant": variant, "quantity": units} for variant, units in shipment.units.items()
        ],
    }
    optional = {"trackingUrl": shipment.url, "status": shipment.status}
    return shown | {name: value for name, value in optional.items() if value is not None}
