"""Checks that stock levels are what their movements add up to."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from inventory import bookkeeping


class Command(BaseCommand):
    """Recompute every level from its movements and from what orders hold, and report drift."""

    help = (
        "Recompute stock levels from their movements and report what differs. The exit status is "
        "1 if anything does."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add --fix."""
        parser.add_argument(
            "--fix",
            action="store_true",
            help="Write movements that correct what differs: the movements count, not the level.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Report, and correct where that is asked for."""
        left = 0
        for drift in bookkeeping.drifts():
            if options["fix"]:
                words = bookkeeping.fix(drift.level.pk)
                self.stdout.write(f"{words or drift.words} Corrected.")
            else:
                self.stdout.write(drift.words)
                left += 1
        if left:
            levels = "1 level differs" if left == 1 else f"{left} levels differ"
            self.stdout.write(
                f"{levels} from the movements. --fix writes movements that correct it."
            )
            sys.exit(1)
        self.stdout.write(
            "All other levels are right." if options["fix"] else "All levels are right."
        )
