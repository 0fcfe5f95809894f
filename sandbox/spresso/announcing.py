"""Signed messages to the addresses that were registered, one for each event."""

import base64
import hashlib
import hmac
import json

from sandbox.courier import Post
from sandbox.spresso.account import Account, Notice

OVERTAKING = 0.3
"""Seconds by which a reordered message is late, long enough for the next one to pass it."""


def posts(account: Account) -> list[Post]:
    """Empty the organization's notices into posts."""
    notices, account.notices = account.notices, []
    return [post for notice in notices for post in _posts(account, notice)]


def sign(secret: str, text: str) -> str:
    """Base64 of HMAC-SHA256 over the bytes that are sent."""
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _posts(account: Account, notice: Notice) -> list[Post]:
    settings = account.settings
    if settings.webhooks == "never":
        return []
    account.sent += 1
    late = settings.webhooks == "reordered" and account.sent % 2 == 1
    text = _text(account, notice)
    headers = {
        "Content-Type": "application/json",
        "X-Spresso-Hmac-SHA256": sign(notice.secret or account.webhook_secret, text),
    }
    times = settings.times if settings.webhooks == "duplicate" else 1
    return [
        Post(
            account.place,
            notice.event,
            url,
            text,
            headers,
            OVERTAKING if late else 0.0,
            tuple(settings.webhook_retries),
        )
        for url in account.urls[notice.at or notice.event]
        for _ in range(times)
    ]


def _text(account: Account, notice: Notice) -> str:
    enveloped = account.settings.enveloped if notice.enveloped is None else notice.enveloped
    body = {"event": notice.event, "order": notice.body} if enveloped else notice.body
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)
