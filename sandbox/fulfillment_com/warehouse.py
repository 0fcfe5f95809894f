"""One partner warehouse: all it holds, how it behaves, and what took place in it."""

import itertools
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

from sandbox.clock import now
from sandbox.faults import Faults
from sandbox.fulfillment_com import errors
from sandbox.fulfillment_com.settings import Settings
from sandbox.fulfillment_com.state import Item, Json, Order, Return

BUILDINGS = {3: "Savannah", 5: "Reno"}


@dataclass(frozen=True)
class Effect:
    """A change that really took place."""

    operation: str
    order_id: int | None
    by: str
    detail: Json
    at: str = field(default_factory=now)

    def as_json(self) -> Json:
        return asdict(self)


@dataclass(frozen=True)
class Login:
    """Who may come in, and for which merchants."""

    user_id: int
    username: str
    password: str
    merchants: list[int] = field(default_factory=lambda: [50012])


@dataclass(frozen=True)
class Ticket:
    """A token: whose it is, and when it ends."""

    login: Login
    ends: float
    # The other token of the pair.
    beside: str = ""

    @property
    def is_over(self) -> bool:
        return self.ends <= time.monotonic()


@dataclass
class Warehouse:
    """A partner's system; its numbers begin like those of every other, on purpose."""

    name: str
    client_id: str
    client_secret: str
    logins: dict[str, Login]
    merchants: dict[int, str] = field(default_factory=lambda: {50012: "Northwind Goods"})
    settings: Settings = field(default_factory=Settings)
    faults: Faults = field(default_factory=Faults)
    access: dict[str, Ticket] = field(default_factory=dict)
    refresh: dict[str, Ticket] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    returns: list[Return] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    lately: deque[float] = field(default_factory=deque)
    """When the calls of the last second came."""
    order_ids: Iterator[int] = field(default_factory=lambda: itertools.count(11840231))
    event_ids: Iterator[int] = field(default_factory=lambda: itertools.count(90110001))
    other_ids: Iterator[int] = field(default_factory=lambda: itertools.count(33001))
    labels: Iterator[int] = field(default_factory=lambda: itertools.count(189001))

    def skip_numbers(self, count: int) -> None:
        """Begin every kind of number later, as if this many had been used up."""
        for numbers in (self.order_ids, self.event_ids, self.other_ids, self.labels):
            next(itertools.islice(numbers, count, count), None)

    @property
    def place(self) -> str:
        """The warehouse's name in the recorder."""
        return f"fulfillment_com/{self.name}"

    def order(self, order_id: int, merchants: Sequence[int] | None = None) -> Order:
        found = self.orders.get(order_id)
        if found is None or (merchants is not None and found.merchant not in merchants):
            raise errors.not_found()
        return found

    def named(self, reference: str, merchants: Sequence[int]) -> Order | None:
        """The order with a merchant's own number."""
        found = (
            each
            for each in self.orders.values()
            if each.reference == reference and each.merchant in merchants
        )
        return next(found, None)

    def available(self, item: Item, building: int) -> int:
        """What a new order can still use."""
        promised = sum(
            each.units.get(item.sku, 0)
            for each in self.orders.values()
            if each.holds_stock and each.warehouse_id == building
        )
        return item.on_hand.get(building, 0) - promised

    def effect(self, operation: str, order: Order | None, by: str, **detail: object) -> None:
        """Write down what took place."""
        self.effects.append(Effect(operation, order.id if order else None, by, detail))

    def pace(self) -> None:
        """Let one call through, or raise a refusal."""
        limit, instant = self.settings.calls_per_second, time.monotonic()
        while self.lately and self.lately[0] <= instant - 1.0:
            self.lately.popleft()
        if limit and len(self.lately) >= limit:
            raise errors.throttled()
        self.lately.append(instant)
