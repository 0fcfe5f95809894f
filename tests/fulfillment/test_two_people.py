"""Two people at once, on two database connections: one wins, the other reads who and when."""

import uuid

import pytest

from fulfillment import decisions
from fulfillment.decisions import Outcome
from fulfillment.models import FulfillmentOrder, Shipment
from platforms.errors import Refusal
from platforms.records import RejectReason
from relay.models import OutboundCall
from tests.dock import Dock
from tests.factories import UserFactory
from tests.fulfillment.test_at_once import at_once, poll
from tests.work import work

ROUNDS = range(5)


@pytest.mark.parametrize("round_", ROUNDS)
def test_of_two_people_who_accept_and_reject_one_wins_and_the_other_is_told(
    dock: Dock, round_: int
) -> None:
    order = dock.place()
    alva, boris = UserFactory(username="alva"), UserFactory(username="boris")
    seen = {order.pk: order.revision}
    accepted, rejected = at_once(
        lambda: decisions.accept(seen, by=alva),
        lambda: decisions.reject(
            seen, by=boris, reason=RejectReason.OUT_OF_STOCK, message="None left"
        ),
    )
    winner, loser = (accepted, rejected) if accepted.done else (rejected, accepted)
    assert len(winner.done) == 1
    assert loser.done == []
    [(_, reason)] = loser.refused
    name, verdict = ("alva", "accepted") if winner is accepted else ("boris", "rejected")
    decided = order.requests.get()
    assert reason.startswith(f"{name} has {verdict} it at {decided.decided_at:%H:%M:%S}")
    work()
    assert dock.effects(order) == ["accept" if winner is accepted else "reject"]
    assert OutboundCall.objects.count() == 1


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_cancellation_accepted_while_a_parcel_leaves_has_one_physical_truth(
    dock: Dock, round_: int
) -> None:
    order = dock.accepted()
    FulfillmentOrder.objects.filter(pk=order.pk).update(work_status="packed")
    dock.shop.press(int(order.ref), "ask-cancel")

    def ship() -> Shipment | None:
        try:
            return dock.ship(order)
        except Refusal:
            return None

    def cancel() -> Outcome:
        poll(dock.store)
        return dock.accept_cancellation(order)

    results = at_once(ship, cancel)
    work()
    dock.later()
    shipped = Shipment.objects.exists()
    assert shipped == (results[0] is not None)
    if shipped:
        assert dock.effects(order) == ["accept", "reject-cancellation", "fulfillment"]
        assert dock.state(order) == ("closed", "shipped")
    else:
        assert dock.effects(order) == ["accept", "accept-cancellation"]
        assert dock.state(order) == ("cancel_accepted", "cancelled")


def test_of_two_people_who_ship_the_same_units_one_is_told_how_many_are_left(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": "TENT-2P-GRN", "quantity": 3}])

    def ship(code: str) -> str:
        try:
            dock.ship(order, code, units={"TENT-2P-GRN": 2})
        except Refusal as refusal:
            return str(refusal)
        return ""

    answers = at_once(lambda: ship("1Z-A"), lambda: ship("1Z-B"))
    assert sorted(answers) == ["", "1 of “TENT-2P-GRN” are left to ship, not 2."]
    line = order.lines.get()
    assert (line.open, line.shipped) == (1, 2)


def test_one_form_sent_twice_at_once_is_one_shipment(dock: Dock) -> None:
    order = dock.accepted()
    submission = uuid.uuid4()
    made = at_once(*[lambda: dock.ship(order, submission=submission)] * 3)
    assert len({shipment.pk for shipment in made}) == 1
    work()
    assert dock.effects(order) == ["accept", "fulfillment"]
