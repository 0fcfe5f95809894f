"""A 29 Next store, us, and a partner, over HTTP: in bad weather, and with workers that die."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from subprocess import Popen

import pytest
from django.utils import timezone

from fulfillment.handover.jobs import serve_later
from fulfillment.models import JobState, Shipment, ShipmentState
from relay.models import CallState
from sandbox import Sandbox, World
from tests import processes
from tests.dock import Dock, hurry
from tests.fulfillment.handover.conftest import Partner
from tests.processes import WORKER, running, wait_until

pytestmark = pytest.mark.processes

HOLD_BACK = 30.0
AT_THE_PARTNER = ("drop_after", "status_429", "empty_success", "status_401", "error_500_before")
AT_THE_STORE = ("drop_before", "error_500_after", "status_429", "drop_after")


@pytest.fixture
def sandbox(db: None) -> Iterator[Sandbox]:
    """Store and partner are a process too: nothing is shared but sockets and the database."""
    with processes.sandbox() as url:
        yield Sandbox(url, World())


@dataclass
class Chain:
    """All three, and the clock."""

    dock: Dock
    partner: Partner

    def wait_until(self, met: Callable[[], object], what: str) -> None:
        """Let a worker go on; the clock runs on to when the next thing is due."""

        def met_by_now() -> object:
            self.partner.account.jobs.update(run_after=timezone.now())
            serve_later(self.partner.account.pk)
            hurry([self.dock.store])
            return met()

        wait_until(met_by_now, what)

    def kill_when(self, applied: Callable[[], object], what: str) -> None:
        """Kill the worker when the other side did something and has not yet said so."""
        with running(*WORKER) as worker:
            self.wait_until(applied, what)
            kill(worker)

    def go_on_until(self, met: Callable[[], object], what: str) -> None:
        """Start another worker, for as long as it takes."""
        with running(*WORKER):
            self.wait_until(met, what)


def kill(worker: Popen[bytes]) -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def test_it_is_one_order_at_the_partner_and_one_fulfillment_at_the_store(
    partner: Partner, dock: Dock
) -> None:
    chain = Chain(dock, partner)
    order = dock.accepted()

    partner.fault("delay_after", "post-orders", seconds=HOLD_BACK)
    chain.kill_when(lambda: partner.effects("create"), "the partner has the order")
    assert partner.job(order).state == JobState.SENDING
    for kind in AT_THE_PARTNER:
        partner.fault(kind, "*")
    chain.go_on_until(
        lambda: partner.job(order).state == JobState.GIVEN, "we know what the partner has"
    )

    ref = partner.job(order).ref
    for action in ("approve", "release", "dispatch", "relabel", "depart"):
        partner.act("POST", f"orders/{ref}/{action}", {"carrier": "FedEx"})
    dock.shop.fault("delay_after", "fulfillmentsCreate", times=1, seconds=HOLD_BACK)
    chain.kill_when(lambda: dock.shop.effects("fulfillment"), "the store has the fulfillment")
    assert dock.call(order, "create_fulfillment").state == CallState.SENDING
    for kind in AT_THE_STORE:
        dock.shop.fault(kind, "*", times=1)
    chain.go_on_until(
        lambda: dock.call(order, "create_fulfillment").state == CallState.DONE,
        "we know what the store has",
    )

    [there] = partner.orders()
    [tracked] = there["trackingNumbers"][-1:]
    [told] = dock.shop.effects("fulfillment")
    assert told["detail"]["tracking_codes"] == [tracked["value"]]
    assert [each.state for each in Shipment.objects.all()] == [ShipmentState.CONFIRMED]
    assert (str(there["id"]), partner.job(order).state) == (ref, JobState.DONE)
    assert (len(partner.effects("create")), dock.state(order)) == (1, ("closed", "shipped"))
