"""Reports what has left, to a hub that asks; and learns from what it asks next what it has got."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fulfillment import departures
from fulfillment.models import FulfillmentOrder, Shipment, ShipmentState
from fulfillment.serving import rows
from locations.models import Store
from platforms.desk import Answered, Asked, Outcome, Said, Shown
from relay import showing
from relay.enquiries import About, Showing


@transaction.atomic
def shipments(store: Store, asked: Asked) -> Answered:
    """Return what left after the watermark, the oldest first. Asking again shows the same."""
    now = timezone.now()
    enquiry = showing.lock(store, About.SHIPMENTS)
    _confirm(showing.prove(enquiry, asked.since, now))
    showing.mark_new(enquiry, now)
    after = showing.begin(asked.since, now)
    part = showing.part(enquiry, after, asked.page or 1, asked.page_size, now)
    shown = _shown(part.rows)
    return Answered(
        Outcome.DONE if shown else Outcome.NOOP,
        said=_said(len(shown)),
        changed=shown,
        watermark=watermark(asked, part, after),
        more=bool(asked.page) and part.more,
    )


def watermark(asked: Asked, part: showing.Part, after: datetime) -> str:
    """Return what to ask with next: the last mark; what was sent, until all pages are read."""
    unread = part.mark is None or (asked.page is not None and part.more)
    if unread:
        return asked.since.text or _text(after)
    return _text(part.mark or after)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _shown(rows_shown: Sequence[Showing]) -> tuple[Shown, ...]:
    """An order that left in two shipments is shown once, as it is now, at its last place."""
    shipped = Shipment.objects.in_bulk([row.subject_id for row in rows_shown])
    marks: dict[int, datetime] = {}
    for row in rows_shown:
        order_id = shipped[row.subject_id].fulfillment_order_id
        marks.pop(order_id, None)
        if row.mark is not None:
            marks[order_id] = row.mark
    orders = FulfillmentOrder.objects.select_related("order", "store").prefetch_related("lines")
    found = rows.show_departed(list(orders.filter(pk__in=marks)), marks)
    return tuple(found[order_id] for order_id in marks)


def _said(number: int) -> tuple[Said, ...]:
    if not number:
        return ()
    what = "1 shipment has" if number == 1 else f"{number} shipments have"
    return (Said(Outcome.DONE, "Shipments reported", f"{what} left the warehouse."),)


def _confirm(shipment_ids: Sequence[int]) -> None:
    """The hub has got these: it asked for what came after them."""
    told = Shipment.objects.filter(pk__in=shipment_ids).exclude(state=ShipmentState.CONFIRMED)
    ids = set(told.values_list("fulfillment_order_id", flat=True))
    locked = FulfillmentOrder.objects.select_for_update(of=("self",)).select_related("store")
    orders = {order.pk: order for order in locked.filter(pk__in=ids).order_by("pk")}
    for shipment in told.order_by("id").prefetch_related("parcels"):
        departures.confirm(orders[shipment.fulfillment_order_id], shipment)
