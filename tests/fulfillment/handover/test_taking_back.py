"""An order is taken back from the partner: ours when the partner stops it, and shown when not."""

import pytest
from django.core.management import CommandError, call_command

from fulfillment.decisions import Outcome
from fulfillment.handover import accounts, jobs, queue, reclaiming
from fulfillment.models import FulfillmentOrder, JobState, PartnerAccount
from fulfillment.transitions import Action
from platforms.errors import Refusal
from tests.dock import Dock
from tests.fulfillment.handover.conftest import Partner
from tests.work import work

CANCELLED_THERE = "050101"


def reclaim(dock: Dock, order: FulfillmentOrder) -> Outcome:
    return reclaiming.reclaim([order.pk], by=dock.person)


def reasons(outcome: Outcome) -> list[str]:
    return [reason for _, reason in outcome.refused]


def shown(order: FulfillmentOrder) -> str:
    return " ".join(each.detail for each in order.problems.filter(settled_at=None))


def states_there(partner: Partner) -> list[str]:
    return [each["currentStatus"]["status"]["code"] for each in partner.orders()]


def test_what_the_partner_stops_is_ours_again_and_stays_ours(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    assert reclaim(dock, order).done
    assert reasons(reclaim(dock, order)) == [reclaiming.ASKED]
    partner.turn()
    assert states_there(partner) == [CANCELLED_THERE]
    assert dock.state(order) == ("accepted", "allocated")
    assert partner.job(order).state == JobState.CANCELLED
    assert shown(order) == ""
    for _ in range(2):
        partner.turn()
    assert len(partner.orders()) == 1
    assert len(partner.act("GET", "calls?operation=delete-orders-id")["calls"]) == 1
    assert dock.step(Action.FINISH_PICKING, order).done
    assert reasons(reclaim(dock, order)) == [reclaiming.NOBODY]


def test_it_is_taken_back_also_while_a_turn_at_the_partner_waits(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    jobs.serve_later(partner.account.pk)
    assert reclaim(dock, order).done
    partner.turn()
    assert dock.state(order) == ("accepted", "allocated")


def test_what_is_taken_back_can_be_given_again_by_another_number(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    first = partner.job(order)
    reclaim(dock, order)
    partner.turn()
    call_command("hand_over_again", first.reference)
    partner.turn()
    job = partner.job(order)
    assert (job.pk, job.reference) == (first.pk, f"CD-{order.pk}-1-2")
    assert (job.state, job.ref != first.ref) == (JobState.GIVEN, True)
    assert len(partner.orders()) == 2
    with pytest.raises(CommandError, match="It stands at “With the partner”"):
        call_command("hand_over_again", job.reference)
    partner.press(job, "dispatch", "depart")
    assert dock.state(order) == ("closed", "shipped")


def test_what_somebody_here_has_picked_is_not_given_again(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    reclaim(dock, order)
    partner.turn()
    dock.step(Action.FINISH_PICKING, order)
    with pytest.raises(CommandError, match="Somebody here has begun"):
        call_command("hand_over_again", partner.job(order).reference)


def test_too_late_is_said_in_words_until_the_parcel_has_left(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    job = partner.job(order)
    partner.press(job, "dispatch")
    reclaim(dock, order)
    for _ in range(2):
        partner.turn()
    assert "it is too late: the partner does not stop it any more" in shown(order)
    assert len(partner.act("GET", "calls?operation=delete-orders-id")["calls"]) == 1
    assert dock.state(order) == ("accepted", "picking")
    assert partner.job(order).state == JobState.GIVEN
    partner.press(job, "depart")
    assert dock.state(order) == ("closed", "shipped")
    assert shown(order) == ""


def test_a_parcel_that_leaves_meanwhile_is_shipped_and_told(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    job = partner.job(order)
    partner.act("POST", f"orders/{job.ref}/dispatch", {})
    partner.act("POST", f"orders/{job.ref}/depart", {})
    reclaim(dock, order)
    partner.turn()
    assert dock.state(order) == ("closed", "shipped")
    assert partner.job(order).state == JobState.DONE
    assert reasons(reclaim(dock, order)) == [reclaiming.NOBODY]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "error_500_after"])
def test_an_answer_that_is_lost_is_asked_for_again(
    partner: Partner, dock: Dock, order: FulfillmentOrder, fault: str
) -> None:
    partner.turn()
    reclaim(dock, order)
    partner.fault(fault, "delete-orders-id")
    partner.turn()
    assert dock.state(order) == ("accepted", "picking")
    partner.turn()
    assert dock.state(order) == ("accepted", "allocated")
    assert states_there(partner) == [CANCELLED_THERE]


def test_what_is_wanted_back_while_the_partner_is_asked_for_it(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    """In doubt it is looked for, and stopped only if it is there."""
    partner.fault("drop_before", "post-orders")
    partner.turn()
    assert partner.job(order).state == JobState.IN_DOUBT
    reclaim(dock, order)
    for _ in range(2):
        partner.turn()
    assert partner.orders() == []
    assert partner.job(order).state == JobState.CANCELLED
    assert dock.state(order) == ("accepted", "allocated")


def test_what_was_not_asked_for_yet_is_ours_at_once(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    queue.find(partner.account)
    assert reclaim(dock, order).done
    partner.turn()
    assert partner.orders() == []
    assert partner.job(order).state == JobState.CANCELLED


def test_a_worker_that_dies_between_leaves_nothing_undone(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    job = partner.job(order)
    reclaim(dock, order)
    # It died when the partner had stopped it, and before we wrote that down.
    partner.act("POST", f"orders/{job.ref}/cancel", {})
    partner.turn()
    assert dock.state(order) == ("accepted", "allocated")
    assert partner.job(order).state == JobState.CANCELLED
    assert shown(order) == ""


def test_the_merchant_cancels_while_it_is_taken_back(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    partner.fault("drop_before", "delete-orders-id")
    reclaim(dock, order)
    dock.shop.press(int(order.ref), "ask-cancel", message="Changed my mind")
    dock.pull()
    assert reasons(reclaim(dock, order)) == [reclaiming.ASKED]
    partner.turn()
    work()
    assert dock.state(order) == ("cancel_accepted", "cancelled")


def test_what_is_asked_for_anew_is_not_given_twice_while_the_partner_has_it(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    job = partner.job(order)
    partner.press(job, "dispatch")
    dock.shop.press(int(order.ref), "ask-cancel", message="Changed my mind")
    dock.pull()
    dock.accept_cancellation(order)
    work()
    dock.shop.press(int(order.ref), "request")
    dock.pull()
    dock.accept(dock.again(order))
    work()
    for _ in range(2):
        partner.turn()
    assert len(partner.orders()) == 1
    assert "does not stop it any more" in shown(order)
    partner.press(job, "depart")
    assert dock.state(order) == ("closed", "shipped")


def test_nobody_waits_for_ever_for_a_partner_that_is_asked_nothing_any_more(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    job = partner.job(order)
    with pytest.raises(Refusal, match="The account is not paused"):
        reclaiming.go_on_alone(job, "It burnt down", by=dock.person)
    accounts.pause(partner.account, "Nobody answers")
    reclaiming.go_on_alone(job, "It burnt down", by=dock.person)
    assert dock.state(order) == ("accepted", "allocated")
    assert f"CD-{order.pk}-1, number {job.ref} there" in shown(order)
    assert order.events.get(text__endswith="It burnt down").user == dock.person
    with pytest.raises(Refusal, match="not in the partner’s hands"):
        reclaiming.go_on_alone(job, "It burnt down", by=dock.person)
    PartnerAccount.objects.update(paused_at=None)
    for _ in range(2):
        partner.turn()
    assert partner.job(order).state == JobState.CANCELLED, "it is not handed over again by itself"
    call_command("hand_over_again", job.reference)
    partner.turn()
    assert (partner.job(order).state, partner.job(order).ref) == (JobState.GIVEN, job.ref)
    assert len(partner.orders()) == 1, "the partner had it all the time"
