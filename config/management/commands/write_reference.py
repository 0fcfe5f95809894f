"""`manage.py write_reference`: writes docs/reference from the code, or says what is stale."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from config.reference import fresh, pages
from config.reference.source import ROOT
from relay.management.teaching import TeachingCommand

FOLDER = ROOT / "docs" / "reference"
IN_STEP = "The reference says what the code says."
HELP = """\
Write the pages of docs/reference from the code: transitions, settings, commands and the like.

Run it after a change of what they describe. What the migrations write, such as the groups of
staff, is read from a database that is made for this and dropped again; the site's own is not used.
"""
EXAMPLE = """\
examples:

  make reference                       write what has changed
  manage.py write_reference --check    change nothing, and say which pages are stale

With --check the exit status is 1 when a page is stale, else 0.
"""


class Command(TeachingCommand):
    """Writes the pages that differ from the code, or only names them."""

    help = HELP
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when a page is stale"
        )

        parser.add_argument(
            "--folder",
            type=Path,
            default=FOLDER,
            help="where the pages are (default: docs/reference)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, or raise CommandError with the names of the stale pages."""
        with fresh.database():
            wanted = pages.texts()
        folder = options["folder"]
        if options["check"]:
            if stale := pages.stale(folder, wanted):
                raise CommandError(f"Stale: {', '.join(stale)}. Run: make reference")
        else:
            for name in pages.write(folder, wanted):
                self.say(f"{name}: {'written' if name in wanted else 'removed'}.")
        self.say(IN_STEP)
