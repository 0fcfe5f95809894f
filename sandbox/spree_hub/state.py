"""What a storefront and its hub know: shipments, stock, calls made, and what came of them."""

import threading
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.clock import now

Json = dict[str, Any]
LOCATION = "Dulles East"
METHODS = {"Ground 3-5 days": "GRND", "First Class": "FC"}
GOODS = {"TOTE-NAT-01": ("Canvas Market Tote", 24.5), "MUG-BLU-35": ("Enamel Mug 350 ml", 13.0)}
ADDRESS: Json = {
    "firstname": "Marta",
    "lastname": "Oquendo",
    "company": "",
    "address1": "418 Larkspur Court",
    "address2": "Unit 5",
    "zipcode": "20175",
    "city": "Leesburg",
    "state": "Virginia",
    "country": "US",
    "phone": "703-555-0134",
}
# Contract spree_hub, section 8.3: which status a shipment can take on from which.
REACHABLE = {
    ("ready", "shipped"),
    ("ready", "canceled"),
    ("pending", "canceled"),
    ("pending", "ready"),
}


@dataclass
class Unit:
    """One inventory unit: Spree has one for every piece."""

    sku: str
    name: str
    price: float


@dataclass
class Shipment:
    """One shipment of the storefront."""

    number: str
    order_number: str
    units: list[Unit]
    address: Json
    status: str = "ready"
    email: str = "marta@shopper.example"
    cost: float = 6.9
    stock_location: str | None = LOCATION
    shipping_method: str = "Ground 3-5 days"
    tracking: str | None = None
    shipped_at: str | None = None
    placed_on: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)

    @property
    def pairs(self) -> list[tuple[str, int]]:
        """What the store compares: SKU and quantity, unit by unit."""
        return [(unit.sku, 1) for unit in self.units]

    def touch(self) -> None:
        self.updated_at = now()


@dataclass
class Sent:
    """One call to the provider, and what was heard. Tokens are never kept."""

    path: str
    id: str
    body: Json = field(repr=False)
    at: str = field(default_factory=now)
    status: int | None = None
    answer: Any = None
    error: str = ""
    fault: str = ""
    seconds: float = 0.0
    violations: list[str] = field(default_factory=list)

    def as_json(self) -> Json:
        return asdict(self)


@dataclass
class Effect:
    """Something that changed in the storefront because of an answer, or was refused there."""

    kind: str
    subject: str
    detail: Any = None
    at: str = field(default_factory=now)

    def as_json(self) -> Json:
        return asdict(self)


@dataclass
class Fault:
    """The next so many calls go wrong in this way."""

    kind: str
    times: int = 1


FAULTS = ("lose_answer", "repeat", "repeat_at_once", "new_id")


@dataclass
class Settings:
    """How the hub behaves, and where the provider is."""

    base_url: str = ""
    token: str = ""
    generation: int = 2
    cangaroo: bool = False
    store_id: str = "54a1c07e6465661f2b0c0000"
    prefix: str = "warehouse"
    pages: bool = False
    automatic: bool = False
    static: Json = field(default_factory=dict)
    """Parameters that the merchant has filled in, sent with every call."""


@dataclass
class Hub:
    """One store behind a hub."""

    name: str
    settings: Settings = field(default_factory=Settings)
    shipments: dict[str, Shipment] = field(default_factory=dict)
    stock: dict[tuple[str, str], int] = field(default_factory=dict)
    parameters: Json = field(default_factory=dict)
    last_poll: dict[str, int] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    parked: list[Sent] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Json] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    counter: int = 10000

    def number(self, letter: str) -> str:
        """A new number, as Spree makes them: R for an order, H for a shipment."""
        with self.lock:
            self.counter += 1
            return f"{letter}{self.counter:011d}"

    def draw(self) -> str:
        """The fault of the next call, if one is due."""
        with self.lock:
            for fault in self.faults:
                if fault.times > 0:
                    fault.times -= 1
                    return fault.kind
        return ""

    def note(self, kind: str, subject: str, detail: Any = None) -> None:
        self.effects.append(Effect(kind, subject, detail))

    @property
    def violations(self) -> list[str]:
        return [violation for sent in self.sent for violation in sent.violations]


def new_id(cangaroo: bool) -> str:
    """An id of a call: a job's UUID, or 24 hex digits."""
    return str(uuid.uuid4()) if cangaroo else uuid.uuid4().hex[:24]
