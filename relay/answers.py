"""Does what a call asks for, and keeps the call with its answer: both, or neither.

What if it runs twice? A call that was done is answered again, word for word, and does nothing.
What if it dies halfway? Nothing is kept, and the hub sends it again. Two equal calls at once? One
works, the other waits for it; one that has waited too long is to be sent again.
"""

import hashlib
import logging
import secrets
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg import errors

from locations.models import Store
from platforms.desk import POLLS, Answered, Asked, Desk, Outcome, Reply
from platforms.inbound import Inbound
from relay import correlation, tallies
from relay.models import InboundMessage, MessageState
from relay.routes import answerer

log = logging.getLogger(__name__)

ENDPOINT = "desk"
REMEMBERED = timedelta(days=30)
SUCCESSES = (200, 206)
KEPT_OF_POLL = 20_000
TRIES = 3
# Whoever waits longer is to ask again; the platform expects an answer within ten seconds.
PATIENCE = "SET LOCAL lock_timeout = '8s'"
# The first number says what the lock is about, the second whose turn it is.
TAKE_TURN = "SELECT pg_advisory_xact_lock(hashtext('relay.answers'), %s)"


def answer(store: Store, desk: Desk, asked: Asked, inbound: Inbound) -> Reply:
    """Return the answer to a call. What it changes, and the record of it, are committed then."""
    for _ in range(1, TRIES):
        try:
            return _answer(store, desk, asked, inbound)
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.DeadlockDetected):
                raise
            log.warning("deadlock in a call of store %s", store.pk)
    return _answer(store, desk, asked, inbound)


@transaction.atomic
def _answer(store: Store, desk: Desk, asked: Asked, inbound: Inbound) -> Reply:
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        if asked.operation not in POLLS:
            cursor.execute(TAKE_TURN, [store.pk])
    key = _key(asked, inbound)
    if known := _remembered(store, asked, key):
        return known
    answered = answerer(store.platform_key, asked.operation)(store, asked)
    reply = desk.write(asked, answered, store.filled_options)
    if _is_news(asked, answered):
        _keep(store, desk, asked, inbound, reply, key=key, answered=answered)
    return reply


def note_accident(
    store: Store, desk: Desk, asked: Asked, inbound: Inbound, reply: Reply, error: Exception
) -> None:
    """Keep a call that ended in an accident, for people to see. What cannot be kept is let go."""
    try:
        with transaction.atomic():
            reason = f"{type(error).__name__}: {error}"
            _keep(store, desk, asked, inbound, reply, reason=reason)
    except Exception:
        log.exception("the accident of store %s could not be kept", store.pk)


def _key(asked: Asked, inbound: Inbound) -> str:
    """Return what tells a repeat: the same id at the same path, with the same body."""
    body = hashlib.sha256(inbound.body).hexdigest()
    return hashlib.sha256(f"{asked.path}\n{asked.correlation_id}\n{body}".encode()).hexdigest()


def _remembered(store: Store, asked: Asked, key: str) -> Reply | None:
    """Return what was answered to the same call, unless it is too long ago. Polls ask anew."""
    if asked.operation in POLLS:
        return None
    known = store.messages.filter(dedupe_key=key).first()
    if known is None:
        return None
    if known.received_at > timezone.now() - REMEMBERED:
        log.info("a call of store %s came again; it was answered as before", store.pk)
        return Reply(known.answer_status or 200, known.answer)
    # Its place is free for the call that comes now.
    InboundMessage.objects.filter(pk=known.pk).update(dedupe_key=f"{key}:{known.pk}")
    return None


def _is_news(asked: Asked, answered: Answered) -> bool:
    """Tell whether a call is worth keeping. That somebody asked in vain stands elsewhere."""
    return asked.operation not in POLLS or answered.outcome != Outcome.NOOP


def _keep(
    store: Store,
    desk: Desk,
    asked: Asked,
    inbound: Inbound,
    reply: Reply,
    *,
    key: str = "",
    answered: Answered | None = None,
    reason: str = "",
) -> None:
    poll, now = asked.operation in POLLS, timezone.now()
    once = answered is not None and reply.status in SUCCESSES and not poll
    # A no is an answer as well; what nobody answered is for a person to look at.
    state = MessageState.DONE if answered else MessageState.FAILED
    InboundMessage.objects.create(
        store=store,
        endpoint=ENDPOINT,
        topic=asked.path,
        # Only what was done is done once; all else may come again.
        dedupe_key=key if once else secrets.token_hex(16),
        headers={k: v for k, v in inbound.headers.items() if k in desk.kept_headers},
        body=desk.masked(inbound),
        remark=asked.correlation_id.replace("\x00", "")[:200],
        state=state,
        reason=reason or (_words(answered) if answered else ""),
        received_at=now,
        worked_at=now,
        answer_status=reply.status,
        answer=reply.body[:KEPT_OF_POLL] if poll else reply.body,
        correlation_id=correlation.given(),
    )
    kind = f"{store.platform_key}:{asked.operation}"
    tallies.add(tallies.MESSAGES, kind, state)


def _words(answered: Answered) -> str:
    return " ".join(f"{each.subject}: {each.text}" for each in answered.said)
