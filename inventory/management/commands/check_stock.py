"""`manage.py check_stock`: checks that stock levels are what their movements add up to."""

import sys
from argparse import ArgumentParser
from typing import Any

from inventory import bookkeeping
from relay.management.teaching import TeachingCommand

HELP = """\
Recompute every stock level from its movements, and what is promised of it from what orders hold.
Each level that differs is one line. Without --fix nothing is changed.
"""
EXAMPLE = """\
examples:

  manage.py check_stock          say what differs
  manage.py check_stock --fix    correct it: the movements count, not the level

A level can differ only where somebody wrote past Crossdock, into the database. --fix writes two
movements: one for the change that nobody explained, and one that undoes it.

The exit status is 0 when all is right or was corrected, 1 when something differs.
"""
RIGHT, DIFFERENT = 0, 1


class Command(TeachingCommand):
    """Checks all levels."""

    help = HELP
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the option."""
        parser.add_argument("--fix", action="store_true", help="write movements that correct it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Report, and correct where that is asked for."""
        left = 0
        for drift in bookkeeping.drifts():
            words = bookkeeping.fix(drift.level.pk) if options["fix"] else ""
            left += not options["fix"]
            self.say(f"{words} Corrected." if words else drift.words)
        if left:
            levels = "1 level differs" if left == 1 else f"{left} levels differ"
            self.say(f"{levels} from the movements. --fix writes movements that correct it.")
            sys.exit(DIFFERENT)
        self.say("All other levels are right." if options["fix"] else "All levels are right.")
        sys.exit(RIGHT)
