"""What a first-generation hub reads when our endpoint is registered. Contract, section 11."""

from collections.abc import Mapping, Sequence
from typing import Any

HOURLY: Mapping[str, Any] = {"count": 1, "interval": "hours"}


def manifest() -> dict[str, Any]:
    """Return the manifest. A hub that calls us otherwise has its own name for us."""
    return {
        "name": "warehouse",
        "display": "Warehouse",
        "description": "Order fulfillment, tracking and stock levels of the warehouse",
        "services": [
            _service(
                "drop_ship",
                "Accept shipments for fulfillment",
                ["shipment:ready"],
                identifiers={"shipment_number": "payload.shipment.number"},
                filters=[
                    {"path": "payload.shipment.status", "operator": "eq", "value": "ready"},
                ],
                options={"retries_allowed": True},
            ),
            _service(
                "validate_address",
                "Check whether an address can be delivered to",
                ["order:new"],
                identifiers={"order_number": "payload.order.number"},
            ),
            _service(
                "update_shipment",
                "Change what has not been picked yet",
                ["order:updated"],
                options={"retries_allowed": True},
            ),
            _service(
                "cancel_shipment",
                "Cancel what has not been picked yet",
                ["order:canceled"],
                identifiers={"order_number": "payload.order.number"},
            ),
            _service(
                "tracking",
                "Report shipments that have left",
                ["warehouse:shipment_results:poll"],
                [_watermark("last_polling_datetime", "Report from this moment on")],
                schedule=HOURLY,
            ),
            _service(
                "get_inventory",
                "Report stock levels",
                ["stock:query", "warehouse:stock:poll"],
                [_watermark("last_stock_datetime", "Report changes from this moment on")],
                schedule=HOURLY,
            ),
        ],
    }


def _service(
    name: str,
    description: str,
    messages: Sequence[str],
    parameters: Sequence[Mapping[str, Any]] = (),
    **recommends: Any,
) -> dict[str, Any]:
    return {
        "name": name,
        "path": f"/{name}",
        "description": description,
        "requires": {"parameters": list(parameters)},
        "recommends": {"messages": list(messages), **recommends},
    }


def _watermark(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "description": description, "data_type": "string", "optional": True}
