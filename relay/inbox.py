"""Keeps messages before they are acknowledged, and has them read afterwards."""

import hashlib
import logging
import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone

from platforms.errors import Refusal
from platforms.interface import Endpoint, Inbound, Notice
from relay import correlation, engine, tallies
from relay.models import InboundMessage, MessageState
from relay.routes import known_topic, reader

log = logging.getLogger(__name__)

MAX_KEY = 200
ONCE = "message_once"
ANSWERED = "It was answered when it came. Whoever sent it sends it again if need be."


def keep(
    store_id: int,
    endpoint_name: str,
    endpoint: Endpoint,
    inbound: Inbound,
    notice: Notice,
    remark: str,
) -> bool:
    """Store a proven message, once per dedupe key, and have it read. Tell whether it is new.

    One statement, which is its own transaction: the store waits for the answer. Must not run in
    a transaction, which a second copy of a message would break. If we die before the reader is
    woken, the sweep wakes it.
    """
    try:
        InboundMessage.objects.create(
            store_id=store_id,
            endpoint=endpoint_name,
            topic=notice.topic.replace("\x00", "")[:100],
            dedupe_key=_fitting(notice.dedupe_key) or secrets.token_hex(16),
            headers={k: v for k, v in inbound.headers.items() if k in endpoint.kept_headers},
            body=inbound.body,
            remark=remark or notice.remark,
            correlation_id=correlation.given(),
        )
    except IntegrityError as error:
        if ONCE not in str(error):
            raise
        return False
    engine.wake_reader(store_id)
    return True


def _fitting(key: str) -> str:
    """Return a key that fits its column and still tells messages apart."""
    if len(key) <= MAX_KEY and key.isprintable():
        return key
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def read_received(store_id: int) -> None:
    """Read the store's received messages in the order of their arrival.

    A message that cannot be read stays, with the reason, and the next one is read all the same.
    """
    received = InboundMessage.objects.filter(store_id=store_id, state=MessageState.RECEIVED)
    for message_id, given in list(received.order_by("id").values_list("pk", "correlation_id")):
        with correlation.using(given, store_id):
            _read(message_id)


def _read(message_id: int) -> None:
    try:
        with transaction.atomic():
            message = InboundMessage.objects.select_for_update(of=("self",)).get(pk=message_id)
            if message.state != MessageState.RECEIVED:
                return
            reader(message.store.platform_key, message.topic)(message)
            _close(message, MessageState.DONE, "")
    except Exception as error:
        # The outermost loop of the worker: one bad message must not stop the others.
        log.exception("message %s could not be read", message_id)
        failed = InboundMessage.objects.select_related("store").get(pk=message_id)
        _close(failed, MessageState.FAILED, f"{type(error).__name__}: {error}")


@transaction.atomic
def _close(message: InboundMessage, state: MessageState, reason: str) -> None:
    message.state = state
    message.reason = reason
    message.worked_at = timezone.now()
    message.save(update_fields=["state", "reason", "worked_at"])
    tallies.add(tallies.MESSAGES, known_topic(message.store.platform_key, message.topic), state)


def why_not_again(message: InboundMessage) -> str:
    """Return why a message cannot be read once more, in words; empty when it can."""
    if message.state == MessageState.RECEIVED:
        return "It waits to be read."
    return ANSWERED if message.answer_status else ""


@transaction.atomic
def replay(message_id: int) -> InboundMessage:
    """Have a message read once more. Raises Refusal while it waits to be read."""
    message = InboundMessage.objects.select_for_update(of=("self",)).get(pk=message_id)
    if message.state == MessageState.RECEIVED:
        raise Refusal("This message is waiting to be read already.")
    if reason := why_not_again(message):
        raise Refusal(reason)
    message.state = MessageState.RECEIVED
    message.save(update_fields=["state"])
    engine.wake_reader(message.store_id)
    return message
