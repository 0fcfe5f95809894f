"""Books what came back to the partner, as it says: for sale again, or not.

What if it is read again, as it is for two weeks? A return is booked under a number made from the
partner's. One that has grown since is shown to a person, because nobody can tell what is new.
"""

import logging
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Sum

from fulfillment import problems, returns
from fulfillment.handover.following import NAMESPACE
from fulfillment.models import FulfillmentOrder, PartnerAccount, PartnerJob, ReturnLine, Source
from fulfillment.returns import Back
from platforms.errors import Refusal
from platforms.partner_records import PartnerReturn

log = logging.getLogger(__name__)

FOR_SALE, DAMAGED = "", "damaged"


def take_in(account: PartnerAccount, seen: PartnerReturn) -> None:
    """Book a return of an order of ours; what is only announced, or nobody's, is left."""
    job = account.jobs.filter(ref=seen.order_ref).exclude(ref="").first()
    if job is None:
        if any(each.returned for each in seen.lines):
            log.warning("return %s of %s is of no order of ours", seen.ref, account)
        return
    order = job.fulfillment_order
    if returns.why_not(order):
        # It has not been recorded as left yet; that comes first.
        return
    for condition in (FOR_SALE, DAMAGED):
        _book(job, order, seen, condition)


def _book(job: PartnerJob, order: FulfillmentOrder, seen: PartnerReturn, condition: str) -> None:
    units = _units(seen, condition)
    submission = uuid.uuid5(NAMESPACE, f"return:{job.account_id}:{seen.ref}:{condition}")
    booked = ReturnLine.objects.filter(whole__submission=submission)
    before = booked.aggregate(units=Sum("quantity"))["units"]
    if before is not None:
        if before != sum(units.values()):
            _show(order, f"Return {seen.ref} of the partner has changed since it was booked.")
        return
    came = {line: Back(number, condition) for line, number in _lines(order, units).items()}
    if not any(units.values()):
        return
    note = f"{seen.upstream_reason} {seen.comments}".strip()
    try:
        returns.book(order.pk, came, submission=submission, by=None, note=note[:500])
    except Refusal as refusal:
        _show(order, f"Return {seen.ref} of the partner cannot be booked: {refusal}")


def _units(seen: PartnerReturn, condition: str) -> dict[str, int]:
    """Return by SKU what came back in a condition."""
    units: dict[str, int] = {}
    for each in seen.lines:
        fit = min(each.restocked, each.returned)
        number = fit if condition == FOR_SALE else each.returned - fit
        units[each.sku] = units.get(each.sku, 0) + number
    return units


def _lines(order: FulfillmentOrder, units: Mapping[str, int]) -> dict[int, int]:
    """Return by line id; what is more than has left stays on the last line, to be refused."""
    lines = list(order.lines.filter(sku__in=units))
    out = returns.still_out(lines)
    left = dict(units)
    found: dict[int, int] = {}
    for line in lines:
        found[line.pk] = min(left[line.sku], out[line.pk])
        left[line.sku] -= found[line.pk]
    for line in reversed(lines):
        found[line.pk] += left.pop(line.sku, 0)
    return {line: number for line, number in found.items() if number}


@transaction.atomic
def _show(order: FulfillmentOrder, detail: str) -> None:
    row = FulfillmentOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if not row.problems.filter(source=Source.PARTNER, detail=detail).exists():
        problems.open_one(row, Source.PARTNER, detail)
