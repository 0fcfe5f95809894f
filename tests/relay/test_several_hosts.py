"""Workers on several hosts share the stores; one that is cut off does no harm when it is back."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from fulfillment.models import FulfillmentOrder
from relay import engine
from relay.models import CallState, OutboundCall
from sandbox import Sandbox, World
from tests import hosts
from tests.dock import Dock
from tests.hosts import HUB, WorkerThere
from tests.processes import answers, free_port, running, wait_until

pytestmark = pytest.mark.processes

CREATE = "fulfillmentsCreate"
ORDERS = 4
HOLD_BACK = 12.0
TAKEN_OVER = "was taken over by another courier"
CONNECTION_LOST = "server closed the connection"


@pytest.fixture(scope="module")
def two() -> Iterator[list[hosts.Host]]:
    if reason := hosts.why_not():
        pytest.skip(reason)
    with hosts.hosts("xdone", "xdtwo") as made:
        yield made


@pytest.fixture
def sandbox(two: list[hosts.Host], db: None) -> Iterator[Sandbox]:
    """A store that both hosts reach."""
    port = free_port()
    url = f"http://{HUB}:{port}"
    with running(sys.executable, "-m", "sandbox", "--host", HUB, "--port", str(port)):
        wait_until(lambda: answers(f"{url}/"), "the sandbox answers")
        yield Sandbox(url, World())


@pytest.fixture
def orders(dock: Dock) -> list[FulfillmentOrder]:
    """Accepted orders, before any worker is there."""
    return [dock.accepted() for _ in range(ORDERS)]


@pytest.fixture
def workers(
    two: list[hosts.Host], orders: list[FulfillmentOrder], patience: int, tmp_path: Path
) -> Iterator[list[WorkerThere]]:
    """A worker on each host, in the order in which the engine numbers them."""
    with hosts.database(patience) as url, hosts.worker(two[0], tmp_path, url) as first:
        wait_until(lambda: ProcrastinateWorker.objects.count() == 1, "the first worker is there")
        with hosts.worker(two[1], tmp_path, url) as second:
            wait_until(lambda: ProcrastinateWorker.objects.count() == 2, "both workers are there")
            yield [first, second]
            # A worker that is cut off cannot sign off.
            for host in two:
                host.connect()


def who_serves(dock: Dock, workers: list[WorkerThere]) -> WorkerThere:
    """The worker that is making the store's calls."""
    job = ProcrastinateJob.objects.get(
        status="doing", task_name=engine.DELIVER, args__store_id=dock.store.pk
    )
    ids = list(ProcrastinateWorker.objects.order_by("id").values_list("pk", flat=True))
    return workers[ids.index(job.worker_id)]


def all_done(dock: Dock) -> bool:
    return not dock.store.calls.exclude(state=CallState.DONE).exists()


def assert_told_once(dock: Dock, orders: list[FulfillmentOrder]) -> None:
    assert len(dock.shop.effects("fulfillment")) == len(orders)
    for order in orders:
        assert dock.effects(order).count("fulfillment") == 1
        assert dock.state(order) == ("closed", "shipped")


@pytest.mark.parametrize(("patience", "noticed"), [(60, TAKEN_OVER), (3, CONNECTION_LOST)])
def test_a_worker_that_is_cut_off_midway_is_replaced_and_does_no_harm_when_it_is_back(
    dock: Dock, orders: list[FulfillmentOrder], workers: list[WorkerThere], noticed: str
) -> None:
    """It may find its connections to the database as it left them, or given up by the server."""
    dock.shop.fault("delay_after", CREATE, times=1, seconds=HOLD_BACK)
    for number, order in enumerate(orders):
        dock.ship(order, f"1Z999AA1012345678{number}")
    wait_until(lambda: dock.shop.effects("fulfillment"), "the store has taken the first parcel")
    lost = who_serves(dock, workers)
    [other] = [each for each in workers if each is not lost]

    lost.host.cut_off()
    wait_until(lambda: all_done(dock), "the other worker has done it all")
    assert_told_once(dock, orders)
    assert OutboundCall.objects.filter(attempts__outcome=CallState.IN_DOUBT).count() == 1
    assert other.process.poll() is None

    lost.host.connect()
    wait_until(lambda: noticed in lost.said(), "the one that was cut off has noticed")
    ref = str(dock.shop.place())
    engine.wake_pull(dock.store.pk)
    wait_until(lambda: dock.store.fulfillment_orders.filter(ref=ref).exists(), "work goes on")
    assert_told_once(dock, orders)


def test_a_worker_that_was_cut_off_for_long_does_not_hang(
    dock: Dock, two: list[hosts.Host], tmp_path: Path
) -> None:
    """It drops its connections in seconds, and works on or ends, for a supervisor to start it."""

    def arrived() -> bool:
        return dock.store.fulfillment_orders.filter(ref=ref).exists()

    with hosts.database(3) as url:
        hurried = f"{url}&tcp_user_timeout=2000&connect_timeout=2"
        with hosts.worker(two[0], tmp_path, hurried) as lost:
            wait_until(ProcrastinateWorker.objects.exists, "the worker is there")
            lost.host.cut_off()
            wait_until(lambda: "error connecting" in lost.said(), "it has given up what it had")
            lost.host.connect()
            ref = str(dock.shop.place())
            engine.wake_pull(dock.store.pk)
            wait_until(lambda: arrived() or lost.process.poll() is not None, "it works, or ends")
        with hosts.worker(two[0], tmp_path, hurried):
            wait_until(arrived, "work goes on")
