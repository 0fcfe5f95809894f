"""Opens and closes requests as the store's records say. The same order can be asked for again."""

from collections.abc import Iterable, Sequence

from django.db.models import Max
from django.utils import timezone

from fulfillment import edits, problems, races, timeline
from fulfillment.mirror import Mirrored, rewrite
from fulfillment.models import (
    Actor,
    Decision,
    Event,
    FulfillmentOrder,
    Request,
    Source,
    WorkStatus,
)
from fulfillment.models.orders import AWAY, FLOOR
from platforms.records import (
    FulfillmentOrderRecord,
    MerchantRequest,
    RequestKind,
    RequestStatus,
    UpstreamState,
)

KIND_ASKED = {
    RequestStatus.REQUESTED: RequestKind.FULFILL,
    RequestStatus.CANCEL_REQUESTED: RequestKind.CANCEL,
}
# Nobody wants it shipped: what lies on the floor all the same goes back to its shelf.
NOT_ASKED = (RequestStatus.PENDING, RequestStatus.REJECTED)


class Cycles:
    """The requests of a page of mirrored orders, fetched at once and written at once."""

    def __init__(self, entries: Sequence[Mirrored]) -> None:
        orders = [entry.order for entry in entries]
        requests = Request.objects.filter(fulfillment_order__in=orders)
        self._open = {
            (request.fulfillment_order_id, request.kind): request
            for request in requests.filter(closed_at=None)
        }
        counts = requests.values_list("fulfillment_order_id", "kind").annotate(Max("cycle"))
        self._last = {(order_id, kind): cycle for order_id, kind, cycle in counts}
        self._events: list[Event] = []
        self._opened: list[Request] = []
        self._now = timezone.now()

    def follow(self, entries: Iterable[Mirrored]) -> list[Request]:
        """Bring the requests in step with the records and return those that are new."""
        for entry in entries:
            self._follow(entry)
        Request.objects.bulk_create(self._opened)
        self._note_when_asked()
        timeline.write(self._events)
        return self._opened

    def _follow(self, entry: Mirrored) -> None:
        # The row's status: it stays what it was where the record has no word that we know.
        asked = KIND_ASKED.get(RequestStatus(entry.order.request_status))
        for kind in RequestKind:
            request = self._open.get((entry.order.pk, kind))
            if request and not request.decision and self._is_over(request, entry, asked):
                self._close(request, entry)
        if asked and (entry.order.pk, asked) not in self._open:
            self._open_cycle(entry, asked)
        if asked is None and not entry.order.pending_answer:
            self._follow_work(entry)

    def _is_over(self, request: Request, entry: Mirrored, asked: RequestKind | None) -> bool:
        if request.kind == RequestKind.CANCEL or asked == RequestKind.CANCEL:
            return request.kind != asked
        return asked is None or entry.record.times_asked > entry.order.asked

    def _close(self, request: Request, entry: Mirrored) -> None:
        withdrawn = entry.record.request_status in (
            RequestStatus.PENDING,
            RequestStatus.REQUESTED,
            *([RequestStatus.ACCEPTED] if request.kind == RequestKind.CANCEL else []),
        )
        request.decision = Decision.WITHDRAWN if withdrawn else Decision.ELSEWHERE
        request.closed_at = timezone.now()
        request.save(update_fields=["decision", "closed_at"])
        del self._open[entry.order.pk, request.kind]
        what = request.get_kind_display().lower()
        text = "withdrew" if withdrawn else "settled at the store"
        self._note(entry.order, f"The merchant {text} the {what} request.")
        problems.settle_found_by([Source.TRIAGE], [entry.order], "The request is over.")

    def _open_cycle(self, entry: Mirrored, kind: RequestKind) -> None:
        order, record = entry.order, entry.record
        if kind == RequestKind.FULFILL and not entry.created:
            self._start_over(entry)
        asked = _latest(record, kind)
        request = Request(
            fulfillment_order=order,
            kind=kind,
            cycle=self._last.get((order.pk, kind), 0) + 1,
            message=asked.message,
            notify=_notify(record),
            received_at=self._now,
            snapshot={"address": order.address, "raw": order.raw},
        )
        self._opened.append(request)
        self._open[order.pk, kind] = request
        if kind == RequestKind.FULFILL:
            order.requested_at = self._now
        wish = "fulfillment" if kind == RequestKind.FULFILL else "cancellation"
        said = f": “{asked.message}”" if asked.message else "."
        self._note(order, f"The merchant asked for {wish}{said}")
        if kind == RequestKind.CANCEL:
            races.note_late_cancellation(order)

    def _note_when_asked(self) -> None:
        asked = [each for each in self._opened if each.kind == RequestKind.FULFILL]
        FulfillmentOrder.objects.filter(
            pk__in=[request.fulfillment_order_id for request in asked]
        ).update(requested_at=self._now)

    def _start_over(self, entry: Mirrored) -> None:
        """A new cycle after an end: work begins anew, with the address and lines of now."""
        if entry.order.work_status != WorkStatus.PARTLY_SHIPPED:
            entry.order.work_status = WorkStatus.NEW
        edits.forget(entry.order)
        entry.order.asked = entry.record.times_asked
        rewrite([entry])
        entry.order.save()

    def _follow_work(self, entry: Mirrored) -> None:
        """The merchant may accept, ship, move or cancel at the store, without a word to us."""
        order, state = entry.order, entry.record.state
        if order.work_status == WorkStatus.NEW and _to_ship(entry.record):
            order.work_status = WorkStatus.ALLOCATED
            # Nobody asked us: its time runs from the moment when we learn of it.
            order.requested_at = order.requested_at or self._now
            order.save(update_fields=["work_status", "requested_at"])
            self._note(order, _how_accepted(order))
        elif state in (UpstreamState.CLOSED, UpstreamState.CLOSED_SHORT):
            self._stop(order, WorkStatus.CLOSED, "closed: shipped or moved by somebody else")
        elif state == UpstreamState.CANCELLED:
            self._follow_cancellation(order)
        elif order.request_status in NOT_ASKED:
            self._stop_unasked(order)
        elif order.work_status in FLOOR and _to_ship(entry.record):
            edits.follow(order, entry.record)

    def _follow_cancellation(self, order: FulfillmentOrder) -> None:
        """Stop; where nobody asks us before, a parcel may have left, and a person decides."""
        asks = order.store.platform.capabilities.answers_cancellations
        if order.work_status in AWAY and not asks:
            races.note_cancelled_behind_us(order)
            return
        self._stop(order, WorkStatus.CANCELLED, "cancelled")
        problems.settle_found_by([Source.BY_HAND], [order], "The store has cancelled it.")

    def _stop_unasked(self, order: FulfillmentOrder) -> None:
        """Accepted work that the merchant takes back without asking to cancel it."""
        if order.work_status in FLOOR:
            self._stop(order, WorkStatus.CANCELLED, "not asked for any more")

    def _stop(self, order: FulfillmentOrder, end: WorkStatus, how: str) -> None:
        if order.work_status not in (WorkStatus.NEW, *FLOOR):
            return
        text = f"The store says it is {how}. Stop working on it."
        if order.work_status in FLOOR:
            problems.open_one(order, Source.STORE, text)
        order.work_status = end
        order.save(update_fields=["work_status"])
        order.cancel_open_units()
        self._note(order, text)

    def _note(self, order: FulfillmentOrder, text: str) -> None:
        self._events.append(timeline.event(order, text, actor=Actor.STORE))


def _how_accepted(order: FulfillmentOrder) -> str:
    if order.store.platform.capabilities.told_when_asked:
        return "The store asked us to ship it, and our answer accepted it."
    return "Accepted at the store, not by us: it is ours to ship."


def _to_ship(record: FulfillmentOrderRecord) -> bool:
    return (
        record.request_status in (RequestStatus.ACCEPTED, RequestStatus.CANCEL_REJECTED)
        and record.state == UpstreamState.IN_PROGRESS
    )


def _latest(record: FulfillmentOrderRecord, kind: RequestKind) -> MerchantRequest:
    same = [request for request in record.requests if request.kind == kind]
    return same[-1] if same else MerchantRequest(kind)


def _notify(record: FulfillmentOrderRecord) -> bool:
    """The latest fulfill request says whether the customer is told; else yes.

    Contract next29, section 12.
    """
    notify = _latest(record, RequestKind.FULFILL).notify
    return True if notify is None else notify
