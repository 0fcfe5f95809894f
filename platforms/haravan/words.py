"""Haravan's words, of both dialects and in Vietnamese, and what we read them as."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from platforms.records import TrackingStatus
from platforms.values import read_text

MANUAL = "manual"


class Done(StrEnum):
    """How much of a line, or of an order, is fulfilled."""

    UNFULFILLED = "unfulfilled"
    PARTIAL = "partial"
    FULFILLED = "fulfilled"
    RESTOCKED = "restocked"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """Where a fulfillment stands."""

    PENDING = "pending"
    OPEN = "open"
    SUCCESS = "success"
    CANCELLED = "cancelled"
    ERROR = "error"
    FAILURE = "failure"
    UNKNOWN = "unknown"


class Payment(StrEnum):
    """How much of an order is paid."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    UNKNOWN = "unknown"


# Contract haravan, section 3. Every enumeration is open: what is not here reads as unknown.
DONE: Mapping[str, Done] = {
    "": Done.UNFULFILLED,
    "notfulfilled": Done.UNFULFILLED,
    "chưa hoàn thành": Done.UNFULFILLED,
    "partial": Done.PARTIAL,
    "fulfilled": Done.FULFILLED,
    "đã hoàn thành": Done.FULFILLED,
    "restock": Done.RESTOCKED,
    "restocked": Done.RESTOCKED,
    "nhập kho": Done.RESTOCKED,
}
# Contract haravan, section 9: compared without regard to case. A carrier whom the merchant did
# not book through the store stays at `pending` for ever.
CARRIER_WORDS: Mapping[str, TrackingStatus] = {
    "pending": TrackingStatus.LABEL_CREATED,
    "readytopick": TrackingStatus.LABEL_CREATED,
    "picking": TrackingStatus.LABEL_CREATED,
    "delivering": TrackingStatus.IN_TRANSIT,
    "delivered": TrackingStatus.DELIVERED,
    "notmeetcustomer": TrackingStatus.ATTEMPT_FAILED,
    "notdelivered": TrackingStatus.ATTEMPT_FAILED,
    "waitingforreturn": TrackingStatus.RETURNING,
    "return": TrackingStatus.RETURNING,
    "cancel": TrackingStatus.CANCELLED,
}
# Contract haravan, section 11: the status of a transaction is often null.
SUCCEEDED = frozenset({"", "success", "thành công"})
_MANUAL_WORDS = frozenset({"", MANUAL, "thủ công"})
_PAYMENTS = {each.value.replace("_", ""): each for each in Payment if each is not Payment.UNKNOWN}
_STANDINGS = {each.value: each for each in Standing if each is not Standing.UNKNOWN}


def read_word(value: Any) -> str:
    """Return a word as it is compared."""
    return read_text(value).strip().lower()


def read_done(value: Any) -> Done:
    """Return how much is fulfilled, by the label: a number says it better where there is one."""
    return DONE.get(read_word(value), Done.UNKNOWN)


def read_standing(value: Any) -> Standing:
    """Return where a fulfillment stands. Contract haravan, section 4."""
    return _STANDINGS.get(read_word(value), Standing.UNKNOWN)


def read_payment(value: Any) -> Payment:
    """Return how an order is paid; the words come with and without underscore."""
    return _PAYMENTS.get(read_word(value).replace("_", ""), Payment.UNKNOWN)


def read_service(value: Any) -> str:
    """Return who ships a line; `manual` for each of the ways to say that it is nobody special."""
    return MANUAL if read_word(value) in _MANUAL_WORDS else read_text(value).strip()


def read_carrier_word(value: Any) -> TrackingStatus | None:
    """Return where a parcel is; None where the store says nothing of it."""
    word = read_word(value)
    return CARRIER_WORDS.get(word, TrackingStatus.UNKNOWN) if word else None
