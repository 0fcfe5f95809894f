"""One table of what may be done when: it draws the buttons, enforces the rule, fills the docs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fulfillment.models import FulfillmentOrder, WorkStatus
from platforms.records import Offer, RequestStatus

Guard = Callable[[FulfillmentOrder], str]


class Action(StrEnum):
    """What a person or a rule can do with a fulfillment order."""

    ACCEPT = "accept_request"
    REJECT = "reject_request"
    ACCEPT_CANCELLATION = "accept_cancellation"
    REJECT_CANCELLATION = "reject_cancellation"
    RECONSIDER = "reconsider"
    START_PICKING = "start_picking"
    FINISH_PICKING = "finish_picking"
    PACK = "pack"
    SHIP = "ship"
    BEGIN_ANEW = "begin_anew"
    HOLD = "hold"
    RELEASE = "release"
    HOLD_AT_STORE = "hold_at_store"
    RELEASE_AT_STORE = "release_at_store"
    CLOSE_SHORT = "close_short"
    MOVE = "move"
    SPLIT = "split"


ANSWERS = (
    Action.ACCEPT,
    Action.REJECT,
    Action.ACCEPT_CANCELLATION,
    Action.REJECT_CANCELLATION,
)
CHANGES = (
    Action.HOLD_AT_STORE,
    Action.RELEASE_AT_STORE,
    Action.CLOSE_SHORT,
    Action.MOVE,
    Action.SPLIT,
)
# What is on its way to the store, until the store has confirmed it.
PENDING_WORDS = {
    Action.ACCEPT: "“accepted”",
    Action.REJECT: "“rejected”",
    Action.ACCEPT_CANCELLATION: "“cancellation accepted”",
    Action.REJECT_CANCELLATION: "“cancellation rejected”",
    Action.HOLD_AT_STORE: "“put on hold”",
    Action.RELEASE_AT_STORE: "“hold released”",
    Action.CLOSE_SHORT: "“closed short”",
    Action.MOVE: "“moved”",
    Action.SPLIT: "“split”",
}


def no_answer_on_its_way(order: FulfillmentOrder) -> str:
    """One thing at a time: until the store has confirmed it, nothing new is decided."""
    if not order.pending_answer:
        return ""
    words = PENDING_WORDS[Action(order.pending_answer)]
    return f"{words} is on its way to the store and not confirmed yet."


def not_held_at_store(order: FulfillmentOrder) -> str:
    """What the store holds is not ours to change."""
    return "It is on hold at the store." if order.on_hold else ""


def not_held(order: FulfillmentOrder) -> str:
    """A hold stops the floor and the answer."""
    if order.held_here:
        return "It is on hold here. Release it first."
    return not_held_at_store(order)


def held_here(order: FulfillmentOrder) -> str:
    """Only what we hold ourselves can be released here."""
    return "" if order.held_here else "It is not on hold here."


def held_at_store(order: FulfillmentOrder) -> str:
    """Only what the store holds can be released there."""
    return "" if order.on_hold else "It is not on hold at the store."


def may_hold(order: FulfillmentOrder) -> str:
    """The platform must know holds."""
    able = order.store.platform.capabilities.holds
    return "" if able else _instead(order, "holds", "holds no orders for us")


def may_close_short(order: FulfillmentOrder) -> str:
    """The platform must know orders that end with units not shipped, or leave the end to us."""
    able = order.store.platform.capabilities.closes_short or ends_here(order)
    return "" if able else _instead(order, "closes_short", "has no way to close an order short")


def ends_here(order: FulfillmentOrder) -> bool:
    """Tell whether the store has no say in the end: it wants the final count, or asks for it."""
    platform = order.store.platform
    return platform.capabilities.wants_final_count or platform.capabilities.told_when_asked


def may_move(order: FulfillmentOrder) -> str:
    """The platform must let us move orders, and offer it for this one."""
    if not order.store.platform.capabilities.moves:
        return _instead(order, "moves", "does not let us move orders")
    return _offered(order, Offer.MOVE)


def may_split(order: FulfillmentOrder) -> str:
    """The platform must let us split orders, and offer it for this one."""
    if not order.store.platform.capabilities.splits:
        return _instead(order, "splits", "does not let us split orders")
    return _offered(order, Offer.SPLIT)


def _instead(order: FulfillmentOrder, capability: str, why: str) -> str:
    """Say that the platform cannot, and what a person does instead."""
    platform = order.store.platform
    return f"{platform.label} {why}. {platform.by_hand.get(capability, '')}".strip()


def _offered(order: FulfillmentOrder, offer: Offer) -> str:
    """A store that lists what may be done means it; one that lists nothing is asked."""
    if not order.offers or offer in order.offers:
        return ""
    return f"The store does not offer to {offer} it now."


def not_too_late(order: FulfillmentOrder) -> str:
    """What has left the building cannot be cancelled any more."""
    if order.work_status == WorkStatus.SHIPPED:
        return "It has left the building, so it is too late to cancel."
    if order.work_status == WorkStatus.PARTLY_SHIPPED and order.has_untold_shipments():
        return "A parcel has left, and the store does not know of it yet."
    return ""


def not_told(order: FulfillmentOrder) -> str:
    """A store that was told of a rejection lets its merchant ask anew; nobody else can."""
    if order.store.platform.capabilities.answers_requests:
        return "The store knows that it is rejected. The merchant can ask for it anew there."
    return ""


def not_with_partner(order: FulfillmentOrder) -> str:
    """What a partner has is the partner's to pick and ship, and no change reaches it there."""
    for job in order.partner_jobs.all():
        if job.is_theirs:
            number = f" (number {job.ref} there)" if job.ref else ""
            return f"{job.account} has it{number}. Take it back from the partner first."
    return ""


def has_warehouse(order: FulfillmentOrder) -> str:
    """Work needs a place."""
    if order.warehouse_id is None:
        return f"It is for location {order.location_ref or '?'}, which is none of ours."
    return ""


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states an action leads where.

    `request_after` becomes true only when the store has confirmed the answer; `work_after` of
    an answer likewise. Other actions take effect at once. Where the units decide, `work_either`
    names the ends. `says` is for the docs: what it means, in a sentence.
    """

    label: str
    permission: str
    request: frozenset[RequestStatus]
    work: frozenset[WorkStatus]
    request_after: RequestStatus | None = None
    work_after: WorkStatus | None = None
    guards: tuple[Guard, ...] = ()
    work_either: tuple[WorkStatus, ...] = ()
    says: str = ""


WORKABLE = frozenset({RequestStatus.ACCEPTED, RequestStatus.CANCEL_REJECTED})
NOT_LEFT = frozenset(
    {
        WorkStatus.NEW,
        WorkStatus.ALLOCATED,
        WorkStatus.PICKING,
        WorkStatus.PICKED,
        WorkStatus.PACKED,
    }
)
IN_THE_HOUSE = frozenset(
    {
        WorkStatus.ALLOCATED,
        WorkStatus.PICKING,
        WorkStatus.PICKED,
        WorkStatus.PACKED,
        WorkStatus.PARTLY_SHIPPED,
    }
)
# What the store may still give to another location (contract next29, section 11).
MOVABLE = frozenset(
    {
        RequestStatus.PENDING,
        RequestStatus.REQUESTED,
        RequestStatus.REJECTED,
        RequestStatus.CANCEL_ACCEPTED,
    }
)
BEGUN = frozenset({WorkStatus.PICKING, WorkStatus.PICKED, WorkStatus.PACKED})
NOT_BEGUN = frozenset({WorkStatus.NEW, WorkStatus.CANCELLED})

TRANSITIONS: Mapping[Action, Transition] = {
    Action.ACCEPT: Transition(
        label="Accept",
        says="We promise to ship it; it becomes work for the floor.",
        permission="fulfillment.decide_request",
        request=frozenset({RequestStatus.REQUESTED}),
        work=frozenset({WorkStatus.NEW, WorkStatus.PARTLY_SHIPPED}),
        request_after=RequestStatus.ACCEPTED,
        work_after=WorkStatus.ALLOCATED,
        guards=(no_answer_on_its_way, not_held, has_warehouse),
    ),
    Action.REJECT: Transition(
        label="Reject",
        says="We will not ship it. The merchant reads the reason and the message.",
        permission="fulfillment.decide_request",
        request=frozenset({RequestStatus.REQUESTED}),
        work=frozenset({WorkStatus.NEW, WorkStatus.PARTLY_SHIPPED}),
        request_after=RequestStatus.REJECTED,
        guards=(no_answer_on_its_way,),
    ),
    Action.ACCEPT_CANCELLATION: Transition(
        label="Accept cancellation",
        says="We stop. Units that are still here are counted as cancelled.",
        permission="fulfillment.decide_cancellation",
        request=frozenset({RequestStatus.CANCEL_REQUESTED}),
        work=NOT_LEFT | {WorkStatus.PARTLY_SHIPPED, WorkStatus.CANCELLED, WorkStatus.CLOSED},
        request_after=RequestStatus.CANCEL_ACCEPTED,
        work_after=WorkStatus.CANCELLED,
        guards=(no_answer_on_its_way, not_too_late),
    ),
    Action.REJECT_CANCELLATION: Transition(
        label="Reject cancellation",
        says="It is too late to stop, or we ship it all the same. The merchant reads why.",
        permission="fulfillment.decide_cancellation",
        request=frozenset({RequestStatus.CANCEL_REQUESTED}),
        work=frozenset(WorkStatus),
        request_after=RequestStatus.CANCEL_REJECTED,
        guards=(no_answer_on_its_way,),
    ),
    Action.RECONSIDER: Transition(
        label="Take the rejection back",
        says="It waits for a decision again. Only where the store was not told of the rejection.",
        permission="fulfillment.decide_request",
        request=frozenset({RequestStatus.REJECTED}),
        work=frozenset({WorkStatus.NEW}),
        request_after=RequestStatus.REQUESTED,
        guards=(not_told,),
    ),
    Action.START_PICKING: Transition(
        label="Start picking",
        says="Somebody walks for it.",
        permission="fulfillment.pick",
        request=WORKABLE,
        work=frozenset({WorkStatus.ALLOCATED}),
        work_after=WorkStatus.PICKING,
        guards=(no_answer_on_its_way, not_held, not_with_partner),
    ),
    Action.FINISH_PICKING: Transition(
        label="Picked",
        says="All its units are picked.",
        permission="fulfillment.pick",
        request=WORKABLE,
        work=frozenset({WorkStatus.ALLOCATED, WorkStatus.PICKING}),
        work_after=WorkStatus.PICKED,
        guards=(no_answer_on_its_way, not_held, not_with_partner),
    ),
    Action.PACK: Transition(
        label="Packed",
        says="It is packed and waits for its label.",
        permission="fulfillment.ship",
        request=WORKABLE,
        work=frozenset({WorkStatus.PICKING, WorkStatus.PICKED}),
        work_after=WorkStatus.PACKED,
        guards=(no_answer_on_its_way, not_held, not_with_partner),
    ),
    Action.SHIP: Transition(
        label="Ship",
        says="Units leave in parcels with a tracking code, and the store is told of them.",
        permission="fulfillment.ship",
        request=WORKABLE,
        work=IN_THE_HOUSE,
        work_either=(WorkStatus.PARTLY_SHIPPED, WorkStatus.SHIPPED),
        guards=(no_answer_on_its_way, not_held, not_with_partner),
    ),
    Action.BEGIN_ANEW: Transition(
        label="Put back before picking",
        says="What was picked goes back on the shelf, and the work begins anew.",
        permission="fulfillment.pick",
        request=WORKABLE,
        work=BEGUN,
        work_after=WorkStatus.ALLOCATED,
        guards=(no_answer_on_its_way, not_with_partner),
    ),
    Action.HOLD: Transition(
        label="Put on hold here",
        says="Nobody picks, packs, ships or accepts it until it is released here.",
        permission="fulfillment.hold",
        request=WORKABLE | {RequestStatus.REQUESTED, RequestStatus.CANCEL_REQUESTED},
        work=NOT_LEFT | {WorkStatus.PARTLY_SHIPPED},
        guards=(not_with_partner,),
    ),
    Action.RELEASE: Transition(
        label="Release the hold here",
        says="The work goes on where it stopped, whoever held it.",
        permission="fulfillment.hold",
        request=frozenset(RequestStatus),
        work=frozenset(WorkStatus),
        guards=(held_here,),
    ),
    Action.CLOSE_SHORT: Transition(
        label="Close short",
        says="The units that are still open will not be shipped; they are counted as short.",
        permission="fulfillment.redirect",
        request=WORKABLE,
        work=IN_THE_HOUSE,
        request_after=RequestStatus.CLOSED,
        work_after=WorkStatus.CLOSED,
        guards=(may_close_short, no_answer_on_its_way, not_held_at_store, not_with_partner),
    ),
    Action.SPLIT: Transition(
        label="Split",
        says="Some units go on in an order of their own, in the same state.",
        permission="fulfillment.redirect",
        request=frozenset({RequestStatus.REQUESTED, RequestStatus.ACCEPTED}),
        work=NOT_LEFT - {WorkStatus.PACKED} | {WorkStatus.PARTLY_SHIPPED},
        guards=(may_split, no_answer_on_its_way, not_held_at_store, not_with_partner),
    ),
    Action.MOVE: Transition(
        label="Move",
        says="It goes on at another location, or whole lines do; if that is ours, it follows.",
        permission="fulfillment.redirect",
        request=MOVABLE,
        work=NOT_BEGUN,
        guards=(may_move, no_answer_on_its_way, not_held_at_store, not_with_partner),
    ),
    Action.HOLD_AT_STORE: Transition(
        label="Put on hold at the store",
        says="The store holds it: nobody is asked to ship it until it is released.",
        permission="fulfillment.redirect",
        request=MOVABLE - {RequestStatus.REQUESTED},
        work=NOT_BEGUN,
        guards=(may_hold, no_answer_on_its_way, not_held_at_store, not_with_partner),
    ),
    Action.RELEASE_AT_STORE: Transition(
        label="Release the hold at the store",
        says="The store lets it go on; the merchant asks for it again.",
        permission="fulfillment.redirect",
        request=frozenset(RequestStatus),
        work=frozenset(WorkStatus),
        guards=(may_hold, no_answer_on_its_way, held_at_store),
    ),
}


def why_not(action: Action, order: FulfillmentOrder) -> str:
    """Return why the action is not possible now, in words; empty when it is."""
    transition = TRANSITIONS[action]
    for guard in transition.guards:
        if reason := guard(order):
            return reason
    if order.request_status not in transition.request:
        return _wrong_request(order)
    if order.work_status not in transition.work:
        return f"The work on it is at “{order.get_work_status_display()}”."
    return ""


def possible(order: FulfillmentOrder) -> list[Action]:
    """Return what can be done with the order now."""
    return [action for action in TRANSITIONS if not why_not(action, order)]


def _wrong_request(order: FulfillmentOrder) -> str:
    match order.request_status:
        case RequestStatus.CANCEL_REQUESTED:
            return "The merchant has asked to cancel it. Answer that first."
        case RequestStatus.REQUESTED:
            return "The request has not been answered yet."
        case RequestStatus.PENDING:
            return "The merchant has not asked for it (any more)."
        case _:
            return f"The request stands at “{order.get_request_status_display()}”."
