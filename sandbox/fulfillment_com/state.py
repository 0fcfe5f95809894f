"""What a warehouse knows of one order, one item and one return."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sandbox.fulfillment_com.codes import Status

Json: TypeAlias = dict[str, Any]


def moment() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Event:
    """A status that an order was given, and why."""

    id: int
    status: Status
    reason: str
    by: int
    at: datetime = field(default_factory=moment)


@dataclass(frozen=True)
class Carrier:
    """A carrier, as the warehouse numbers it."""

    id: int
    name: str


CARRIERS = (Carrier(4, "UPS"), Carrier(7, "FedEx"), Carrier(11, "USPS"))


@dataclass
class Order:
    """What a merchant asked for. Its tracking may change until it has departed."""

    id: int
    merchant: int
    asked: Json
    events: list[Event] = field(default_factory=list)
    numbers: list[tuple[str, Carrier]] = field(default_factory=list)
    recorded_on: datetime = field(default_factory=moment)
    dispatched_on: datetime | None = None
    departed_on: datetime | None = None

    @property
    def reference(self) -> str:
        return str(self.asked["merchantOrderId"])

    @property
    def status(self) -> Status:
        return self.events[-1].status

    @property
    def state(self) -> str:
        return self.status.code[:2]

    @property
    def warehouse_id(self) -> int:
        return int((self.asked.get("warehouse") or {}).get("id") or 3)

    @property
    def units(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for each in self.asked["items"]:
            found[each["sku"]] = found.get(each["sku"], 0) + each["quantity"]
        return found

    @property
    def holds_stock(self) -> bool:
        """Whether its units are promised, and still on the shelf."""
        return self.state in ("01", "02")


@dataclass
class Item:
    """A product, and how many of it lie in each building."""

    id: int
    sku: str
    name: str
    on_hand: dict[int, int] = field(default_factory=dict)


@dataclass
class Return:
    """A parcel that came back, or that somebody announced."""

    id: int
    order: Order | None
    lines: list[Json]
    status: Json
    reason: Json
    number: str | None = None
    sender: str | None = None
    comments: str | None = None
    created_on: datetime = field(default_factory=moment)
    updated_on: datetime = field(default_factory=moment)
