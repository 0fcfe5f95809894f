"""A desk: the place where a platform asks us, and our answer to the call is all that it hears.

A platform with a desk pushes its orders to us and polls us for what left. Reading a call and
writing the answer are pure; what is done in between is not known here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from platforms.errors import PlatformError
from platforms.inbound import Inbound
from platforms.records import Address, FulfillmentOrderRecord, Raw, Unreadable
from platforms.zone import EVERYWHERE, Zone


class Operation(StrEnum):
    """What can be asked of us."""

    TAKE = "take"
    CHANGE = "change"
    CANCEL = "cancel"
    CHECK_ADDRESS = "check_address"
    SHIPMENTS = "shipments"
    STOCK = "stock"


# These change nothing that the caller could ask to be changed twice.
POLLS = (Operation.SHIPMENTS, Operation.STOCK)


class Outcome(StrEnum):
    """How a call ended; each form of envelope has its own way to say it.

    NOTHING is a call that named nothing to be done. FAILED is what may go well when it is sent
    again; REFUSED will not.
    """

    DONE = "done"
    DOUBT = "doubt"
    NOOP = "noop"
    NOTHING = "nothing"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a store has us refuse before we promise anything."""

    zone: Zone = EVERYWHERE
    refuses_unknown_skus: bool = True


@dataclass(frozen=True, slots=True)
class Since:
    """From when on a poll wants to know.

    `mark` is a watermark that we once gave; `clock` is the caller's own clock at its last poll
    that went well. `text` is what was sent, to be repeated where there is nothing new.
    """

    mark: datetime | None = None
    clock: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One call, in neutral words. `generation` is the form that the answer must have.

    `refs` are the fulfillment orders that it names; `whole_order` says that all those of
    `order_ref` are meant. `page` is None unless the caller wants pages.
    """

    operation: Operation
    correlation_id: str
    generation: int
    path: str = ""
    records: tuple[FulfillmentOrderRecord | Unreadable, ...] = ()
    refs: tuple[str, ...] = ()
    order_ref: str = ""
    whole_order: bool = False
    remark: str = ""
    address: Address | None = None
    since: Since = Since()
    page: int | None = None
    page_size: int = 500
    sku: str = ""
    rules: Rules = Rules()
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to tell the merchant's staff: in a few words, and in a sentence.

    Free of times and numbers that differ from call to call, or each repeat would be news.
    """

    outcome: Outcome
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Packed:
    """So many units of a SKU."""

    sku: str
    quantity: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A parcel, with what is in it where that is known."""

    tracking_code: str
    carrier: str
    tracking_link: str = ""
    items: tuple[Packed, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A fulfillment order as the answer shows it. `raw` is what was once received.

    `state` is accepted, canceled, shipped or shipped_short.
    """

    ref: str
    order_ref: str
    state: str
    raw: Raw = field(default_factory=dict)
    boxes: tuple[Box, ...] = ()
    left: tuple[Packed, ...] = ()
    shipped_at: datetime | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StockRow:
    """What may still be sold of a SKU: at one location, and at all of the store's together."""

    sku: str
    location: str
    quantity: int
    total: int
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a call. `changed` is new to the caller; `gone` had left before it asked.

    `watermark` is to be sent with the next poll; with `more`, the next page waits already.
    """

    outcome: Outcome
    said: tuple[Said, ...] = ()
    changed: tuple[Shown, ...] = ()
    gone: tuple[Shown, ...] = ()
    stock: tuple[StockRow, ...] = ()
    watermark: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it goes out."""

    status: int
    body: str
    content_type: str = "application/json;charset=utf-8"


class NotUnderstood(PlatformError):
    """A call that cannot be read; `reply` tells the caller so."""

    def __init__(self, message: str, reply: Reply) -> None:
        super().__init__(message)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Desk:
    """How a platform's calls are read and answered. All of it is pure.

    `paths` are the services, each a path below our address. `token_in` returns what a call brings
    as proof, `stores_in` whose call it says to be; the option `open_by` lets a store ask without
    a token, and `named_by` is what it is called there. `read` raises NotUnderstood. `fail` answers
    a call that ended in an accident, `refuse` one that is not looked at. `masked` returns a
    message without secrets. `page` answers a GET.
    """

    paths: Mapping[str, Operation]
    token_in: Callable[[Inbound], str]
    stores_in: Callable[[Inbound], tuple[str, ...]]
    read: Callable[[str, Inbound, Mapping[str, Any]], Asked]
    write: Callable[[Asked, Answered, Mapping[str, Any]], Reply]
    fail: Callable[[Inbound, str], Reply]
    refuse: Callable[[int, str], Reply]
    masked: Callable[[Inbound], bytes]
    page: Callable[[str], Reply | None]
    token: str
    open_by: str
    named_by: str
    kept_headers: frozenset[str] = frozenset()
