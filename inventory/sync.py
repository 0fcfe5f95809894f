"""Queues what stores must be told of stock: only records whose figure has changed.

The call carries no figure: the newest one is taken when it is sent. What if it runs twice? A
record that is being told already is left out. What if it dies? Nothing is queued, and the next
pass finds the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from inventory import publishing
from inventory.models import Mapped, StockRecord
from inventory.publishing import Figure
from locations.models import Store
from relay import alarms, outbox
from relay.models import OPEN_STATES, STUCK_STATES, Priority
from relay.outbox import Telling

VERB = "set_stock"
# More are queued when these are done, with the figures of then.
QUEUED_AT_MOST = 1000
# A store that refuses so many does not want to be told; a person looks.
STUCK_AT_MOST = 20
# So many falls to zero within an hour are nobody's sales: a wrong file, or a mapping that broke.
DROPS_AT_LEAST = 5
DROPS_SHARE = 0.2
DROPS_IN_ANY_CASE = 100
DROPS_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pushed:
    """How many records were queued, and how many wait for a person or for their turn."""

    queued: int = 0
    held_back: int = 0
    left: int = 0


@transaction.atomic
def push_changes(store: Store) -> Pushed:
    """Queue the records that should show another figure, as many as there is room for."""
    found = publishing.changed(store)
    fallen = _suspicious(store, found)
    waiting = [figure for figure in found if figure.waits and figure.falls_to_zero]
    held = {figure.record_id for figure in [*fallen, *waiting]}
    _hold_back(store, fallen)
    _let_go(store, held)
    due = [figure for figure in found if figure.record_id not in held]
    room = _room(store)
    queue(store, [figure.record_id for figure in due[:room]])
    return Pushed(min(len(due), room), len(held), max(0, len(due) - room))


def queue(store: Store, record_ids: Sequence[int], *, by: User | None = None) -> None:
    """Queue a call for each of these records. Must run in a transaction."""
    records = list(
        StockRecord.objects.select_for_update(of=("self",)).filter(pk__in=record_ids).order_by("pk")
    )
    StockRecord.objects.filter(pk__in=record_ids).update(pushes=F("pushes") + 1)
    if records:
        outbox.push([_telling(store, record, by) for record in records])


def _telling(store: Store, record: StockRecord, by: User | None) -> Telling:
    return Telling(
        store=store,
        key=f"{VERB}:{record.pk}:{record.pushes + 1}",
        verb=VERB,
        subject=f"stock of {record.sku}"[:200],
        subject_id=record.pk,
        lane=record.lane,
        priority=Priority.STOCK,
        by=by,
    )


def _room(store: Store) -> int:
    """Return how many more may be queued; none while the store refuses them."""
    calls = store.calls.filter(verb=VERB)
    if calls.filter(state__in=STUCK_STATES)[:STUCK_AT_MOST].count() >= STUCK_AT_MOST:
        alarms.raise_alarm(
            store,
            alarms.STOCK_REFUSED,
            "The store refuses to be told of stock. Look at its outbound calls: the token may "
            "lack the scope catalogue:write. Retry or give them up; then the rest goes on.",
        )
        return 0
    alarms.clear(store, alarms.STOCK_REFUSED)
    return max(0, QUEUED_AT_MOST - calls.filter(state__in=OPEN_STATES).count())


def _suspicious(store: Store, found: Iterable[Figure]) -> list[Figure]:
    """Return the records that fall to zero, if that is too many of them at once."""
    falling = [figure for figure in found if figure.falls_to_zero and not figure.waits]
    if not falling:
        return []
    mapped = store.stock_records.filter(mapped=Mapped.YES, gone_at=None)
    recent = mapped.filter(told=0, level=0, told_at__gte=timezone.now() - DROPS_WITHIN).count()
    waiting = mapped.filter(waits=True).count()
    drops = len(falling) + recent + waiting
    above_zero = mapped.filter(level__gt=0).count() + recent
    many = drops >= DROPS_AT_LEAST and drops > DROPS_SHARE * above_zero
    return falling if many or drops >= DROPS_IN_ANY_CASE else []


def _hold_back(store: Store, fallen: Sequence[Figure]) -> None:
    if not fallen:
        return
    ids = [figure.record_id for figure in fallen]
    StockRecord.objects.filter(pk__in=ids).update(waits=True, waits_since=timezone.now())
    waiting = store.stock_records.filter(waits=True).count()
    alarms.raise_alarm(
        store,
        alarms.STOCK_DROP,
        f"{waiting} stock records would fall to zero at once. The store is not told before "
        "somebody has looked: see the stock records that wait, and tell the store all the same, "
        "or repair the stock.",
    )


def _let_go(store: Store, held: Iterable[int]) -> None:
    """What is above zero again, or is zero there by now, waits for nobody."""
    waiting = store.stock_records.filter(waits=True)
    waiting.exclude(pk__in=held).update(waits=False, waits_since=None)
    if not waiting.exists():
        alarms.clear(store, alarms.STOCK_DROP)


@transaction.atomic
def tell_all_the_same(record_ids: Iterable[int], *, by: User) -> int:
    """Tell stores of records that waited for a person. Returns how many there were."""
    records = list(
        StockRecord.objects.select_for_update(of=("self",))
        .select_related("store")
        .filter(pk__in=list(record_ids), waits=True)
        .order_by("pk")
    )
    ids = [record.pk for record in records]
    StockRecord.objects.filter(pk__in=ids).update(waits=False, waits_since=None)
    for store in {record.store for record in records}:
        queue(store, [record.pk for record in records if record.store_id == store.pk], by=by)
        if not store.stock_records.filter(waits=True).exists():
            alarms.clear(store, alarms.STOCK_DROP)
    return len(records)
