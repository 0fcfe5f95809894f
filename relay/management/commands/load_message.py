"""`manage.py load_message`: takes in by hand what a store should have sent."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from locations.models import Store
from platforms.errors import Malformed
from platforms.interface import Inbound
from relay import inbox
from relay.management.named import named
from relay.management.teaching import TeachingCommand

HELP = """\
Take in a message that a store should have sent, from a file: the body of a webhook that was lost.

It is kept and read as if it had arrived, except that nobody signed it: what you load is believed.
Loading the same body twice, or one that did arrive, changes nothing.
"""
EXAMPLE = """\
example:

  manage.py load_message "Acme Outdoors" fulfillable order.json
"""
REMARK = "Loaded by hand; not signed by the store."


class Command(TeachingCommand):
    """Keeps a message as a store's, and has it read."""

    help = HELP
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("store", help="the store's name")
        parser.add_argument("endpoint", help="which of its ways in, such as fulfillable")
        parser.add_argument("file", nargs="?", type=Path, help="the body (default: standard input)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the body, keep it, and say what became of it."""
        [store] = named([options["store"]])
        body = _body(options["file"])
        kept = self._keep(store, options["endpoint"], Inbound({}, body))
        if kept:
            self.say("Kept. A worker reads it; Messages in the admin shows what became of it.")
        else:
            self.say("This message is known already. Nothing was changed.")

    def _keep(self, store: Store, name: str, inbound: Inbound) -> bool:
        endpoint = store.platform.endpoints.get(name)
        if endpoint is None:
            names = ", ".join(sorted(store.platform.endpoints)) or "none"
            raise CommandError(f"{store.platform.label} has no way in {name!r}. It has: {names}.")
        try:
            notice = endpoint.read(inbound)
        except Malformed as error:
            raise CommandError(f"This body cannot be read. {error}") from error
        return inbox.keep(store.pk, name, endpoint, inbound, notice, REMARK)


def _body(file: Path | None) -> bytes:
    try:
        return file.read_bytes() if file else sys.stdin.buffer.read()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
