"""Cancels what a hub takes back, as long as nobody has begun to pick it.

What is unknown here cannot be shipped by us, so there is nothing to stop. Of several shipments all
are cancelled, or none.
"""

from django.db import transaction

from fulfillment import allocation, due, edits, status, timeline
from fulfillment.models import Actor, FulfillmentOrder, WorkStatus
from fulfillment.serving import rows, verdicts
from fulfillment.serving.verdicts import Verdict
from locations.models import Store
from platforms.desk import Answered, Asked, Outcome, Said
from platforms.records import RequestStatus

UPSTREAM = "canceled"
CANNOT = "cannot be canceled"


@transaction.atomic
def cancel(store: Store, asked: Asked) -> Answered:
    """Stop the work on what the call names."""
    if not asked.refs:
        return Answered(Outcome.NOTHING)
    orders = rows.lock_named(store, asked)
    if not orders:
        named = f"Shipment {asked.refs[0]}" if not asked.whole_order else f"Order {asked.order_ref}"
        text = f"{named} is not known here; there is nothing to cancel."
        return Answered(Outcome.NOOP, said=(Said(Outcome.NOOP, f"{named} not known", text),))
    found = [_judge(order) for order in orders]
    if any(verdict.stops for verdict in found):
        return verdicts.together(found)
    stopped = [
        order
        for order, verdict in zip(orders, found, strict=True)
        if verdict.outcome == Outcome.DONE
    ]
    for order in stopped:
        _stop(order)
    allocation.settle(stopped)
    status.refresh(stopped)
    due.refresh(stopped)
    return verdicts.together(found)


def _judge(order: FulfillmentOrder) -> Verdict:
    ref = order.ref
    if rows.has_left(order):
        text = f"Shipment {ref} has already left the warehouse."
        return Verdict(Outcome.REFUSED, ref, CANNOT, text)
    if order.work_status in (WorkStatus.CANCELLED, WorkStatus.CLOSED):
        text = f"Shipment {ref} was canceled before."
        return Verdict(Outcome.NOOP, ref, "already canceled", text)
    if order.work_status not in rows.NOT_PICKED:
        return Verdict(Outcome.REFUSED, ref, CANNOT, f"Shipment {ref} is being packed.")
    text = f"Shipment {ref} was canceled."
    return Verdict(Outcome.DONE, ref, "canceled", text, changed=rows.show(order, rows.CANCELED))


def _stop(order: FulfillmentOrder) -> None:
    edits.forget(order)
    order.work_status = WorkStatus.CANCELLED
    order.request_status = RequestStatus.CANCEL_ACCEPTED
    order.upstream_status = UPSTREAM
    order.revision += 1
    order.save()
    order.cancel_open_units()
    text = "The merchant cancelled it before picking began."
    timeline.note(order, text, actor=Actor.STORE)
