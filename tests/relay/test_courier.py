"""The courier: paced, patient, and never two for one call."""

import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from fulfillment.models import ShipmentState
from locations.models import Store
from relay import alarms, engine, jobs, pacing
from relay.courier import BACKOFF_SECONDS, TRIES, Turn, next_due
from relay.models import Attempt, CallState, Pace
from tests.dock import Dock, forget_jobs, hurry
from tests.fulfillment.test_at_once import at_once
from tests.work import work

pytestmark = pytest.mark.usefixtures("engine")

ACCEPT = "fulfillmentRequestAccept"
CREATE = "fulfillmentsCreate"


def turn(store: Store) -> None:
    """One turn of a courier, without its waits."""
    for _ in Turn(store).work():
        pass


def test_requests_of_many_threads_keep_their_distance(store: Store) -> None:
    store.requests_per_second = 50
    starts: list[float] = []

    def ask() -> None:
        for _ in range(5):
            pacing.wait_for_turn(store)
            starts.append(time.monotonic())

    began = time.monotonic()
    at_once(ask, ask, ask, ask)
    took = time.monotonic() - began
    assert len(starts) == 20
    assert took >= 19 * pacing.spacing(store) * 0.98
    reserved = pacing.reserve(store)
    assert 0 <= reserved <= pacing.spacing(store)


def test_every_reservation_is_another_moment(store: Store) -> None:
    store.requests_per_second = 4
    waits = [pacing.reserve(store) for _ in range(4)]
    steps = [later - earlier for earlier, later in pairwise(waits)]
    assert all(step == pytest.approx(pacing.spacing(store), abs=0.05) for step in steps)


def test_a_hold_keeps_everybody_away_and_a_shorter_one_does_not_shorten_it(store: Store) -> None:
    pacing.hold(store, 20)
    pacing.hold(store, 5)
    assert 15 < pacing.seconds_until_free(store) <= 20
    assert pacing.reserve(store) > 15


def test_a_call_left_by_a_dead_courier_is_looked_up(dock: Dock) -> None:
    order = dock.place()
    dock.accept(order)
    call = dock.call(order, "accept_request")
    call.state = CallState.SENDING
    call.save()
    Attempt.objects.create(call=call)
    dock.shop.service.step(int(order.ref), "fulfillment-request/accept")
    turn(dock.store)
    call.refresh_from_db()
    assert call.state == CallState.DONE
    orphan, found = call.attempts.all()
    assert (orphan.outcome, found.outcome) == ("in_doubt", "done")
    assert found.remark == "The store had it already."
    assert orphan.ended_at
    assert dock.shop.calls(ACCEPT)[-1]["status"] == 200
    assert len(dock.shop.calls(ACCEPT)) == 1


def test_a_courier_that_was_given_up_for_dead_does_not_send_a_second_parcel(dock: Dock) -> None:
    order = dock.accepted(lines=[{"sku": "TENT-2P-GRN", "quantity": 2}])
    shipment = dock.ship(order, "1Z-HALF", units={"TENT-2P-GRN": 1})
    slow = Turn(dock.store).work()
    next(slow)
    assert dock.call(order, "create_fulfillment").state == CallState.SENDING

    turn(dock.store)
    shipment.refresh_from_db()
    assert shipment.state == ShipmentState.CONFIRMED
    for _ in slow:
        pass
    assert len(dock.shop.calls(CREATE)) == 1
    assert dock.call(order, "create_fulfillment").state == CallState.DONE


def test_a_courier_that_was_given_up_for_dead_has_no_say_when_its_call_fails(dock: Dock) -> None:
    order = dock.place()
    dock.accept(order)
    looks = "fulfillmentOrdersRetrieve"
    dock.shop.fault("delay_before", looks, times=1, seconds=0.5)

    def overtake() -> None:
        while not dock.shop.calls(looks):
            time.sleep(0.01)
        dock.shop.world.next29[dock.shop.subdomain].fulfillment_orders.clear()
        dock.store.calls.update(state=CallState.CANCELLED)

    at_once(lambda: turn(dock.store), overtake)
    assert dock.call(order, "accept_request").state == CallState.CANCELLED
    assert not order.problems.exists()


def test_a_throttled_call_waits_and_is_no_failed_attempt(dock: Dock) -> None:
    order = dock.place()
    dock.shop.fault("status_429", ACCEPT, times=1, retry_after="7")
    dock.accept(order)
    turn_until_first_wait(dock.store, lambda: bool(dock.shop.calls(ACCEPT)))
    call = dock.call(order, "accept_request")
    assert (call.state, call.attempts_made) == (CallState.WAITING, 0)
    assert 5 < pacing.seconds_until_free(dock.store) <= 7.5


@pytest.mark.parametrize("retry_after", [None, "0", "-5", "soon", "Thu, 01 Jan 1970 00:00:00 GMT"])
@pytest.mark.acceptance("next29", 16)
def test_a_429_that_names_no_useful_time_does_not_spin(dock: Dock, retry_after: str | None) -> None:
    order = dock.place()
    dock.shop.fault("status_429", retry_after=retry_after)
    before = len(dock.shop.control("GET", "calls")["calls"])
    dock.accept(order)
    waits = []
    for wait in Turn(dock.store).work():
        waits.append(wait)
        Pace.objects.update(next_at=timezone.now())
        if len([each for each in waits if each > 0.5]) == 5:
            break
    asked = len(dock.shop.control("GET", "calls")["calls"]) - before
    assert asked == 5, "one request for each wait"
    long = [each for each in waits if each > 0.5]
    assert long == sorted(long), "each wait is longer than the one before"
    assert 8 < long[-1] <= 31


def turn_until_first_wait(store: Store, enough: Callable[[], bool]) -> None:
    courier = Turn(store).work()
    for _ in courier:
        if enough():
            courier.close()
            return


def test_a_pull_that_is_throttled_does_not_spin(dock: Dock) -> None:
    dock.shop.fault("status_429", "assignedFulfillmentOrdersList", times=1, retry_after=None)
    ref = dock.shop.place()
    dock.pull()
    assert dock.order(ref)
    assert len(dock.shop.calls("assignedFulfillmentOrdersList")) == 3


@pytest.mark.acceptance("next29", 16)
def test_a_401_pauses_the_store_raises_one_alarm_and_loses_nothing(dock: Dock) -> None:
    orders = [dock.place(), dock.place()]
    dock.shop.fault("status_401")
    for order in orders:
        dock.accept(order)
    work()
    dock.pull()
    dock.store.refresh_from_db()
    assert dock.store.paused_at
    [alarm] = dock.store.alarms.all()
    assert alarm.kind == alarms.UNAUTHORIZED
    refused = [call for call in dock.shop.control("GET", "calls")["calls"] if call["status"] == 401]
    assert len(refused) == 1, "the store was left alone after the first"

    dock.shop.control("DELETE", "faults")
    alarms.resume(dock.store)
    work()
    assert {dock.state(order) for order in orders} == {("accepted", "allocated")}
    alarm.refresh_from_db()
    assert alarm.cleared_at


def test_a_paused_store_is_not_asked_and_says_so_nowhere(dock: Dock) -> None:
    order = dock.place()
    alarms.pause(dock.store, "Stocktaking")
    before = len(dock.shop.control("GET", "calls")["calls"])
    dock.accept(order)
    dock.pull()
    jobs.sweep()
    work()
    assert len(dock.shop.control("GET", "calls")["calls"]) == before
    assert not dock.store.alarms.exists()


def test_a_store_that_is_down_is_asked_less_and_less(dock: Dock) -> None:
    order = dock.place()
    dock.shop.fault("error_500_before", "fulfillmentOrdersRetrieve")
    dock.accept(order)
    work()
    call = dock.call(order, "accept_request")
    waits = []
    for _ in range(4):
        call.refresh_from_db()
        waits.append((call.run_after - timezone.now()).total_seconds())
        hurry([dock.store])
        turn(dock.store)
    assert [round(wait) for wait in waits] == pytest.approx(list(BACKOFF_SECONDS[:4]), abs=2)
    call.refresh_from_db()
    assert (call.state, call.attempts_made) == (CallState.WAITING, 5)
    assert next_due(dock.store) == call.run_after


def test_after_many_tries_a_person_is_asked(dock: Dock) -> None:
    order = dock.place()
    dock.shop.fault("error_500_before", "fulfillmentOrdersRetrieve")
    dock.accept(order)
    dock.store.calls.update(attempts_made=TRIES - 1)
    work()
    call = dock.call(order, "accept_request")
    assert call.state == CallState.FAILED
    assert call.reason.startswith(f"Tried {TRIES} times.")
    assert dock.again(order).open_problems == 1
    assert next_due(dock.store) is None


def test_a_fault_of_ours_stops_one_call_and_not_the_others(dock: Dock) -> None:
    broken, fine = dock.place(), dock.place()
    dock.accept(broken)
    dock.accept(fine)
    call = dock.call(broken, "accept_request")
    call.payload = {}
    call.save()
    work()
    call.refresh_from_db()
    assert (call.state, "A fault in Crossdock" in call.reason) == (CallState.FAILED, True)
    assert dock.state(fine) == ("accepted", "allocated")


def todo(task: str) -> list[int]:
    jobs_of_task = ProcrastinateJob.objects.filter(status="todo", task_name=task)
    return [job.args["store_id"] for job in jobs_of_task]


@pytest.mark.parametrize("state", [CallState.WAITING, CallState.IN_DOUBT, CallState.SENDING])
def test_the_sweep_wakes_whoever_was_not_woken(dock: Dock, state: CallState) -> None:
    order = dock.place()
    dock.accept(order)
    dock.store.calls.update(state=state)
    forget_jobs()
    jobs.sweep()
    assert todo(engine.DELIVER) == [dock.store.pk]
    work()
    assert dock.state(order) == ("accepted", "allocated")


def test_the_sweep_leaves_in_peace_who_has_nothing_to_do(dock: Dock) -> None:
    order = dock.accepted()
    dock.ship(order)
    dock.store.calls.update(run_after=timezone.now() + timedelta(hours=1))
    forget_jobs()
    jobs.sweep()
    assert todo(engine.DELIVER) == []


def silence(task: str) -> None:
    """Leave a job behind as a worker does that was killed in the middle of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) "
            "VALUES (now() - interval '1 hour') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s "
            "WHERE task_name = %s AND status = 'todo'",
            [worker, task],
        )


@pytest.mark.parametrize("state", [CallState.WAITING, CallState.SENDING])
def test_the_job_of_a_silent_worker_is_ended_and_its_store_is_served(
    dock: Dock, state: CallState
) -> None:
    order = dock.place()
    dock.accept(order)
    silence(engine.DELIVER)
    dock.store.calls.update(state=state)
    work()
    assert dock.state(order) == ("requested", "new"), "its lock is held by a dead worker"
    app.configure_task("relay.rescue").defer()
    work()
    assert dock.state(order) == ("accepted", "allocated")
    ended = ProcrastinateJob.objects.filter(task_name=engine.DELIVER, status="failed")
    assert ended.count() == 1


def test_a_pull_that_died_with_its_worker_is_made_again(dock: Dock) -> None:
    ref = dock.shop.place()
    engine.wake_pull(dock.store.pk)
    silence(engine.PULL)
    app.configure_task("relay.rescue").defer()
    work()
    assert dock.order(ref)
