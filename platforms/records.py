"""Neutral records: what every platform says, in the words of this product.

Platform text is kept as it came (`upstream_*`, `raw`) beside its neutral reading.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

Raw: TypeAlias = Mapping[str, Any]
# A carrier that the platform does not list goes by its name.
OTHER_CARRIER = "other"


class RequestStatus(StrEnum):
    """Where the conversation about one fulfillment order stands (design section 3)."""

    PENDING = "pending"
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CANCEL_REQUESTED = "cancel_requested"
    CANCEL_ACCEPTED = "cancel_accepted"
    CANCEL_REJECTED = "cancel_rejected"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class UpstreamState(StrEnum):
    """What the platform says may be done with a fulfillment order, whoever asked for it."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    CLOSED = "closed"
    CLOSED_SHORT = "closed_short"
    CANCELLED = "cancelled"
    NOT_NEEDED = "not_needed"
    UNKNOWN = "unknown"


class RequestKind(StrEnum):
    """The two things a merchant may ask."""

    FULFILL = "fulfill"
    CANCEL = "cancel"


class AssignedQueue(StrEnum):
    """The lists of assigned work: two wait for an answer, one is what we promised to ship."""

    REQUESTED = "requested"
    CANCEL_REQUESTED = "cancel_requested"
    ACCEPTED = "accepted"


class RejectReason(StrEnum):
    """Why a provider turns a request down; each platform's wire has its own word for it."""

    ADDRESS = "address"
    UNDELIVERABLE = "undeliverable"
    OUT_OF_STOCK = "out_of_stock"
    PRODUCT = "product"
    OTHER = "other"


class HoldReason(StrEnum):
    """Why a provider asks a store to hold an order; each platform's wire has its own word."""

    ADDRESS = "address"
    OUT_OF_STOCK = "out_of_stock"
    HIGH_RISK = "high_risk"
    PAYMENT = "payment"
    OTHER = "other"


class Progress(StrEnum):
    """How far the work on a fulfillment order is, for a platform that wants to be told."""

    RECEIVED = "received"
    PREPARING = "preparing"
    PREPARED = "prepared"
    DELIVERED = "delivered"


class Offer(StrEnum):
    """What a platform says may be done with a fulfillment order now, as far as we can do it."""

    SHIP = "ship"
    HOLD = "hold"
    MOVE = "move"
    SPLIT = "split"


class TrackingStatus(StrEnum):
    """The carrier's story of a parcel (design section 9)."""

    UNKNOWN = "unknown"
    LABEL_CREATED = "label_created"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    DELAYED = "delayed"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AVAILABLE_FOR_PICKUP = "available_for_pickup"
    ATTEMPT_FAILED = "attempt_failed"
    DELIVERED = "delivered"
    RETURNING = "returning"
    RETURNED = "returned"
    EXCEPTION = "exception"
    LOST = "lost"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; a part the platform did not send is an empty string."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    line3: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class LocationRecord:
    """A warehouse as one store knows it; `ref` is empty until the store has given one."""

    ref: str
    name: str
    address: Address
    callback_url: str = ""
    accepts_returns: bool = False


@dataclass(frozen=True, slots=True)
class LineRecord:
    """One line to ship. `quantity` is None where the platform did not say how many."""

    ref: str
    order_line_ref: str
    sku: str
    title: str
    quantity: int | None
    open_quantity: int | None
    product_ref: str = ""
    image_url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cash:
    """What the carrier is to collect from the customer: an amount of money, and its currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class MerchantRequest:
    """One thing the merchant asked, oldest first in a record; `kind` is None if unknown."""

    kind: RequestKind | None
    message: str = ""
    notify: bool | None = None
    upstream_kind: str = ""


@dataclass(frozen=True, slots=True)
class HoldRecord:
    """Why the merchant or the platform stopped a fulfillment order."""

    reason: str
    message: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class FulfillmentOrderRecord:
    """One fulfillment order as the platform shows it now.

    `actions` is what the platform says may be done, in its words; `offers` those that we know.
    `order_name` is the number that people know an order by, where that is not `order_ref`. `note`
    and the lines' notes are for whoever packs. A platform that waits for no answer says only
    whether it wants the order shipped (requested), not yet (pending), or not any more.
    """

    ref: str
    order_ref: str
    upstream_status: str
    upstream_request_status: str
    state: UpstreamState
    request_status: RequestStatus
    location_ref: str
    location_name: str
    address: Address | None
    shipping_code: str
    shipping_name: str
    lines: tuple[LineRecord, ...]
    requests: tuple[MerchantRequest, ...] = ()
    holds: tuple[HoldRecord, ...] = ()
    actions: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    order_name: str = ""
    cash: Cash | None = None
    note: str = ""
    raw: Raw = field(default_factory=dict)

    @property
    def times_asked(self) -> int:
        """How often the merchant has asked to ship it; the same order may be asked for again."""
        return sum(request.kind == RequestKind.FULFILL for request in self.requests)


@dataclass(frozen=True, slots=True)
class Destination:
    """A location that a fulfillment order could be moved to, and the lines that it could take."""

    ref: str
    name: str
    line_refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Divided:
    """A fulfillment order after a part of it, or all of it, went to another one."""

    original: FulfillmentOrderRecord
    other: FulfillmentOrderRecord


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An entry of a list that could not be read; the others of its page still count."""

    ref: str
    reason: str
    raw: Any = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `next` is handed back to fetch the following one."""

    records: tuple[FulfillmentOrderRecord | Unreadable, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a message itself says of one shopper's order, where it cannot be asked for.

    Its fulfillment orders; or that it is cancelled: all of it, or those in `cancelled_refs`.
    `order_ref` is empty where the message names the order by `order_name` alone, the number that
    people know it by. `remark` is something that a person should look at.
    """

    order_ref: str
    records: tuple[FulfillmentOrderRecord | Unreadable, ...] = ()
    cancels: bool = False
    cancelled_refs: tuple[str, ...] = ()
    remark: str = ""
    order_name: str = ""


@dataclass(frozen=True, slots=True)
class StockEntry:
    """A stock record: what a store believes to have of one product at one location.

    `sku` keeps case and spaces. `level` is None where the store does not track it. `reserved` is
    what its own open orders hold, None where it does not say. `product_ref` is what a line names.
    """

    ref: str
    location_ref: str
    sku: str
    title: str = ""
    product_ref: str = ""
    level: int | None = None
    reserved: int | None = None
    raw: Raw = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StockPage:
    """One page of stock records; `next` is handed back to fetch the following one."""

    entries: tuple[StockEntry | Unreadable, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class ParcelRecord:
    """One parcel: a carrier code of the platform's table, or a free `carrier_name`."""

    carrier: str
    tracking_code: str
    tracking_link: str = ""
    carrier_name: str = ""


@dataclass(frozen=True, slots=True)
class LineQuantity:
    """So many units of one fulfillment order line (`line_ref` is the platform's line id)."""

    line_ref: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What left the warehouse: these units in these parcels."""

    lines: tuple[LineQuantity, ...]
    parcels: tuple[ParcelRecord, ...]
    notify: bool = True


@dataclass(frozen=True, slots=True)
class Reported:
    """A shipment that the platform knows: its numbers there, and what we told of it.

    `ref` is the fulfillment order's number, `fulfillment_ref` the shipment's.
    """

    order_ref: str
    ref: str
    fulfillment_ref: str
    dispatch: Dispatch


@dataclass(frozen=True, slots=True)
class FulfillmentRecord:
    """A shipment as the platform has it. `quantities` is units by order line ref.

    `tracking_status` is None where the platform says nothing of the carrier's story, and
    unknown where it says something we have no word for; `delivery_status` is what it says. One
    that is pending is known there, and does not count as shipped before it is completed.
    """

    ref: str
    order_ref: str
    upstream_status: str
    tracking_codes: tuple[str, ...]
    quantities: Mapping[str, int]
    delivery_status: str = ""
    tracking_status: TrackingStatus | None = None
    last_event_at: datetime | None = None
    is_pending: bool = False
    raw: Raw = field(default_factory=dict)


def secret_print(secret: str) -> str:
    """Return the fingerprint of a secret: enough to compare two, not to use one."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest() if secret else ""


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """What a shopper's order says beyond its fulfillment orders.

    `is_test` is None where the platform does not say.
    """

    ref: str
    email: str
    is_test: bool | None
    tags: tuple[str, ...] = ()
    metadata: Any = None


@dataclass(frozen=True, slots=True)
class ShippingMethodRecord:
    """A way to ship that a store offers its shoppers."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class TrackingEventRecord:
    """Something a carrier said about the parcels of a shipment.

    `ref` is empty until the platform has given one; `status` is None, and `upstream_status` the
    platform's word, in what is read.
    """

    happened_at: datetime
    status: TrackingStatus | None = None
    message: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    ref: str = ""
    upstream_status: str = ""


@dataclass(frozen=True, slots=True)
class WebhookRecord:
    """A subscription at the platform. The signing secret is never part of it.

    `secret_print` is its fingerprint, so that it can be compared with ours; empty where the
    platform does not show it.
    """

    ref: str
    target: str
    events: tuple[str, ...]
    active: bool
    secret_print: str = ""
