"""What a shop tells the outside: signed webhooks whose body is the resource itself."""

import base64
import hashlib
import hmac
import json
import threading

from sandbox.courier import Post
from sandbox.haravan.state import Json
from sandbox.haravan.store import Hook, Notice, Store
from sandbox.haravan.wire import Writer

OVERTAKING = 0.3
"""Seconds by which a reordered webhook is late, long enough for the next one to pass it."""


def posts(store: Store, lock: threading.RLock) -> list[Post]:
    """Empty the shop's notices into posts; equal notices of one act are one."""
    notices = list(dict.fromkeys((each.topic, id(each.order)) for each in store.notices))
    by_key = {(each.topic, id(each.order)): each for each in store.notices}
    store.notices.clear()
    return [
        post
        for key in notices
        for hook in store.hooks
        if hook.on and by_key[key].topic in hook.topics
        for post in _posts(store, hook, by_key[key], lock)
    ]


def _posts(store: Store, hook: Hook, notice: Notice, lock: threading.RLock) -> list[Post]:
    mode = store.settings.webhook_mode
    if mode == "never":
        return []
    store.sent += 1
    late = mode == "reordered" and store.sent % 2 == 1
    post = message(store, hook, notice.topic, _body(store, notice), lock, late=late)
    return [post] * (store.settings.webhook_times if mode == "duplicate" else 1)


def message(
    store: Store, hook: Hook, topic: str, body: Json, lock: threading.RLock, *, late: bool = False
) -> Post:
    """One signed message; its text is made once, so that each attempt sends the same."""
    text = json.dumps(body, ensure_ascii=False)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Haravan-Topic": topic,
        "X-Haravan-Org-Id": str(store.org_id),
        "X-Haravan-Hmacsha256": sign(hook.secret, text),
        **({"X-Haravan-Order-Id": str(body["id"])} if _is_an_order(topic, body) else {}),
        **({"X-Haravan-Test": "True"} if body == {"test": True} else {}),
    }

    def answered(status: int | None) -> bool:
        with lock:
            return _note(store, hook, status)

    return Post(
        store.place,
        topic,
        hook.target,
        text,
        headers,
        OVERTAKING if late else 0.0,
        tuple(store.settings.webhook_retries),
        answered,
    )


def _is_an_order(topic: str, body: Json) -> bool:
    return topic.startswith("orders/") and "id" in body


def sign(secret: str, text: str) -> str:
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _body(store: Store, notice: Notice) -> Json:
    if notice.order is None:
        return {"org_id": store.org_id}
    if notice.topic == "refunds/create":
        last = notice.order.refunds[-1]
        return {**last, "order_id": notice.order.id}
    return Writer(store).order(notice.order)


def _note(store: Store, hook: Hook, status: int | None) -> bool:
    """Only 200 is success; after too many failures in a row the subscription is deleted."""
    hook.failures = 0 if status == 200 else hook.failures + 1
    if hook.failures >= store.settings.failures_allowed and hook in store.hooks:
        store.hooks.remove(hook)
    return status == 200 or hook not in store.hooks
