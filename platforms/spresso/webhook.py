"""Proves and reads what Spresso sends: the order itself, once to ship it and once to stop."""

import hashlib
import hmac
from base64 import b64encode
from functools import partial
from typing import Any, NamedTuple

from platforms.accounts import is_account
from platforms.errors import BadSignature, Malformed
from platforms.interface import Endpoint, Inbound, Notice, Sender
from platforms.jsontext import read_object
from platforms.records import Told
from platforms.spresso.wire import CANCELLED, read_fulfillments, read_order_number, read_ref
from platforms.values import read_text

SIGNATURE_HEADER = "x-spresso-hmac-sha256"
# Contract spresso, section 4.2: there are no other events.
ORDER_FULFILLABLE = "order_fulfillable"
ORDER_CANCELLED = "order_cancelled"
EVENTS = frozenset({ORDER_FULFILLABLE, ORDER_CANCELLED})
# The topic of a message that says it is something else than its address does.
CONTRADICTION = "contradiction"

HOST = "https://api.spresso.com/"
_NAMED = ("event", "type", "topic")
_WRAPPED = ("order", "data", "payload")


class Message(NamedTuple):
    """The order that a message holds; `topic` is the event, or that it contradicts itself."""

    order: dict[str, Any]
    topic: str


def base_url(account: str) -> str:
    """Return the address that all connections share; `account` is our own name for one of them.

    Raises ValueError, in words, for what is no such name. Contract spresso, section 3, Hosts: the
    host is a guess, and a store's API address may be another.
    """
    if not is_account(account.strip().lower()):
        raise ValueError(
            f"{account!r} cannot name a connection to Spresso. Choose a short name of letters, "
            "digits and hyphens, such as harbor-goods."
        )
    return HOST


def authenticate(inbound: Inbound, sender: Sender) -> str:
    """Verify the signature: Base64 of HMAC-SHA256 over the bytes as they came.

    The secret is the one that Spresso issued, or the one before it. Raises BadSignature. Nothing
    in it prevents a replay. Contract spresso, section 4.4.
    """
    if not sender.secrets:
        raise BadSignature("No secret is known for this store's messages.")
    signature = inbound.headers.get(SIGNATURE_HEADER, "").encode("utf-8", "replace")
    fits = [hmac.compare_digest(signature, _sign(inbound.body, each)) for each in sender.secrets]
    if not any(fits):
        why = "The signature does not fit the message" if signature else "The message is not signed"
        raise BadSignature(f"{why}.")
    return ""


def read(event: str, inbound: Inbound) -> Notice:
    """Return what a message at the address of `event` is about. Raises Malformed for no object.

    There is no number of a message: the same bytes about the same order are the same message. One
    that names another event is kept, and nothing reads it. Contract spresso, sections 4.3 and 4.5.
    """
    message = _open(event, inbound)
    order_ref = read_ref(message.order.get("id"))
    remark = "" if order_ref else "The message does not say which order it is about."
    if message.topic == CONTRADICTION:
        remark = f"It came to the address of {event}, but says that it is another event."
    digest = hashlib.sha256(inbound.body).hexdigest()
    return Notice(
        message.topic,
        dedupe_key=f"{message.topic}:{order_ref}:{digest}",
        remark=remark,
        order_ref=order_ref,
    )


def tell(event: str, inbound: Inbound) -> tuple[Told, ...]:
    """Return what a message says of its order: what to ship, or what not to; raises Malformed.

    Nothing for one that contradicts its address.
    """
    message = _open(event, inbound)
    if message.topic == CONTRADICTION:
        return ()
    order_ref, number = read_ref(message.order.get("id")), read_order_number(message.order)
    if event == ORDER_FULFILLABLE:
        records = read_fulfillments(message.order)
        return (Told(order_ref, records=records, order_name=number),)
    if not order_ref and not number:
        raise Malformed("The cancellation does not say which order it is about.")
    refs, remark = _cancelled(message.order)
    return (Told(order_ref, cancels=True, cancelled_refs=refs, remark=remark, order_name=number),)


def _cancelled(order: dict[str, Any]) -> tuple[tuple[str, ...], str]:
    """Return the fulfillments that are cancelled, none for all of them, and what is odd about it.

    Contract spresso, section 10.3: all, unless the order goes on and some of them are marked.
    """
    listed = order.get("fulfillments")
    if order.get("status") == CANCELLED or not listed:
        return (), ""
    entries = (
        [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    )
    refs = [read_ref(each.get("id")) for each in entries if each.get("status") == CANCELLED]
    if refs and all(refs):
        return tuple(dict.fromkeys(refs)), ""
    return (), (
        f"Spresso announced a cancellation, but the order is “{read_text(order.get('status'))}” "
        "and names no fulfillment that is. All of them count as cancelled: ask the merchant."
    )


def _open(event: str, inbound: Inbound) -> Message:
    """Return the order in a message, taken out of an envelope where it has one; see section 4.3."""
    try:
        body = read_object(inbound.body)
    except ValueError as error:
        raise Malformed(f"The message cannot be read: {error}") from None
    named = {body[name] for name in _NAMED if isinstance(body.get(name), str)} & EVENTS
    wrapped = [body[name] for name in _WRAPPED if isinstance(body.get(name), dict)]
    order = wrapped[0] if named and wrapped else body
    # Also where it is not wrapped: an order that was stopped must not be shipped by mistake.
    return Message(order, CONTRADICTION if named - {event} else event)


def _sign(body: bytes, secret: str) -> bytes:
    return b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())


def _endpoint(event: str) -> Endpoint:
    return Endpoint(
        authenticate,
        partial(read, event),
        frozenset({"content-type"}),
        tells=partial(tell, event),
    )


FULFILLABLE = _endpoint(ORDER_FULFILLABLE)
CANCELLATION = _endpoint(ORDER_CANCELLED)
