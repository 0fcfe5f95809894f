"""Queues what a store must be told, in the transaction of the change that it tells of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from locations.models import Store
from platforms.errors import Refusal
from relay import correlation, engine
from relay.models import DUE_STATES, STUCK_STATES, CallState, OutboundCall, Priority
from relay.routes import deliveries


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to tell: `key` is the business fact, `lane` what must be told in order."""

    store: Store
    key: str
    verb: str
    subject: str
    subject_id: int
    lane: str
    priority: Priority
    payload: Mapping[str, Any] = field(default_factory=dict)
    by: User | None = None


def push(tellings: Sequence[Telling]) -> None:
    """Queue each telling once; one that is queued already is left as it is.

    Must run inside the transaction of the business change: both happen or neither.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("push() belongs into the transaction of the change it tells of.")
    given = correlation.given()
    OutboundCall.objects.bulk_create(
        [_call(telling, given) for telling in tellings],
        ignore_conflicts=True,
    )
    for store_id in {telling.store.pk for telling in tellings}:
        engine.wake_courier(store_id)


def _call(telling: Telling, correlation_id: str) -> OutboundCall:
    return OutboundCall(
        store=telling.store,
        key=telling.key,
        verb=telling.verb,
        subject=telling.subject,
        subject_id=telling.subject_id,
        lane=telling.lane,
        priority=telling.priority,
        payload=dict(telling.payload),
        created_by=telling.by,
        correlation_id=correlation_id,
    )


@transaction.atomic
def retry(call_id: int) -> OutboundCall:
    """Put a stuck or waiting call at the front of the store's work again.

    Raises Refusal when there is nothing to retry. The courier looks before it sends, so a
    retry cannot make an effect happen twice.
    """
    call = OutboundCall.objects.select_for_update().get(pk=call_id)
    if call.state in (CallState.DONE, CallState.CANCELLED, CallState.SENDING):
        raise Refusal(f"This call is {call.get_state_display().lower()}; nothing to retry.")
    call.state = CallState.IN_DOUBT if call.state == CallState.IN_DOUBT else CallState.WAITING
    call.run_after = timezone.now()
    call.attempts_made = 0
    call.save(update_fields=["state", "run_after", "attempts_made"])
    engine.wake_courier(call.store_id)
    return call


@transaction.atomic
def give_up(call_id: int, reason: str) -> OutboundCall:
    """Drop a call for a reason, tell whoever asked for it, and free its lane.

    Raises Refusal while it is being sent, or when it ended already.
    """
    # The call alone: whoever writes of the same store would wait at the end for what we wait for.
    calls = OutboundCall.objects.select_for_update(of=("self",)).select_related("store")
    call = calls.get(pk=call_id)
    if call.state not in (*DUE_STATES, *STUCK_STATES):
        raise Refusal(f"This call is {call.get_state_display().lower()}; it cannot be given up.")
    finish(call, CallState.CANCELLED, reason=reason)
    deliveries()[call.verb].given_up(call, reason)
    engine.wake_courier(call.store_id)
    return call


def finish(call: OutboundCall, state: CallState, *, reason: str = "", result: Any = None) -> None:
    """Write the end of a call. Saves the row, nothing else."""
    call.state = state
    call.reason = reason
    call.result = result or {}
    call.finished_at = timezone.now()
    call.save(update_fields=["state", "reason", "result", "finished_at"])
