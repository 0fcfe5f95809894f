"""`manage.py import_tracking`: ships what a file of tracking codes says."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.db.models import Q

from fulfillment import imports
from fulfillment.models import TrackingImport
from fulfillment.shipping_files.columns import Row, Verdict
from inventory import tables
from locations.models import Store
from platforms.errors import Refusal
from relay.management.teaching import TeachingCommand

HELP = """\
Ship what a CSV or Excel file says: which order left with which tracking code.

Each row names an order and a tracking code. Without quantities all that is open leaves. The file
may be sent again at any time, also after a run that was killed: what has left already is left as
it is. docs/how-to/ship-by-file.md lists the columns.
"""
EXAMPLE = """\
examples:

  manage.py import_tracking evening.csv --dry-run      only say what would happen
  manage.py import_tracking evening.xlsx               ship
  manage.py import_tracking evening.csv --store "Acme Outdoors" --user kim

The exit status is 0 when every row was shipped or had been shipped before, else 1.
"""
MARKS = {
    Verdict.SHIP: "would ship",
    Verdict.SHIPPED: "shipped",
    Verdict.NOTHING: "nothing to do",
    Verdict.REFUSED: "not possible",
}


class Command(TeachingCommand):
    """Reads one file and ships what it says."""

    help = HELP
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("file", metavar="FILE", type=Path, help="a CSV or .xlsx file")
        parser.add_argument("--dry-run", action="store_true", help="ship nothing")
        parser.add_argument("--store", metavar="NAME", help="only orders of this store are meant")
        parser.add_argument(
            "--user",
            metavar="USERNAME",
            help="who ships; only orders of this person's warehouses (default: nobody, all)",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show what each row does, and do it unless it is a dry run."""
        file, by = options["file"], _person(options["user"])
        try:
            content = _content(file)
            store = _store(options["store"])
            if options["dry_run"]:
                made = imports.judge(content, file.name, store=store, by=by)
            else:
                made = imports.preview(content, file.name, store=store, by=by)
                self._ship(made, by)
        except Refusal as refusal:
            raise CommandError(f"{file}: {refusal}") from refusal
        self._report(made, as_json=options["json"])
        if made.refused:
            raise CommandError(f"Rows that could not be shipped: {made.refused}.")

    def _ship(self, made: TrackingImport, by: User | None) -> None:
        if made.to_ship:
            imports.start(made.pk, by=by)
            imports.carry_out(made.pk)
            made.refresh_from_db()

    def _report(self, made: TrackingImport, *, as_json: bool) -> None:
        if as_json:
            self.say(json.dumps(_as_json(made), ensure_ascii=False))
            return
        for remark in made.remarks.splitlines():
            self.say(remark)
        for row in _rows(made):
            words = f"Row {row.number}, order {row.named or '?'}: {MARKS[Verdict(row.verdict)]}."
            self.say(f"{words} {row.words}")
        self.say(
            f"Shipped: {made.shipped}. To be shipped: {made.to_ship}. "
            f"Nothing to do: {made.nothing}. Not possible: {made.refused}."
        )


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > tables.MOST_BYTES:
            raise Refusal(tables.TOO_LARGE)
        return file.read_bytes()
    except OSError as error:
        raise Refusal(f"It cannot be read: {error.strerror}.") from error


def _person(username: str | None) -> User | None:
    if username is None:
        return None
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(f"There is no user “{username}”.")
    if not person.has_perm("fulfillment.ship"):
        raise CommandError(f"{username} may not ship. A manager adds them to the group “shipper”.")
    return person


def _store(name: str | None) -> Store | None:
    if name is None:
        return None
    store = Store.objects.filter(Q(name__iexact=name) | Q(account__iexact=name)).first()
    if store is None:
        known = ", ".join(store.name for store in Store.objects.all()) or "none yet"
        raise Refusal(f"There is no store “{name}”. There are: {known}.")
    return store


def _rows(made: TrackingImport) -> Iterable[Row]:
    return (Row(**row) for row in made.rows)


def _as_json(made: TrackingImport) -> dict[str, Any]:
    return {
        "file": made.file_name,
        "sha256": made.sha256,
        "remarks": made.remarks.splitlines(),
        "shipped": made.shipped,
        "to_ship": made.to_ship,
        "nothing": made.nothing,
        "refused": made.refused,
        "rows": made.rows,
    }
