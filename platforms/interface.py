"""What a platform is: one value with its capabilities, its client and its inbound endpoints."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from platforms.http import Transport
from platforms.records import (
    AssignedQueue,
    Destination,
    Dispatch,
    Divided,
    FulfillmentOrderRecord,
    FulfillmentRecord,
    HoldReason,
    LineQuantity,
    LocationRecord,
    Page,
    RejectReason,
    WebhookRecord,
)


class Client(Protocol):
    """The calls a provider makes at one store.

    A client never retries and never sleeps. Every method raises the errors of
    `platforms.errors` and nothing else for what the platform does.
    """

    def check(self) -> str:
        """Return a sentence that says what the credentials open. Changes nothing."""

    def fetch_locations(self) -> list[LocationRecord]:
        """Return every location of ours at the store."""

    def create_location(self, location: LocationRecord) -> LocationRecord:
        """Register a warehouse with its callback. Not idempotent: fetch first."""

    def update_location(self, location: LocationRecord) -> LocationRecord:
        """Replace the location `location.ref` as a whole."""

    def fetch_assigned(self, queue: AssignedQueue, page: str | None = None) -> Page:
        """Return the first page of work that waits for an answer, or the page named."""

    def fetch_fulfillment_order(self, ref: str) -> FulfillmentOrderRecord:
        """Return the truth about one fulfillment order."""

    def accept_request(self, ref: str, message: str) -> FulfillmentOrderRecord:
        """Say that we will ship it."""

    def reject_request(
        self, ref: str, reason: RejectReason, message: str
    ) -> FulfillmentOrderRecord:
        """Say that we will not ship it, and why."""

    def accept_cancellation(self, ref: str, message: str) -> FulfillmentOrderRecord:
        """Say that we stopped."""

    def reject_cancellation(self, ref: str, message: str) -> FulfillmentOrderRecord:
        """Say that it is too late."""

    def create_fulfillment(self, ref: str, dispatch: Dispatch) -> FulfillmentRecord:
        """Report units that left. Not idempotent: fetch first when in doubt."""

    def fetch_fulfillments(self, ref: str, order_ref: str) -> list[FulfillmentRecord]:
        """Return the shipments of a fulfillment order, wherever the platform now keeps them."""

    def hold(self, ref: str, reason: HoldReason, message: str) -> FulfillmentOrderRecord:
        """Stop a fulfillment order that is not accepted."""

    def release_hold(self, ref: str) -> FulfillmentOrderRecord:
        """Let a held fulfillment order go on; the merchant asks for it again."""

    def close_short(self, ref: str, message: str) -> FulfillmentOrderRecord:
        """Say that no more of an accepted fulfillment order will be shipped."""

    def fetch_destinations(self, ref: str) -> list[Destination]:
        """Return where a fulfillment order could be moved to."""

    def move(self, ref: str, location_ref: str, line_refs: Sequence[str]) -> Divided:
        """Move whole lines, or all of them when none is named. Not idempotent: look first."""

    def split(self, ref: str, units: Sequence[LineQuantity]) -> Divided:
        """Put some units into a fulfillment order of their own. Not idempotent: look first."""

    def fetch_order_group(self, order_ref: str) -> list[FulfillmentOrderRecord]:
        """Return all fulfillment orders of an order that we may see."""

    def fetch_webhooks(self) -> list[WebhookRecord]:
        """Return the store's subscriptions."""

    def create_webhook(self, target: str, events: tuple[str, ...], secret: str) -> WebhookRecord:
        """Subscribe `target`, signed with `secret`. Not idempotent: fetch first."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a message must come from: the store's account name and its signing secret."""

    account: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as it arrived: header names in lower case, the body untouched."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a message is about. `dedupe_key` is empty where the platform gives none."""

    topic: str
    dedupe_key: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way in: prove who sent a message, then read what it is about. Both are pure.

    `authenticate` raises BadSignature or UnknownSender and may return a remark for the log;
    `read` raises Malformed. `kept_headers` are stored with the message. What names another
    store is answered with `unknown_sender_status`, and not kept.
    """

    authenticate: Callable[[Inbound, Sender], str]
    read: Callable[[Inbound], Notice]
    kept_headers: frozenset[str] = frozenset()
    unknown_sender_status: int = 404


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One secret a person pastes to connect a store."""

    name: str
    label: str
    help_text: str = ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform offers; asked before anything is tried."""

    reads_orders_back: bool = False
    answers_requests: bool = False
    answers_cancellations: bool = False
    registers_locations: bool = False
    ships_partially: bool = False
    several_parcels: bool = False
    customer_notice: bool = False
    holds: bool = False
    closes_short: bool = False
    moves: bool = False
    splits: bool = False


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform. `requests_per_second` is what it allows per store."""

    key: str
    label: str
    credentials: tuple[CredentialField, ...]
    capabilities: Capabilities
    requests_per_second: float
    base_url: Callable[[str], str]
    connect: Callable[[Mapping[str, str], Transport], Client]
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    carriers: Mapping[str, str] = field(default_factory=dict)
    reject_reasons: Mapping[RejectReason, str] = field(default_factory=dict)
