"""Compares our orders with a store's, one by one, and repairs what can be repaired safely.

Comparing changes nothing here or there. Repairing goes the ways that exist: what is newer at the
store is taken in, what the store lacks is queued, and the courier looks before it sends. What if
it dies, or runs twice? Each order is on its own; what was repaired is in step the next time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import TypeAlias

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from fulfillment import conversation, intake, problems, telling
from fulfillment.answers import PROOF
from fulfillment.content import units
from fulfillment.departures import matching
from fulfillment.mirror import OVER, mirror_shipments
from fulfillment.models import FulfillmentOrder, Problem, ShipmentState, Source, WorkStatus
from fulfillment.models.orders import ENDED
from fulfillment.proof import Ours, Reading, changes, facts_of, kept_reading, ours_of
from fulfillment.transitions import PENDING_WORDS, Action
from fulfillment.verdict import VERDICTS, Finding, Standing, Verdict, judge
from locations.models import Store
from platforms.errors import Malformed, Missing, Refusal, Refused
from platforms.interface import Client
from platforms.records import (
    AssignedQueue,
    FulfillmentOrderRecord,
    FulfillmentRecord,
    Unreadable,
    UpstreamState,
)
from relay import engine
from relay.asking import MAX_PAGES, Asking, ask

RECENTLY = timedelta(days=7)
UNKNOWN = "unknown_to_us"
UNREADABLE = "unreadable"


class Repair(StrEnum):
    """What is done about a difference."""

    TAKE_IN = "take_in"
    TELL = "tell"
    WAIT = "wait"
    PERSON = "person"


WOULD: Mapping[Repair, str] = {
    Repair.TAKE_IN: "--fix would take in what the store says.",
    Repair.TELL: "--fix would queue it again; the store is looked at before anything is sent.",
    Repair.WAIT: "--fix would leave it to the courier, which tries again by itself.",
    Repair.PERSON: "--fix would open a problem, for a person must look.",
}
REPAIRS: Mapping[Finding, Repair] = {
    **dict.fromkeys(
        (
            Finding.CLOSED_WITH_WORK,
            Finding.ENDED_THERE,
            Finding.MOVED_ON,
            Finding.ASKED_ANEW,
            Finding.HELD_OTHERWISE,
            Finding.UNREAD,
        ),
        Repair.TAKE_IN,
    ),
    **dict.fromkeys((Finding.FAILED, Finding.LOST), Repair.TELL),
    **dict.fromkeys((Finding.IN_DOUBT, Finding.DELAYED), Repair.WAIT),
}
# What nobody has decided on yet follows the store; afterwards a person must look.
OPEN_TO_CHANGE = (Finding.CHANGED, Finding.OTHER_UNITS)
# These may be told all the same where the store turns out to have it: then nothing is sent.
TOLD_IF_THERE = (Finding.REFUSED, Finding.GIVEN_UP, Finding.CLOSED_BUT_UNTOLD)


@dataclass(frozen=True, slots=True)
class Difference:
    """One order about which a store and we differ, in words. `repair` is what is to be done."""

    ref: str
    number: str
    finding: str
    ours: str
    theirs: str
    verdict: str
    repair: Repair
    outcome: str = ""

    @property
    def line(self) -> str:
        """All of it in one line."""
        return (
            f"order {self.number} ({self.ref}): here {self.ours}; there {self.theirs}. "
            f"{self.verdict} {self.outcome or WOULD[self.repair]}"
        )


@dataclass(slots=True)
class Report:
    """What a comparison found. `left` are the differences that remain after repairs."""

    compared: int = 0
    found: list[Difference] = field(default_factory=list)
    left: list[Difference] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wish:
    """What to compare, whether to repair, and whom to tell of each difference at once."""

    since: timedelta = RECENTLY
    at_most: int | None = None
    fix: bool = False
    tell: Callable[[Difference], None] = lambda difference: None


@dataclass(frozen=True, slots=True)
class Case:
    """One order with what the store said of it. Without a reading, `trouble` says why."""

    ref: str
    reading: Reading | None = None
    trouble: str = ""


Listed: TypeAlias = Mapping[str, Reading]


def compare(store: Store, client: Client, wish: Wish, report: Report) -> Asking[Report]:
    """Compare every live order, those that ended recently, and the store's lists of work.

    Yields the seconds it wants to wait; `report` grows meanwhile. Raises Unavailable,
    Unauthorized, and Malformed for a list that makes no sense.
    """
    listed = yield from _listed(store, client)
    for ref in _refs(store, listed, wish):
        case = yield from _read(store, client, ref, listed)
        report.compared += 1
        difference = yield from _difference(store, client, case, wish)
        if difference is None:
            continue
        remains = True
        if wish.fix:
            difference, remains = yield from _repair(store, client, difference)
        report.found.append(difference)
        if remains:
            report.left.append(difference)
        wish.tell(difference)
    return report


def _listed(store: Store, client: Client) -> Asking[Listed]:
    """Read the lists of assigned work to their ends."""
    listed: dict[str, Reading] = {}
    since = timezone.now() - RECENTLY if store.platform.capabilities.lists_changes else None
    for queue in AssignedQueue:
        following: str | None = None
        seen: set[str | None] = set()
        while following not in seen and len(seen) < MAX_PAGES:
            seen.add(following)
            at = timezone.now()
            page = yield from ask(store, partial(client.fetch_assigned, queue, following, since))
            for record in page.records:
                known = _as_answered(store, record)
                listed[record.ref] = Reading(at, known)
            if page.next is None:
                break
            following = page.next
    listed.pop("", None)
    return listed


def _refs(store: Store, listed: Listed, wish: Wish) -> Iterator[str]:
    """Return what to compare: ours, the longest unread first, then what only the store lists."""
    recently = timezone.now() - wish.since
    recent = Q(read_at__gte=recently) | Q(told_at__gte=recently)
    ours = store.fulfillment_orders.filter(recent | ~Q(work_status__in=ENDED)).order_by("read_at")
    refs = list(ours.values_list("ref", flat=True)[: wish.at_most])
    yield from refs
    yield from sorted(listed.keys() - set(refs))


def _read(store: Store, client: Client, ref: str, listed: Listed) -> Asking[Case]:
    """Return what a list said of the order, or ask for it where the lists do not say enough."""
    reading = listed.get(ref)
    if reading and reading.record and reading.record.upstream_request_status:
        return Case(ref, reading)
    at = timezone.now()
    try:
        record = yield from ask(store, partial(client.fetch_fulfillment_order, ref))
    except Missing:
        return Case(ref, Reading(at, gone=True))
    except (Malformed, Refused) as error:
        return Case(ref, trouble=str(error))
    return Case(ref, Reading(at, _as_answered(store, record)))


def _as_answered(
    store: Store, record: FulfillmentOrderRecord | Unreadable
) -> FulfillmentOrderRecord | None:
    if not isinstance(record, FulfillmentOrderRecord):
        return None
    [read] = conversation.as_answered(store, [record])
    return read


def _difference(store: Store, client: Client, case: Case, wish: Wish) -> Asking[Difference | None]:
    ours = _ours(store, case.ref)
    if case.reading is None:
        return _unreadable(case, ours)
    if ours is None:
        return _unknown(case.reading)
    order = ours.order
    # Somebody may have read it since, and taken that in: the newer reading counts.
    reading = case.reading if case.reading.at >= order.read_at else kept_reading(order)
    verdict = judge(facts_of(ours, reading, timezone.now()))
    if _is_fine(verdict):
        return None
    there = None
    if ours.untold_units and not reading.gone:
        at = timezone.now()
        there = yield from _shipments(store, client, order)
        if wish.fix and there is not None:
            mirror_shipments(order, there, at)
    return Difference(
        ref=order.ref,
        number=str(order.order),
        finding=verdict.finding,
        ours=_our_words(ours),
        theirs=_their_words(ours, reading, there),
        verdict=f"{verdict.words}: {verdict.why}",
        repair=_repair_of(verdict, ours, reading, there),
    )


def _is_fine(verdict: Verdict) -> bool:
    return verdict.standing == Standing.IN_STEP or verdict.finding == Finding.ON_ITS_WAY


@transaction.atomic
def _ours(store: Store, ref: str) -> Ours | None:
    """Load what we know, all of one moment: whoever changes an order locks its row."""
    orders = store.fulfillment_orders.select_for_update(of=("self",))
    order = orders.select_related("order", "store").filter(ref=ref).first()
    return ours_of(order) if order else None


def _shipments(
    store: Store, client: Client, order: FulfillmentOrder
) -> Asking[list[FulfillmentRecord] | None]:
    question = partial(client.fetch_fulfillments, order.ref, order.order.ref)
    try:
        return (yield from ask(store, question))
    except (Malformed, Refused):
        return None


def _repair_of(
    verdict: Verdict, ours: Ours, reading: Reading, there: list[FulfillmentRecord] | None
) -> Repair:
    order = ours.order
    if verdict.finding in TOLD_IF_THERE and _has_it(ours, reading, there):
        return Repair.TELL
    if verdict.finding in OPEN_TO_CHANGE:
        undecided = order.work_status == WorkStatus.NEW and not order.pending_answer
        return Repair.TAKE_IN if undecided else Repair.PERSON
    return REPAIRS.get(verdict.finding, Repair.PERSON)


def _has_it(ours: Ours, reading: Reading, there: list[FulfillmentRecord] | None) -> bool:
    """Tell whether the store has all that it was not told of, or that it refused."""
    answer = ours.order.pending_answer
    if answer and (not reading.record or reading.record.request_status not in _proof(answer)):
        return False
    sent = [s for s in ours.shipments if s.state != ShipmentState.CONFIRMED]
    return all(matching(shipment, tuple(there or ())) for shipment in sent)


def _proof(answer: str) -> set[str]:
    return {str(status) for status in PROOF[Action(answer)]}


def _unknown(reading: Reading) -> Difference | None:
    record = reading.record
    # What was over before we came is nobody's work; a list of changes is full of it.
    if record is None or record.state in OVER:
        return None
    return Difference(
        ref=record.ref,
        number=record.order_name or record.order_ref,
        finding=UNKNOWN,
        ours="unknown",
        theirs=_record_words(record),
        verdict="The store is ahead: it has assigned us an order that we have never taken in.",
        repair=Repair.TAKE_IN,
    )


def _unreadable(case: Case, ours: Ours | None) -> Difference:
    return Difference(
        ref=case.ref,
        number=str(ours.order.order) if ours else "?",
        finding=UNREADABLE,
        ours=_our_words(ours) if ours else "unknown",
        theirs="something that cannot be read",
        verdict=f"It cannot be compared: {case.trouble}",
        repair=Repair.TAKE_IN,
    )


def _our_words(ours: Ours) -> str:
    order = ours.order
    said = f"“{order.get_request_status_display()}”, floor “{order.get_work_status_display()}”"
    if order.pending_answer:
        said += f", {PENDING_WORDS[Action(order.pending_answer)]} on its way"
    said += f", {sum(line.open for line in ours.lines)} to ship"
    return f"{said}, {ours.untold_units} left untold" if ours.untold_units else said


def _their_words(ours: Ours, reading: Reading, there: list[FulfillmentRecord] | None) -> str:
    if reading.gone:
        return "no such order of ours"
    if reading.record is None:
        return "nothing that can be read"
    said = _record_words(reading.record)
    if other := changes(ours, reading.record):
        said += f", other {', '.join(other)}"
    if there is not None:
        codes = [code for shipment in there for code in shipment.tracking_codes]
        said += f", shipments {', '.join(codes) or 'none'}"
    return said


def _record_words(record: FulfillmentOrderRecord) -> str:
    status = record.upstream_request_status or record.request_status
    said = f"“{record.upstream_status}” / “{status}”"
    if record.holds or record.state == UpstreamState.ON_HOLD:
        said += ", on hold"
    return f"{said}, {sum(units(line) for line in record.lines)} to ship"


def _repair(
    store: Store, client: Client, difference: Difference
) -> Asking[tuple[Difference, bool]]:
    """Repair one difference as far as it is safe; tell what was done and whether it remains."""
    remains = True
    match difference.repair:
        case Repair.TAKE_IN:
            outcome, remains = yield from _take_in(store, client, difference.ref)
        case Repair.TELL:
            outcome = _tell_again(store, difference)
        case Repair.WAIT:
            engine.wake_courier(store.pk)
            outcome = "Left to the courier, which tries again by itself."
        case Repair.PERSON:
            outcome = _call_a_person(store, difference.ref, Finding(difference.finding))
    return replace(difference, outcome=outcome), remains


def _take_in(store: Store, client: Client, ref: str) -> Asking[tuple[str, bool]]:
    yield from intake.read_again(store, client, [ref])
    ours = _ours(store, ref)
    failed = store.alarms.filter(kind=intake.alarm_of(ref), cleared_at=None)
    if ours is None or failed.exists():
        return "It could not be taken in; an alarm says why.", True
    reading = kept_reading(ours.order)
    verdict = judge(facts_of(ours, reading, timezone.now()))
    if _is_fine(verdict):
        return "Taken in.", False
    if _repair_of(verdict, ours, reading, None) == Repair.PERSON:
        return f"Taken in. {_call_a_person(store, ref, verdict.finding)}", True
    return f"Taken in. {verdict.words}: {verdict.why}", True


def _tell_again(store: Store, difference: Difference) -> str:
    order = store.fulfillment_orders.get(ref=difference.ref)
    try:
        telling.tell_again(order.pk, by=None, given_up=difference.finding in TOLD_IF_THERE)
    except Refusal:
        return "It is on its way already."
    return "Queued again; the store is looked at before anything is sent."


@transaction.atomic
def _call_a_person(store: Store, ref: str, finding: Finding) -> str:
    """Open a problem, once: what a person has settled is not opened again on each run."""
    order = store.fulfillment_orders.select_for_update(of=("self",)).get(ref=ref)
    verdict = VERDICTS[finding]
    detail = f"{verdict.why} {verdict.todo}"
    known = Problem.objects.filter(fulfillment_order=order, source=Source.STORE, detail=detail)
    # What the store refused has had its problem since it was refused.
    if finding != Finding.REFUSED and not known.exists():
        problems.open_one(order, Source.STORE, detail)
    return "A person must look; the order has a problem that says what to do."
