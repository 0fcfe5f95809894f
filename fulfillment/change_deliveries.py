"""Delivers changes that a store was asked for: look whether it is in place, ask, take it in."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from fulfillment import allocation, intake, jobs, problems, shortages, status, timeline
from fulfillment.answers import FOUND, Seen
from fulfillment.content import fingerprint, units
from fulfillment.models import Actor, FulfillmentOrder, Source, WorkStatus
from fulfillment.subject import order_of, ref_of
from fulfillment.transitions import Action
from locations.models import Location
from platforms.interface import Client
from platforms.records import (
    Divided,
    FulfillmentOrderRecord,
    HoldReason,
    LineQuantity,
    RequestStatus,
    UpstreamState,
)
from relay.delivery import Already, Send, Stop, Verdict
from relay.models import OutboundCall


@dataclass(frozen=True, slots=True)
class SeenGroup:
    """The truth about an order, and the orders that it was divided into."""

    order: Seen
    group: tuple[FulfillmentOrderRecord, ...] = ()


class ChangeDelivery(ABC):
    """What all changes share. `in_place` and `why_moot` say what the look means for each."""

    action: Action
    confirmed: str

    def look(self, client: Client, call: OutboundCall) -> SeenGroup:
        """Fetch the order."""
        at = timezone.now()
        return SeenGroup(Seen(client.fetch_fulfillment_order(ref_of(call)), at))

    def judge(self, call: OutboundCall, seen: SeenGroup) -> Verdict:
        """Ask only if it is not in place and still makes sense."""
        order, record = order_of(call), seen.order.record
        result = self.in_place(order, call.payload, seen)
        if result is not None:
            return Already(result, FOUND)
        if reason := self.why_moot(call.payload, record):
            _take_back(order, call)
            intake.take_in(order.store, [record], seen.order.at)
            return Stop(reason, moot=True)
        return Send()

    @abstractmethod
    def in_place(
        self, order: FulfillmentOrder, payload: dict[str, Any], seen: SeenGroup
    ) -> dict[str, Any] | None:
        """Return what is worth keeping when the store shows the change; else None."""

    @abstractmethod
    def why_moot(self, payload: dict[str, Any], record: FulfillmentOrderRecord) -> str:
        """Return why the change makes no sense any more; empty when it does."""

    @abstractmethod
    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Ask the store for the change."""

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """The store has changed it: so do we, and then read it again."""
        order = order_of(call)
        order.pending_answer, order.told_at = "", timezone.now()
        order.offers = []
        self.apply(order, call.payload, result)
        order.save()
        problems.settle_about(call, "The store has confirmed it.")
        timeline.note(order, self.confirmed, actor=Actor.STORE)
        allocation.settle([order])
        status.refresh([order])
        jobs.read_later(order.store_id, [order.ref])

    @abstractmethod
    def apply(
        self, order: FulfillmentOrder, payload: dict[str, Any], result: dict[str, Any]
    ) -> None:
        """Change our rows beyond what reading the order again will change."""

    def refused(self, call: OutboundCall, reason: str) -> None:
        """A person must decide: ask again, or take it back."""
        order = order_of(call)
        detail = f"The store did not take “{call.verb_in_words}”: {reason}"
        problems.open_one(order, Source.STORE, detail, call=call)
        timeline.note(order, detail, actor=Actor.STORE)

    def dropped(self, call: OutboundCall, reason: str) -> None:
        """It was not asked for; the order stays as it is."""
        order = order_of(call)
        _take_back(order, call)
        problems.settle_about(call, reason)
        timeline.note(order, f"“{call.verb_in_words}” was not sent: {reason}")
        status.refresh([order])

    given_up = dropped


class HoldDelivery(ChangeDelivery):
    """Puts an order on hold at the store."""

    action = Action.HOLD_AT_STORE
    confirmed = "The store confirmed: on hold."

    def in_place(
        self, order: FulfillmentOrder, payload: dict[str, Any], seen: SeenGroup
    ) -> dict[str, Any] | None:
        """A hold is a hold, whoever asked for it."""
        return {} if seen.order.record.state == UpstreamState.ON_HOLD else None

    def why_moot(self, payload: dict[str, Any], record: FulfillmentOrderRecord) -> str:
        """What has been accepted or has ended is not held."""
        if record.state in (UpstreamState.OPEN, UpstreamState.CANCELLED, UpstreamState.UNKNOWN):
            return ""
        return _says(record)

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Hold it."""
        reason = HoldReason(call.payload["reason"])
        client.hold(ref_of(call), reason, call.payload["message"])
        return {}

    def apply(
        self, order: FulfillmentOrder, payload: dict[str, Any], result: dict[str, Any]
    ) -> None:
        """The reason comes with the next reading."""
        order.on_hold = True


class ReleaseDelivery(ChangeDelivery):
    """Releases the store's hold."""

    action = Action.RELEASE_AT_STORE
    confirmed = "The store confirmed: the hold is released."

    def in_place(
        self, order: FulfillmentOrder, payload: dict[str, Any], seen: SeenGroup
    ) -> dict[str, Any] | None:
        """What is not held needs no release."""
        return None if seen.order.record.state == UpstreamState.ON_HOLD else {}

    def why_moot(self, payload: dict[str, Any], record: FulfillmentOrderRecord) -> str:
        """A held order can always be released."""
        return ""

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Release it."""
        client.release_hold(ref_of(call))
        return {}

    def apply(
        self, order: FulfillmentOrder, payload: dict[str, Any], result: dict[str, Any]
    ) -> None:
        """Its status comes with the next reading."""
        order.on_hold = False


class CloseShortDelivery(ChangeDelivery):
    """Ends an order with units not shipped."""

    action = Action.CLOSE_SHORT
    confirmed = "The store confirmed: closed short."

    def in_place(
        self, order: FulfillmentOrder, payload: dict[str, Any], seen: SeenGroup
    ) -> dict[str, Any] | None:
        """Closed short, and not merely closed: that would mean that all was shipped."""
        return {} if seen.order.record.state == UpstreamState.CLOSED_SHORT else None

    def why_moot(self, payload: dict[str, Any], record: FulfillmentOrderRecord) -> str:
        """A cancellation is answered first; it ends the order as well."""
        if record.request_status == RequestStatus.CANCEL_REQUESTED:
            return "The merchant has asked to cancel it. Answer that instead."
        if record.state in (UpstreamState.IN_PROGRESS, UpstreamState.UNKNOWN):
            return ""
        return _says(record)

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Close it."""
        client.close_short(ref_of(call), call.payload["message"])
        return {}

    def apply(
        self, order: FulfillmentOrder, payload: dict[str, Any], result: dict[str, Any]
    ) -> None:
        """What is open is short for good."""
        order.request_status = RequestStatus.CLOSED
        order.lines.filter(open__gt=0).update(short=F("short") + F("open"), open=0)
        order.close_after_part()


class DividingDelivery(ChangeDelivery):
    """What moving and splitting share: the units go on in another order.

    That order is taken in before the call is done. Nobody would tell us of it again.
    """

    def look(self, client: Client, call: OutboundCall) -> SeenGroup:
        """Fetch the order; and what it was divided into, unless this is the first try."""
        seen = super().look(client, call)
        if call.attempts.count() == 1:
            return seen
        group = client.fetch_order_group(seen.order.record.order_ref)
        return SeenGroup(seen.order, tuple(group))

    def send(self, client: Client, call: OutboundCall) -> dict[str, Any]:
        """Divide it, and take in what came of it."""
        at = timezone.now()
        order = FulfillmentOrder.objects.select_related("store").get(pk=call.subject_id)
        divided = self.divide(client, order.ref, call.payload)
        _adopt(order, divided.other, at)
        return {"fingerprint": fingerprint(divided.original)}

    @abstractmethod
    def divide(self, client: Client, ref: str, payload: dict[str, Any]) -> Divided:
        """Make the one change at the store."""


class MoveDelivery(DividingDelivery):
    """Moves an order, or whole lines of it, to another location."""

    action = Action.MOVE
    confirmed = "The store confirmed: moved."

    def in_place(
        self, order: FulfillmentOrder, payload: dict[str, Any], seen: SeenGroup
    ) -> dict[str, Any] | None:
        """The lines are gone from here, and an order at the target has come up."""
        target = payload["location_ref"]
        there = [r for r in _new(payload, seen) if r.location_ref == target]
        if not there or _still_here(payload["lines"], seen.order.record):
            return None
        _adopt(order, there[-1], seen.order.at)
        return {}

    def why_moot(self, payload: dict[str, Any], record: FulfillmentOrderRecord) -> str:
        """What is accepted, held or over is not moved."""
        open_there = record.state in (UpstreamState.OPEN, UpstreamState.UNKNOWN)
        stopped = record.request_status == RequestStatus.CANCEL_ACCEPTED
        return "" if open_there or stopped else _says(record)

    def divide(self, client: Client, ref: str, payload: dict[str, Any]) -> Divided:
        """Move it."""
        return client.move(ref, payload["location_ref"], payload["lines"])

    def apply(
        self, order: FulfillmentOrder, payload: dict[str, Any], result: dict[str, Any]
    ) -> None:
        """The lines that went are cancelled here; they go on elsewhere."""
        moved = order.lines.filter(open__gt=0)
        if payload["lines"]:
            moved = moved.filter(ref__in=payload["lines"])
        moved.update(cancelled=F("cancelled") + F("open"), open=0)
        if not payload["lines"]:
            order.work_status = WorkStatus.CLOSED
        timeline.note(order, f"Now at {payload['location_name']}: what was moved there.")


class SplitDelivery(DividingDelivery):
    """Puts some units into an order of their own."""

    action = Action.SPLIT
    confirmed = "The store confirmed: split."

    def in_place(
        self, order: FulfillmentOrder, payload: dict[str, Any], seen: SeenGroup
    ) -> dict[str, Any] | None:
        """The units are gone from here, and an order with as many has come up."""
        left = {line.ref: units(line) for line in seen.order.record.lines}
        gone = all(left.get(ref, 0) <= before - n for ref, (before, n) in payload["lines"].items())
        wanted = sum(n for _, n in payload["lines"].values())
        twins = [r for r in _new(payload, seen) if sum(map(units, r.lines)) == wanted]
        if not gone or not twins:
            return None
        _adopt(order, twins[-1], seen.order.at)
        return {"fingerprint": fingerprint(seen.order.record)}

    def why_moot(self, payload: dict[str, Any], record: FulfillmentOrderRecord) -> str:
        """What is held, over, or asked to be cancelled is not split."""
        if record.request_status == RequestStatus.CANCEL_REQUESTED:
            return "The merchant has asked to cancel it. Answer that first."
        if record.state in (UpstreamState.OPEN, UpstreamState.IN_PROGRESS, UpstreamState.UNKNOWN):
            return ""
        return _says(record)

    def divide(self, client: Client, ref: str, payload: dict[str, Any]) -> Divided:
        """Split it."""
        wanted = [LineQuantity(line, n) for line, (_, n) in payload["lines"].items()]
        return client.split(ref, wanted)

    def settled(self, call: OutboundCall, result: dict[str, Any]) -> None:
        """Until now both orders held the units: what seemed to be missing is not."""
        super().settled(call, result)
        shortages.follow()

    def apply(
        self, order: FulfillmentOrder, payload: dict[str, Any], result: dict[str, Any]
    ) -> None:
        """The units go on in the other order, so they were never ordered here.

        Before acceptance the next reading writes the lines anew, whatever they were.
        """
        if order.work_status == WorkStatus.NEW:
            return
        for line in order.lines.filter(ref__in=payload["lines"]):
            gone = min(payload["lines"][line.ref][1], line.open)
            line.open -= gone
            line.ordered -= gone
            line.save(update_fields=["open", "ordered"])
        order.fingerprint = result["fingerprint"]
        order.revision += 1


def _still_here(lines: Sequence[str], record: FulfillmentOrderRecord) -> bool:
    here = {line.ref for line in record.lines if units(line)}
    return bool(here & set(lines)) if lines else bool(here)


def _new(payload: dict[str, Any], seen: SeenGroup) -> list[FulfillmentOrderRecord]:
    """Return the orders of the group that were not there when the change was asked for."""
    return [record for record in seen.group if record.ref not in payload["known"]]


def _adopt(order: FulfillmentOrder, record: FulfillmentOrderRecord, at: datetime) -> None:
    """Take in an order at a location of ours; others are none of our business."""
    places = Location.objects.filter(store=order.store_id, ref=record.location_ref)
    if record.location_ref and places.exists():
        intake.take_in(order.store, [record], at)


def _take_back(order: FulfillmentOrder, call: OutboundCall) -> None:
    """Note that the change is not on its way any more. Harmless when repeated."""
    if order.pending_answer == call.verb and order.changes_asked == call.payload["change"]:
        order.pending_answer = ""
        order.save(update_fields=["pending_answer"])


def _says(record: FulfillmentOrderRecord) -> str:
    said = record.upstream_status or record.upstream_request_status
    return f"The store says “{said}” now."


CHANGE_DELIVERIES = {
    each.action: each
    for each in (
        HoldDelivery(),
        ReleaseDelivery(),
        CloseShortDelivery(),
        MoveDelivery(),
        SplitDelivery(),
    )
}
