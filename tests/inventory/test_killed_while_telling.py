"""A worker that dies between the store's applying a figure and our writing it down."""

import signal
from collections.abc import Iterator

import pytest

from relay.models import CallState
from sandbox import Sandbox, World
from tests import processes
from tests.inventory.shelf import Shelf
from tests.processes import WORKER, running, wait_until

pytestmark = pytest.mark.processes

TENT = "TENT-2P-GRN"


@pytest.fixture
def sandbox(db: None) -> Iterator[Sandbox]:
    """Here the store is a process too: nothing is shared but sockets and the database."""
    with processes.sandbox() as url:
        yield Sandbox(url, World())


@pytest.mark.parametrize("more", [0, 3], ids=["as it was sent", "changed since"])
def test_the_figure_is_right_after_a_worker_died(shelf: Shelf, more: int) -> None:
    shop = shelf.dock.shop
    ref = shop.stock(TENT, 5)
    shelf.put(TENT, 5)
    shelf.read()
    shop.fault("delay_after", "stockrecordsPartialUpdate", times=1, seconds=30)
    shelf.put(TENT, 2)
    with running(*WORKER) as worker:
        wait_until(lambda: shelf.there(ref)[0] == 7, "the store applied it")
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert shelf.calls().get().state == CallState.SENDING
    assert shelf.record(ref).told is None

    if more:
        shelf.put(TENT, more)
    with running(*WORKER):
        wait_until(lambda: shelf.record(ref).told == 7 + more, "we know what it was told")
    assert shelf.there(ref)[0] == 7 + more
    assert shelf.patches(ref) == (2 if more else 1)
