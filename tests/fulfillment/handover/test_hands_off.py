"""What a partner has is left alone here: no step of the floor, and no change of the order."""

from collections.abc import Callable

import pytest

from fulfillment import changes, edits, floor, holds, jobs
from fulfillment.decisions import Outcome
from fulfillment.handover import giving, queue
from fulfillment.models import FulfillmentOrder, JobState, PartnerAccount, PartnerJob
from fulfillment.transitions import Action, why_not
from platforms.records import HoldReason
from tests.dock import Dock
from tests.fulfillment.handover.conftest import Partner
from tests.fulfillment.test_at_once import at_once
from tests.work import work

TENT = "TENT-2P-GRN"
Attempt = Callable[[Dock, FulfillmentOrder], Outcome]


def units(order: FulfillmentOrder) -> dict[int, int]:
    return {order.lines.get().pk: 1}


ATTEMPTS: dict[str, Attempt] = {
    Action.FINISH_PICKING: lambda dock, order: dock.step(Action.FINISH_PICKING, order),
    Action.PACK: lambda dock, order: dock.step(Action.PACK, order),
    Action.HOLD: lambda dock, order: holds.place(
        [order.pk], by=dock.person, reason=HoldReason.OTHER
    ),
    Action.CLOSE_SHORT: lambda dock, order: changes.close_short(
        [order.pk], by=dock.person, message="Broken"
    ),
    Action.SPLIT: lambda dock, order: changes.split(order.pk, by=dock.person, units=units(order)),
}


@pytest.mark.parametrize("action", ATTEMPTS)
def test_no_step_and_no_change_is_taken_that_the_partner_cannot_hear_of(
    partner: Partner, dock: Dock, action: str
) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    partner.turn()
    job = partner.job(order)
    words = (
        f"{partner.account} has it (number {job.ref} there). Take it back from the partner first."
    )
    assert why_not(Action(action), dock.again(order)) == words
    outcome = ATTEMPTS[action](dock, order)
    assert [reason for _, reason in outcome.refused] == [words]
    work()
    assert dock.state(order) == ("accepted", "picking")
    assert dock.effects(order) == ["accept"]


@pytest.mark.parametrize("state", [JobState.SENDING, JobState.IN_DOUBT])
def test_what_the_partner_is_being_asked_for_is_left_alone_too(
    partner: Partner, dock: Dock, order: FulfillmentOrder, state: JobState
) -> None:
    partner.fault("drop_after", "post-orders")
    partner.turn()
    PartnerJob.objects.update(state=state)
    [(_, reason)] = dock.step(Action.FINISH_PICKING, order).refused
    assert reason == f"{partner.account} has it. Take it back from the partner first."


def test_what_somebody_here_begins_first_is_not_handed_over(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    queue.find(partner.account)
    assert dock.step(Action.START_PICKING, order).done
    partner.turn()
    assert partner.orders() == []
    job = partner.job(order)
    assert (job.state, job.reason) == (JobState.CANCELLED, "Somebody here has begun with it.")
    assert "Not handed to" in dock.story(order)


def test_what_the_partner_could_not_be_asked_for_can_be_picked_here(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.account.set_credentials(fdc_password="wrong", fdc_access_token="", fdc_token_until="")
    partner.account.set_credentials(fdc_refresh_token="")
    partner.account.save()
    partner.turn()
    assert PartnerAccount.objects.get().paused_at
    assert dock.state(order) == ("accepted", "allocated")
    assert dock.step(Action.START_PICKING, order).done


def test_a_change_that_is_on_its_way_to_the_store_is_waited_for(
    partner: Partner, dock: Dock
) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    queue.find(partner.account)
    changes.split(order.pk, by=dock.person, units=units(order))
    assert not giving.claim(partner.job(order))
    partner.turn()
    partner.turn()
    [there] = [each for each in partner.orders() if each["merchantOrderId"] == f"CD-{order.pk}-1"]
    assert [each["lineDetails"]["totalQuantity"] for each in there["lineItems"]] == [2]


@pytest.mark.parametrize("round_", range(3))
def test_of_the_floor_and_the_partner_one_gets_it(
    partner: Partner, dock: Dock, order: FulfillmentOrder, round_: int
) -> None:
    queue.find(partner.account)
    job = partner.job(order)
    claimed, stepped = at_once(
        lambda: giving.claim(job),
        lambda: floor.step(Action.START_PICKING, [order.pk], by=dock.person),
    )
    assert claimed != bool(stepped.done)


def test_a_change_at_the_store_after_the_hand_over_is_shown_and_not_taken_over(
    partner: Partner, dock: Dock
) -> None:
    order = dock.accepted(lines=[{"sku": TENT, "quantity": 3}])
    partner.turn()
    dock.shop.press(
        int(order.ref), "edit-lines", lines=[{"id": line_there(dock, order), "quantity": 1}]
    )
    look_again(dock, order)
    [problem] = order.problems.filter(settled_at=None)
    assert "3 to ship, the store now wants 1" in problem.detail
    assert "has it (number" in problem.detail
    [(_, reason)] = edits.take_over([order.pk], by=dock.person).refused
    assert "Take it back from the partner first" in reason


def look_again(dock: Dock, order: FulfillmentOrder) -> None:
    jobs.read_later(dock.store.pk, [order.ref])
    work()


def line_there(dock: Dock, order: FulfillmentOrder) -> int:
    return int(order.lines.get().ref)


@pytest.mark.parametrize("begun", [False, True], ids=["stopped", "too late"])
def test_what_the_store_ends_without_asking_is_stopped_at_the_partner_or_shown(
    partner: Partner, dock: Dock, order: FulfillmentOrder, begun: bool
) -> None:
    partner.turn()
    job = partner.job(order)
    if begun:
        partner.press(job, "dispatch")
    dock.shop.press(int(order.ref), "fulfil-by-hand", tracking_code="1Z-MERCHANT")
    look_again(dock, order)
    partner.turn()
    shown = " ".join(each.detail for each in order.problems.filter(settled_at=None))
    assert "shipped or moved by somebody else. Stop working on it." in shown
    assert ("does not stop it any more" in shown) == begun
    state = JobState.GIVEN if begun else JobState.CANCELLED
    assert partner.job(order).state == state


def test_a_hold_at_the_store_is_shown_while_the_partner_goes_on(
    partner: Partner, dock: Dock, order: FulfillmentOrder
) -> None:
    partner.turn()
    FulfillmentOrder.objects.filter(pk=order.pk).update(on_hold=True)
    for _ in range(2):
        partner.turn()
    [problem] = order.problems.filter(settled_at=None)
    assert "the partner cannot be told" in problem.detail
    FulfillmentOrder.objects.filter(pk=order.pk).update(on_hold=False)
    partner.turn()
    assert not order.problems.filter(settled_at=None).exists()
