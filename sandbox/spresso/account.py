"""One organization: what it sells, its orders, who may call it, and what took place in it."""

import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from random import Random

from sandbox.faults import Faults
from sandbox.spresso import errors
from sandbox.spresso.clock import stamp
from sandbox.spresso.settings import Settings
from sandbox.spresso.state import Fulfillment, Json, Order, Variant
from sandbox.spresso.words import EVENTS

GOODS = (
    ("HBR-TEE-NVY-M", "Harbor Tee, Navy, M"),
    ("KTL-1L-STL", "Kettle 1 L “Classic”"),
    ("LMP-DSK-OAK", "Desk Lamp, Oak"),
    ("SOAP-BAR-3", "Soap, 3 bars"),
)


@dataclass(frozen=True)
class Effect:
    """Something that really took place."""

    operation: str
    fulfillment_id: str | None
    by: str
    detail: Json
    at: str = field(default_factory=stamp)

    def as_json(self) -> Json:
        return asdict(self)


@dataclass(frozen=True)
class Notice:
    """A message to send once the change is done; `at` is the event whose address gets it."""

    event: str
    body: Json
    at: str = ""
    secret: str = ""
    enveloped: bool | None = None


@dataclass
class Account:
    """A merchant's organization as one fulfiller is connected to it."""

    name: str
    tokens: set[str] = field(default_factory=set)
    client_id: str = ""
    client_secret: str = ""
    webhook_secret: str = ""
    settings: Settings = field(default_factory=Settings)
    faults: Faults = field(default_factory=Faults)
    urls: dict[str, list[str]] = field(default_factory=lambda: {event: [] for event in EVENTS})
    variants: dict[str, Variant] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    sent: int = 0
    fetched: dict[str, float] = field(default_factory=dict)
    """Tokens that were given for client id and secret, and when each runs out."""
    under_way: list[str] = field(default_factory=list)
    """Fulfillments that a call is being answered about."""
    order_numbers: Iterator[int] = field(default_factory=lambda: itertools.count(20_488_131))
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(0x2F01))

    def __post_init__(self) -> None:
        for sku, name in GOODS:
            self.variant(sku, name)

    @property
    def place(self) -> str:
        """The organization's name in the recorder."""
        return f"spresso/{self.name}"

    @property
    def secrets(self) -> list[str]:
        """All that must not be written down."""
        own = [*self.tokens, *self.fetched, self.client_secret, self.webhook_secret]
        return [each for each in own if each]

    def skip_numbers(self, count: int) -> None:
        """Begin every kind of number later, as if this many had been used up."""
        for numbers in (self.order_numbers, self.ids):
            next(itertools.islice(numbers, count, count), None)

    def new_id(self) -> str:
        """24 hexadecimal characters that look like nothing one could count."""
        number = next(self.ids)
        return f"{Random(f'{self.name} {number}').getrandbits(64):016x}{number:08x}"

    def variant(self, sku: str, name: str = "") -> Variant:
        """The variant with this SKU, put on sale where there is none."""
        known = next((each for each in self.variants.values() if each.sku == sku), None)
        if known is None:
            upc = f"8401123{len(self.variants):05d}"
            known = Variant(self.new_id(), sku, upc, name or sku)
            self.variants[known.id] = known
        return known

    def order(self, order_id: str) -> Order:
        found = self.orders.get(order_id)
        if found is None:
            raise errors.not_found("Order")
        return found

    def order_of(self, fulfillment_id: str) -> tuple[Order, Fulfillment]:
        for order in self.orders.values():
            for fulfillment in order.fulfillments:
                if fulfillment.id == fulfillment_id:
                    return order, fulfillment
        raise errors.not_found("Fulfillment")

    def effect(
        self, operation: str, fulfillment: Fulfillment | None, by: str, **detail: object
    ) -> None:
        """Write down what took place."""
        self.effects.append(Effect(operation, fulfillment.id if fulfillment else None, by, detail))
