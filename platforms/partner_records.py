"""Neutral records of a partner: another warehouse's system that fulfills orders for us.

What the partner said is kept as it came (`upstream_*`, `raw`) beside its neutral reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

from platforms.records import Address, Unreadable

Raw: TypeAlias = Mapping[str, Any]
T = TypeVar("T")


class PartnerState(StrEnum):
    """How far a partner is with an order."""

    WAITING = "waiting"
    WORKING = "working"
    SHIPPED = "shipped"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    TEST = "test"
    UNKNOWN = "unknown"


class Snag(StrEnum):
    """What keeps a partner from going on with an order."""

    NONE = "none"
    HOLD = "hold"
    ADDRESS = "address"
    SKU = "sku"
    SETUP = "setup"
    OUT_OF_STOCK = "out_of_stock"
    INVENTORY = "inventory"
    POSTAGE = "postage"
    # It has been begun, and must not leave as it is.
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class Needs(StrEnum):
    """Who has to act before an order goes on."""

    NOBODY = "nobody"
    MERCHANT = "merchant"
    PARTNER = "partner"
    # Somebody has to look, and nothing says who.
    SOMEBODY = "somebody"


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """So many units of a SKU. `value` is what one unit is declared to be worth, in US dollars."""

    sku: str
    quantity: int
    value: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class HandOver:
    """What we ask a partner to ship. `reference` is our number for it, and unique for ever."""

    reference: str
    address: Address
    email: str
    shipping_method: str
    lines: tuple[PartnerLine, ...]
    notes: str = ""


@dataclass(frozen=True, slots=True)
class PartnerTracking:
    """A tracking number, and its carrier as the partner names it."""

    number: str
    carrier: str = ""
    carrier_ref: str = ""


@dataclass(frozen=True, slots=True)
class PartnerOrder:
    """An order as a partner shows it now.

    `upstream_code` is the partner's status as text, `upstream_status` what it says of it in words,
    `upstream_reason` why, and `upstream_needs` whom it waits for. `variant` tells statuses apart
    that share a code. `tracking` may change until `departed_at` is there. `lines` is None where
    the partner did not show them.
    """

    ref: str
    reference: str
    state: PartnerState
    upstream_code: str
    upstream_status: str = ""
    upstream_reason: str = ""
    upstream_needs: str = ""
    variant: int = 1
    snag: Snag = Snag.NONE
    needs: Needs = Needs.NOBODY
    recorded_at: datetime | None = None
    dispatched_at: datetime | None = None
    departed_at: datetime | None = None
    tracking: tuple[PartnerTracking, ...] = ()
    address: Address = field(default_factory=Address)
    lines: tuple[PartnerLine, ...] | None = None
    raw: Raw = field(default_factory=dict, repr=False)

    @property
    def is_cancelled(self) -> bool:
        """The partner will not ship it."""
        return self.state is PartnerState.CANCELLED

    @property
    def is_closed(self) -> bool:
        """No step leads out of this state."""
        ended = (PartnerState.RETURNED, PartnerState.CANCELLED, PartnerState.TEST)
        return self.state in ended

    @property
    def final_tracking(self) -> tuple[PartnerTracking, ...]:
        """The tracking numbers that may be passed on: none before the parcel has left."""
        return self.tracking if self.departed_at else ()


@dataclass(frozen=True, slots=True)
class PartnerStock:
    """What a partner has of a product; a figure is None where it is not said.

    `available` is what a new order can still use. `warehouse_ref` is empty where the figures are
    of all the partner's buildings together.
    """

    ref: str
    sku: str
    available: int | None
    on_hand: int | None = None
    warehouse_ref: str = ""
    raw: Raw = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ReturnedUnits:
    """What came back of one SKU, how much of it is for sale again, and why the rest is not."""

    sku: str
    returned: int
    restocked: int
    expected: int | None = None
    why_not: str = ""
    comments: str = ""


@dataclass(frozen=True, slots=True)
class PartnerReturn:
    """Goods that came back, or are announced. `order_ref` is empty where nobody knows whose."""

    ref: str
    order_ref: str
    reference: str
    upstream_status: str
    upstream_reason: str
    lines: tuple[ReturnedUnits, ...]
    number: str = ""
    sender: str = ""
    comments: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    raw: Raw = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """One page of a list; `next` is handed back to fetch the following one."""

    entries: tuple[T | Unreadable, ...] = ()
    next: str | None = None
