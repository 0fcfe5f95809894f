"""Stops an order at the partner, because the merchant or somebody here wants that.

The merchant is answered by what the partner says; for us, the order is ours again.

What if it dies between the two? The partner says of a cancelled order that it is cancelled, as
often as it is asked; the answer follows then.
"""

from django.db import transaction

from fulfillment import decisions, problems, timeline
from fulfillment.handover import following
from fulfillment.handover.giving import is_asked_for_anew, locked, ours_again
from fulfillment.models import FulfillmentOrder, JobState, PartnerJob, Source, WorkStatus
from fulfillment.transitions import Action
from platforms.partners import PartnerClient, TooLate
from platforms.records import RequestKind, RequestStatus

TOO_LATE = "It is too late to cancel: the warehouse has begun to ship it."
STOPPED = "Stopped at the warehouse."
BEHIND = (
    "It was cancelled here, and the partner does not stop it any more. Ask the partner for a "
    "recall, or expect it back."
)
ENDED = (WorkStatus.CANCELLED, WorkStatus.CLOSED)


def is_wanted(job: PartnerJob) -> bool:
    """Tell whether the partner is to be asked to stop it, which is asked once for each wish."""
    if job.back_wanted_at:
        return True
    order = FulfillmentOrder.objects.get(pk=job.fulfillment_order_id)
    return _is_unwanted(order, job) and job.stop_refused != _cycle(order)


def _is_unwanted(order: FulfillmentOrder, job: PartnerJob) -> bool:
    if order.pending_answer == Action.REJECT_CANCELLATION:
        # A person wants it shipped all the same.
        return False
    asked = order.request_status in (
        RequestStatus.CANCEL_REQUESTED,
        RequestStatus.CANCEL_ACCEPTED,
    )
    return asked or order.work_status in ENDED or is_asked_for_anew(order, job)


def stop(client: PartnerClient, job: PartnerJob) -> None:
    """Ask the partner to stop it. Raises PlatformError, but for what comes too late."""
    try:
        client.cancel_order(job.ref)
    except TooLate:
        _too_late(job)
    else:
        _stopped(job)


@transaction.atomic
def _stopped(job: PartnerJob) -> None:
    order, row = locked(job)
    row.state, row.reason = JobState.CANCELLED, STOPPED
    row.save(update_fields=["state", "reason"])
    timeline.note(order, "The partner has stopped it.")
    following.let_go(order, STOPPED)
    ours_again(order)
    if _waits_for_an_answer(order):
        decisions.accept_cancellation({order.pk: None}, by=None, message=STOPPED)


@transaction.atomic
def _too_late(job: PartnerJob) -> None:
    order, row = locked(job)
    timeline.note(order, "The partner does not stop it any more.")
    if row.back_wanted_at:
        row.back_wanted_at = None
        row.save(update_fields=["back_wanted_at"])
        problems.open_one(order, Source.RACE, following.NOT_BACK)
    if not _is_unwanted(order, row):
        return
    row.stop_refused = _cycle(order)
    row.save(update_fields=["stop_refused"])
    if _waits_for_an_answer(order):
        decisions.reject_cancellation({order.pk: None}, by=None, message=TOO_LATE)
    else:
        # Somebody here has promised to stop before the partner was asked.
        problems.open_one(order, Source.RACE, BEHIND)


def _waits_for_an_answer(order: FulfillmentOrder) -> bool:
    return order.request_status == RequestStatus.CANCEL_REQUESTED and not order.pending_answer


def _cycle(order: FulfillmentOrder) -> int:
    """Return the number of the newest wish to cancel; 0 where it ended without one."""
    newest = order.requests.filter(kind=RequestKind.CANCEL).last()
    return newest.cycle if newest else 0
