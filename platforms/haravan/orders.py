"""Translates what a shopper's order says beyond what is shipped; no network here."""

from typing import Any

from platforms.errors import Malformed
from platforms.records import OrderRecord
from platforms.values import describe, read_id, read_text


def read_order(raw: Any) -> OrderRecord:
    """Return e-mail and tags of an order; raises Malformed. Nothing says that one is a test."""
    if not isinstance(raw, dict) or not read_id(raw.get("id")):
        raise Malformed(f"Expected an order with an id, got {describe(raw)}.")
    customer = raw.get("customer")
    known = customer.get("email") if isinstance(customer, dict) else None
    emails = (
        read_text(each).strip() for each in (raw.get("email"), raw.get("contact_email"), known)
    )
    return OrderRecord(
        ref=read_id(raw.get("id")),
        email=next((each for each in emails if each), ""),
        is_test=None,
        tags=_read_tags(raw.get("tags")),
        metadata=raw.get("note_attributes"),
    )


def _read_tags(value: Any) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else read_text(value).split(",")
    return tuple(dict.fromkeys(text for each in texts if (text := read_text(each).strip())))
