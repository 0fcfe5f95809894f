"""What a store tells the outside: a doorbell without an order id, and signed webhooks."""

import hashlib
import hmac
import json
import threading
import uuid

from sandbox.courier import Post
from sandbox.next29 import order_wire, wire
from sandbox.next29.state import Fulfillment, Json, Location, Order, Webhook
from sandbox.next29.store import Notice, Store
from sandbox.next29.words import API_VERSION

SUFFIX = "/fulfillment-order-notification/"
OVERTAKING = 0.3
"""Seconds by which a reordered callback is late, long enough for the next one to pass it."""
GONE = 410


def posts(store: Store, lock: threading.RLock) -> list[Post]:
    """Empty the store's notices into posts; equal notices of one act are grouped into one."""
    notices = list(dict.fromkeys((notice.kind, id(notice.subject)) for notice in store.notices))
    by_key = {(notice.kind, id(notice.subject)): notice for notice in store.notices}
    store.notices.clear()
    return [post for key in notices for post in _posts(store, by_key[key], lock)]


def _posts(store: Store, notice: Notice, lock: threading.RLock) -> list[Post]:
    if isinstance(notice.subject, Location):
        return _doorbell(store, notice.subject, notice.kind)
    return [
        _webhook(store, hook, notice, lock)
        for hook in store.webhooks.values()
        if hook.active and notice.kind in hook.events
    ]


def _doorbell(store: Store, place: Location, kind: str) -> list[Post]:
    """Unsigned, never retried, and it does not say which order it is about."""
    settings = store.settings.callbacks
    if not place.callback_url or settings.mode == "never":
        return []
    store.doorbells_rung += 1
    late = settings.mode == "reordered" and store.doorbells_rung % 2 == 1
    post = Post(
        store.place,
        kind,
        _doorbell_url(place.callback_url, settings.mode),
        json.dumps({"type": kind}),
        {"Content-Type": "application/json", "X-29Next-Store": store.subdomain},
        settings.delay + (OVERTAKING if late else 0),
    )
    return [post] * (settings.times if settings.mode == "duplicate" else 1)


def _doorbell_url(base: str, mode: str) -> str:
    return base + "/" + SUFFIX if mode == "double_slash" else base + SUFFIX


def _webhook(store: Store, hook: Webhook, notice: Notice, lock: threading.RLock) -> Post:
    text = _text(envelope(store, hook, notice), compact=store.settings.compact_webhooks)
    headers = {"Content-Type": "application/json"}
    if hook.secret_key:
        headers["X-29Next-Signature"] = sign(hook.secret_key, text)

    def answered(status: int | None) -> bool:
        with lock:
            return _note_answer(hook, status)

    retries = tuple(store.settings.webhook_retries)
    return Post(
        store.place, notice.kind, hook.target, text, headers, retries=retries, answered=answered
    )


def _note_answer(hook: Webhook, status: int | None) -> bool:
    """Only 200 is success; 410 switches the webhook off for good."""
    if status == GONE:
        hook.active = False
    if status != 200:
        hook.warning_count += 1
    return status == 200 or not hook.active


def _text(payload: Json, *, compact: bool) -> str:
    if compact:
        return json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(payload)


def sign(secret_key: str, text: str) -> str:
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def envelope(store: Store, hook: Webhook, notice: Notice) -> Json:
    """The event id stays the same across retries because the text is made once."""
    return {
        "api_version": hook.api_version or API_VERSION,
        "data": _subject(store, notice),
        "event_id": str(uuid.uuid4()),
        "event_type": notice.kind,
        "object": notice.kind.partition(".")[0],
        "webhook": {
            "id": hook.id,
            "store": store.subdomain,
            "events": hook.events,
            "target": hook.target,
        },
    }


def _subject(store: Store, notice: Notice) -> Json:
    match notice.subject:
        case Order():
            return order_wire.order(store, notice.subject)
        case Fulfillment():
            return wire.fulfillment(notice.subject, store.settings)
        case _:
            return order_wire.app(store)
