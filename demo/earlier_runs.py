"""Ends what an earlier run left open: the sandbox has forgotten it, so nobody can be told of it.

It needs Django to be set up. Running it again changes nothing.
"""

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from demo.cast import PARTS
from fulfillment import allocation
from fulfillment.models import (
    Decision,
    FulfillmentOrder,
    JobState,
    Line,
    PartnerAccount,
    PartnerJob,
    Problem,
    Request,
    Shipment,
    ShipmentState,
    WorkStatus,
)
from fulfillment.models.partners import LIVE
from inventory.models import StockRecord
from locations.models import Store
from platforms.records import RequestStatus
from relay import connecting, outbox
from relay.enquiries import Enquiry, Showing
from relay.models import DUE_STATES, STUCK_STATES, Alarm, CallState, OutboundCall

GONE = "The sandbox of an earlier run is gone, and this order with it."


@transaction.atomic
def close() -> None:
    """Close all that is open at the stores and the partner of the demo.

    The stores rest until they are connected to the sandbox of this run, perhaps at another port.
    """
    known = Q(pk__in=())
    for part in (each for each in PARTS if each.account):
        known |= Q(platform_key=part.platform, account=part.account)
    for store in Store.objects.filter(known):
        _close(store)
    _close_partners()


def _close(store: Store) -> None:
    now = timezone.now()
    Store.objects.filter(pk=store.pk).update(
        paused_at=now, pause_reason=connecting.NOT_TRIED, stock_read_at=None
    )
    _give_up_calls(store)
    _end_work(store.fulfillment_orders.live())
    # Where its parcels are, this sandbox does not know.
    store.fulfillment_orders.in_transit().update(tracked_at=now)
    StockRecord.objects.filter(store=store).delete()
    _forget_what_to_show(store)
    problems = Problem.objects.filter(fulfillment_order__store=store, settled_at=None)
    problems.update(settled_at=now, settled_how=GONE)
    Alarm.objects.filter(store=store, cleared_at=None).update(cleared_at=now)


def _give_up_calls(store: Store) -> None:
    calls = OutboundCall.objects.filter(store=store)
    calls.filter(state=CallState.SENDING).update(state=CallState.IN_DOUBT)
    for call in calls.filter(state__in=(*DUE_STATES, *STUCK_STATES)):
        outbox.give_up(call.pk, GONE)


def _forget_what_to_show(store: Store) -> None:
    """A hub that asks is another one now, and could make no use of it."""
    Showing.objects.filter(store=store).delete()
    Enquiry.objects.filter(store=store).delete()
    waiting = Shipment.objects.filter(fulfillment_order__store=store, state=ShipmentState.QUEUED)
    waiting.update(state=ShipmentState.UNTOLD, remark=GONE)


def _close_partners() -> None:
    """The partner of this run knows nothing of what an earlier one was given."""
    PartnerAccount.objects.update(paused_at=timezone.now(), pause_reason=connecting.NOT_TRIED)
    jobs = PartnerJob.objects.filter(state__in=LIVE)
    given = list(jobs.values_list("fulfillment_order", flat=True))
    _end_work(FulfillmentOrder.objects.live().filter(pk__in=given))
    jobs.update(state=JobState.CANCELLED, reason=GONE)


def _end_work(live: QuerySet[FulfillmentOrder]) -> None:
    ids = list(live.values_list("pk", flat=True))
    requests = Request.objects.filter(fulfillment_order__in=ids, closed_at=None)
    requests.update(closed_at=timezone.now(), decision=Decision.ELSEWHERE)
    Line.objects.filter(fulfillment_order__in=ids).update(
        cancelled=F("cancelled") + F("open"), open=0
    )
    live.update(
        request_status=RequestStatus.CLOSED,
        work_status=WorkStatus.CLOSED,
        pending_answer="",
        open_problems=0,
    )
    over = FulfillmentOrder.objects.filter(pk__in=ids).select_related("order", "store")
    allocation.settle(list(over))
