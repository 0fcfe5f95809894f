"""One turn at one partner: hand over, stop, and ask how the orders there stand.

What if it dies? A job found `sending` at the start of a turn was left by a dead one (the engine
gives an account to one at a time): it becomes in doubt. What if it runs twice? Every step looks
at what is there, or is known to the partner by our number.
"""

import logging
import time
from collections.abc import Generator
from datetime import timedelta

from django.utils import timezone

from fulfillment.handover import accounts, following, giving, queue, stopping
from fulfillment.models import JobState, PartnerAccount, PartnerJob
from platforms.errors import (
    Missing,
    PlatformError,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from platforms.partners import PartnerClient

log = logging.getLogger(__name__)

TURN_SECONDS = 60.0
BACKOFF_SECONDS = (5, 15, 60, 300, 900, 1800, 3600)
# There is no list of what has changed: each open order is asked about, and not more often.
ASK_EVERY = timedelta(minutes=5)
ASK_CLOSELY = timedelta(minutes=2)
ORPHANED = "The worker died while this was handed over. The partner is asked first."
TO_GIVE = (JobState.WAITING, JobState.IN_DOUBT)


class Turn:
    """One turn at one partner's account."""

    def __init__(self, account: PartnerAccount) -> None:
        self.account = account
        self._renewed = False

    def work(self) -> Generator[float, None, None]:
        """Do what is due, for about a minute; yields the seconds to wait in between."""
        ends = time.monotonic() + TURN_SECONDS
        self._adopt_orphans()
        queue.find(self.account)
        while time.monotonic() < ends and not self._is_paused():
            job = self._due()
            if job is None:
                return
            yield from self._serve(job)

    def _adopt_orphans(self) -> None:
        self.account.jobs.filter(state=JobState.SENDING).update(
            state=JobState.IN_DOUBT, reason=ORPHANED
        )

    def _is_paused(self) -> bool:
        return not PartnerAccount.objects.filter(pk=self.account.pk, paused_at=None).exists()

    def _due(self) -> PartnerJob | None:
        live = self.account.jobs.filter(
            state__in=(*TO_GIVE, JobState.GIVEN), run_after__lte=timezone.now()
        )
        return live.select_related("account__warehouse").order_by("run_after", "id").first()

    def _serve(self, job: PartnerJob) -> Generator[float, None, None]:
        try:
            with accounts.client_for(self.account, job) as client:
                self._step(client, job)
            accounts.reached(self.account)
        except PlatformError as error:
            yield from self._failed(job, error)
        except Exception as error:
            # The outermost loop of the worker: our own fault must not stop the other jobs.
            log.exception("partner job %s failed by a fault of ours", job.pk)
            self._later(job, JobState.IN_DOUBT, f"A fault in Crossdock: {error!r}")

    def _step(self, client: PartnerClient, job: PartnerJob) -> None:
        if job.state in TO_GIVE:
            if giving.claim(job):
                self._give(client, job)
            return
        if stopping.is_wanted(job):
            stopping.stop(client, job)
        seen = client.fetch_order(job.ref)
        following.take_in(job, seen)
        begun = seen.dispatched_at is not None
        # What has ended keeps the reason why.
        PartnerJob.objects.filter(pk=job.pk, state=JobState.GIVEN).update(
            run_after=timezone.now() + (ASK_CLOSELY if begun else ASK_EVERY), tries=0, reason=""
        )

    def _give(self, client: PartnerClient, job: PartnerJob) -> None:
        seen = giving.ask(client, job)
        if seen:
            giving.given(job, seen)
        else:
            giving.not_there(job)

    def _failed(self, job: PartnerJob, error: PlatformError) -> Generator[float, None, None]:
        doubtful = isinstance(error, Uncertain)
        accounts.heard(self.account, error)
        before = JobState.IN_DOUBT if doubtful and job.state in TO_GIVE else JobState(job.state)
        match error:
            case Throttled():
                giving.unclaim(job, before)
                yield error.retry_after or 1.0
            case Unauthorized() if not self._renewed:
                giving.unclaim(job, before)
                self._renew(job, before)
            case Unauthorized():
                giving.unclaim(job, before)
                accounts.shut_out(self.account, error)
            case Unavailable() | Uncertain():
                self._later(job, before, str(error))
            case Refused() if job.state in TO_GIVE:
                giving.refused(job, error)
            case _:
                if isinstance(error, Missing):
                    giving.vanished(job)
                self._later(job, before, str(error))

    def _renew(self, job: PartnerJob, before: JobState) -> None:
        """Get fresh tokens, once in a turn."""
        self._renewed = True
        try:
            accounts.renew(self.account)
        except Unauthorized as refusal:
            accounts.shut_out(self.account, refusal)
        except PlatformError as outage:
            accounts.heard(self.account, outage)
            self._later(job, before, str(outage))

    def _later(self, job: PartnerJob, state: JobState, reason: str) -> None:
        state = JobState(job.state) if job.state == JobState.GIVEN else state
        seconds = BACKOFF_SECONDS[min(job.tries, len(BACKOFF_SECONDS) - 1)]
        giving.unclaim(
            job,
            state,
            reason=reason,
            tries=job.tries + 1,
            run_after=timezone.now() + timedelta(seconds=seconds),
        )
