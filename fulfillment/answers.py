"""Delivers answers: what the courier asks about an answer, and what its end means for us."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from fulfillment import allocation, conversation, intake, problems, status, timeline
from fulfillment.content import fingerprint
from fulfillment.models import Actor, FulfillmentOrder, Request, Source, WorkStatus
from fulfillment.settling import SETTLED, SETTLES, work_after
from fulfillment.subject import order_of, ref_of
from fulfillment.transitions import Action
from platforms.errors import Uncertain
from platforms.interface import Client
from platforms.records import (
    FulfillmentOrderRecord,
    RejectReason,
    RequestKind,
    RequestStatus,
    UpstreamState,
)
from relay.delivery import Already, Send, Stop, Verdict
from relay.models import OutboundCall

FOUND = "The store had it already."
CONFIRMED = {
    Action.ACCEPT: "The store confirmed: accepted. It can be picked.",
    Action.REJECT: "The store confirmed: rejected.",
    Action.ACCEPT_CANCELLATION: "The store confirmed: cancelled.",
    Action.REJECT_CANCELLATION: "The store confirmed: the cancellation is rejected.",
}
# A store that shows one of these must have taken our answer: nothing else leads there.
PROOF = {
    Action.ACCEPT: {
        RequestStatus.ACCEPTED,
        RequestStatus.CANCEL_REQUESTED,
        RequestStatus.CANCEL_ACCEPTED,
        RequestStatus.CANCEL_REJECTED,
    },
    Action.REJECT: {RequestStatus.REJECTED},
    Action.ACCEPT_CANCELLATION: {RequestStatus.CANCEL_ACCEPTED},
    Action.REJECT_CANCELLATION: {RequestStatus.CANCEL_REJECTED},
}
ASKED = {
    RequestKind.FULFILL: RequestStatus.REQUESTED,
    RequestKind.CANCEL: RequestStatus.CANCEL_REQUESTED,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """The truth about an order, and when it was asked for."""

    record: FulfillmentOrderRecord
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerDelivery:
    """Tells a store one of the four answers."""

    action: Action

    def look(self, client: Client, call: OutboundCall) -> Seen:
        """Fetch the order: a merchant may have withdrawn, held or changed it meanwhile."""
        at = timezone.now()
        record = client.fetch_fulfillment_order(ref_of(call))
        return Seen(conversation.heard(call.subject_id, record), at)

    def judge(self, call: OutboundCall, seen: Seen) -> Verdict:
        """Send only if the store still waits for this answer, on what was decided upon."""
        order = order_of(call)
        request = Request.objects.get(pk=call.payload["request_id"])
        status_there = seen.record.request_status
        if status_there in PROOF[self.action]:
            return Already({"request_status": status_there}, FOUND)
        if reason := self._moved_on(call, order, request, seen):
            _reopen(order, call)
            intake.take_in(order.store, [seen.record], seen.at)
            return Stop(reason, moot=True)
        return Send()

    def _moved_on(
        self, call: OutboundCall, order: FulfillmentOrder, request: Request, seen: Seen
    ) -> str:
        record = seen.record
        # A word that we do not know, or none, does not say that nobody waits: the store decides.
        if record.request_status not in (
            ASKED[RequestKind(request.kind)],
            RequestStatus.UNKNOWN,
        ):
            said = record.upstream_request_status or record.upstream_status
            return f"The store does not wait for this answer any more; it says “{said}”."
        if self.action == Action.REJECT and record.times_asked > order.asked:
            return "The merchant has asked anew since it was decided."
        if self.action != Action.ACCEPT:
            return ""
        if record.state == UpstreamState.ON_HOLD or record.holds:
            return "The merchant has put it on hold since it was decided."
        if fingerprint(record) != call.payload["fingerprint"]:
            return "The address or the lines were changed at the store after it was decided."
        return ""

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Tell the store. Raises Uncertain when its answer does not show our answer."""
        record = self._tell(client, ref_of(call), call.payload)
        if record.request_status not in PROOF[self.action]:
            raise Uncertain(
                "The store answered without an error, but shows "
                f"“{record.upstream_request_status}” all the same."
            )
        return {"request_status": record.request_status}

    def _tell(self, client: Client, ref: str, payload: dict[str, Any]) -> FulfillmentOrderRecord:
        message = payload["message"]
        match self.action:
            case Action.ACCEPT:
                return client.accept_request(ref, message)
            case Action.REJECT:
                return client.reject_request(ref, RejectReason(payload["reason"]), message)
            case Action.ACCEPT_CANCELLATION:
                return client.accept_cancellation(ref, message)
            case _:
                return client.reject_cancellation(ref, message)

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """The store knows: the request is over, and the work begins, ends or goes on."""
        order, now = order_of(call), timezone.now()
        # The merchant may have gone on since: then the store shows more than our answer.
        order.request_status = result["request_status"]
        order.work_status = work_after(order, self.action)
        order.pending_answer, order.told_at = "", now
        # What the store offered before the answer says nothing of now.
        order.offers = []
        if order.work_status == WorkStatus.CLOSED:
            order.close_after_part()
        order.save()
        if self.action == Action.ACCEPT_CANCELLATION:
            order.cancel_open_units()
        Request.objects.filter(pk=call.payload["request_id"]).update(told_at=now, closed_at=now)
        problems.settle_about(call, "The store has confirmed it.")
        if how := SETTLES.get(self.action):
            problems.settle_found_by(SETTLED, [order], how)
        timeline.note(order, CONFIRMED[self.action], actor=Actor.STORE)
        allocation.settle([order])
        status.refresh([order])

    def refused(self, call: OutboundCall, reason: str) -> None:
        """A person must decide: the answer was not taken."""
        order = order_of(call)
        detail = f"The store did not take the answer “{call.verb_in_words}”: {reason}"
        problems.open_one(order, Source.STORE, detail, call=call)
        timeline.note(order, detail, actor=Actor.STORE)

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """The answer was not given: the request is open again, if it is still there."""
        order = order_of(call)
        _reopen(order, call)
        problems.settle_about(call, reason)
        timeline.note(order, f"“{call.verb_in_words}” was not sent: {reason}")
        allocation.settle([order])
        status.refresh([order])

    def given_up(self, call: OutboundCall, reason: str) -> None:
        """A person took the answer back: no rule may give it again behind their back."""
        self.dropped(call, reason)
        detail = f"Decide by hand: “{call.verb_in_words}” was given up. {reason}"
        problems.open_one(order_of(call), Source.FLOOR, detail)


def _reopen(order: FulfillmentOrder, call: OutboundCall) -> None:
    """Take a decision back, unless a newer one has been made. Harmless when repeated."""
    request = Request.objects.get(pk=call.payload["request_id"])
    if request.closed_at or request.decisions_made != call.payload["decision"]:
        return
    request.decision, request.decided_at, request.decided_by = "", None, None
    request.save(update_fields=["decision", "decided_at", "decided_by"])
    FulfillmentOrder.objects.filter(pk=order.pk).update(pending_answer="")
    order.pending_answer = ""
