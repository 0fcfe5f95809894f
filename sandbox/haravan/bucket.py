"""The leaky bucket of calls: it fills by one a call, and drains at its own pace."""

import time

from sandbox.haravan import errors
from sandbox.haravan.store import Store


def pour(store: Store, instant: float | None = None) -> None:
    """Let one call through, or raise a refusal that names the seconds to wait."""
    size, drains = store.settings.bucket_size, store.settings.drains
    instant = time.monotonic() if instant is None else instant
    store.level = max(0.0, store.level - (instant - store.looked_at) * drains)
    store.looked_at = instant
    if not size:
        return
    if store.level + 1 > size:
        raise errors.throttled("2.0")
    store.level += 1


def shown(store: Store) -> str:
    """The header that every answer carries."""
    size = store.settings.bucket_size or 80
    return f"{min(size, int(store.level + 0.999))}/{size}"
