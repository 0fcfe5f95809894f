"""What a merchant's organization deals in: variants, orders, fulfillments and shipments."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.spresso.clock import stamp
from sandbox.spresso.words import PLACED, SENT_TO_FULFILLER

Json = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """Something that can be sold."""

    id: str
    sku: str
    upc: str
    name: str


@dataclass
class OrderLine:
    """So many of a variant, over all fulfillments of the order."""

    id: str
    variant: Variant
    quantity: int


@dataclass
class Shipment:
    """A parcel under one carrier and one tracking number."""

    carrier: str
    reference: str
    number: str
    url: str | None
    status: str | None
    units: dict[str, int]
    """Units by variant id."""


@dataclass
class Fulfillment:
    """The items of one order that leave from one location."""

    id: str
    location: str
    method: str
    units: list[tuple[str, int]]
    """Variant id and units; the same variant may stand here twice."""
    status: str = PLACED
    created_at: str = field(default_factory=stamp)
    history: list[Json] = field(default_factory=list)
    shipments: dict[str, Shipment] = field(default_factory=dict)
    settled: dict[str, int] | None = None
    """What the customer was charged for; None until it is told."""
    external: Json = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    """Steps whose caller certainly got a good answer."""

    def __post_init__(self) -> None:
        self.become(self.status)

    def become(self, status: str) -> None:
        self.status = status
        self.history.append({"status": status, "updatedAt": stamp()})

    @property
    def ordered(self) -> dict[str, int]:
        """Units by variant, added up."""
        found: dict[str, int] = {}
        for variant, units in self.units:
            found[variant] = found.get(variant, 0) + units
        return found

    def shipped(self, but: str = "") -> dict[str, int]:
        """Units by variant in all parcels, but for one."""
        found = dict.fromkeys(self.ordered, 0)
        for shipment in self.shipments.values():
            for variant, units in shipment.units.items():
                if shipment.number != but:
                    found[variant] = found.get(variant, 0) + units
        return found


@dataclass
class Order:
    """What the customer bought."""

    id: str
    number: int
    lines: list[OrderLine]
    address: object
    fulfillments: list[Fulfillment]
    status: str = SENT_TO_FULFILLER
    financial_status: str = "authorized"
    extra: Json = field(default_factory=dict)
    """Fields that nobody knows, shown as they were planted."""
    created_at: str = field(default_factory=stamp)
    history: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        for status in ("created", "on_fulfillment_queue", self.status):
            self.become(status)

    def become(self, status: str) -> None:
        self.status = status
        self.history.append({"status": status, "updatedAt": stamp()})
