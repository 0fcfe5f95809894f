"""What a store deals in: locations, stock, orders, fulfillment orders, fulfillments, webhooks."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import now
from sandbox.next29.goods import Product
from sandbox.next29.words import ENDED, PENDING

Json = dict[str, Any]

SERVICE = "service"
MERCHANT = "merchant"


@dataclass
class Location:
    """A place goods ship from; it belongs to the fulfillment service or to the merchant."""

    id: int
    name: str
    address: Json
    callback_url: str | None = None
    accept_return: bool = False
    owner: str = SERVICE


@dataclass(eq=False)
class StockRecord:
    """How many units of one product are at one location; None in stock is not tracked."""

    id: int
    location: Location
    product: Product
    num_in_stock: int | None = None
    num_allocated: int | None = None
    low_stock_threshold: int = 0
    date_created: str = field(default_factory=now)
    date_updated: str = field(default_factory=now)
    changes: int = 0
    """How often a PATCH was applied, whatever the caller was told."""
    lowest_net: int = 0
    """The furthest below nothing that the net level ever was; 0 is never oversold."""

    @property
    def tracked(self) -> bool:
        return self.num_in_stock is not None

    @property
    def net_stock_level(self) -> int:
        """What can still be sold."""
        return (self.num_in_stock or 0) - (self.num_allocated or 0)

    def count(self, num_in_stock: int | None) -> None:
        """An absolute figure; without one, nothing is tracked or allocated any more."""
        self.num_in_stock = num_in_stock
        if num_in_stock is None:
            self.num_allocated = None
        self.touch()

    def allocate(self, units: int) -> None:
        """Reserve units or, below 0, give them back; what is not tracked has none."""
        if units and self.tracked:
            self.num_allocated = max(0, (self.num_allocated or 0) + units)
            self.touch()

    def touch(self) -> None:
        self.lowest_net = min(self.lowest_net, self.net_stock_level)
        self.date_updated = now()


@dataclass
class Line:
    """Units of one product on one fulfillment order."""

    id: int
    order_line_id: int
    product_id: int | str
    sku: str
    title: str
    quantity: int
    fulfillable: int
    price: str = "12.00"
    record: StockRecord | None = None
    reserves: bool = False
    """Whether units to ship are allocated at the record."""

    def part(self, line_id: int, quantity: int, *, fulfillable: int) -> "Line":
        """The same product on another fulfillment order."""
        return Line(
            line_id,
            self.order_line_id,
            self.product_id,
            self.sku,
            self.title,
            quantity,
            fulfillable,
            self.price,
            self.record,
            self.reserves,
        )


@dataclass
class Order:
    """What the shopper bought."""

    number: str
    lines: list[Line]
    shipping_address: Json | None
    shipping_method: Json
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)
    is_test: bool = False
    tags: list[str] = field(default_factory=list)
    metadata: object = None


@dataclass
class FulfillmentOrder:
    """The part of an order that one location ships."""

    id: int
    order: Order
    location: Location
    lines: list[Line]
    shipping_address: Json | None
    status: str = "open"
    request_status: str = PENDING
    merchant_requests: list[Json] = field(default_factory=list)
    holds: list[Json] = field(default_factory=list)
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)
    planted: Json | None = None
    """The odd wire object this order was planted as; served as it is until it changes."""
    touched: bool = False
    held: Counter[StockRecord] = field(default_factory=Counter)
    """What is allocated for this order, and where."""

    @property
    def state(self) -> tuple[str, str]:
        return self.status, self.request_status

    @property
    def units_left(self) -> int:
        return sum(line.fulfillable for line in self.lines)

    def become(self, status: str, request_status: str) -> None:
        self.status, self.request_status = status, request_status
        self.touch()

    def touch(self) -> None:
        self.touched = True
        self.updated_at = self.order.updated_at = now()
        self.settle()

    def settle(self) -> None:
        """An order that has not ended holds what it has left to ship, and an ended one nothing."""
        due = Counter[StockRecord]()
        for line in self.lines:
            if line.record and line.reserves and self.status not in ENDED:
                due[line.record] += line.fulfillable
        for record in {**self.held, **due}:
            record.allocate(due[record] - self.held[record])
        self.held = due

    def forget(self, record: StockRecord) -> None:
        """The record is deleted; nothing is held there any more."""
        self.held.pop(record, None)
        for line in self.lines:
            if line.record is record:
                line.record, line.reserves = None, False

    def rewrite(self, lines: list[Line]) -> None:
        """With other lines, an oddly planted order is an ordinary one."""
        self.lines = lines
        self.planted = None
        self.touch()

    def line(self, line_id: int) -> Line | None:
        return next((line for line in self.lines if line.id == line_id), None)


@dataclass
class Fulfillment:
    """Units that left, with their parcels."""

    id: int
    fulfillment_order: FulfillmentOrder
    original_id: int
    """The order the caller named; differs from the above when only a part was shipped."""
    lines: list[Line]
    parcels: list[Json]
    notify: bool
    created_at: str = field(default_factory=now)
    events: list[Json] = field(default_factory=list)
    """What the carrier said, in the order it was told."""


@dataclass
class Webhook:
    """A subscription to events."""

    id: int
    events: list[str]
    target: str
    name: str | None = None
    api_version: str | None = None
    secret_key: str | None = None
    active: bool = True
    warning_count: int = 0
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)
