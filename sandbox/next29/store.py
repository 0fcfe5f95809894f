"""One store: all it holds, how it behaves, and what took place in it."""

import itertools
from collections.abc import Container, Iterator
from dataclasses import asdict, dataclass, field

from sandbox.clock import now
from sandbox.faults import Faults
from sandbox.next29 import errors
from sandbox.next29.apps import App
from sandbox.next29.goods import Catalogue
from sandbox.next29.settings import Settings
from sandbox.next29.state import (
    Fulfillment,
    FulfillmentOrder,
    Json,
    Line,
    Location,
    Order,
    Webhook,
)
from sandbox.next29.stock import Stock


@dataclass(frozen=True)
class Effect:
    """A change that really took place."""

    operation: str
    fulfillment_order_id: int | None
    by: str
    detail: Json
    at: str = field(default_factory=now)

    def as_json(self) -> Json:
        return asdict(self)


@dataclass(frozen=True)
class Notice:
    """Something to tell the outside once the change is done: a doorbell or an event."""

    kind: str
    subject: Location | Order | Fulfillment | None = None


def free(numbers: Iterator[int], taken: Container[int]) -> int:
    """The next number that nothing planted occupies already."""
    return next(number for number in numbers if number not in taken)


def _numbers(start: int) -> Iterator[int]:
    return itertools.count(start)


@dataclass
class Store:
    """One merchant's store; its ids start like those of every other store, on purpose."""

    subdomain: str
    tokens: dict[str, frozenset[str]] = field(default_factory=dict)
    created_at: str = field(default_factory=now)
    app: App = field(default_factory=App)
    settings: Settings = field(default_factory=Settings)
    faults: Faults = field(default_factory=Faults)
    locations: dict[int, Location] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=Catalogue)
    stock: Stock = field(default_factory=Stock)
    orders: dict[str, Order] = field(default_factory=dict)
    fulfillment_orders: dict[int, FulfillmentOrder] = field(default_factory=dict)
    fulfillments: dict[int, Fulfillment] = field(default_factory=dict)
    webhooks: dict[int, Webhook] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    doorbells_rung: int = 0
    location_ids: Iterator[int] = field(default_factory=lambda: _numbers(31))
    order_numbers: Iterator[int] = field(default_factory=lambda: _numbers(100231))
    order_line_ids: Iterator[int] = field(default_factory=lambda: _numbers(90101))
    fulfillment_order_ids: Iterator[int] = field(default_factory=lambda: _numbers(80470))
    line_ids: Iterator[int] = field(default_factory=lambda: _numbers(85701))
    fulfillment_ids: Iterator[int] = field(default_factory=lambda: _numbers(70210))
    webhook_ids: Iterator[int] = field(default_factory=lambda: _numbers(39))
    event_ids: Iterator[int] = field(default_factory=lambda: _numbers(91))
    stock_record_ids: Iterator[int] = field(default_factory=lambda: _numbers(5001))
    product_ids: Iterator[int] = field(default_factory=lambda: _numbers(1001))

    def skip_numbers(self, count: int) -> None:
        """Begin every kind of number later, as if this many had been used up."""
        for numbers in (
            self.location_ids,
            self.order_numbers,
            self.order_line_ids,
            self.fulfillment_order_ids,
            self.line_ids,
            self.fulfillment_ids,
            self.webhook_ids,
            self.event_ids,
            self.stock_record_ids,
            self.product_ids,
        ):
            next(itertools.islice(numbers, count, count), None)

    @property
    def place(self) -> str:
        """The store's name in the recorder."""
        return f"next29/{self.subdomain}"

    def fulfillment_order(self, order_id: int) -> FulfillmentOrder:
        found = self.fulfillment_orders.get(order_id)
        if found is None:
            raise errors.not_found()
        return found

    def open_fulfillment_order(
        self, order: Order, location: Location, lines: list[Line]
    ) -> FulfillmentOrder:
        """A fresh one at the location: open, and not yet requested."""
        new_id = free(self.fulfillment_order_ids, self.fulfillment_orders)
        fresh = FulfillmentOrder(new_id, order, location, lines, order.shipping_address)
        self.fulfillment_orders[new_id] = fresh
        fresh.settle()
        return fresh

    def effect(
        self, operation: str, order: FulfillmentOrder | None, by: str, **detail: object
    ) -> None:
        """Write down what took place; a changed order is announced."""
        self.effects.append(Effect(operation, order.id if order else None, by, detail))
        if order is not None:
            self.notices.append(Notice("order.updated", order.order))
