"""What a shop deals in: orders with lines and fulfillments, locations, products and stock rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

MANUAL = "manual"
LIVE = frozenset({"pending", "open", "success"})
WAITING = frozenset({"pending", "open"})


def moment() -> datetime:
    return datetime.now(UTC)


@dataclass
class Location:
    """Where goods are."""

    id: int
    name: str
    kind: str = "default"
    """`default`, or `ontheroad` for goods between two places."""
    unavailable: bool = False
    created_at: datetime = field(default_factory=moment)


@dataclass
class Variant:
    """What is sold."""

    id: int
    product_id: int
    sku: str | None
    title: str
    price: float
    tracked: bool = True
    grams: int = 250


@dataclass
class StockRow:
    """How much of a variant is at one location."""

    id: int
    location_id: int
    variant: Variant
    on_hand: int = 0
    committed: int = 0
    updated_at: datetime = field(default_factory=moment)
    changes: int = 0
    """How often a level was written, whatever the caller was told."""

    @property
    def available(self) -> int:
        return self.on_hand - self.committed


@dataclass
class Line:
    """Units of one variant in an order."""

    id: int
    variant: Variant
    quantity: int
    service: str = MANUAL
    fulfilled: int = 0
    pending: int = 0
    refunded: int = 0
    requires_shipping: bool = True
    gift_card: bool = False
    properties: list[Json] = field(default_factory=list)

    @property
    def left(self) -> int:
        """What can still be fulfilled."""
        return self.quantity - max(self.refunded, self.fulfilled) - self.pending

    @property
    def status(self) -> str | None:
        if self.fulfilled == 0:
            return None
        return "fulfilled" if self.fulfilled >= self.quantity else "partial"


@dataclass
class Fulfillment:
    """Units of an order that left, or that a service was asked to send."""

    id: int
    units: dict[int, int]
    """So many of each line, by its id."""
    service: str
    status: str
    company: str | None = None
    numbers: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    notify: bool = False
    carrier_status: str = "pending"
    cod_amount: float = 0.0
    by: str = "app"
    created_at: datetime = field(default_factory=moment)
    updated_at: datetime = field(default_factory=moment)
    cancelled_at: datetime | None = None


@dataclass
class Order:
    """What a shopper bought."""

    id: int
    name: str
    lines: list[Line]
    location_id: int
    address: Json | None = None
    email: str | None = None
    cod: bool = True
    note: str | None = None
    note_attributes: list[Json] = field(default_factory=list)
    tags: str | None = None
    shipping: str = "Giao hàng tận nơi"
    confirmed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    closed_at: datetime | None = None
    restocked: bool = False
    transactions: list[Json] = field(default_factory=list)
    refunds: list[Json] = field(default_factory=list)
    fulfillments: list[Fulfillment] = field(default_factory=list)
    created_at: datetime = field(default_factory=moment)
    updated_at: datetime = field(default_factory=moment)

    def touch(self) -> None:
        self.updated_at = moment()

    @property
    def total(self) -> float:
        return sum(line.quantity * line.variant.price for line in self.lines) + 30000.0

    @property
    def paid(self) -> float:
        taken = (each["amount"] for each in self.transactions if each["kind"] == "capture")
        return float(sum(taken))

    @property
    def financial_status(self) -> str:
        if self.paid >= self.total:
            return "paid"
        return "partially_paid" if self.paid else "pending"

    @property
    def status(self) -> str | None:
        """How much of the order is fulfilled."""
        states = {line.status for line in self.lines}
        if states == {"fulfilled"}:
            return "fulfilled"
        return None if states == {None} else "partial"

    def line(self, line_id: object) -> Line | None:
        return next((line for line in self.lines if line.id == line_id), None)

    def living(self) -> Iterator[Fulfillment]:
        return (each for each in self.fulfillments if each.status in LIVE)
