"""Pages, windows of time, and parameters that hold several values."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import TypeVar

from sandbox.fulfillment_com import errors
from sandbox.fulfillment_com.settings import Settings
from sandbox.fulfillment_com.state import Json

Query = Mapping[str, Sequence[str]]
T = TypeVar("T")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def single(query: Query, name: str) -> str:
    """The last value of a parameter; an empty one counts as none."""
    return ([*query.get(name, ())] or [""])[-1].strip()


def several(query: Query, name: str) -> list[str]:
    """All values, whether in one text, repeated, or with brackets as some clients write it."""
    given = [*query.get(name, ()), *query.get(f"{name}[]", ())]
    return [part.strip() for each in given for part in each.split(",") if part.strip()]


def window(query: Query) -> tuple[datetime, datetime]:
    """Both ends are included, and both are required."""
    since = _moment(single(query, "fromDate"), time.min)
    until = _moment(single(query, "toDate"), time.max)
    if since is None or until is None or since > until:
        raise errors.invalid("fromDate and toDate are needed, the first not later than the second")
    return since, until


def page(found: Sequence[T], query: Query, settings: Settings, write: Callable[[T], Json]) -> Json:
    """The envelope of a list."""
    number = _whole(single(query, "page") or "1", 1, 2**31)
    limit = _whole(single(query, "limit") or "80", 1, 200)
    limit = min(limit, settings.most_a_page)
    shown = found[(number - 1) * limit : number * limit]
    pages = max(1, -(-len(found) // limit))
    paging = {
        "total": len(found),
        "count": len(shown),
        "currentPage": number,
        "totalPages": pages,
    }
    return {"data": [write(each) for each in shown], "meta": {"pagination": paging}}


def _whole(text: str, least: int, most: int) -> int:
    if not text.isdecimal() or not least <= int(text) <= most:
        raise errors.invalid(f"{text!r} is out of range")
    return int(text)


def _moment(text: str, of_day: time) -> datetime | None:
    # A plus sign that nobody escaped arrives as a blank.
    text = re.sub(r"(\d) (\d\d:\d\d)$", r"\1+\2", text) if "T" in text else text
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if _DAY.fullmatch(text):
        found = datetime.combine(found, of_day)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
