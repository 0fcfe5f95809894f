"""What a platform is: one value with its capabilities, its client and its inbound endpoints."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from platforms.desk import Desk, Shown
from platforms.http import Transport
from platforms.inbound import Inbound as Inbound
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
    OrderRecord,
    Page,
    Progress,
    RejectReason,
    Reported,
    ShippingMethodRecord,
    StockEntry,
    StockPage,
    Told,
    TrackingEventRecord,
    TrackingStatus,
    WebhookRecord,
)


class Client(Protocol):
    """The calls a provider makes at one store.

    A client never retries and never sleeps. Every method raises the errors of
    `platforms.errors` and nothing else for what the platform does. What a platform has no call
    for comes from `platforms.unable`.
    """

    def check(self) -> str:
        """Return a sentence that says what the credentials open. Changes nothing."""

    def fetch_locations(self) -> list[LocationRecord]:
        """Return every location of ours at the store."""

    def create_location(self, location: LocationRecord) -> LocationRecord:
        """Register a warehouse with its callback. Not idempotent: fetch first."""

    def update_location(self, location: LocationRecord) -> LocationRecord:
        """Replace the location `location.ref` as a whole."""

    def fetch_assigned(
        self, queue: AssignedQueue, page: str | None = None, since: datetime | None = None
    ) -> Page:
        """Return the first page of a list of assigned work, or the page named.

        `since` is for a platform that lists changes: those from that moment on, else all.
        """

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

    def report_progress(self, ref: str, progress: Progress) -> None:
        """Say how far the work is. Doing it twice leaves the same."""

    def report_final(self, ref: str, shipped: Sequence[LineQuantity]) -> None:
        """Say how many units of every line have left, none included, and that no more will.

        The shopper pays for these: it is said once. Raises Uncertain unless it was taken.
        """

    def update_tracking(
        self, ref: str, fulfillment_ref: str, dispatch: Dispatch
    ) -> FulfillmentRecord:
        """Replace the tracking of a shipment that the platform knows. Twice leaves the same."""

    def push(self, shown: Sequence[Shown]) -> None:
        """Send to a platform that asks what it would be shown. Doing it twice leaves the same."""

    def complete_fulfillment(self, ref: str, fulfillment_ref: str) -> FulfillmentRecord:
        """Say that a shipment that the platform keeps as pending has left."""

    def cancel_fulfillment(self, ref: str, fulfillment_ref: str) -> FulfillmentRecord:
        """Take a shipment back that has not left after all; its units are open again."""

    def fetch_destinations(self, ref: str) -> list[Destination]:
        """Return where a fulfillment order could be moved to."""

    def move(self, ref: str, location_ref: str, line_refs: Sequence[str]) -> Divided:
        """Move whole lines, or all of them when none is named. Not idempotent: look first."""

    def split(self, ref: str, units: Sequence[LineQuantity]) -> Divided:
        """Put some units into a fulfillment order of their own. Not idempotent: look first."""

    def fetch_order_group(self, order_ref: str) -> list[FulfillmentOrderRecord]:
        """Return all fulfillment orders of an order that we may see."""

    def fetch_order(self, order_ref: str) -> OrderRecord:
        """Return what the shopper's order says beyond its fulfillment orders."""

    def fetch_shipping_methods(self) -> list[ShippingMethodRecord]:
        """Return every way to ship that the store offers."""

    def fetch_tracking_events(
        self, order_ref: str, fulfillment_ref: str
    ) -> list[TrackingEventRecord]:
        """Return what the platform knows carriers to have said about a shipment."""

    def create_tracking_event(
        self, about: Reported, event: TrackingEventRecord
    ) -> TrackingEventRecord:
        """Tell what a carrier said about a shipment. Not idempotent: fetch first."""

    def fetch_stock(self, location_refs: Sequence[str], page: str | None = None) -> StockPage:
        """Return the first page of the stock records at these locations, or the page named."""

    def fetch_stock_entry(self, ref: str) -> StockEntry:
        """Return one stock record."""

    def set_stock(self, ref: str, level: int) -> StockEntry:
        """Set the level of a stock record that is tracked. Doing it twice leaves the same.

        Raises Uncertain unless the answer shows this level.
        """

    def fetch_webhooks(self) -> list[WebhookRecord]:
        """Return the store's subscriptions."""

    def create_webhook(self, target: str, events: tuple[str, ...], secret: str) -> WebhookRecord:
        """Subscribe `target`, signed with `secret`. Not idempotent: fetch first."""

    def update_webhook(
        self, ref: str, target: str, events: tuple[str, ...], secret: str
    ) -> WebhookRecord:
        """Make a subscription what it shall be, and active. Doing it twice leaves the same."""

    def delete_webhook(self, ref: str) -> None:
        """End a subscription; one that is gone already is no error."""


@dataclass(frozen=True, slots=True)
class App:
    """What we are at a platform: its name and secret for us, and the scopes that we ask for."""

    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """What a merchant has granted us: credentials to keep, and the scopes that they open.

    Where the platform says for which store it is, `account` is that store, and what comes with it
    for the store's `options`.
    """

    credentials: Mapping[str, str] = field(repr=False)
    scopes: tuple[str, ...]
    account: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


class Install(Protocol):
    """How a merchant installs us as an app, in their browser.

    `scopes` says in words what each scope is for; without those in `required` no work can be
    done. All is pure, except for `exchange` and `renew`, which raise the errors of
    `platforms.errors`.
    """

    @property
    def scopes(self) -> Mapping[str, str]:
        """What each scope lets us do: "We may …"."""

    @property
    def required(self) -> tuple[str, ...]:
        """The scopes without which no work can be done."""

    def read_store(self, named: str) -> str:
        """Return the account that a browser names as its store; raises UnknownSender.

        Nothing is sent anywhere on behalf of a name that was not read by this.
        """

    def domain(self, account: str) -> str:
        """Return the store's name as its merchant knows it."""

    def home(self, account: str) -> str:
        """Return the address below which the store asks for consent and gives tokens.

        Raises UnknownSender for what cannot be an account.
        """

    def api_url(self, home: str) -> str:
        """Return the address of the API of the store that lives at `home`."""

    def authorize_url(self, app: App, home: str, redirect_uri: str, state: str) -> str:
        """Return the store's page on which the merchant consents."""

    def exchange(
        self, app: App, transport: Transport, redirect_uri: str, code: str, state: str = ""
    ) -> Grant:
        """Give a code for a token. A code can be given once.

        `state` is what the browser was sent away with, for a platform that answers it.
        """

    def renew(self, app: App, transport: Transport, credentials: Mapping[str, str]) -> Grant:
        """Return a fresh grant in place of one whose token the store refuses."""

    def read_session(self, app: App, token: str, account: str) -> None:
        """Prove that whoever brings `token` comes from the store's dashboard; else BadSignature."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a message must come from: the store's account name, and how it signs.

    `former_secret` was good until the secret was changed: messages signed with it may still be on
    their way. `options` are the store's own settings.
    """

    account: str
    secret: str = field(default="", repr=False)
    former_secret: str = field(default="", repr=False)
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that a message may be signed with; none where none is known."""
        return tuple(each for each in (self.secret, self.former_secret) if each)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a message is about. `dedupe_key` is empty where the platform gives none.

    `order_ref` is the number of the shopper's order, where the message names one.
    """

    topic: str
    dedupe_key: str = ""
    remark: str = ""
    order_ref: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way in: prove who sent a message, then read what it is about. Both are pure.

    `authenticate` raises BadSignature or UnknownSender and may return a remark for the log;
    `read` raises Malformed. `kept_headers` are stored with the message. What names another
    store is answered with `unknown_sender_status`, and not kept.

    `tells` returns what the message itself says of orders, where nothing else does. `shakes_hands`
    answers the question (a GET) by which a platform makes sure that an address is ours: it returns
    the text to answer with, or raises BadSignature. At an address that all stores share,
    `names_store` returns the value of the option `named_by` that only one store has.
    """

    authenticate: Callable[[Inbound, Sender], str]
    read: Callable[[Inbound], Notice]
    kept_headers: frozenset[str] = frozenset()
    unknown_sender_status: int = 404
    tells: Callable[[Inbound], tuple[Told, ...]] | None = None
    shakes_hands: Callable[[Mapping[str, str], Sender], str] | None = None
    names_store: Callable[[Inbound], str] | None = None
    named_by: str = ""


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One secret a person pastes to connect a store; without `required`, it may be left out."""

    name: str
    label: str
    help_text: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of a store that only this platform has; no secret.

    The type of `default` says what is filled in: a switch, a number or a text. `check` raises
    ValueError, in words, for a value that makes no sense. With `lines`, the text has several.
    """

    name: str
    label: str
    default: str | bool | int
    help_text: str = ""
    check: Callable[[Any], None] | None = None
    lines: bool = False


def says(sentence: str) -> bool:
    """Declare a capability: absent unless a platform has it. The docs show the sentence."""
    absent: bool = field(default=False, metadata={"says": sentence})
    return absent


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform offers; asked before anything is tried."""

    reads_orders_back: bool = says("We can ask how an order stands, at any time.")
    lists_work: bool = says("It lists the orders that wait for us.")
    lists_changes: bool = says("Its list is of what has changed lately, not of what waits.")
    lists_locations: bool = says("It lists its locations, so that we can say which are ours.")
    answers_requests: bool = says("It waits for us to accept or reject a request.")
    answers_cancellations: bool = says("It waits for us to accept or reject a cancellation.")
    registers_locations: bool = says("We can make our warehouse a location at the store.")
    ships_partially: bool = says("A shipment may hold some of the units; the rest follows.")
    several_parcels: bool = says("One shipment may be in more than one parcel.")
    takes_progress: bool = says("It is told how far the work is: received, preparing, prepared.")
    wants_final_count: bool = says("It is told once, at the end, how many units of each line left.")
    told_when_asked: bool = says("It asks us for shipments and stock; we send it nothing.")
    corrects_tracking: bool = says("The tracking code of a shipment can be changed there.")
    voids_shipments: bool = says("A shipment that has not left after all can be taken back there.")
    customer_notice: bool = says("We say whether the store tells the customer of a shipment.")
    holds: bool = says("An order that is not accepted can be put on hold there, and released.")
    closes_short: bool = says("An accepted order can end with units that are never shipped.")
    moves: bool = says("An order, or whole lines of it, can be moved to another location.")
    splits: bool = says("Some units can be put into an order of their own.")
    shows_orders: bool = says("We can read the shopper's order: e-mail, test or not, tags.")
    maps_methods: bool = says("It ships by its own names, and we say which carrier each one means.")
    lists_shipping_methods: bool = says("It lists the ways to ship that shoppers can choose.")
    shows_deliveries: bool = says("It says how far a shipment is on its way.")
    takes_delivery_events: bool = says("We can tell it what a carrier said about a shipment.")
    keeps_stock: bool = says("It keeps stock records, which we can read and set.")
    reserves_stock: bool = says("It subtracts its own open orders from the stock that we tell it.")


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform. `requests_per_second` is what it allows per store.

    `connect` takes the credentials, the way to the store and the store's options, all of them
    filled in. `read_order` reads the raw payload of a fulfillment order that was kept, with the
    store's options; it raises Malformed. `order_in` returns the ref of the fulfillment order that
    an address is about, else nothing. Both are pure. `renew` gets fresh credentials, to keep
    beside the others, with those that a person pasted; it raises Unauthorized where it cannot.
    `by_hand` says, for a capability that is not there, what a person does instead.
    """

    key: str
    label: str
    credentials: tuple[CredentialField, ...]
    capabilities: Capabilities
    requests_per_second: float
    base_url: Callable[[str], str]
    connect: Callable[[Mapping[str, str], Transport, Mapping[str, Any]], Client]
    read_order: Callable[[Any, Mapping[str, Any]], FulfillmentOrderRecord]
    order_in: Callable[[str], str]
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    # Where it asks us, and hears no more than our answer.
    desk: Desk | None = None
    # Whether a store that asks wants to be told at once as well, by its options.
    pushes: Callable[[Mapping[str, Any]], bool] = lambda options: False
    # Merchants reach it through an API of ours: no credentials to paste, and no desk.
    served_here: bool = False
    options: tuple[Option, ...] = ()
    by_hand: Mapping[str, str] = field(default_factory=dict)
    carriers: Mapping[str, str] = field(default_factory=dict)
    # The option that lists a store's own carriers, one `code = name` a line.
    carriers_option: str = ""
    reject_reasons: Mapping[RejectReason, str] = field(default_factory=dict)
    # What we subscribe to; `app_events` are told only to an app, not to a pasted token.
    events: tuple[str, ...] = ()
    app_events: tuple[str, ...] = ()
    install: Install | None = None
    renew: Callable[[Mapping[str, str], Transport, Mapping[str, Any]], Mapping[str, str]] | None = (
        None
    )
    # A status that is not here is kept by us, and not told.
    tracking_words: Mapping[TrackingStatus, str] = field(default_factory=dict)

    def filled_in(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options of a store: what was given, and else what is usual."""
        return {each.name: given.get(each.name, each.default) for each in self.options}
