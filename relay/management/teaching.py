"""Commands whose --help teaches: its lines stay as written, and an example ends it."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser, DjangoHelpFormatter


class Formatter(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Our own options first, Django's after them, and line breaks as they were written."""


class TeachingCommand(BaseCommand):
    """A command with an `example` below its options."""

    example = ""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Put the example at the end of the help."""
        kwargs |= {"epilog": self.example, "formatter_class": Formatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def say(self, words: str) -> None:
        """Print a line at once, so that it can be followed through a pipe."""
        self.stdout.write(words)
        self.stdout.flush()
