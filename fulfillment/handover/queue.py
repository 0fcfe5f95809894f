"""Finds what is to be handed over: accepted orders of a warehouse that a partner runs.

Nobody tells us; it is asked every minute. What if it runs twice, or two at once? An order and
its cycle make one job, which the database sees to.
"""

from collections.abc import Iterator

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from fulfillment.handover.giving import UNTOUCHED
from fulfillment.models import FulfillmentOrder, PartnerAccount, PartnerJob
from fulfillment.models.partners import LIVE
from platforms.records import RequestKind

AT_ONCE = 500


def find(account: PartnerAccount) -> None:
    """Queue what was accepted since the last time; parts that have left are not asked for."""
    PartnerJob.objects.bulk_create(_jobs(account), ignore_conflicts=True)


def _jobs(account: PartnerAccount) -> Iterator[PartnerJob]:
    for order_id, cycle in _accepted(account)[:AT_ONCE]:
        yield PartnerJob(
            account=account,
            fulfillment_order_id=order_id,
            cycle=cycle,
            reference=f"{account.begins_with}{order_id}-{cycle}",
        )


def _accepted(account: PartnerAccount) -> QuerySet[FulfillmentOrder, tuple[int, int]]:
    """Return id and cycle of those without a job for the request that was accepted last."""
    return (
        FulfillmentOrder.objects.to_ship()
        .filter(
            warehouse=account.warehouse_id,
            store__merchant=account.merchant_id,
            work_status__in=UNTOUCHED,
            pending_answer="",
        )
        .annotate(
            asked_cycle=Max("requests__cycle", filter=Q(requests__kind=RequestKind.FULFILL)),
            given_cycle=Max("partner_jobs__cycle"),
        )
        # What the partner still has of a former request is stopped there first, or shipped.
        .exclude(
            Exists(PartnerJob.objects.filter(fulfillment_order=OuterRef("pk"), state__in=LIVE))
        )
        .filter(Q(given_cycle=None) | Q(asked_cycle__gt=F("given_cycle")), asked_cycle__gt=0)
        .order_by("pk")
        .values_list("pk", "asked_cycle")
    )
