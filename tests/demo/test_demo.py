"""The demo as a newcomer starts it: it tells its story, says what is wrong, and leaves nothing."""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 300.0
# A machine that does other things besides may be slow; the demo is then no less right.
PATIENT = ("--patience", "90")
PAGES = (
    "next29/acme-outdoors",
    "spresso/harbor-goods",
    "haravan/gom-may",
    "spree_hub/acme-goods",
)
STEPS = (
    "✓ the store is told what is there",
    "to be shipped",
    "✓ placed at the store; request received",
    "✓ triaged: nothing wrong with it",
    "✓ accepted",
    "✓ shipped",
    "seen at the store",
    "✓ the store’s stock follows",
    "a bad address, to be rejected",
    "✓ triaged: the address is incomplete",
    "✓ rejected",
    "to be cancelled before it is picked",
    "✓ the merchant asks to cancel; the request received",
    "✓ cancellation accepted",
    "connect_store spresso harbor-goods",
    "to be shipped, delivered and paid for",
    "✓ placed at the store; its signed message received",
    "✓ accepted; the store knows that we have it",
    "✓ picked and packed; the store follows",
    "✓ shipped: tracking 1Z",
    "✓ the final count is told: the customer is charged for what left",
    "charged for HBR-TEE-NVY-M × 2, KTL-1L-STL × 1; mails: shipped ",
    "✓ delivered, says the carrier",
    "mails: shipped, delivered ",
    "connect_store haravan gom-may",
    "paid on delivery, to be shipped",
    "✓ placed at the store; its signed message received, and the amount to collect",
    "495,000 VND to pay on delivery   Crossdock: requested / new, suggests to accept, 495,000 VND",
    "✓ accepted; the store waits for no answer",
    "✓ shipped: one fulfillment with tracking GHN",
    "✓ fulfilled, both sides say",
    "connect_store spree_hub acme-goods",
    "posted by the hub, to be shipped",
    "✓ placed at the store; taken in our answer to the hub",
    "✓ picked and packed",
    "✓ shipped; the store will ask",
    "✓ the hub asks and is told: tracking 1Z",
    "✓ the hub asks again, which proves that it has heard",
    "Letting in the program of Northwind Goods",
    "placed through our API, to be shipped",
    "✓ placed by the program; request received",
    "✓ accepted; it can still be cancelled",
    "✓ picked and packed; the program sees that it is too late to cancel",
    "✓ shipped: the program sees tracking 1Z",
    "connect_partner fulfillment_com",
    "to be shipped by the partner",
    "✓ given to the partner",
    "✓ the partner has put a label on it",
    "✓ the label was changed, and the parcel has left: the program sees the final number",
    "✓ nothing has happened twice, and no store finds fault with our calls",
    "The main job is done",
)

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """What one demo leaves to the next. PostgreSQL's socket needs a short path."""
    folder = Path(tempfile.mkdtemp(prefix="demo-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def demo(folder: Path) -> Iterator["Demo"]:
    demo = Demo(folder)
    yield demo
    demo.end()


class Demo:
    """One demo on ports of its own."""

    def __init__(self, folder: Path, output: str = "said") -> None:
        self.folder = folder
        self.port, self.sandbox_port = free_ports()
        self._output = folder / f"{output}.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "demo", "--folder", str(self.folder)),
                    *("--port", str(self.port), "--sandbox-port", str(self.sandbox_port)),
                    *arguments,
                ],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None
        return self._process

    @property
    def said(self) -> str:
        return self._output.read_text(errors="replace")

    def wait_for(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def wait(self) -> int:
        return self.process.wait(PATIENCE)

    def others(self) -> list[psutil.Process]:
        """All processes it has started, PostgreSQL's included."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        postmaster = self.folder / "postgres" / "postmaster.pid"
        if postmaster.exists():
            found.append(psutil.Process(int(postmaster.read_text().splitlines()[0])))
        return found

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)
        self._output.unlink()


def leave_open(store: str) -> None:
    """Place an order that the next run finds, and that its sandbox knows nothing of."""
    lines = {"lines": [{"sku": "TENT-2P-GRN", "quantity": 1}]} if "next29" in store else {}
    placed = requests.post(f"{store}/_sandbox/orders", json=lines, timeout=30)
    placed.raise_for_status()


def free_ports() -> tuple[int, int]:
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        return one.getsockname()[1], other.getsockname()[1]


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [
        process
        for process in processes
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    ]


def test_it_tells_the_story_stays_up_and_stops_without_a_trace(demo: Demo) -> None:
    demo.start(*PATIENT)
    demo.wait_for("Stop with Ctrl-C.")

    position = 0
    for step in STEPS:
        position = demo.said.index(step, position)
    assert "demo-operator" in demo.said
    pages = [f"http://127.0.0.1:{demo.sandbox_port}/{page}/shop" for page in PAGES]
    assert all(page in demo.said for page in pages)
    for address in (f"http://127.0.0.1:{demo.port}/admin/login/", *pages):
        assert requests.get(address, timeout=5).status_code == 200
    for page in PAGES:
        leave_open(f"http://127.0.0.1:{demo.sandbox_port}/{page}")
    others = demo.others()
    assert len(others) > 5
    demo.process.send_signal(signal.SIGTERM)
    assert demo.wait() == 0
    assert alive(others) == []


def test_a_second_run_works_on_the_same_database_and_ends_when_asked_to(demo: Demo) -> None:
    demo.start("--once", *PATIENT)

    assert demo.wait() == 0, demo.said
    assert "suggests to accept" in demo.said
    assert "alarm" not in demo.said
    assert "The main job is done" in demo.said
    assert "Stop with Ctrl-C" not in demo.said


def test_a_step_that_fails_is_named_with_what_was_seen(demo: Demo) -> None:
    demo.start("--once", "--patience", "20")
    demo.wait_for("Connecting the store")
    requests.post(
        f"http://127.0.0.1:{demo.sandbox_port}/next29/acme-outdoors/_sandbox/faults",
        json={"kind": "error_500_before", "operation": "fulfillmentRequestAccept"},
        timeout=5,
    ).raise_for_status()
    others = demo.others()

    assert demo.wait() == 1
    assert "Step “accepted” of order" in demo.said
    assert "was not confirmed within 20 seconds" in demo.said
    assert "store:     open / requested" in demo.said
    assert "accept_request on its way" in demo.said
    assert "✓ accepted" not in demo.said
    assert alive(others) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_stopped_while_it_starts_it_leaves_nothing(demo: Demo, number: signal.Signals) -> None:
    demo.start("--once")
    demo.wait_for("Preparing the database")
    others = demo.others()

    demo.process.send_signal(number)

    assert demo.wait() == 128 + number
    assert alive(others) == []


@pytest.mark.parametrize("what", ["port", "sandbox_port"])
def test_a_port_in_use_is_said_in_words_before_anything_starts(demo: Demo, what: str) -> None:
    port = getattr(demo, what)
    with socket.create_server(("127.0.0.1", port)):
        demo.start("--once")
        assert demo.wait() == 2
    assert f"Port {port}, meant for" in demo.said
    assert "is in use by another program. Choose another: make demo ARGS=" in demo.said
    assert "Starting" not in demo.said


def test_two_demos_do_not_share_a_folder(demo: Demo) -> None:
    demo.start("--once")
    demo.wait_for("Starting PostgreSQL")
    second = Demo(demo.folder, output="said-by-second")
    second.start("--once")

    assert second.wait() == 2
    assert "Another demo uses" in second.said
    second.end()
