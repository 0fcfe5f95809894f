"""What both generations say of a shipment: what was received comes back as it came."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from platforms.desk import Shown
from platforms.spree_hub.wire import SECOND, parts_of

ECHOED = (
    "email",
    "stock_location",
    "shipping_method",
    "shipping_method_code",
    "channel",
)
# A store may need null back where it sent null; other texts are left out.
NULLABLE = ("stock_location", "shipping_method", "shipping_method_code")


def texts_of(raw: Mapping[str, Any]) -> dict[str, str | None]:
    """Return the texts of a shipment that come back as they came. Contract, section 8.3."""
    shipment, order, _ = parts_of(raw)
    echo: dict[str, str | None] = {}
    for name in ECHOED:
        value = shipment.get(name, order.get(name))
        if isinstance(value, str) or (value is None and name in NULLABLE and name in shipment):
            echo[name] = value
    return echo


def cost_of(raw: Mapping[str, Any]) -> float | None:
    """Return what shipping costs, sent as a number or as text; None where nothing is said."""
    value = parts_of(raw)[0].get("cost")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return float(value) if abs(float(value)) < 10**12 else None
    except (ValueError, OverflowError):
        return None


def items_of(raw: Mapping[str, Any]) -> list[Any] | None:
    """Return the items exactly as they came, or None: other ones a store does not take."""
    shipment, _, generation = parts_of(raw)
    items = shipment.get("items")
    return items if generation == SECOND and isinstance(items, list) else None


def trackings(shown: Shown) -> str:
    """Return all tracking codes as one text. Contract, section 8.3."""
    return ", ".join(box.tracking_code for box in shown.boxes)


def moment(value: datetime | None, *, exact: bool = False) -> str:
    """Write an instant in UTC; `exact` to the microsecond."""
    if value is None:
        return ""
    text = value.astimezone(UTC).isoformat(timespec="microseconds" if exact else "seconds")
    return text.replace("+00:00", "Z")
