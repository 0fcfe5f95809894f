"""Reads records of a platform that waits for no answer: ours is the answer that counts there.

Such a platform says only whether it wants an order shipped. What we decided stands in our row, so a
record that still says “wanted” is read as what we answered, and one that says “cancelled” changes
nothing about what has left.
"""

from collections.abc import Sequence
from dataclasses import replace

from fulfillment.models import FulfillmentOrder, WorkStatus
from fulfillment.models.orders import AWAY
from locations.models import Store
from platforms.records import FulfillmentOrderRecord, RequestStatus, UpstreamState

PROMISED = (RequestStatus.ACCEPTED, RequestStatus.CANCEL_REJECTED)
ANSWERED = (*PROMISED, RequestStatus.REJECTED, RequestStatus.CLOSED)
ENDS = {
    RequestStatus.CLOSED: UpstreamState.CLOSED,
    **dict.fromkeys(PROMISED, UpstreamState.IN_PROGRESS),
}
# Our request status and work status of an order.
Standing = tuple[str, str]


def as_answered(
    store: Store, records: Sequence[FulfillmentOrderRecord]
) -> list[FulfillmentOrderRecord]:
    """Return the records as they are to be read, given what we answered."""
    if store.platform.capabilities.answers_requests or not records:
        return list(records)
    ours = {
        ref: (request, work)
        for ref, request, work in store.fulfillment_orders.filter(
            ref__in=[record.ref for record in records]
        ).values_list("ref", "request_status", "work_status")
    }
    return [_read(record, ours.get(record.ref)) for record in records]


def heard(order_id: int, record: FulfillmentOrderRecord) -> FulfillmentOrderRecord:
    """Return the record of one order that we know, as it is to be read."""
    return read(FulfillmentOrder.objects.select_related("store").get(pk=order_id), record)


def read(order: FulfillmentOrder, record: FulfillmentOrderRecord) -> FulfillmentOrderRecord:
    """Return the record of this order as it is to be read, given what we answered."""
    if order.store.platform.capabilities.answers_requests:
        return record
    return _read(record, (order.request_status, order.work_status))


def _read(record: FulfillmentOrderRecord, ours: Standing | None) -> FulfillmentOrderRecord:
    if ours is None:
        return record
    request, work = RequestStatus(ours[0]), WorkStatus(ours[1])
    if record.state == UpstreamState.CANCELLED and work in AWAY:
        return replace(record, request_status=request)
    if record.request_status == RequestStatus.REQUESTED and request in ANSWERED:
        return replace(record, request_status=request, state=ENDS.get(request, record.state))
    return record
