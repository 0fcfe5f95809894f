"""Takes files of products and of stock: shows first what each row would do, then does all of it.

What if it is applied twice? The first one is marked while it is locked. What if something has
moved since the preview? Every row is judged anew, and one that would do something else stops all.
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from inventory import tables
from inventory.deadlocks import tried_again
from inventory.files import columns, levels, products
from inventory.files.rows import Row, Verdict
from inventory.files.whose import Asked
from inventory.models import FileKind, FileState, StockFile
from locations.models import Merchant
from platforms.errors import Refusal

# Each has NAMES and NEEDED columns, and judges, locks and writes.
KINDS: dict[str, Any] = {FileKind.PRODUCTS: products, FileKind.LEVELS: levels}


def preview(
    content: bytes, file_name: str, kind: str, *, merchant: Merchant | None = None, by: User
) -> StockFile:
    """Keep what each row of a file would do. Raises Refusal if it cannot be read."""
    about = KINDS[kind]
    rows, remarks = columns.read(tables.read(content, tables.exact), about.NAMES, about.NEEDED)
    about.judge(rows, Asked(by, merchant))
    made = StockFile(
        kind=kind,
        file_name=tables.clean(file_name)[:255] or "file",
        merchant=merchant,
        remarks="\n".join(remarks),
        uploaded_by=by,
        rows=[asdict(row) for row in rows],
    )
    made.new, made.changed, made.unchanged, made.wrong = (
        sum(row.verdict == verdict for row in rows) for verdict in Verdict
    )
    made.state = _state(made)
    made.save()
    return made


def _state(made: StockFile) -> FileState:
    if made.wrong:
        return FileState.WRONG
    return FileState.PREVIEW if made.new or made.changed else FileState.NOTHING


def rows_of(made: StockFile) -> list[Row]:
    """Return the rows of a file as they were seen before it was applied."""
    return [Row(**row) for row in made.rows]


def why_not_apply(made: StockFile) -> str:
    """Return why a file cannot be applied, in words; empty when it can."""
    if made.applied_at:
        at = timezone.localtime(made.applied_at)
        return f"{made.applied_by or 'Somebody'} has applied it at {at:%H:%M:%S}."
    if made.wrong:
        return "It has errors, so nothing of it is applied. Repair these rows, and send it again."
    return "" if made.new or made.changed else "It would change nothing."


@tried_again
@transaction.atomic
def apply(file_id: int, *, by: User) -> StockFile:
    """Do all that the file says, or nothing. Raises Refusal in words."""
    made = StockFile.objects.select_for_update().get(pk=file_id)
    if reason := why_not_apply(made):
        raise Refusal(reason)
    about, asked = KINDS[made.kind], Asked(by, made.merchant)
    about.lock(about.judge(_again(made), asked))
    rows = _again(made)
    wishes = about.judge(rows, asked)
    _check(rows_of(made), rows)
    made.state, made.applied_at, made.applied_by = FileState.APPLIED, timezone.now(), by
    made.save(update_fields=["state", "applied_at", "applied_by"])
    about.write(wishes, made)
    return made


def _again(made: StockFile) -> list[Row]:
    """Return the rows as the file has them, for judging anew."""
    return [Row(row.number, row.cells, row.numbers) for row in rows_of(made)]


def _check(seen: Sequence[Row], now: Sequence[Row]) -> None:
    moved = [old for old, new in zip(seen, now, strict=True) if not old.same_as(new)]
    if moved:
        more = f", and {len(moved) - 1} more rows" if len(moved) > 1 else ""
        raise Refusal(
            f"Row {moved[0].number} ({moved[0].named}){more} changed since the preview, so nothing "
            "is applied. Send the file again to see how it stands now."
        )
