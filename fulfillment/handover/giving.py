"""Hands one order over: what is asked for, and what the answer makes of the order here.

What if it dies between the question and the answer? The job is then found `sending`, becomes in
doubt, and is looked for by our number before it is asked for again. The partner knows our number
too, and makes no second order of it.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from fulfillment import problems, status, timeline
from fulfillment.models import (
    FulfillmentOrder,
    JobState,
    PartnerAccount,
    PartnerJob,
    Source,
    WorkStatus,
)
from fulfillment.models.orders import ENDED
from fulfillment.transitions import WORKABLE
from inventory import skus
from platforms.errors import Refused
from platforms.partner_records import HandOver, PartnerLine, PartnerOrder
from platforms.partners import PartnerClient
from platforms.records import Address, RequestKind, RequestStatus

LATER = timedelta(minutes=1)
DOLLARS = "USD"
# What somebody here has begun to pick goes its way here.
UNTOUCHED = (WorkStatus.ALLOCATED, WorkStatus.PARTLY_SHIPPED)
BEGUN_HERE = "Somebody here has begun with it."
UNWANTED = "It was not wanted any more; the partner was not asked."
TAKEN_BACK = "It was taken back before the partner had it."
NOT_ANY_MORE = (RequestStatus.CANCEL_ACCEPTED, RequestStatus.REJECTED, RequestStatus.CLOSED)


def locked(job: PartnerJob) -> tuple[FulfillmentOrder, PartnerJob]:
    """Lock the order and then the job, and return both as they are now."""
    order = (
        FulfillmentOrder.objects.select_for_update(of=("self",))
        .select_related("order", "store", "warehouse")
        .get(pk=job.fulfillment_order_id)
    )
    return order, PartnerJob.objects.select_for_update().get(pk=job.pk)


@transaction.atomic
def claim(job: PartnerJob) -> bool:
    """Note that the partner is being asked; tell whether there is anything to ask.

    The work counts as begun from here on: whoever cancels it must be asked, not only our rows.
    What is in doubt is asked about even if nobody wants it any more.
    """
    order, row = locked(job)
    job.state, job.back_wanted_at = JobState(row.state), row.back_wanted_at
    if row.state == JobState.WAITING and (why := _why_dropped(order, row)):
        _end(row, JobState.CANCELLED, why)
        timeline.note(order, f"Not handed to {row.account}: {why}")
        return False
    if row.state == JobState.WAITING and not _is_wanted(order):
        row.run_after = timezone.now() + LATER
        row.save(update_fields=["run_after"])
        return False
    row.state = JobState.SENDING
    row.save(update_fields=["state"])
    if order.work_status == WorkStatus.ALLOCATED:
        order.work_status = WorkStatus.PICKING
        order.save(update_fields=["work_status"])
        status.refresh([order])
    return True


def ask(client: PartnerClient, job: PartnerJob) -> PartnerOrder | None:
    """Have the partner ship it; when in doubt, look first. Raises PlatformError.

    Returns None where the partner does not have it, and it is not wanted now.
    """
    order = FulfillmentOrder.objects.select_related("order", "store").get(
        pk=job.fulfillment_order_id
    )
    if job.state == JobState.IN_DOUBT:
        found = client.find_order(job.reference)
        unwanted = job.back_wanted_at or is_asked_for_anew(order, job)
        if found or unwanted or not _is_wanted(order):
            return found
    return client.create_order(_asked(order, job))


@transaction.atomic
def not_there(job: PartnerJob) -> None:
    """Note that the doubt is over: the partner never had it."""
    order, row = locked(job)
    _end(row, JobState.WAITING, "The partner does not have it.")
    ours_again(order)


def _why_dropped(order: FulfillmentOrder, row: PartnerJob) -> str:
    """Return why the partner is not asked for what it does not have; empty where it is."""
    if is_over(order) or is_asked_for_anew(order, row):
        return UNWANTED
    if row.back_wanted_at:
        return TAKEN_BACK
    return "" if order.work_status in UNTOUCHED else BEGUN_HERE


def is_asked_for_anew(order: FulfillmentOrder, job: PartnerJob) -> bool:
    """Tell whether a newer request goes its own way: with other lines perhaps, or elsewhere."""
    return order.requests.filter(kind=RequestKind.FULFILL, cycle__gt=job.cycle).exists()


def is_over(order: FulfillmentOrder) -> bool:
    """Tell whether nobody wants it shipped any more."""
    return order.request_status in NOT_ANY_MORE or order.work_status in ENDED


def _is_wanted(order: FulfillmentOrder) -> bool:
    """Tell whether it can be asked for as it is; a change that is on its way is waited for."""
    waits = order.is_held() or order.pending_answer
    return not (is_over(order) or waits or order.request_status not in WORKABLE)


@transaction.atomic
def unclaim(job: PartnerJob, state: JobState, **columns: Any) -> None:
    """Note that the partner was not heard. What it does not have is not being picked either."""
    order, row = locked(job)
    row.state = state
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *columns])
    if state == JobState.WAITING:
        ours_again(order)


def ours_again(order: FulfillmentOrder) -> None:
    """Lay it before our own floor, where nobody has begun with it. The caller has locked it."""
    if order.work_status == WorkStatus.PICKING:
        order.work_status = WorkStatus.ALLOCATED
        order.save(update_fields=["work_status"])
        status.refresh([order])


@transaction.atomic
def given(job: PartnerJob, seen: PartnerOrder) -> None:
    """Note that the partner has it."""
    order, row = locked(job)
    row.state, row.ref, row.reason, row.tries = JobState.GIVEN, seen.ref, "", 0
    row.given_at = row.run_after = timezone.now()
    row.save(update_fields=["state", "ref", "reason", "tries", "run_after", "given_at"])
    timeline.note(order, f"Handed to {row.account}: number {seen.ref} there.")
    problems.settle_found_by([Source.PARTNER], [order], "The partner has it now.")
    status.refresh([order])


@transaction.atomic
def refused(job: PartnerJob, refusal: Refused) -> None:
    """Leave it to a person, and the order to our own floor."""
    order, row = locked(job)
    _end(row, JobState.REFUSED, str(refusal))
    ours_again(order)
    problems.open_one(order, Source.PARTNER, f"Not handed over as {row}: {refusal}")


@transaction.atomic
def vanished(job: PartnerJob) -> None:
    """Show that the partner does not know any more what it has taken."""
    order, row = locked(job)
    detail = f"The partner does not know its order {row.ref} any more. Ask the partner."
    problems.open_one(order, Source.PARTNER, detail)


def _end(row: PartnerJob, state: JobState, reason: str) -> None:
    row.state, row.reason = state, reason
    row.save(update_fields=["state", "reason"])


def _asked(order: FulfillmentOrder, job: PartnerJob) -> HandOver:
    account: PartnerAccount = job.account
    method = account.methods.get(order.shipping_code) or account.methods.get(order.shipping_name)
    open_lines = [line for line in order.lines.all() if line.open]
    values = _values(order, account, [line.sku for line in open_lines])
    lines = [PartnerLine(line.sku, line.open, values[line.sku]) for line in open_lines]
    return HandOver(
        reference=job.reference,
        address=order.postal_address or Address(),
        email=order.order.email,
        shipping_method=str(method or account.usual_method),
        lines=tuple(lines),
        notes=order.note,
    )


def _values(
    order: FulfillmentOrder, account: PartnerAccount, wanted: list[str]
) -> dict[str, Decimal]:
    """Return by SKU what one unit is declared to be worth, in US dollars.

    The product's own value, where it is in dollars; what is usual for the account otherwise.
    """
    values = dict.fromkeys(wanted, account.unit_value)
    for sku, product in skus.find(order.store.merchant_id, wanted).items():
        if product.customs_value is not None and product.customs_currency == DOLLARS:
            values[sku] = product.customs_value
    return values
