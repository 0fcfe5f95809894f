"""On a platform that waits for no answer ours counts at once, and a person tells the merchant."""

import pytest
from django.contrib.auth.models import User

from fulfillment import decisions, reconsidering
from fulfillment.models import FulfillmentOrder, Source
from locations.models import Store
from platforms.records import RejectReason
from relay.models import OutboundCall
from tests.factories import UserFactory
from tests.fulfillment.spresso_store import FIRST, SECOND, orders, post, store
from tests.work import work

__all__ = ["store"]


@pytest.fixture
def person() -> User:
    return UserFactory(username="kim")


@pytest.fixture
def asked(store: Store) -> FulfillmentOrder:
    post(store, "order_fulfillable.json")
    work()
    return orders()[FIRST]


def reject(order: FulfillmentOrder, by: User) -> decisions.Outcome:
    return decisions.reject(
        {order.pk: order.revision}, by=by, reason=RejectReason.ADDRESS, message="No such street"
    )


def test_a_rejection_counts_here_and_leaves_a_task(asked: FulfillmentOrder, person: User) -> None:
    assert reject(asked, person).done
    order = orders()[FIRST]
    assert (order.request_status, order.pending_answer) == ("rejected", "")
    assert not OutboundCall.objects.exists()
    [task] = order.problems.filter(settled_at=None)
    assert task.source == Source.BY_HAND
    assert "cancel it in Foxtrot" in task.detail


def test_the_task_ends_when_the_store_cancels(
    asked: FulfillmentOrder, person: User, store: Store
) -> None:
    reject(asked, person)
    post(store, "order_cancelled.json")
    work()
    order = orders()[FIRST]
    assert order.work_status == "cancelled"
    assert not order.problems.filter(settled_at=None).exists()


def test_a_rejection_can_be_taken_back(asked: FulfillmentOrder, person: User) -> None:
    reject(asked, person)
    assert reconsidering.reconsider([asked.pk], by=person).done
    order = orders()[FIRST]
    assert order.request_status == "requested"
    assert not order.problems.filter(settled_at=None).exists()
    assert decisions.accept({order.pk: None}, by=person).done
    assert orders()[FIRST].work_status == "allocated"
    [(_, why)] = reconsidering.reconsider([asked.pk], by=person).refused
    assert "Accepted" in why


def test_an_acceptance_counts_at_once_and_is_told_as_progress(
    asked: FulfillmentOrder, person: User
) -> None:
    assert decisions.accept({asked.pk: asked.revision}, by=person).done
    order = orders()[FIRST]
    assert (order.request_status, order.work_status) == ("accepted", "allocated")
    assert [call.payload for call in OutboundCall.objects.all()] == [{"progress": "received"}]
    assert orders()[SECOND].request_status == "requested"
