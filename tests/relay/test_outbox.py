"""The outbox: a fact is queued once, with its change; lanes keep order; a person can intervene."""

import pytest
from django.db import transaction
from django.utils import timezone

from locations.models import Store
from platforms.errors import Refusal
from relay import outbox
from relay.models import CallState, OutboundCall, Priority
from relay.outbox import Telling
from tests.dock import Dock
from tests.factories import StoreFactory
from tests.work import work

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def quiet() -> Store:
    """A store that nobody calls: its jobs are queued and never run."""
    return StoreFactory()


def telling(
    store: Store, key: str, *, lane: str = "lane", priority: Priority = Priority.ANSWER
) -> Telling:
    return Telling(store, key, "accept_request", f"order {key}", 1, lane, priority)


def push(*tellings: Telling) -> None:
    with transaction.atomic():
        outbox.push(tellings)


def due(store: Store) -> list[str]:
    calls = store.calls.due(timezone.now()).order_by("priority", "id")
    return [call.key for call in calls]


def end(store: Store, key: str, state: CallState) -> None:
    store.calls.filter(key=key).update(state=state)


def test_a_fact_is_queued_once(quiet: Store) -> None:
    push(telling(quiet, "a"), telling(quiet, "b"))
    push(telling(quiet, "a"))
    other = StoreFactory()
    push(telling(other, "a"))
    assert due(quiet) == ["a"]
    assert quiet.calls.count() == 2
    assert other.calls.count() == 1


def test_nothing_is_queued_outside_the_transaction_of_its_change(
    engine: None, quiet: Store
) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.push([telling(quiet, "a")])
    assert not quiet.calls.exists()


def test_a_change_that_is_rolled_back_is_not_told(quiet: Store) -> None:
    with transaction.atomic():
        outbox.push([telling(quiet, "a")])
        transaction.set_rollback(True)
    assert not quiet.calls.exists()


def test_a_lane_is_told_in_order_of_priority_and_then_of_arrival(quiet: Store) -> None:
    push(telling(quiet, "shipment", priority=Priority.SHIPMENT))
    push(telling(quiet, "answer"), telling(quiet, "second answer"))
    assert due(quiet) == ["answer"]
    end(quiet, "answer", CallState.DONE)
    assert due(quiet) == ["second answer"]
    end(quiet, "second answer", CallState.CANCELLED)
    assert due(quiet) == ["shipment"]


@pytest.mark.parametrize("state", ["sending", "in_doubt", "refused", "failed"])
def test_an_open_head_blocks_its_lane_and_no_other(quiet: Store, state: CallState) -> None:
    push(telling(quiet, "head"), telling(quiet, "behind"), telling(quiet, "aside", lane="other"))
    end(quiet, "head", state)
    assert "behind" not in due(quiet)
    assert "aside" in due(quiet)


def test_answers_go_before_stock_whatever_came_first(quiet: Store) -> None:
    push(telling(quiet, "stock", lane="stock", priority=Priority.STOCK))
    push(telling(quiet, "setup", lane="setup", priority=Priority.SETUP))
    push(telling(quiet, "shipment", lane="s", priority=Priority.SHIPMENT))
    push(telling(quiet, "answer", lane="a"))
    assert due(quiet) == ["answer", "shipment", "setup", "stock"]


def refused_acceptance(dock: Dock) -> tuple[OutboundCall, int]:
    """An acceptance that the store will not take: our token may read and no more."""
    order = dock.place()
    world_store = dock.shop.world.next29[dock.shop.subdomain]
    world_store.tokens[dock.shop.token] = frozenset({"fulfillment_service:read"})
    dock.accept(order)
    work()
    world_store.tokens[dock.shop.token] = frozenset(
        {"fulfillment_service:read", "fulfillment_service:write"}
    )
    return dock.call(order, "accept_request"), order.pk


def test_a_refused_answer_waits_for_a_person_with_its_reason(dock: Dock) -> None:
    call, order_id = refused_acceptance(dock)
    assert call.state == CallState.REFUSED
    assert "permission" in call.reason
    order = dock.store.fulfillment_orders.get(pk=order_id)
    assert (order.request_status, order.pending_answer) == ("requested", "accept_request")
    [problem] = order.problems.all()
    assert (problem.call, order.open_problems) == (call, 1)
    assert dock.accept(order).refused, "one answer at a time"


def test_a_refused_head_does_not_stop_other_orders(dock: Dock) -> None:
    refused_acceptance(dock)
    other = dock.place()
    dock.accept(other)
    work()
    assert dock.state(other) == ("accepted", "allocated")


def test_a_retry_sends_it_again_and_settles_the_problem(dock: Dock) -> None:
    call, order_id = refused_acceptance(dock)
    outbox.retry(call.pk)
    work()
    call.refresh_from_db()
    order = dock.store.fulfillment_orders.get(pk=order_id)
    assert (call.state, order.request_status, order.open_problems) == ("done", "accepted", 0)
    with pytest.raises(Refusal, match="nothing to retry"):
        outbox.retry(call.pk)


def test_giving_up_opens_the_question_again(dock: Dock) -> None:
    call, order_id = refused_acceptance(dock)
    outbox.give_up(call.pk, "Called the merchant.")
    order = dock.store.fulfillment_orders.get(pk=order_id)
    assert order.pending_answer == ""
    assert "Decide by hand" in order.problems.get(settled_at=None).detail
    assert order.requests.get().decision == ""
    assert "Called the merchant." in dock.story(order)
    dock.reject(order)
    work()
    assert dock.effects(order) == ["reject"]
    assert not order.problems.filter(settled_at=None).exists()
    with pytest.raises(Refusal, match="cannot be given up"):
        outbox.give_up(call.pk, "Again.")


def test_a_call_that_is_being_sent_is_left_alone(dock: Dock) -> None:
    call, _ = refused_acceptance(dock)
    OutboundCall.objects.filter(pk=call.pk).update(state=CallState.SENDING)
    with pytest.raises(Refusal, match="cannot be given up"):
        outbox.give_up(call.pk, "Now.")
    with pytest.raises(Refusal, match="nothing to retry"):
        outbox.retry(call.pk)


def test_a_shipment_given_up_says_that_the_store_does_not_know(dock: Dock) -> None:
    order = dock.accepted()
    shipment = dock.ship(order)
    outbox.give_up(dock.call(order, "create_fulfillment").pk, "Told by phone.")
    shipment.refresh_from_db()
    assert (shipment.state, shipment.remark) == ("untold", "Told by phone.")
    assert dock.state(order) == ("accepted", "shipped")
    work()
    assert dock.shop.calls("fulfillmentsCreate") == []
