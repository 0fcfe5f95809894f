"""Run the demo from a terminal: python -m demo."""

import argparse
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from subprocess import SubprocessError

import django
from requests import RequestException

from config import embedded_postgres
from demo.cast import PEOPLE
from demo.processes import PROJECT, Broken, Processes
from demo.signals import Signals, Stopped
from demo.stage import Stage
from demo.surroundings import InUse, Place, environment, remember
from demo.telling import Teller, Told

TEACHING = """\
Starts PostgreSQL, sandbox stores, the site and a worker on this machine, runs the main job once on
each platform, and leaves all of it up for you to play with until you press Ctrl-C. Nothing leaves
this machine.

What the processes write is in var/demo/*.log. To begin from nothing: rm -r var/demo
"""
DONE = """
The main job is done: one order shipped, one rejected, one cancelled at 29 Next; and one order each
brought to its end at Spresso, at Haravan, behind a Spree hub, through our API and at a partner.\
"""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m demo",
        description=TEACHING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--once", action="store_true", help="end after the main job")
    parser.add_argument("--port", type=int, default=8000, help="of the site (8000)")
    parser.add_argument("--sandbox-port", type=int, default=8029, help="of the sandbox (8029)")
    parser.add_argument(
        "--folder",
        type=Path,
        default=PROJECT / "var" / "demo",
        help="where the database and the logs are kept (var/demo)",
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=20.0,
        metavar="SECONDS",
        help="how long a step may take before it counts as failed (20)",
    )
    return parser.parse_args()


def main() -> int:
    """Return 0, or 1 when a step failed, 2 when nothing was started, 128 + n after a signal."""
    wanted = arguments()
    sys.stdout.reconfigure(errors="replace", line_buffering=True)  # type: ignore[union-attr]
    place = Place(wanted.folder.resolve(), wanted.port, wanted.sandbox_port)
    signals = Signals()
    try:
        place.check_ports()
        lock = place.claim()
    except InUse as taken:
        sys.stderr.write(f"{taken}\n")
        return 2
    with lock:
        return _run(place, signals, wanted)


def _run(place: Place, signals: Signals, wanted: argparse.Namespace) -> int:
    """Whatever happens, no process is left when this returns."""
    told: list[Told] = []
    with ExitStack() as ends:
        try:
            say("Starting PostgreSQL")
            kept = remember(place.folder)
            database = _database(place)
            ends.callback(embedded_postgres.stop, place.postgres)
            settings = environment(place, kept, database)
            os.environ.clear()
            os.environ.update(settings)
            processes = Processes(place.folder, settings, signals)
            ends.callback(processes.stop)
            stage = Stage(place, processes, say)
            told = _play(stage, kept.runs, wanted.patience)
            if not wanted.once:
                _stay(stage, told)
        except Stopped as stopped:
            # After the story, being stopped is what is meant to happen.
            return 0 if told else 128 + stopped.number
        except (Broken, RequestException) as broken:
            sys.stderr.write(f"\n{broken}\nWhat the processes wrote: {place.folder}/*.log\n")
            return 1
    return 0


def _database(place: Place) -> str:
    try:
        return embedded_postgres.url(place.postgres)
    except (OSError, RuntimeError, SubprocessError) as error:
        raise Broken(f"PostgreSQL does not start: {error}") from error


def _play(stage: Stage, run: int, patience: float) -> list[Told]:
    """Tell all chapters, and look at all of it once more at the end."""
    say("Preparing the database")
    migrating = stage.prepare(run)
    django.setup()
    # Models can be imported only now.
    from demo import earlier_runs, furnishing
    from demo.chapters import haravan, next29, own_api, partner, spree_hub, spresso

    stage.processes.finish(migrating)
    furnishing.furnish()
    earlier_runs.close()
    say("Starting sandbox stores, web server and worker")
    stage.start()
    teller = Teller(stage.pause, say, patience)
    chapters = (next29, spresso, haravan, spree_hub, own_api, partner)
    told = [chapter.tell(stage, teller) for chapter in chapters]
    for each in told:
        each.check()
    say("\n  ✓ nothing has happened twice, and no store finds fault with our calls")
    say(DONE)
    return told


def _stay(stage: Stage, told: list[Told]) -> None:
    say(f"\nThe site:  {stage.place.url}/admin/")
    for person in PEOPLE:
        say(f"    {person.username:<6} {person.password:<16} {person.group or 'may do everything'}")
    say("The stores: place orders there, as a shopper")
    for each in told:
        say(f"    {each.shop.page}")
    say("Stop with Ctrl-C.")
    while True:
        stage.pause()


def say(words: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
