"""Opens a client for a store: at the store's pace, every exchange recorded."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from locations.models import Store
from platforms.http import Exchange as Sent
from platforms.http import Transport
from platforms.interface import Client
from relay import correlation, pacing
from relay.models import Attempt, Exchange

log = logging.getLogger(__name__)


@contextmanager
def client_for(store: Store, purpose: str) -> Iterator[Client]:
    """Yield a client for the store. `purpose` says in the records why it was asked."""
    transport = Transport(
        store.base_url,
        pace=partial(pacing.wait_for_turn, store),
        record=partial(record, store, purpose, None),
        correlate=correlation.given,
    )
    try:
        yield store.platform.connect(store.credentials, transport, store.filled_options)
    finally:
        transport.close()


def record(store: Store, purpose: str, attempt: Attempt | None, sent: Sent) -> None:
    """Keep one exchange at once, so that it is known even if we die before acting on it."""
    with correlation.using(sent.correlation_id, store.pk):
        log.info(
            "%s: %s %s → %s in %.3f s",
            *(purpose, sent.method, sent.url, sent.status or sent.error, sent.seconds),
            extra={"status": sent.status, "seconds": round(sent.seconds, 3)},
        )
    Exchange.objects.create(
        store=store,
        attempt=attempt,
        purpose=purpose,
        about=store.platform.order_in(sent.url)[:64],
        seconds=sent.seconds,
        method=sent.method,
        url=sent.url,
        request_body=sent.body,
        status=sent.status,
        answer=sent.answer.replace("\x00", ""),
        error=sent.error,
        correlation_id=sent.correlation_id,
    )
