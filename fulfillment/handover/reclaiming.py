"""Takes orders back from a partner: each is ours again when the partner has stopped it.

What if it runs twice? The wish stands on the job, once. What if the worker dies when the partner
has stopped it? The partner says so as often as it is asked (`stopping`). What if the parcel leaves
meanwhile? The partner does not stop it then; a problem says so, and the shipment is recorded.

A partner that is asked nothing any more, because its account is paused, will not answer. Then a
person may go on without it, and a problem stays until somebody has told the partner otherwise.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from fulfillment import problems, timeline
from fulfillment.decisions import Outcome
from fulfillment.handover.giving import TAKEN_BACK, locked, ours_again
from fulfillment.handover.jobs import serve_later
from fulfillment.models import FulfillmentOrder, JobState, PartnerJob, Source
from fulfillment.models.partners import LIVE
from platforms.errors import Refusal
from platforms.records import RequestStatus

WORKING = "The account is not paused, so the partner is asked: take the order back instead."
ALONE = (
    "Gone on without {account}, which may ship it too: it has {row}. Tell the partner, or it "
    "leaves twice."
)
NOBODY = "No partner is to ship it."
LEFT = "It has left the partner already."
ASKED = "The partner is being asked to stop it already."
UNWANTED = (RequestStatus.CANCEL_REQUESTED, RequestStatus.CANCEL_ACCEPTED)


def why_not(order: FulfillmentOrder) -> str:
    """Return why the order cannot be taken back, in words; empty when it can be tried."""
    job = next((each for each in order.partner_jobs.all() if each.state in LIVE), None)
    if job is None:
        return NOBODY
    if job.departed_at:
        return LEFT
    return ASKED if job.back_wanted_at or order.request_status in UNWANTED else ""


@transaction.atomic
def reclaim(order_ids: Iterable[int], *, by: User) -> Outcome:
    """Have partners asked to stop these orders; what no partner was asked for is ours at once."""
    outcome = Outcome()
    for order in FulfillmentOrder.objects.filter(pk__in=list(order_ids)).order_by("pk"):
        job = order.partner_jobs.filter(state__in=LIVE).first()
        if job is None:
            outcome.refused.append((order, NOBODY))
            continue
        order, row = locked(job)
        if reason := why_not(order):
            outcome.refused.append((order, reason))
            continue
        _want_back(order, row, by)
        outcome.done.append(order)
    return outcome


def _want_back(order: FulfillmentOrder, row: PartnerJob, by: User) -> None:
    row.back_wanted_at = row.run_after = timezone.now()
    if row.state == JobState.WAITING:
        row.state, row.reason = JobState.CANCELLED, TAKEN_BACK
        timeline.note(order, f"Taken back before {row.account} had it.", by=by)
    else:
        timeline.note(order, f"Asked {row.account} to stop it, so that it is ours again.", by=by)
        serve_later(row.account_id)
    row.save(update_fields=["back_wanted_at", "run_after", "state", "reason"])


def why_not_alone(job: PartnerJob) -> str:
    """Return why nobody may go on without the partner, in words; empty when somebody may."""
    if not job.is_theirs:
        return f"It stands at “{job.get_state_display()}”, so it is not in the partner’s hands."
    return "" if job.account.paused_at else WORKING


@transaction.atomic
def go_on_alone(job: PartnerJob, reason: str, *, by: User) -> None:
    """Make an order ours again without the partner's word. Raises Refusal with the reason in words.

    What if it runs twice? The second one finds that it is ours. What if it is handed over again?
    The partner may still have it: its number is forgotten here, so that it is looked for there.
    """
    order, row = locked(job)
    if refusal := why_not_alone(row):
        raise Refusal(refusal)
    known_as = f"{row}, number {row.ref} there" if row.ref else str(row)
    row.state, row.ref = JobState.CANCELLED, ""
    row.reason = f"Gone on without the partner, who has {known_as}: {reason} ({by})"
    row.save(update_fields=["state", "ref", "reason"])
    timeline.note(order, f"Gone on without {row.account}: {reason}", by=by)
    ours_again(order)
    problems.open_one(order, Source.RACE, ALONE.format(account=row.account, row=known_as))
