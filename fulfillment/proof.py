"""Proves what a store was told of an order: what it says, what we say, what the floor did.

The page of an order and the comparison with a store look at the same facts, gathered here.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from fulfillment import conversation
from fulfillment.content import units
from fulfillment.models import (
    FulfillmentOrder,
    Line,
    Shipment,
    ShipmentState,
    WorkStatus,
)
from fulfillment.telling import VERBS, about, untold
from fulfillment.verdict import Facts, Finding, Standing, Telling, Verdict, judge
from platforms.errors import Malformed
from platforms.records import FulfillmentOrderRecord, RequestStatus, UpstreamState
from relay.models import Attempt, CallState, Exchange, OutboundCall

# What is on its way for longer than this is late; a store that is up is told within seconds.
LATE = timedelta(minutes=15)
# Open work is read again within hours, however much of it there is.
LONG_UNREAD = timedelta(hours=24)
EXCHANGES_SHOWN = 20
NAMES_UNITS = (UpstreamState.OPEN, UpstreamState.IN_PROGRESS, UpstreamState.ON_HOLD)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the store said of an order when it was asked at a moment.

    There is no record where what it said cannot be read, or where it has no such order: `gone`.
    """

    at: datetime
    record: FulfillmentOrderRecord | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Ours:
    """An order with what its facts are counted from; three statements load it."""

    order: FulfillmentOrder
    lines: Sequence[Line]
    shipments: Sequence[Shipment]
    calls: Sequence[OutboundCall]

    @property
    def untold_units(self) -> int:
        """Units that left and that the store has not confirmed."""
        sent = (s for s in self.shipments if s.state != ShipmentState.CONFIRMED)
        return sum(entry.quantity for shipment in sent for entry in shipment.lines.all())


@dataclass(frozen=True, slots=True)
class LineProof:
    """One line on both sides; `there` is None where the store does not name it."""

    line: Line
    there: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """One exchange with the store about the order, and who was behind it."""

    exchange: Exchange
    who: str

    @property
    def request(self) -> str:
        """The body that was sent, as text."""
        body = self.exchange.request_body
        return "" if body in (None, {}) else json.dumps(body, ensure_ascii=False, indent=1)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the page shows. `outdated`: the store has confirmed something since it was read."""

    verdict: Verdict
    lines: Sequence[LineProof]
    confirmed: int
    untold: Sequence[Shipment]
    pending: OutboundCall | None
    outdated: bool
    exchanges: Sequence[Said]

    @property
    def alerts(self) -> bool:
        """Tell whether whoever works on the order should see the verdict first."""
        in_step = self.verdict.standing == Standing.IN_STEP
        return not in_step and self.verdict.finding != Finding.ON_ITS_WAY


def proof_of(order: FulfillmentOrder, *, with_exchanges: bool) -> Proof:
    """Gather the proof of one order in a fixed number of queries."""
    ours, reading = ours_of(order), kept_reading(order)
    outdated = _is_outdated(order, reading)
    there = _units_by_line(None if outdated else reading.record)
    sent = [s for s in ours.shipments if s.state != ShipmentState.CONFIRMED]
    return Proof(
        verdict=judge(facts_of(ours, reading, timezone.now())),
        lines=[LineProof(line, there.get(line.ref)) for line in ours.lines],
        confirmed=len(ours.shipments) - len(sent),
        untold=sent,
        pending=next((c for c in ours.calls if c.verb == order.pending_answer), None),
        outdated=outdated,
        exchanges=_exchanges(order) if with_exchanges else (),
    )


def ours_of(order: FulfillmentOrder) -> Ours:
    """Load what we know of an order."""
    sent = order.shipments.prefetch_related("lines").order_by("id")
    return Ours(order, list(order.lines.all()), list(sent), about([order])[order.pk])


def kept_reading(order: FulfillmentOrder) -> Reading:
    """Return what the store said when it was last read, out of what was kept of it.

    Of a store that cannot be asked nothing is known but what it once sent, which is no reading.
    """
    platform = order.store.platform
    if not platform.capabilities.reads_orders_back:
        return Reading(order.read_at)
    try:
        record = platform.read_order(order.raw, order.store.filled_options)
    except Malformed:
        return Reading(order.read_at)
    return Reading(order.read_at, conversation.read(order, record))


def facts_of(ours: Ours, reading: Reading, now: datetime) -> Facts:
    """Return the facts that a verdict is made of."""
    order, record = ours.order, reading.record
    if _is_outdated(order, reading):
        record = None
    return Facts(
        here=RequestStatus(order.request_status),
        there=record.request_status if record else RequestStatus(order.request_status),
        work=WorkStatus(order.work_status),
        state=record.state if record else UpstreamState.UNKNOWN,
        telling=_telling(ours, now),
        answering=bool(order.pending_answer),
        open_here=sum(line.open for line in ours.lines),
        shipped_here=sum(line.shipped for line in ours.lines),
        untold=ours.untold_units,
        open_there=_open_there(record),
        held_here=order.on_hold,
        held_there=_is_held(record) if record else order.on_hold,
        changed=bool(record and changes(ours, record)),
        asked_anew=bool(record and _is_asked_anew(order, record)),
        unread=_is_unread(order, reading, now),
        gone=reading.gone,
    )


def _is_unread(order: FulfillmentOrder, reading: Reading, now: datetime) -> bool:
    """Tell whether the store should have been asked again by now, if it can be asked."""
    asked = order.store.platform.capabilities.reads_orders_back
    return asked and now - max(reading.at, order.told_at or reading.at) > LONG_UNREAD


def changes(ours: Ours, record: FulfillmentOrderRecord) -> list[str]:
    """Name the parts of an order that the store writes otherwise than we do; units are no part."""
    order = ours.order
    known = {(line.ref, line.sku) for line in ours.lines}
    differs = {
        "address": order.address != FulfillmentOrder.address_as_json(record.address),
        "location": order.location_ref != record.location_ref[:64],
        "shipping method": order.shipping_code != record.shipping_code[:128],
        "SKUs": any((line.ref, line.sku[:255]) not in known for line in record.lines),
    }
    return [part for part, is_other in differs.items() if is_other]


def _is_outdated(order: FulfillmentOrder, reading: Reading) -> bool:
    return order.told_at is not None and order.told_at >= reading.at


def _is_held(record: FulfillmentOrderRecord) -> bool:
    return record.state == UpstreamState.ON_HOLD or bool(record.holds)


def _is_asked_anew(order: FulfillmentOrder, record: FulfillmentOrderRecord) -> bool:
    asked = record.request_status == RequestStatus.REQUESTED
    return asked and record.times_asked > order.asked


def _open_there(record: FulfillmentOrderRecord | None) -> int | None:
    if record is None or record.state not in NAMES_UNITS:
        return None
    return sum(units(line) for line in record.lines)


def _units_by_line(record: FulfillmentOrderRecord | None) -> dict[str, int]:
    return {line.ref: units(line) for line in record.lines} if record else {}


def _telling(ours: Ours, now: datetime) -> Telling:
    """Return the gravest of what became of our tellings."""
    states = {call.state for call in ours.calls}
    idle = untold(ours.order, ours.shipments, ours.calls)
    given_up = [s for s in idle.shipments if s.state == ShipmentState.UNTOLD]
    if CallState.REFUSED in states:
        return Telling.REFUSED
    if CallState.FAILED in states:
        return Telling.FAILED
    if idle.answer or len(given_up) < len(idle.shipments):
        return Telling.LOST
    if given_up:
        return Telling.GIVEN_UP
    if CallState.IN_DOUBT in states:
        return Telling.IN_DOUBT
    if any(call.attempts_made or now - call.created_at > LATE for call in ours.calls):
        return Telling.DELAYED
    return Telling.ON_ITS_WAY if ours.calls else Telling.NOTHING


def _exchanges(order: FulfillmentOrder) -> list[Said]:
    """Return the last exchanges about the order: those whose address names it, and its calls'."""
    rows = Exchange.objects.select_related("attempt__call__created_by").order_by("-id")
    named = rows.filter(store=order.store_id, about=order.ref)
    # Few by themselves; ordered together with all exchanges they would cost a walk through those.
    calls = Attempt.objects.filter(call__verb__in=VERBS, call__subject_id=order.pk).order_by()
    attempts = sorted(calls.values_list("pk", flat=True))[-EXCHANGES_SHOWN:]
    called = rows.filter(attempt__in=attempts)
    found = {row.pk: row for row in [*named[:EXCHANGES_SHOWN], *called[:EXCHANGES_SHOWN]]}
    last = sorted(found.values(), key=lambda row: -row.pk)[:EXCHANGES_SHOWN]
    return [Said(exchange, _who(exchange)) for exchange in last]


def _who(exchange: Exchange) -> str:
    call = exchange.attempt.call if exchange.attempt else None
    if call is None:
        return exchange.purpose
    return f"{call.verb_in_words}, by {call.created_by or 'rule'}"
