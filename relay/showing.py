"""Shows a store that asks what is new since a watermark: nothing twice, and nothing skipped.

A watermark is the mark of the last fact that was shown. Marks are given one after the other while
the store's enquiry is locked, to facts that are committed: so no fact can come to lie behind a
watermark that is out already, however long its transaction took, and whatever the clocks of our
hosts say. To look consumes nothing: the same question has the same answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q

from locations.models import Store
from platforms.desk import Since
from relay.enquiries import About, Enquiry, Showing

# Who names no watermark wants to know this much.
USUAL = timedelta(days=14)
# So much may a caller's clock differ from ours. What is shown twice does no harm there.
CLOCKS_DIFFER = timedelta(seconds=5)
STEP = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something new to be shown: of what, what it is now, and when that came about."""

    subject_id: int
    figure: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown of all that is new; `mark` is the new watermark, None where nothing is new."""

    rows: Sequence[Showing]
    mark: datetime | None
    more: bool


def note(store: Store, about: About, facts: Iterable[Fact]) -> None:
    """Have facts shown when the store asks. Belongs into the transaction that makes them so.

    What was shown of the same subject before is shown anew.
    """
    Showing.objects.bulk_create(
        [
            Showing(
                store=store,
                about=about,
                subject_id=fact.subject_id,
                figure=fact.figure,
                happened_at=fact.at,
            )
            for fact in facts
        ],
        update_conflicts=True,
        unique_fields=["store", "about", "subject_id"],
        update_fields=["figure", "happened_at", "mark", "shown_at", "proven_at"],
    )


def lock(store: Store, about: About) -> Enquiry:
    """Let one question about this at a time be answered. Must run in a transaction."""
    Enquiry.objects.get_or_create(store=store, about=about)
    return Enquiry.objects.select_for_update(of=("self",)).get(store=store, about=about)


def mark_new(enquiry: Enquiry, now: datetime) -> None:
    """Give every fact that nobody has seen yet its place behind all that was seen."""
    ours = Showing.objects.filter(store=enquiry.store_id, about=enquiry.about)
    last: datetime | None = ours.aggregate(Max("mark"))["mark__max"]
    seen = max(filter(None, (last, enquiry.asked_at)), default=None)
    new = list(ours.filter(mark=None).order_by("happened_at", "id"))
    for row in new:
        seen = row.mark = row.happened_at if seen is None else max(row.happened_at, seen + STEP)
    Showing.objects.bulk_update(new, ["mark"], batch_size=1000)
    enquiry.asked_at = now
    enquiry.save(update_fields=["asked_at"])


def begin(since: Since, now: datetime) -> datetime:
    """Return the moment after which all is shown."""
    given = [since.mark, since.clock - CLOCKS_DIFFER if since.clock else None]
    return max(filter(None, given), default=now - USUAL)


def part(enquiry: Enquiry, after: datetime, page: int, size: int, now: datetime) -> Part:
    """Return so many of the facts after a moment, the oldest first, and note that they go out."""
    start = (page - 1) * size
    ours = Showing.objects.filter(store=enquiry.store_id, about=enquiry.about).after(after)
    found = list(ours[start : start + size + 1])
    rows, more = found[:size], len(found) > size
    fresh = [row.pk for row in rows if row.shown_at is None]
    Showing.objects.filter(pk__in=fresh).update(shown_at=now)
    last = rows[-1].mark if rows else _last_before(enquiry, after)
    return Part(rows, last, more)


def _last_before(enquiry: Enquiry, after: datetime) -> datetime | None:
    """Return the last mark there is; a page behind the last one must not turn the clock back."""
    ours = Showing.objects.filter(store=enquiry.store_id, about=enquiry.about).after(after)
    found: datetime | None = ours.aggregate(Max("mark"))["mark__max"]
    return found


def prove(enquiry: Enquiry, since: Since, now: datetime) -> list[int]:
    """Return what the store has now proven to know: the subjects, each once.

    It does so by asking for what came after a watermark that only our answer can have told it, or
    after its own last poll that went well, where that began after the facts had been shown.
    """
    ours = Showing.objects.filter(store=enquiry.store_id, about=enquiry.about)
    known = Q(pk__in=())
    if since.mark and ours.filter(mark=since.mark, shown_at__isnull=False).exists():
        known |= Q(mark__lte=since.mark)
    if since.clock:
        known |= Q(shown_at__lte=since.clock - CLOCKS_DIFFER)
    proven = list(ours.filter(known, proven_at=None, shown_at__isnull=False).order_by("mark"))
    Showing.objects.filter(pk__in=[row.pk for row in proven]).update(proven_at=now)
    return [row.subject_id for row in proven]
