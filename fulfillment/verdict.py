"""Judges whether a store and we say the same of an order: a table over plain facts, no more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fulfillment.models import WorkStatus
from fulfillment.models.orders import ENDED, FLOOR
from platforms.records import RequestStatus, UpstreamState

READ_AGAIN = "read_again"
TELL_AGAIN = "tell_again"
LOOKED_AT_FIRST = "The store is looked at first; nothing is done there twice."


class Standing(StrEnum):
    """Who knows more, the store or we."""

    IN_STEP = "in_step"
    AHEAD = "ahead"
    BEHIND = "behind"
    CONFLICT = "conflict"


STANDING_WORDS: Mapping[Standing, str] = {
    Standing.IN_STEP: "In step",
    Standing.AHEAD: "We are ahead",
    Standing.BEHIND: "The store is ahead",
    Standing.CONFLICT: "Conflict",
}


class Telling(StrEnum):
    """What became of what the store is to be told; the gravest where there is more than one."""

    NOTHING = "nothing"
    ON_ITS_WAY = "on_its_way"
    DELAYED = "delayed"
    IN_DOUBT = "in_doubt"
    GIVEN_UP = "given_up"
    LOST = "lost"
    FAILED = "failed"
    REFUSED = "refused"


UNDER_WAY = (Telling.ON_ITS_WAY, Telling.DELAYED, Telling.IN_DOUBT)


class Finding(StrEnum):
    """How the two stand to each other. Every set of facts leads to exactly one."""

    GONE_AFTER_END = "gone_after_end"
    GONE = "gone"
    REFUSED = "refused"
    CANCELLED_BUT_LEFT = "cancelled_but_left"
    CLOSED_BUT_UNTOLD = "closed_but_untold"
    CLOSED_WITH_WORK = "closed_with_work"
    NOT_WANTED = "not_wanted"
    ENDED_BUT_WANTED = "ended_but_wanted"
    MORE_LEFT_THAN_WANTED = "more_left_than_wanted"
    SHOWN_AS_OPEN = "shown_as_open"
    FAILED = "failed"
    LOST = "lost"
    GIVEN_UP = "given_up"
    IN_DOUBT = "in_doubt"
    DELAYED = "delayed"
    ON_ITS_WAY = "on_its_way"
    ENDED_THERE = "ended_there"
    MOVED_ON = "moved_on"
    ASKED_ANEW = "asked_anew"
    HELD_OTHERWISE = "held_otherwise"
    CHANGED = "changed"
    OTHER_UNITS = "other_units"
    UNREAD = "unread"
    WAITS_FOR_US = "waits_for_us"
    IN_STEP = "in_step"


@dataclass(frozen=True, slots=True)
class Facts:
    """What both sides say of one order. `open_there` is None where the store does not say it.

    Units: `open_here` still lie here, `shipped_here` left, and `untold` of these are not
    confirmed. A reading that is older than our last word says nothing: its state is unknown.
    """

    here: RequestStatus
    there: RequestStatus
    work: WorkStatus
    state: UpstreamState = UpstreamState.UNKNOWN
    telling: Telling = Telling.NOTHING
    answering: bool = False
    open_here: int = 0
    shipped_here: int = 0
    untold: int = 0
    open_there: int | None = None
    held_here: bool = False
    held_there: bool = False
    changed: bool = False
    asked_anew: bool = False
    unread: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who is ahead, why, and what to do. `action` names what helps, if anything we have does."""

    finding: Finding
    standing: Standing
    why: str
    todo: str
    action: str = ""

    @property
    def words(self) -> str:
        """The standing as a person reads it."""
        return STANDING_WORDS[self.standing]


CLOSED = (UpstreamState.CLOSED, UpstreamState.CLOSED_SHORT)
OVER = (*CLOSED, UpstreamState.CANCELLED)
UNASKED = (RequestStatus.PENDING, RequestStatus.REJECTED, RequestStatus.CANCEL_ACCEPTED)
PROMISED = (RequestStatus.ACCEPTED, RequestStatus.CANCEL_REJECTED)
ASKING = (RequestStatus.REQUESTED, RequestStatus.CANCEL_REQUESTED)


def _is_cancelled_but_left(facts: Facts) -> bool:
    cancelled = facts.state == UpstreamState.CANCELLED or (
        facts.there == RequestStatus.CANCEL_ACCEPTED and not facts.answering
    )
    return cancelled and (facts.untold > 0 or facts.work == WorkStatus.SHIPPED)


def _is_closed_but_untold(facts: Facts) -> bool:
    # While it is under way, closed may well be what our own shipment did.
    return facts.state in CLOSED and facts.untold > 0 and facts.telling not in UNDER_WAY


def _is_closed_with_work(facts: Facts) -> bool:
    return facts.state in OVER and facts.work in FLOOR and not facts.answering


def _is_not_wanted(facts: Facts) -> bool:
    return facts.there in UNASKED and facts.work in FLOOR and not facts.answering


def _is_ended_but_wanted(facts: Facts) -> bool:
    stopped = facts.work in (WorkStatus.CLOSED, WorkStatus.CANCELLED) and not facts.answering
    return stopped and facts.there in PROMISED and facts.state == UpstreamState.IN_PROGRESS


def _is_more_left_than_wanted(facts: Facts) -> bool:
    wanted = facts.open_there
    return wanted is not None and facts.untold > wanted and facts.telling not in UNDER_WAY


def _is_shown_as_open(facts: Facts) -> bool:
    confirmed = facts.shipped_here > facts.untold
    ours = facts.open_here + facts.untold
    return confirmed and facts.open_there is not None and facts.open_there > ours


def _has_moved_on(facts: Facts) -> bool:
    return facts.there not in (facts.here, RequestStatus.UNKNOWN)


def _has_other_units(facts: Facts) -> bool:
    live = facts.work not in ENDED and facts.open_there is not None
    return live and facts.open_there != facts.open_here + facts.untold


# The first that holds is the finding. Contradictions come first: they are not mended by waiting.
RULES: Sequence[tuple[Finding, Callable[[Facts], bool]]] = (
    (Finding.GONE_AFTER_END, lambda f: f.gone and f.work in ENDED and not f.untold),
    (Finding.GONE, lambda f: f.gone),
    (Finding.REFUSED, lambda f: f.telling == Telling.REFUSED),
    (Finding.CANCELLED_BUT_LEFT, _is_cancelled_but_left),
    (Finding.CLOSED_BUT_UNTOLD, _is_closed_but_untold),
    (Finding.CLOSED_WITH_WORK, _is_closed_with_work),
    (Finding.NOT_WANTED, _is_not_wanted),
    (Finding.ENDED_BUT_WANTED, _is_ended_but_wanted),
    (Finding.MORE_LEFT_THAN_WANTED, _is_more_left_than_wanted),
    (Finding.SHOWN_AS_OPEN, _is_shown_as_open),
    (Finding.FAILED, lambda f: f.telling == Telling.FAILED),
    (Finding.LOST, lambda f: f.telling == Telling.LOST),
    (Finding.GIVEN_UP, lambda f: f.telling == Telling.GIVEN_UP),
    (Finding.IN_DOUBT, lambda f: f.telling == Telling.IN_DOUBT),
    (Finding.DELAYED, lambda f: f.telling == Telling.DELAYED),
    (Finding.ON_ITS_WAY, lambda f: f.telling == Telling.ON_ITS_WAY),
    (Finding.ENDED_THERE, lambda f: f.state in OVER and f.work == WorkStatus.NEW),
    (Finding.MOVED_ON, _has_moved_on),
    (Finding.ASKED_ANEW, lambda f: f.asked_anew),
    (Finding.HELD_OTHERWISE, lambda f: f.held_here != f.held_there and f.work not in ENDED),
    (Finding.CHANGED, lambda f: f.changed and f.work not in ENDED),
    (Finding.OTHER_UNITS, _has_other_units),
    (Finding.UNREAD, lambda f: f.unread and f.work not in ENDED),
    (Finding.WAITS_FOR_US, lambda f: f.here in ASKING and not f.answering),
)


def judge(facts: Facts) -> Verdict:
    """Return the verdict on these facts. There is one for whatever they are."""
    for finding, holds in RULES:
        if holds(facts):
            return VERDICTS[finding]
    return VERDICTS[Finding.IN_STEP]


def _verdict(
    finding: Finding, standing: Standing, why: str, todo: str, action: str = ""
) -> tuple[Finding, Verdict]:
    return finding, Verdict(finding, standing, why, todo, action)


VERDICTS: Mapping[Finding, Verdict] = dict(
    (
        _verdict(
            Finding.GONE_AFTER_END,
            Standing.IN_STEP,
            "It is over here, and the store does not show it any more.",
            "Nothing is to be done.",
        ),
        _verdict(
            Finding.GONE,
            Standing.CONFLICT,
            "The store says that there is no such order of ours, but it is not over here.",
            "Stop working on it and ask the merchant where it went.",
        ),
        _verdict(
            Finding.REFUSED,
            Standing.CONFLICT,
            "The store did not take what we told it.",
            f"Read what it said below. Repair it, then tell again. {LOOKED_AT_FIRST}",
            TELL_AGAIN,
        ),
        _verdict(
            Finding.CANCELLED_BUT_LEFT,
            Standing.CONFLICT,
            "The store says that it is cancelled, but a parcel has left.",
            "Tell the merchant the tracking code, and agree on who pays for the way back.",
        ),
        _verdict(
            Finding.CLOSED_BUT_UNTOLD,
            Standing.CONFLICT,
            "The store says that it is closed, but does not know of a parcel that has left.",
            f"Tell again: if the store has it already, it is found. {LOOKED_AT_FIRST}",
            TELL_AGAIN,
        ),
        _verdict(
            Finding.CLOSED_WITH_WORK,
            Standing.CONFLICT,
            "The store says that it is over, but work on it is open here.",
            "Stop working on it, and have it read again.",
            READ_AGAIN,
        ),
        _verdict(
            Finding.NOT_WANTED,
            Standing.CONFLICT,
            "Work on it is open here, but the store does not ask us to ship it.",
            "Stop working on it and ask the merchant. Then have it read again.",
            READ_AGAIN,
        ),
        _verdict(
            Finding.ENDED_BUT_WANTED,
            Standing.CONFLICT,
            "The store counts on us to ship it, but work on it has ended here.",
            "Ask the merchant to cancel it there, or to ask for it anew.",
            READ_AGAIN,
        ),
        _verdict(
            Finding.MORE_LEFT_THAN_WANTED,
            Standing.CONFLICT,
            "More units have left than the store wants.",
            "Ask the merchant: perhaps they shipped it by hand, or changed the lines.",
            READ_AGAIN,
        ),
        _verdict(
            Finding.SHOWN_AS_OPEN,
            Standing.CONFLICT,
            "The store confirmed our shipment, but shows its units as not shipped.",
            "Have it read again. If that stays so, show the merchant the exchange below.",
            READ_AGAIN,
        ),
        _verdict(
            Finding.FAILED,
            Standing.AHEAD,
            "The store could not be told, and we have stopped trying.",
            f"Repair what the call says, then tell again. {LOOKED_AT_FIRST}",
            TELL_AGAIN,
        ),
        _verdict(
            Finding.LOST,
            Standing.AHEAD,
            "The store does not know yet, and nothing is on its way to it.",
            f"Tell again. {LOOKED_AT_FIRST}",
            TELL_AGAIN,
        ),
        _verdict(
            Finding.GIVEN_UP,
            Standing.AHEAD,
            "A parcel has left, and somebody gave up telling the store.",
            f"Tell again, or report it at the store by hand. {LOOKED_AT_FIRST}",
            TELL_AGAIN,
        ),
        _verdict(
            Finding.IN_DOUBT,
            Standing.AHEAD,
            "The store was told, but its answer was lost: it may know, or not.",
            "Wait: the store is looked at before anything is sent again.",
        ),
        _verdict(
            Finding.DELAYED,
            Standing.AHEAD,
            "The store does not know yet; telling it takes longer than usual.",
            "Wait: it is tried again by itself. The attempts below say what stops it.",
        ),
        _verdict(
            Finding.ON_ITS_WAY,
            Standing.AHEAD,
            "The store does not know yet; it is being told.",
            "Wait a moment.",
        ),
        _verdict(
            Finding.ENDED_THERE,
            Standing.BEHIND,
            "The store says that it is over; we have not taken that in.",
            "Have it read again.",
            READ_AGAIN,
        ),
        _verdict(
            Finding.MOVED_ON,
            Standing.BEHIND,
            "The request stands otherwise at the store than here.",
            "Have it read again.",
            READ_AGAIN,
        ),
        _verdict(
            Finding.ASKED_ANEW,
            Standing.BEHIND,
            "The merchant has asked for it anew.",
            "Have it read again.",
            READ_AGAIN,
        ),
        _verdict(
            Finding.HELD_OTHERWISE,
            Standing.BEHIND,
            "The merchant has put it on hold, or released it, and we have not taken that in.",
            "Have it read again.",
            READ_AGAIN,
        ),
        _verdict(
            Finding.CHANGED,
            Standing.BEHIND,
            "The address, the place, the shipping method or the SKUs were changed at the store.",
            "Compare both. What was accepted is not changed by itself: ask the merchant.",
            READ_AGAIN,
        ),
        _verdict(
            Finding.OTHER_UNITS,
            Standing.BEHIND,
            "The store wants another number of units than lie open here.",
            "Compare both. Perhaps the merchant shipped some by hand, or changed the lines.",
            READ_AGAIN,
        ),
        _verdict(
            Finding.UNREAD,
            Standing.BEHIND,
            "The store was not asked about it for more than a day.",
            "Have it read again, and see whether a worker runs.",
            READ_AGAIN,
        ),
        _verdict(
            Finding.WAITS_FOR_US,
            Standing.IN_STEP,
            "Both say that the merchant waits for our answer.",
            "Decide on it.",
        ),
        _verdict(
            Finding.IN_STEP,
            Standing.IN_STEP,
            "The store and we say the same.",
            "Nothing is to be done.",
        ),
    )
)
