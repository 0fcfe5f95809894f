"""Notices a store that usually sends at this hour and has gone quiet.

The rule, in words: a store is silent when it has sent no request since a moment, although in at
least three of the past four weeks it sent five or more in the same hours of the week. It has to
have sent fifty in these weeks, so a small store has days off without an alarm; two hours are the
least that counts, for orders come in batches; and we must have asked it within the hour, or the
silence would be ours. Work that arrives ends the alarm, and one silence raises one alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from fulfillment.models import Request
from locations.models import Store
from platforms.records import RequestKind
from relay import alarms

WEEK = timedelta(weeks=1)
WEEKS = 4
USUAL_WEEKS = 3
USUALLY_SENT = 5
SENT_IN_ALL = 50
AT_LEAST = timedelta(hours=2)
ASKED_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class History:
    """When the store last sent, and how many it sent in the same hours of each past week."""

    last_at: datetime
    in_same_hours: Sequence[int]
    in_all: int


def listen(store: Store, now: datetime) -> None:
    """Raise or clear the store's alarm. Harmless when repeated."""
    history = _history(store, now)
    if history is None:
        return
    if store.alarms.filter(kind=alarms.SILENT, raised_at__gt=history.last_at).exists():
        return  # It has been said, and somebody may have cleared it on purpose.
    alarms.clear(store, alarms.SILENT)
    listens = not store.platform.capabilities.lists_work
    asked = listens or (store.pulled_at is not None and now - store.pulled_at <= ASKED_WITHIN)
    if asked and now - history.last_at >= AT_LEAST and is_unusual(history):
        alarms.raise_alarm(store, alarms.SILENT, _message(history, now))


def is_unusual(history: History) -> bool:
    """Tell whether a store with this history should have sent something since."""
    usual = [sent for sent in history.in_same_hours if sent >= USUALLY_SENT]
    return history.in_all >= SENT_IN_ALL and len(usual) >= USUAL_WEEKS


def _history(store: Store, now: datetime) -> History | None:
    sent = Request.objects.filter(
        fulfillment_order__store=store, kind=RequestKind.FULFILL, received_at__lte=now
    )
    last_at = sent.filter(received_at__gt=now - (WEEKS + 1) * WEEK).aggregate(
        last=Max("received_at")
    )["last"]
    if last_at is None:
        return None
    # Before the silence: the hours of the silence itself tell nothing about what is usual.
    before = sent.filter(received_at__gt=last_at - WEEKS * WEEK, received_at__lte=last_at)
    counts = before.aggregate(
        in_all=Count("pk"),
        **{
            f"week{weeks}": Count(
                "pk",
                filter=Q(
                    received_at__gt=last_at - weeks * WEEK, received_at__lte=now - weeks * WEEK
                ),
            )
            for weeks in range(1, WEEKS + 1)
        },
    )
    same_hours = [counts[f"week{weeks}"] for weeks in range(1, WEEKS + 1)]
    return History(last_at, same_hours, counts["in_all"])


def _message(history: History, now: datetime) -> str:
    since = timezone.localtime(history.last_at)
    hours = (now - history.last_at).total_seconds() / 3600
    usual = ", ".join(str(sent) for sent in history.in_same_hours)
    return (
        f"No request has come since {since:%Y-%m-%d %H:%M}, for {hours:.0f} hours, although we "
        f"ask. In the same hours of the past {WEEKS} weeks there came {usual}. Ask the merchant "
        "whether orders are still sent to our location; the store's page shows what it is."
    )
