"""Makes a store's due calls, one after the other, each looked up before it is sent.

What if it dies? A call found `sending` at the start of a turn was left by a dead courier (the
job engine gives a store to one courier at a time): it becomes in doubt, and is looked up.
What if it runs twice? The look finds the effect in place, and nothing is sent.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Generator, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from locations.models import Store
from platforms.errors import (
    Malformed,
    PlatformError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from platforms.http import Exchange as Sent
from platforms.http import Transport
from relay import alarms, correlation, granting, outbox, pacing, tallies
from relay.connections import record
from relay.delivery import Already, Delivery, Later, Send, Stop, Verdict
from relay.models import Attempt, CallState, OutboundCall
from relay.routes import deliveries

log = logging.getLogger(__name__)

TURN_SECONDS = 60.0
THROTTLE_CAP_SECONDS = 30.0
# The last step is repeated until a call has been tried this often: about a day.
BACKOFF_SECONDS = (2, 5, 15, 60, 300, 900, 1800, 3600)
TRIES = 30
ORPHANED = "The worker died while this was being sent. The store is asked first."


class Superseded(Exception):
    """Another courier has taken this call over; ours has nothing more to say about it."""


class Turn:
    """One courier's turn at one store, over one HTTP session."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._attempt: Attempt | None = None
        self._unsent = CallState.WAITING
        self._trouble = 0
        self._sending: OutboundCall | None = None
        self._ours_at = 0.0
        self._transport = Transport(
            store.base_url, pace=self._pace, record=self._record, correlate=correlation.given
        )
        self._renewed = False
        self._connect()

    def _connect(self) -> None:
        self._credentials = self.store.credentials
        self._client = self.store.platform.connect(
            self._credentials, self._transport, self.store.filled_options
        )

    def work(self) -> Generator[float, None, None]:
        """Make due calls until none is left, the time is up, or the store must not be asked.

        Yields the seconds to wait before going on, so that whoever runs a turn can serve
        other stores in the meantime.
        """
        ends = time.monotonic() + TURN_SECONDS
        self._adopt_orphans()
        try:
            while time.monotonic() < ends and self._may_ask():
                wait = pacing.seconds_until_free(self.store)
                if wait > ends - time.monotonic():
                    return
                if wait > pacing.spacing(self.store):
                    yield wait
                    continue
                # The next moment is near: the call is made ready before it, not after.
                call = self._claim()
                if call is None:
                    return
                yield from self._make(call)
        finally:
            self._transport.close()

    def _may_ask(self) -> bool:
        return Store.objects.running().filter(pk=self.store.pk).exists()

    @transaction.atomic
    def _adopt_orphans(self) -> None:
        orphans = self.store.calls.select_for_update().filter(state=CallState.SENDING)
        verbs = dict(orphans.values_list("pk", "verb"))
        ids = list(verbs)
        Attempt.objects.filter(call__in=ids, ended_at=None).update(
            ended_at=timezone.now(), outcome=CallState.IN_DOUBT, remark=ORPHANED
        )
        OutboundCall.objects.filter(pk__in=ids).update(state=CallState.IN_DOUBT, reason=ORPHANED)
        for verb, number in sorted(Counter(verbs.values()).items()):
            tallies.add(tallies.ATTEMPTS, verb, CallState.IN_DOUBT, number)

    def _until_free(self) -> Iterator[float]:
        """Wait for the store's next moment without holding a thread."""
        while wait := pacing.seconds_until_free(self.store):
            yield wait

    def _pace(self) -> None:
        """Wait for the store's next moment, and make sure that a change is still ours to send.

        Between the last look at the database and the request lies an answer that may have been
        long on its way: our host may have been cut off, or asleep, and meanwhile another courier
        may have sent it.
        """
        pacing.wait_for_turn(self.store)
        while self._sending and time.monotonic() - self._ours_at > _trusted_seconds():
            self._check_ours(self._sending)

    def _record(self, sent: Sent) -> None:
        purpose = self._attempt.call.verb if self._attempt else "deliver"
        record(self.store, purpose, self._attempt, sent)

    @transaction.atomic
    def _claim(self) -> OutboundCall | None:
        call = (
            _due(self.store, timezone.now())
            .select_for_update(of=("self",))
            .order_by("priority", "id")
            .first()
        )
        if call is None:
            return None
        # A doubt ends only when the store has been looked at.
        self._unsent = CallState(call.state)
        call.state = CallState.SENDING
        call.save(update_fields=["state"])
        self._attempt = Attempt.objects.create(call=call)
        return call

    def _make(self, call: OutboundCall) -> Iterator[float]:
        with correlation.using(call.correlation_id, self.store.pk):
            try:
                yield from self._try(call)
            except Superseded:
                log.warning("call %s was taken over by another courier", call.pk)

    def _try(self, call: OutboundCall) -> Iterator[float]:
        """Look, judge, send. Every way out leaves the call in a state that says what is next."""
        delivery = deliveries()[call.verb]
        try:
            yield from self._until_free()
            verdict = self._judge(delivery, call)
            if isinstance(verdict, Send):
                self._unsent = CallState.WAITING
                yield pacing.seconds_until_free(self.store)
                self._check_ours(call)
                verdict = self._send(delivery, call)
            self._end(delivery, call, verdict)
            self._trouble = 0
        except Superseded:
            raise
        except PlatformError as error:
            self._failed(delivery, call, error)
        except OperationalError as error:
            # The database gave the transaction up; what was sent is looked up before the next try.
            log.warning("call %s could not be written down: %s", call.pk, error)
            self._again(call, CallState.IN_DOUBT, f"The database: {error}", 1.0, counts=True)
        except Exception as error:
            # The outermost loop of the worker: our own fault must not stop the other calls.
            log.exception("call %s failed by a fault of ours", call.pk)
            self._stuck(delivery, call, CallState.FAILED, f"A fault in Crossdock: {error!r}")

    def _judge(self, delivery: Delivery, call: OutboundCall) -> Verdict:
        seen = delivery.look(self._client, call)
        with transaction.atomic():
            return delivery.judge(self._own(call), seen)

    def _send(self, delivery: Delivery, call: OutboundCall) -> Verdict:
        """Send; when the store refuses, look once more whether it is in place all the same."""
        self._sending = call
        try:
            return Already(delivery.send(self._client, call), remark="")
        except Refused as refusal:
            self._sending = None
            verdict = self._judge(delivery, call)
            return Stop(str(refusal)) if isinstance(verdict, Send) else verdict
        finally:
            self._sending = None

    def _check_ours(self, call: OutboundCall) -> None:
        """Raise Superseded when another courier took the call over while we waited to send."""
        asked_at = time.monotonic()
        with transaction.atomic():
            self._own(call)
        self._ours_at = asked_at

    def _own(self, call: OutboundCall) -> OutboundCall:
        """Lock the call, and make sure that no other courier has taken it over since."""
        ours = (
            OutboundCall.objects.select_for_update(of=("self",))
            .select_related("store")
            .get(pk=call.pk)
        )
        latest = ours.attempts.last()
        if ours.state != CallState.SENDING or latest != self._attempt:
            raise Superseded
        return ours

    @transaction.atomic
    def _end(self, delivery: Delivery, call: OutboundCall, verdict: Verdict) -> None:
        call = self._own(call)
        match verdict:
            case Already(result, remark):
                outbox.finish(call, CallState.DONE, result=result)
                delivery.settled(call, result)
                self._note(CallState.DONE, remark)
            case Later(reason, seconds):
                self._wait(call, CallState.WAITING, reason, seconds)
            case Stop(reason, moot=True):
                outbox.finish(call, CallState.CANCELLED, reason=reason)
                delivery.dropped(call, reason)
                self._note(CallState.CANCELLED, reason)
            case Stop(reason):
                outbox.finish(call, CallState.REFUSED, reason=reason)
                delivery.refused(call, reason)
                self._note(CallState.REFUSED, reason)

    def _failed(self, delivery: Delivery, call: OutboundCall, error: PlatformError) -> None:
        match error:
            case Throttled():
                pacing.hold(self.store, self._throttled_for(error))
                self._again(call, self._unsent, str(error), 0.0, counts=False)
            case Unauthorized():
                self._not_let_in(delivery, call, error)
            case Uncertain():
                self._retry(delivery, call, CallState.IN_DOUBT, error)
            case Unavailable():
                self._slow_down(error)
                self._retry(delivery, call, self._unsent, error)
            case Malformed():
                self._stuck(delivery, call, CallState.FAILED, str(error))
            case _:
                self._stuck(delivery, call, CallState.REFUSED, str(error))

    def _not_let_in(self, delivery: Delivery, call: OutboundCall, error: Unauthorized) -> None:
        """Go on with a fresh token, once in a turn; without one, pause the store."""
        try:
            renewed = not self._renewed and granting.renew(self.store, self._credentials)
        except Unavailable as outage:
            self._slow_down(outage)
            self._retry(delivery, call, self._unsent, outage)
            return
        self._again(call, self._unsent, str(error), 0.0, counts=False)
        if renewed:
            self._renewed = True
            self._connect()
        else:
            alarms.pause(self.store, str(error), kind=alarms.UNAUTHORIZED)

    def _throttled_for(self, error: Throttled) -> float:
        self._trouble += 1
        asked = error.retry_after or 0.0
        wait = max(asked, min(2.0 ** (self._trouble - 1), THROTTLE_CAP_SECONDS))
        return min(wait, THROTTLE_CAP_SECONDS) + random.uniform(0, 0.25)  # noqa: S311 - jitter

    def _slow_down(self, error: Unavailable) -> None:
        """A store that is down is asked less often, for all its calls together."""
        self._trouble += 1
        if self._trouble > 2:
            asked = error.retry_after or 0.0
            pacing.hold(self.store, max(asked, min(2.0**self._trouble, THROTTLE_CAP_SECONDS)))

    def _retry(
        self, delivery: Delivery, call: OutboundCall, state: CallState, error: PlatformError
    ) -> None:
        if call.attempts_made + 1 >= TRIES:
            reason = f"Tried {TRIES} times. The last time: {error}"
            self._stuck(delivery, call, CallState.FAILED, reason)
            return
        step = min(call.attempts_made, len(BACKOFF_SECONDS) - 1)
        self._again(call, state, str(error), float(BACKOFF_SECONDS[step]), counts=True)

    @transaction.atomic
    def _again(
        self, call: OutboundCall, state: CallState, reason: str, seconds: float, *, counts: bool
    ) -> None:
        call = self._own(call)
        call.attempts_made += int(counts)
        self._wait(call, state, reason, seconds)

    def _wait(self, call: OutboundCall, state: CallState, reason: str, seconds: float) -> None:
        call.state = state
        call.reason = reason
        call.run_after = timezone.now() + timedelta(seconds=seconds)
        call.save(update_fields=["state", "reason", "run_after", "attempts_made"])
        self._note(state, reason)

    @transaction.atomic
    def _stuck(self, delivery: Delivery, call: OutboundCall, state: CallState, reason: str) -> None:
        call = self._own(call)
        outbox.finish(call, state, reason=reason)
        delivery.refused(call, reason)
        self._note(state, reason)

    def _note(self, outcome: CallState, remark: str) -> None:
        if self._attempt is None:
            return
        Attempt.objects.filter(pk=self._attempt.pk).update(
            ended_at=timezone.now(), outcome=outcome, remark=remark
        )
        tallies.add(tallies.ATTEMPTS, self._attempt.call.verb, outcome)


def _trusted_seconds() -> float:
    """Return how long nobody can have taken a call over that was ours a moment ago.

    A worker signs life once in a heartbeat, and is given up after its silence.
    """
    return settings.WORKER_STALLED_SECONDS - settings.WORKER_HEARTBEAT_SECONDS


def next_due(store: Store) -> datetime | None:
    """Return when the store's next call is due; None when none waits or a person must act."""
    horizon = timezone.now() + timedelta(days=2)
    first = _due(store, horizon).order_by("run_after").first()
    return first.run_after if first else None


def _due(store: Store, now: datetime) -> QuerySet[OutboundCall]:
    """Return the store's due calls. A verb of another release waits until somebody knows it."""
    return store.calls.due(now).filter(verb__in=deliveries())
