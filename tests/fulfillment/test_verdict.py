"""The verdict on an order: one for whatever the two sides say, and the right one."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from fulfillment.models import WorkStatus
from fulfillment.verdict import (
    READ_AGAIN,
    STANDING_WORDS,
    TELL_AGAIN,
    VERDICTS,
    Facts,
    Finding,
    Standing,
    Telling,
    judge,
)
from platforms.records import RequestStatus, UpstreamState

R, W, S, T, F = RequestStatus, WorkStatus, UpstreamState, Telling, Finding
ASKED = Facts(here=R.REQUESTED, there=R.REQUESTED, work=W.NEW, state=S.OPEN)
ACCEPTED = Facts(
    here=R.ACCEPTED,
    there=R.ACCEPTED,
    work=W.PICKING,
    state=S.IN_PROGRESS,
    open_here=3,
    open_there=3,
)
LEFT = replace(ACCEPTED, work=W.SHIPPED, open_here=0, shipped_here=3, untold=3)
DONE = Facts(
    here=R.CLOSED, there=R.CLOSED, work=W.SHIPPED, state=S.CLOSED, shipped_here=3, open_there=None
)
STOPPED = Facts(
    here=R.CANCEL_ACCEPTED, there=R.CANCEL_ACCEPTED, work=W.CANCELLED, state=S.CANCELLED
)

TABLE: list[tuple[Facts, Finding]] = [
    # In step.
    (ASKED, F.WAITS_FOR_US),
    (ACCEPTED, F.IN_STEP),
    (DONE, F.IN_STEP),
    (STOPPED, F.IN_STEP),
    (replace(ACCEPTED, there=R.UNKNOWN), F.IN_STEP),
    (replace(DONE, gone=True), F.GONE_AFTER_END),
    (replace(DONE, unread=True), F.IN_STEP),
    (replace(DONE, changed=True), F.IN_STEP),
    # We are ahead.
    (replace(ASKED, answering=True, telling=T.ON_ITS_WAY), F.ON_ITS_WAY),
    (replace(ASKED, answering=True, telling=T.IN_DOUBT), F.IN_DOUBT),
    (replace(ASKED, answering=True, telling=T.IN_DOUBT, there=R.ACCEPTED), F.IN_DOUBT),
    (replace(LEFT, telling=T.DELAYED), F.DELAYED),
    (replace(LEFT, telling=T.FAILED), F.FAILED),
    (replace(LEFT, telling=T.LOST), F.LOST),
    (replace(LEFT, telling=T.GIVEN_UP), F.GIVEN_UP),
    (replace(LEFT, telling=T.IN_DOUBT, state=S.CLOSED, there=R.CLOSED), F.IN_DOUBT),
    (
        replace(
            STOPPED, here=R.CANCEL_REQUESTED, work=W.PICKED, answering=True, telling=T.IN_DOUBT
        ),
        F.IN_DOUBT,
    ),
    # The store is ahead.
    (replace(ASKED, there=R.PENDING), F.MOVED_ON),
    (replace(ASKED, there=R.CLOSED, state=S.CLOSED), F.ENDED_THERE),
    (replace(ASKED, state=S.CANCELLED), F.ENDED_THERE),
    (replace(ASKED, asked_anew=True), F.ASKED_ANEW),
    (replace(ACCEPTED, there=R.CANCEL_REQUESTED), F.MOVED_ON),
    (replace(ACCEPTED, held_there=True), F.HELD_OTHERWISE),
    (replace(ACCEPTED, changed=True), F.CHANGED),
    (replace(ACCEPTED, open_there=2), F.OTHER_UNITS),
    (replace(ACCEPTED, open_there=4), F.OTHER_UNITS),
    (replace(ACCEPTED, unread=True), F.UNREAD),
    # A conflict.
    (replace(ACCEPTED, telling=T.REFUSED), F.REFUSED),
    (replace(ACCEPTED, there=R.CLOSED, state=S.CLOSED, open_there=None), F.CLOSED_WITH_WORK),
    (replace(ACCEPTED, state=S.CANCELLED, open_there=None), F.CLOSED_WITH_WORK),
    (replace(ACCEPTED, there=R.PENDING, here=R.PENDING), F.NOT_WANTED),
    (replace(ACCEPTED, work=W.CANCELLED, open_here=0), F.ENDED_BUT_WANTED),
    (replace(ACCEPTED, gone=True), F.GONE),
    (replace(LEFT, telling=T.FAILED, gone=True), F.GONE),
    (replace(LEFT, telling=T.LOST, open_there=2), F.MORE_LEFT_THAN_WANTED),
    (replace(LEFT, telling=T.GIVEN_UP, state=S.CLOSED), F.CLOSED_BUT_UNTOLD),
    (replace(LEFT, telling=T.ON_ITS_WAY, state=S.CANCELLED), F.CANCELLED_BUT_LEFT),
    (replace(DONE, state=S.CANCELLED), F.CANCELLED_BUT_LEFT),
    (replace(ACCEPTED, open_here=1, shipped_here=2, open_there=3), F.SHOWN_AS_OPEN),
]
STANDINGS = {
    Standing.IN_STEP: {F.IN_STEP, F.WAITS_FOR_US, F.GONE_AFTER_END},
    Standing.AHEAD: {F.ON_ITS_WAY, F.DELAYED, F.IN_DOUBT, F.GIVEN_UP, F.LOST, F.FAILED},
    Standing.BEHIND: {
        F.ENDED_THERE,
        F.MOVED_ON,
        F.ASKED_ANEW,
        F.HELD_OTHERWISE,
        F.CHANGED,
        F.OTHER_UNITS,
        F.UNREAD,
    },
}


@pytest.mark.parametrize(("facts", "finding"), TABLE, ids=lambda each: str(each)[:60])
def test_what_the_two_sides_say_leads_to_the_verdict(facts: Facts, finding: Finding) -> None:
    assert judge(facts).finding == finding


def test_the_table_has_every_finding() -> None:
    assert {finding for _, finding in TABLE} == set(Finding)


def test_every_finding_has_one_standing_and_words_and_an_action_that_exists() -> None:
    assert set(VERDICTS) == set(Finding)
    for finding, verdict in VERDICTS.items():
        expected = [standing for standing, findings in STANDINGS.items() if finding in findings]
        assert verdict.standing == (expected or [Standing.CONFLICT])[0]
        assert verdict.words == STANDING_WORDS[verdict.standing]
        assert verdict.why.endswith(".")
        assert verdict.todo.endswith(".")
        assert verdict.action in ("", READ_AGAIN, TELL_AGAIN)


def test_every_combination_of_statuses_has_a_verdict() -> None:
    for here, there, work, state, telling, answering in product(R, R, W, S, T, (False, True)):
        facts = Facts(
            here=here, there=there, work=work, state=state, telling=telling, answering=answering
        )
        assert judge(facts).finding in VERDICTS


@settings(max_examples=2000)
@given(
    some.builds(
        Facts,
        here=some.sampled_from(R),
        there=some.sampled_from(R),
        work=some.sampled_from(W),
        state=some.sampled_from(S),
        telling=some.sampled_from(T),
        open_here=some.integers(0, 3),
        shipped_here=some.integers(0, 3),
        untold=some.integers(0, 3),
        open_there=some.none() | some.integers(0, 3),
        **{
            name: some.booleans()
            for name in (
                "answering",
                "held_here",
                "held_there",
                "changed",
                "asked_anew",
                "unread",
                "gone",
            )
        },
    )
)
def test_every_combination_of_facts_has_one_verdict(facts: Facts) -> None:
    verdict = judge(facts)
    assert verdict is VERDICTS[verdict.finding]
    if facts.telling == T.REFUSED and not facts.gone:
        assert verdict.standing == Standing.CONFLICT
    if facts.telling not in (T.NOTHING, T.REFUSED):
        assert verdict.standing != Standing.BEHIND, "what we know and they do not comes first"
    if verdict.standing == Standing.IN_STEP and not facts.gone:
        assert facts.there in (facts.here, R.UNKNOWN)
        assert facts.telling == T.NOTHING
