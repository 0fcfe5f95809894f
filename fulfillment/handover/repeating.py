"""Gives an order to a partner again: what was not taken there, was taken back, or was stopped.

What if it runs twice? The second one finds it waiting. What the partner has stopped keeps its
number there, so it is given again by another one; anything else is looked for by the number it had.
"""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from fulfillment import timeline
from fulfillment.handover.giving import BEGUN_HERE, UNTOUCHED, is_over, locked
from fulfillment.models import FulfillmentOrder, JobState, PartnerJob
from platforms.errors import Refusal

ENDED_THERE = (JobState.REFUSED, JobState.CANCELLED)


def why_not(order: FulfillmentOrder, job: PartnerJob) -> str:
    """Return why the job cannot be handed over again, in words; empty when it can."""
    if job.state not in ENDED_THERE:
        return f"It stands at “{job.get_state_display()}”."
    if order.partner_jobs.filter(pk__gt=job.pk).exists():
        return "The merchant has asked for it anew since, and that is handed over by itself."
    if is_over(order):
        return "It is not to be shipped any more."
    return "" if order.work_status in UNTOUCHED else BEGUN_HERE


@transaction.atomic
def again(job: PartnerJob, *, by: User | None = None) -> None:
    """Have it handed over once more. Raises Refusal with the reason in words."""
    order, row = locked(job)
    if reason := why_not(order, row):
        raise Refusal(reason)
    if row.ref:
        _renumber(row)
    else:
        row.state = JobState.IN_DOUBT
    row.tries, row.reason, row.run_after, row.back_wanted_at = 0, "", timezone.now(), None
    row.save()
    timeline.note(order, f"It is to be handed over once more, as {row}.", by=by)


def _renumber(row: PartnerJob) -> None:
    """Make it a new order for the partner; what was said of the former one is over."""
    base = f"{row.account.begins_with}{row.fulfillment_order_id}-{row.cycle}"
    row.attempt += 1
    row.state, row.reference, row.ref = JobState.WAITING, f"{base}-{row.attempt}", ""
    row.upstream_code = row.upstream_status = row.upstream_reason = row.upstream_needs = ""
    row.tracking, row.raw = [], {}
    row.dispatched_at = row.departed_at = row.given_at = row.read_at = row.stop_refused = None
