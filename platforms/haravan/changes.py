"""Pages through the orders that have changed, though rows move while they are read.

Pure. The next page begins at the newest change that was seen, not at a page number, so that an
order that changes meanwhile, and goes to the end, moves no other one past us. Where a page is not
in the order that was asked for, or its changes are all of one moment, pages are counted.
Contract haravan, section 17.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from platforms.errors import Malformed
from platforms.values import read_count, read_instant


@dataclass(frozen=True, slots=True)
class Place:
    """Where we are in a list: what was changed since, which page of that, and its usual length."""

    since: str = ""
    page: int = 1
    rows: int = 0


def first_place(since: datetime | None) -> Place:
    """Return where a list of changes begins."""
    return Place(written(since) if since else "")


def read_place(text: str) -> Place:
    """Return the place that was handed back; raises Malformed for what is none of ours."""
    found = {name: values[0] for name, values in parse_qs(text).items()}
    page, rows = read_count(found.get("page")), read_count(found.get("rows"))
    since = found.get("since", "")
    if not page or rows is None or (since and read_instant(since) is None):
        raise Malformed(f"{text[:80]!r} is no page of a list of changes.")
    return Place(since, page, rows)


def text_of(place: Place) -> str:
    """Return a place as it is handed out."""
    return urlencode({"since": place.since, "page": place.page, "rows": place.rows})


def params_of(place: Place, limit: int) -> dict[str, str]:
    """Return what to ask for. Without `status=any` cancelled orders would be hidden."""
    params = {"status": "any", "limit": str(limit), "page": str(place.page)}
    since = {"updated_at_min": place.since} if place.since else {}
    return {**params, **since, "order": "updated_at asc"}


def next_place(place: Place, entries: Sequence[Any]) -> Place | None:
    """Return where the list goes on; None at its end.

    The end is an empty page, or one shorter than the first: less than was asked for is no end,
    because the platform may give less a page than we ask for.
    """
    rows = place.rows or len(entries)
    if not entries or len(entries) < rows:
        return None
    moments = [read_instant(each.get("updated_at")) for each in entries if isinstance(each, dict)]
    known = [each for each in moments if each]
    in_order = len(known) == len(entries) and known == sorted(known)
    newest = written(known[-1]) if in_order else place.since
    if newest > place.since:
        return Place(newest, 1, rows)
    return replace(place, page=place.page + 1, rows=rows)


def written(moment: datetime) -> str:
    """Return an instant as a filter takes it, to the millisecond before it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
