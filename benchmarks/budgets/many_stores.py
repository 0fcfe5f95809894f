"""Telling many stores at once: how the rate rises with workers, and what limits it."""

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil
from django.db.models import Max, Min
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from benchmarks import clients, furnishing, programs
from benchmarks.client import request
from benchmarks.figures import Figure
from benchmarks.shops import Shop, open_shops
from benchmarks.stage import Stage
from benchmarks.surroundings import POSTGRES
from relay.models import CallState, OutboundCall

STORES = 24
CALLS = 40
LIMIT = 50
WORKERS = (1, 2, 4)
CONNECTIONS = 8
BUSY = 0.9
LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """How fast the calls were made, and who was busy: seconds of CPU in each second."""

    rate: float
    idle: float
    sandbox: float
    workers: float
    postgres: float


def measure(stage: Stage) -> Iterator[Figure]:
    """Yield the rate with 1, 2 and 4 workers beside what the sandbox can serve at most."""
    count = stage.rounds(CALLS, quick=5)
    with programs.sandbox() as (sandbox, process):
        shops = open_shops(sandbox, STORES)
        ceiling = _ceiling(sandbox, shops, count)
        alone = 0.0
        for workers in WORKERS:
            run = _tell_all(shops, count, workers, process)
            alone = alone or run.rate
            yield _figure(run, workers, count, alone, ceiling)


def _ceiling(sandbox: str, shops: Sequence[Shop], count: int) -> float:
    """Return how many answers in a second the sandbox takes from bare clients."""
    for shop in shops:
        shop.place(count)
    raw = list(itertools.chain.from_iterable(_look_and_send(shop) for shop in shops))
    port = urlsplit(sandbox).port or 0
    return clients.ask(port, raw, connections=CONNECTIONS).rate / 2


def _look_and_send(shop: Shop) -> Iterator[str]:
    """The two requests of each answer, as the courier makes them."""
    orders = f"/next29/{shop.store.account}/api/admin/fulfillment-orders"
    headers = {
        "Authorization": f"Bearer {furnishing.token_of(shop.store.account)}",
        "X_29next_API_Version": "2024-04-01",
        "Content_Type": "application/json",
    }
    for ref in shop.waiting().values_list("ref", flat=True):
        yield request("GET", f"{orders}/{ref}/", **headers)
        yield request("POST", f"{orders}/{ref}/fulfillment-request/accept/", "{}", **headers)


def _tell_all(shops: Sequence[Shop], count: int, workers: int, sandbox: psutil.Process) -> Run:
    """Have all stores told by so many workers, all of which are up before there is work."""
    for shop in shops:
        shop.place(count)
        shop.limit(LIMIT)
    before = OutboundCall.objects.count()
    with ExitStack() as ends:
        crew = [ends.enter_context(programs.worker(number)) for number in range(workers)]
        _wait_until_idle(workers)
        used = Used(sandbox, crew)
        if sum(shop.accept_all() for shop in shops) != count * len(shops):
            raise RuntimeError("Not every request could be accepted.")
        while OutboundCall.objects.exclude(state=CallState.DONE).exists():
            time.sleep(LOOK_SECONDS)
        spent = used.so_far()
    ends_at = OutboundCall.objects.order_by("pk")[before:].aggregate(
        first=Min("created_at"), last=Max("finished_at")
    )
    seconds = (ends_at["last"] - ends_at["first"]).total_seconds()
    return Run(count * len(shops) / seconds, *spent)


def _wait_until_idle(workers: int) -> None:
    """Wait until so many workers serve, and have asked all stores what they do at the start."""
    beginning = time.monotonic()
    while (
        ProcrastinateWorker.objects.count() < workers
        or ProcrastinateJob.objects.filter(status__in=["todo", "doing"]).exists()
    ):
        if time.monotonic() - beginning > programs.START_SECONDS:
            raise programs.Broken("The workers did not start, or do not come to rest.")
        time.sleep(LOOK_SECONDS)


class Used:
    """How much CPU is used from now on, and by whom."""

    def __init__(self, sandbox: psutil.Process, crew: Sequence[psutil.Process]) -> None:
        postmaster = int((POSTGRES / "postmaster.pid").read_text().split()[0])
        self._groups = ([sandbox], crew, [psutil.Process(postmaster)])
        self._began = time.monotonic()
        self._before = self._spent()

    def so_far(self) -> list[float]:
        """Return the idle share of the machine, then the cores that each group has used."""
        seconds = time.monotonic() - self._began
        used = [now - then for now, then in zip(self._spent(), self._before, strict=True)]
        idle, *groups = (each / seconds for each in used)
        return [idle / psutil.cpu_count(), *groups]

    def _spent(self) -> list[float]:
        groups = [sum(map(programs.cpu_seconds, group)) for group in self._groups]
        return [psutil.cpu_times().idle, *groups]


def _figure(run: Run, workers: int, count: int, alone: float, ceiling: float) -> Figure:
    return Figure(
        what=f"tell {STORES} stores, {workers} worker{'s' if workers > 1 else ''}",
        how=(
            f"{count} answers to each store at up to {LIMIT} requests/s; the sandbox and "
            "PostgreSQL run on the same cores; the floor is what bare clients get from the sandbox"
        ),
        floor=f"{ceiling:.0f} calls/s, bare clients",
        figure=f"{run.rate:.0f} calls/s, {_limit(run)}",
        ratio=f"{run.rate / alone:.2f} × one worker, {run.rate / ceiling:.0%} of the floor",
        budget="rises until CPU or database is the limit",
        met=run.rate > alone or run.idle < 1 - BUSY or workers == 1,
    )


def _limit(run: Run) -> str:
    """Say what the run was limited by."""
    cores = (
        f"cores used: workers {run.workers:.2f}, sandbox {run.sandbox:.2f}, "
        f"PostgreSQL {run.postgres:.2f}"
    )
    if run.idle < 1 - BUSY:
        return f"limited by the CPU ({run.idle:.0%} idle; {cores})"
    if run.sandbox > BUSY:
        return f"limited by the sandbox, which has one core ({run.idle:.0%} idle; {cores})"
    return f"{run.idle:.0%} idle; {cores}"
