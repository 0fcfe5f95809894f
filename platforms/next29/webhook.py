"""Proves and reads what a 29 Next store sends: the callback (a doorbell) and signed webhooks."""

import hashlib
import hmac
import json

from platforms.accounts import is_account
from platforms.errors import BadSignature, Malformed, UnknownSender
from platforms.interface import Endpoint, Inbound, Notice, Sender
from platforms.jsontext import read_object
from platforms.values import read_text

STORE_HEADER = "x-29next-store"
SIGNATURE_HEADER = "x-29next-signature"
STORE_DOMAIN = ".29next.store"

FULFILLMENT_REQUESTED = "fulfillment_requested"
CANCELLATION_REQUESTED = "cancellation_requested"
UNKNOWN_CALLBACK = "unknown"

# Contract next29, section 14: what happens to orders behind our back; and, for apps, our end.
EVENTS = ("fulfillment.created", "fulfillment.updated", "order.updated")
APP_EVENTS = ("app.uninstalled",)


def base_url(account: str) -> str:
    """Return the API address of `acme-outdoors` or `acme-outdoors.29next.store`.

    Raises ValueError, in words, for what cannot be a store. Contract next29, sections 2 and 3.1.
    """
    name = normal_account(account)
    if not is_account(name):
        raise ValueError(
            f"{account!r} is not a 29 Next store. Write its subdomain, such as acme-outdoors or "
            "acme-outdoors.29next.store."
        )
    return f"https://{name}{STORE_DOMAIN}/api/admin/"


def normal_account(account: str) -> str:
    """Return the subdomain that both spellings of a store's name share. Contract, section 8."""
    return account.strip().lower().removesuffix(STORE_DOMAIN)


def authenticate_callback(inbound: Inbound, sender: Sender) -> str:
    """Compare the store a callback names, if it names one, with the owner of the address.

    Nothing is signed: the unguessable address is the proof. Raises UnknownSender; returns a
    remark where no store is named. Contract next29, section 8.
    """
    named = inbound.headers.get(STORE_HEADER, "")
    if not named.strip():
        return "The callback does not name its store."
    if normal_account(named) != normal_account(sender.account):
        raise UnknownSender(f"The callback names the store {named[:80]!r}, not this one.")
    return ""


def read_callback(inbound: Inbound) -> Notice:
    """Return what a callback announces; a type we do not know is the topic `unknown`.

    Whoever reads `unknown` should pull both queues. Raises Malformed for what is not a JSON
    object. Contract next29, section 8.
    """
    kind = _read_body(inbound).get("type")
    if kind in (FULFILLMENT_REQUESTED, CANCELLATION_REQUESTED):
        return Notice(str(kind))
    return Notice(UNKNOWN_CALLBACK, remark=f"Unknown type of callback: {read_text(kind)[:80]!r}.")


def authenticate_webhook(inbound: Inbound, sender: Sender) -> str:
    """Verify the signature, over the bytes as they came or else as Python writes their JSON.

    Raises BadSignature, and UnknownSender when a proven message is about another store. Returns
    a remark when only the second form of the signature fits. Contract next29, section 14.
    """
    if not sender.secret:
        raise BadSignature("No secret is known for this store's webhooks.")
    signature = inbound.headers.get(SIGNATURE_HEADER, "").strip()
    if not signature:
        raise BadSignature("The message is not signed.")
    remark = ""
    if not _signs(signature, inbound.body, sender.secret):
        if not _signs(signature, _rewritten(inbound.body), sender.secret):
            raise BadSignature("The signature does not fit the message.")
        remark = "The signature fits the message as Python writes it, not its bytes."
    _check_store(inbound, sender)
    return remark


def read_webhook_notice(inbound: Inbound) -> Notice:
    """Return the event, its id, which is the same for each delivery, and the order it is about.

    Raises Malformed. Contract next29, section 14.
    """
    envelope = _read_body(inbound)
    event = read_text(envelope.get("event_type"))
    if not event:
        raise Malformed("The message names no event_type.")
    return Notice(
        event,
        dedupe_key=read_text(envelope.get("event_id")),
        order_ref=_order_number(envelope.get("data")),
    )


def _order_number(subject: object) -> str:
    """Return the number of the order that an event's object is, or belongs to."""
    if not isinstance(subject, dict):
        return ""
    return read_text(subject.get("order_number") or subject.get("number"))


def _check_store(inbound: Inbound, sender: Sender) -> None:
    try:
        webhook = _read_body(inbound).get("webhook")
    except Malformed:
        return  # A body that cannot be read is for `read` to refuse.
    named = read_text(webhook.get("store")) if isinstance(webhook, dict) else ""
    if named and normal_account(named) != normal_account(sender.account):
        raise UnknownSender(f"The message is about the store {named[:80]!r}, not this one.")


def _signs(signature: str, body: bytes, secret: str) -> bool:
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode())


def _rewritten(body: bytes) -> bytes:
    try:
        return json.dumps(json.loads(body)).encode()
    except (ValueError, RecursionError):
        return body


def _read_body(inbound: Inbound) -> dict[str, object]:
    try:
        return read_object(inbound.body)
    except ValueError as error:
        raise Malformed(f"The message cannot be read: {error}") from None


CALLBACK = Endpoint(authenticate_callback, read_callback, frozenset({STORE_HEADER, "content-type"}))
WEBHOOK = Endpoint(
    authenticate_webhook,
    read_webhook_notice,
    frozenset({"content-type"}),
    # A webhook that is not answered with 200 is switched off in the end. Contract, section 14.
    unknown_sender_status=200,
)
