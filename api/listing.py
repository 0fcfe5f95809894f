"""Reads what a list is asked for: pages, dates, and lists of values in all the forms they come in.

Contract fulfillment_com, sections 2 and 5.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from api import errors

LIMIT, MOST = 80, 200
HYDRATE_ORDER = ("integrator", "lineItems", "trackingNumbers.carrier")
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_ID = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)"
    r"(?:[T ](\d\d:\d\d(?::\d\d(\.\d{1,9})?)?) ?(?:([Zz])|([+ -])(\d\d):?(\d\d))?)?",
    re.ASCII,
)
ALMOST_A_SECOND = timedelta(microseconds=999_999)
ALMOST_A_DAY = timedelta(days=1, microseconds=-1)


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is wanted."""

    page: int
    limit: int

    @classmethod
    def of(cls, query: QueryDict) -> "Paging":
        """Read it; raises 400."""
        return cls(_whole(query, "page", 1, None), _whole(query, "limit", LIMIT, MOST))

    def cut(self, rows: QuerySet[Any]) -> tuple[list[Any], dict[str, Any]]:
        """Return the rows of the page, and what the answer says about pages.

        The way to a far page leads over all rows before it: only their keys are read, which an
        index has.
        """
        total = rows.count()
        begin = (self.page - 1) * self.limit
        if begin >= total:
            return [], self.meta(total, 0)
        keys = list(rows.values_list("pk", flat=True)[begin : begin + self.limit])
        found = list(rows.filter(pk__in=keys))
        return found, self.meta(total, len(found))

    def meta(self, total: int, count: int) -> dict[str, Any]:
        """Return what the answer says about pages."""
        pages = max(1, -(-total // self.limit))
        return {
            "pagination": {
                "total": total,
                "count": count,
                "currentPage": self.page,
                "totalPages": pages,
            }
        }


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when, both included."""

    begin: datetime
    end: datetime

    @classmethod
    def of(cls, query: QueryDict) -> "Window":
        """Read both dates; raises 400 where one is missing, or they stand in the wrong order."""
        begin = _instant(query, "fromDate", is_end=False)
        end = _instant(query, "toDate", is_end=True)
        if begin > end:
            raise errors.bad_request("fromDate must be before or at toDate")
        return cls(begin, end)


def texts(query: QueryDict, name: str) -> list[str] | None:
    """Return the values of `a=1,2`, `a=1&a=2` or `a[]=1&a[]=2`; None where none is given."""
    given = [*query.getlist(name), *query.getlist(f"{name}[]")]
    found = [each.strip() for text in given for each in text.split(",") if each.strip()]
    # No text in the database has a NUL, so it names nothing; but it was given.
    return [each for each in found if "\x00" not in each] if found else None


def ids(query: QueryDict, name: str) -> list[int] | None:
    """Return the numbers of a list; raises 400 where one is none."""
    found = texts(query, name)
    if found is None:
        return None
    if not all(_ID.fullmatch(each) for each in found):
        raise errors.bad_request(f"{name} must be integers")
    return [int(each) for each in found]


def one_id(query: QueryDict, name: str) -> int | None:
    """Return a number, or None where none is given; raises 400."""
    text = query.get(name, "").strip()
    if text and not _ID.fullmatch(text):
        raise errors.bad_request(f"{name} must be an integer")
    return int(text) if text else None


def hydrate(query: QueryDict, known: Sequence[str]) -> frozenset[str]:
    """Return the nodes to be filled in; raises 400 for one that there is not."""
    wanted = texts(query, "hydrate") or []
    if any(each not in known for each in wanted):
        raise errors.bad_request(f"hydrate takes {', '.join(known)}")
    return frozenset(wanted)


def _whole(query: QueryDict, name: str, usual: int, most: int | None) -> int:
    text = query.get(name, "").strip()
    if not text:
        return usual
    number = int(text) if _WHOLE.fullmatch(text) else 0
    if number < 1 or (most and number > most):
        bounds = f"from 1 to {most}" if most else "1 or more"
        raise errors.bad_request(f"{name} must be an integer, {bounds}")
    return number


def _instant(query: QueryDict, name: str, *, is_end: bool) -> datetime:
    text = query.get(name, "").strip()
    if not text:
        raise errors.bad_request(f"{name} is required")
    found = _INSTANT.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        return _of(found, is_end=is_end)
    except (ValueError, OverflowError) as error:
        raise errors.bad_request(f"{name} must be an ISO 8601 date-time") from error


def _of(found: "re.Match[str]", *, is_end: bool) -> datetime:
    """A blank stands for a plus that was not escaped; what has no zone is in UTC."""
    day, clock, fraction, zulu, sign, hours, minutes = found.groups()
    if clock is None:
        whole = datetime.fromisoformat(day).replace(tzinfo=UTC)
        return whole + ALMOST_A_DAY if is_end else whole
    zone = "+00:00" if zulu or not hours else f"{sign.replace(' ', '+')}{hours}:{minutes}"
    moment = datetime.fromisoformat(f"{day}T{clock}{zone}").astimezone(UTC)
    # We write moments to the second: the one that was read here must be found by what was shown.
    return moment + ALMOST_A_SECOND if is_end and not fraction else moment
