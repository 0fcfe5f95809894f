"""Ships what a file says: shows first what would happen, then does it order by order.

What if it runs twice, or dies halfway? Each order is a transaction of its own, and the plan is made
anew from what has left by then. Two people at once? The first one starts it, the second reads who.
"""

import hashlib
import logging
from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from fulfillment import shipments
from fulfillment.models import FulfillmentOrder, ImportState, TrackingImport
from fulfillment.models.orders import FulfillmentOrderQuerySet
from fulfillment.shipping_files import columns, plan
from fulfillment.shipping_files.columns import Row, Verdict
from fulfillment.shipping_files.plan import Asked, Departure
from inventory import tables
from locations.models import Store
from platforms.errors import Refusal

SAVED_AFTER = timedelta(seconds=2)
QUIET = timedelta(minutes=2)
NOT_KEPT = "It could not be recorded. Ask whoever looks after this site to read the log."

logger = logging.getLogger(__name__)


def judge(
    content: bytes, file_name: str, *, store: Store | None = None, by: User | None
) -> TrackingImport:
    """Return what each row of a file would do; nothing is saved. Raises Refusal in words."""
    rows, remarks = columns.read(tables.read(content))
    departures = plan.make(rows, Asked(_orders_of(by), store))
    made = TrackingImport(
        file_name=tables.clean(file_name)[:255] or "file",
        sha256=hashlib.sha256(content).hexdigest(),
        store=store,
        uploaded_by=by,
        state=ImportState.PREVIEW if departures else ImportState.IDLE,
        orders=len(departures),
    )
    if TrackingImport.objects.filter(sha256=made.sha256).exclude(confirmed_at=None).exists():
        remarks.append("The same file was worked through before. What left then stays as it is.")
    made.remarks = "\n".join(remarks)
    made.keep(rows)
    return made


def preview(
    content: bytes, file_name: str, *, store: Store | None = None, by: User | None
) -> TrackingImport:
    """Keep a file with what each of its rows would do. Raises Refusal if it cannot be read."""
    made = judge(content, file_name, store=store, by=by)
    made.save()
    return made


def why_not_start(made: TrackingImport) -> str:
    """Return why an import cannot be started, in words; empty when it can."""
    if made.confirmed_at:
        at = timezone.localtime(made.confirmed_at)
        return f"{made.confirmed_by or 'Somebody'} has started it at {at:%H:%M:%S}."
    return "" if made.to_ship else "None of its rows can be shipped."


@transaction.atomic
def start(import_id: int, *, by: User | None) -> TrackingImport:
    """Mark an import as started. Raises Refusal when somebody was faster."""
    # Whoever was faster is read after the wait for the lock; a join would show who it was before.
    made = TrackingImport.objects.select_for_update().get(pk=import_id)
    if reason := why_not_start(made):
        raise Refusal(reason)
    made.state, made.confirmed_by = ImportState.RUNNING, by
    made.confirmed_at = made.moved_at = timezone.now()
    made.save(update_fields=["state", "confirmed_by", "confirmed_at", "moved_at"])
    return made


def carry_out(import_id: int) -> None:
    """Ship all that a started import says and that has not left yet."""
    for _ in steps(import_id):
        pass


def steps(import_id: int) -> Iterator[int]:
    """Ship order by order; yield how many are left. It may end after any of them, or run twice.

    A row that the person who started it saw as not possible stays so, whatever has changed since.
    """
    made = TrackingImport.objects.select_related("confirmed_by", "store").get(pk=import_id)
    if made.state != ImportState.RUNNING or made.moved_at is None:
        return
    rows = [Row(**row) for row in made.rows]
    by = made.confirmed_by
    promised = [row for row in rows if row.verdict in (Verdict.SHIP, Verdict.SHIPPED)]
    departures = plan.make(promised, Asked(_orders_of(by), made.store, made.confirmed_at))
    for number, departure in enumerate(departures, start=1):
        _ship(departure, by)
        if timezone.now() - made.moved_at > SAVED_AFTER:
            _save(made, rows)
        yield len(departures) - number
    made.state, made.finished_at = ImportState.DONE, timezone.now()
    _save(made, rows)


def left_behind() -> list[int]:
    """Return the started imports that nobody has been working on for a while."""
    quiet = TrackingImport.objects.filter(
        state=ImportState.RUNNING, moved_at__lt=timezone.now() - QUIET
    )
    return list(quiet.values_list("pk", flat=True))


def _orders_of(person: User | None) -> FulfillmentOrderQuerySet:
    """Return the orders a person may ship; without a person (on the server), all."""
    return FulfillmentOrder.objects.seen_by(person) if person else FulfillmentOrder.objects.all()


def _ship(departure: Departure, by: User | None) -> None:
    """Ship what leaves of one order, all of it or nothing, and write it into its rows."""
    try:
        with transaction.atomic():
            for leaving in departure.leavings:
                shipments.ship(departure.order.pk, leaving, by=by)
    except Refusal as refusal:
        verdict, words = Verdict.REFUSED, str(refusal)
    except (IntegrityError, DataError):
        # One order that the database does not take must not keep the others waiting for ever.
        logger.exception("Order %s of a tracking file was not recorded.", departure.order.pk)
        verdict, words = Verdict.REFUSED, NOT_KEPT
    else:
        verdict, words = Verdict.SHIPPED, ""
    for row in departure.rows:
        row.becomes(verdict, words or row.words)


def _save(made: TrackingImport, rows: list[Row]) -> None:
    made.keep(rows)
    made.moved_at = timezone.now()
    counts = ["to_ship", "shipped", "nothing", "refused"]
    made.save(update_fields=["state", "rows", *counts, "moved_at", "finished_at"])
