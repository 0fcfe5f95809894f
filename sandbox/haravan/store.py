"""One shop: all it holds, how it behaves, and what took place in it."""

import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from sandbox.clock import now
from sandbox.faults import Faults
from sandbox.haravan import errors
from sandbox.haravan.settings import Settings
from sandbox.haravan.state import Json, Location, Order, StockRow, Variant

SCOPES = frozenset(
    {
        "com.write_orders",
        "com.read_shop",
        "com.read_products",
        "com.write_inventories",
        "wh_api",
    }
)
ORGS = itertools.count(200000918273)


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


@dataclass
class Hook:
    """Where events go. Those of the app are sent only to shops that switched them on."""

    target: str
    topics: list[str]
    secret: str
    verify_token: str = ""
    of_app: bool = False
    on: bool = True
    failures: int = 0


@dataclass(frozen=True)
class Notice:
    """Something to tell the outside once a change is done."""

    topic: str
    order: Order | None = None


@dataclass
class Store:
    """One merchant's shop; its numbers begin like those of every other, on purpose."""

    name: str
    tokens: dict[str, frozenset[str]] = field(default_factory=dict)
    org_id: int = field(default_factory=lambda: next(ORGS))
    settings: Settings = field(default_factory=Settings)
    faults: Faults = field(default_factory=Faults)
    locations: dict[int, Location] = field(default_factory=dict)
    variants: dict[int, Variant] = field(default_factory=dict)
    rows: dict[tuple[int, int], StockRow] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    hooks: list[Hook] = field(default_factory=list)
    adjustments: list[Json] = field(default_factory=list)
    codes: dict[str, Json] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    sent: int = 0
    level: float = 0.0
    """How full the bucket of calls is, when it was last looked at."""
    looked_at: float = 0.0
    order_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1684205517))
    order_names: Iterator[int] = field(default_factory=lambda: itertools.count(102387))
    line_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1820450101))
    fulfillment_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1402200101))
    other_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1510044871))

    @property
    def place(self) -> str:
        """The shop's name in the recorder."""
        return f"haravan/{self.name}"

    def skip_numbers(self, count: int) -> None:
        """Begin every kind of number later, as if this many had been used up."""
        for numbers in (
            self.order_ids,
            self.order_names,
            self.line_ids,
            self.fulfillment_ids,
            self.other_ids,
        ):
            next(itertools.islice(numbers, count, count), None)

    def order(self, order_id: int) -> Order:
        found = self.orders.get(order_id)
        if found is None:
            raise errors.not_found()
        return found

    def called(self, sku: str) -> Variant | None:
        return next((each for each in self.variants.values() if each.sku == sku), None)

    def effect(self, operation: str, order: Order | None, by: str, **detail: object) -> None:
        """Write down what took place; a changed order is announced."""
        self.effects.append(Effect(operation, order.id if order else None, by, detail))
        if order is not None:
            order.touch()
            self.notices.append(Notice("orders/updated", order))

    def announce(self, topic: str, order: Order | None = None) -> None:
        self.notices.append(Notice(topic, order))
