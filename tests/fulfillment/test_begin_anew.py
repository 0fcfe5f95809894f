"""Work that has begun is put back to before picking, and begins anew."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from fulfillment import floor
from fulfillment.models import FulfillmentOrder, WorkStatus
from fulfillment.transitions import Action
from locations.models import Location
from tests.factories import LocationFactory, UserFactory
from tests.screens import rows

BEGUN = (WorkStatus.PICKING, WorkStatus.PICKED, WorkStatus.PACKED)


@pytest.fixture
def person(db: None) -> User:
    return UserFactory()


@pytest.fixture
def reno(db: None) -> Location:
    return LocationFactory()


def at(reno: Location, work_status: WorkStatus, **columns: Any) -> FulfillmentOrder:
    """An accepted order on which the floor is so far."""
    order = rows.accepted(reno)
    FulfillmentOrder.objects.filter(pk=order.pk).update(work_status=work_status, **columns)
    return again(order)


def again(order: FulfillmentOrder) -> FulfillmentOrder:
    return FulfillmentOrder.objects.get(pk=order.pk)


@pytest.mark.parametrize("work_status", BEGUN)
def test_what_has_begun_is_ready_to_pick_again(
    reno: Location, person: User, work_status: WorkStatus
) -> None:
    order = rows.accepted(reno)
    floor.step(Action.START_PICKING, [order.pk], by=person)
    assert again(order).dispatched_at
    FulfillmentOrder.objects.update(work_status=work_status)
    outcome = floor.step(Action.BEGIN_ANEW, [order.pk], by=person)
    assert [done.pk for done in outcome.done] == [order.pk]
    row = again(order)
    assert (row.work_status, row.dispatched_at) == (WorkStatus.ALLOCATED, None)
    line = order.events.latest("pk")
    assert (line.text, line.user) == ("Put back before picking: the work begins anew.", person)


@pytest.mark.parametrize(
    "work_status",
    [WorkStatus.ALLOCATED, WorkStatus.PARTLY_SHIPPED, WorkStatus.SHIPPED, WorkStatus.CANCELLED],
)
def test_what_has_not_begun_or_has_left_stays(
    reno: Location, person: User, work_status: WorkStatus
) -> None:
    order = at(reno, work_status)
    [(_, reason)] = floor.step(Action.BEGIN_ANEW, [order.pk], by=person).refused
    assert reason.startswith("The work on it is at")
    assert again(order).work_status == work_status


def test_what_is_held_can_be_put_back_and_stays_held(reno: Location, person: User) -> None:
    order = at(reno, WorkStatus.PICKED, held_here=True)
    assert floor.step(Action.BEGIN_ANEW, [order.pk], by=person).done
    assert again(order).held_here


def test_nothing_is_put_back_while_an_answer_is_on_its_way(reno: Location, person: User) -> None:
    order = at(reno, WorkStatus.PICKED, pending_answer=Action.CLOSE_SHORT)
    [(_, reason)] = floor.step(Action.BEGIN_ANEW, [order.pk], by=person).refused
    assert "on its way" in reason
