"""Takes orders back from a partner: each is ours again when the partner has stopped it.

What if it runs twice? The wish stands on the job, once. What if the worker dies when the partner
has stopped it? The partner says so as often as it is asked (`stopping`). What if the parcel leaves
meanwhile? The partner does not stop it then; a problem says so, and the shipment is recorded.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from fulfillment import timeline
from fulfillment.decisions import Outcome
from fulfillment.handover.giving import TAKEN_BACK, locked
from fulfillment.handover.jobs import serve_later
from fulfillment.models import FulfillmentOrder, JobState, PartnerJob
from fulfillment.models.partners import LIVE
from platforms.records import RequestStatus

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
