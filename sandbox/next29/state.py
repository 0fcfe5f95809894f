"""What a store deals in: locations, orders, fulfillment orders, fulfillments and webhooks."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import now
from sandbox.next29.words import PENDING

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
