"""Translates 29 Next's orders and shipping methods into neutral records; no network here."""

from typing import Any

from platforms.errors import Malformed
from platforms.records import OrderRecord, ShippingMethodRecord
from platforms.values import describe, read_flag, read_text


def read_order(raw: Any) -> OrderRecord:
    """Return what an order says beyond its fulfillment orders; raises Malformed.

    Contract next29, section 9.7.
    """
    if not isinstance(raw, dict) or not read_text(raw.get("number")).strip():
        raise Malformed(f"Expected an order with a number, got {describe(raw)}.")
    user, tags = raw.get("user"), raw.get("tags")
    texts = [read_text(tag) for tag in tags] if isinstance(tags, list) else [read_text(tags)]
    return OrderRecord(
        ref=read_text(raw.get("number")),
        email=read_text(user.get("email")).strip() if isinstance(user, dict) else "",
        is_test=read_flag(raw.get("is_test")),
        tags=tuple(text for text in texts if text),
        metadata=raw.get("metadata"),
    )


def read_shipping_method(raw: Any) -> ShippingMethodRecord | None:
    """Return a shipping method; None for one without a code, which no order can name.

    Contract next29, section 9.6.
    """
    code = read_text(raw.get("code")) if isinstance(raw, dict) else ""
    return ShippingMethodRecord(code, read_text(raw.get("name"))) if code.strip() else None
