"""Measure the budgets from a terminal: python -m benchmarks."""

import argparse
import fcntl
import importlib
import os
import signal
import sys
import time
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from benchmarks import report, surroundings
from benchmarks.figures import Figure
from config import embedded_postgres

if TYPE_CHECKING:
    from benchmarks.stage import Databases

TEACHING = """\
Measures what Crossdock promises about speed, and prints each figure beside a floor that is
measured in the same run. It starts a PostgreSQL of its own in var/benchmarks, and web servers,
workers and sandboxes as it needs them; what they write is in var/benchmarks/*.log. Leave the
machine alone meanwhile. All of it takes about three quarters of an hour, --quick a few minutes.
"""
BUDGETS = {
    "webhook": "Acknowledging what stores send",
    "mirror": "Taking in a page of orders",
    "accept": "Accepting many requests at once",
    "allocation": "Promising units, several at the same time",
    "stock_sync": "Finding what a store must be told of stock",
    "one_store": "Telling one store",
    "many_stores": "Telling many stores",
    "work_list": "The work list at a million orders",
    "api": "The API at a million orders",
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=TEACHING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"what to measure (all of {', '.join(BUDGETS)})"
    )
    parser.add_argument("--quick", action="store_true", help="few and small rounds: a trial")
    parser.add_argument(
        "--keep", action="store_true", help="keep the databases, and use kept ones again"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the report as a page")
    wanted = parser.parse_args()
    if unknown := [name for name in wanted.names if name not in BUDGETS]:
        parser.error(f"There is no {unknown[0]}. There are: {', '.join(BUDGETS)}.")
    return wanted


def main() -> int:
    """Return 0 when all was measured, whatever the figures say; 2 when another run is under way."""
    wanted = arguments()
    surroundings.FOLDER.mkdir(parents=True, exist_ok=True)
    # Static files are collected in production only.
    warnings.filterwarnings("ignore", message="No directory at")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with ExitStack() as ends:
        lock = ends.enter_context((surroundings.FOLDER / "lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.stderr.write("Another measurement is under way. Let it end first.\n")
            return 2
        server = embedded_postgres.url(surroundings.POSTGRES)
        ends.callback(embedded_postgres.stop, surroundings.POSTGRES)
        settings = surroundings.environment(server)
        os.environ.clear()
        os.environ.update(settings)
        django.setup()
        _measure_all(wanted, server)
    return 0


def _measure_all(wanted: argparse.Namespace, server: str) -> None:
    # Models can be imported only now.
    from benchmarks import machine
    from benchmarks.stage import Databases

    databases = Databases(server, wanted.keep)
    databases.prepare()
    measured = {}
    for name in wanted.names or BUDGETS:
        figures = _measure(name, databases, quick=wanted.quick)
        measured[name] = (BUDGETS[name], figures)
    all_figures = [figure for _, figures in measured.values() for figure in figures]
    with databases.one_for("machine"):
        about = machine.describe()
    say(f"\n{report.table(all_figures)}\n\n{report.machine_table(about)}")
    if wanted.write:
        wanted.write.parent.mkdir(parents=True, exist_ok=True)
        wanted.write.write_text(report.page(measured, about))


def _measure(name: str, databases: "Databases", *, quick: bool) -> Sequence[Figure]:
    from benchmarks.stage import Stage

    say(f"\n{BUDGETS[name]} ({name})")
    began = time.monotonic()
    budget: Any = importlib.import_module(f"benchmarks.budgets.{name}")
    figures = []
    with databases.one_for(f"{name}_quick" if quick else name) as fresh:
        for figure in budget.measure(Stage(quick, fresh)):
            say(report.in_words(figure))
            figures.append(figure)
    say(f"  ({time.monotonic() - began:.0f} s)")
    return figures


def say(words: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
