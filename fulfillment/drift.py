"""Compares each store's orders with ours every night, keeps the report, and alarms on drift.

What changes while we look is no drift: an order counts that two comparisons in a row found.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from fulfillment import reconcile
from fulfillment.reconcile import Difference, Report, Wish
from locations.models import Store
from platforms.errors import PlatformError
from platforms.interface import Client
from relay import alarms
from relay.asking import Asking
from relay.models import Comparison

# At a store's usual four requests a second this is about twenty minutes.
COMPARED_AT_MOST = 5000
DIFFERENCES_KEPT = 200
KEPT = timedelta(days=90)


def look(store: Store, client: Client) -> Asking[Report]:
    """Compare, keep what was found, and raise or clear the alarm. Changes no order.

    Raises PlatformError when the store cannot be asked; the report then says so.
    """
    comparison, report = Comparison(store=store, started_at=timezone.now()), Report()
    try:
        yield from reconcile.compare(store, client, Wish(at_most=COMPARED_AT_MOST), report)
    except PlatformError as error:
        comparison.failure = str(error)
        _keep(store, comparison, report)
        raise
    _keep(store, comparison, report)
    return report


@transaction.atomic
def _keep(store: Store, comparison: Comparison, report: Report) -> None:
    mine = store.comparisons.filter(about=Comparison.About.ORDERS)
    before = mine.filter(failure="").first()
    known = {each["ref"] for each in before.differences} if before else set()
    again = [difference for difference in report.found if difference.ref in known]
    comparison.ended_at = timezone.now()
    comparison.compared, comparison.found = report.compared, len(report.found)
    comparison.persistent = len(again)
    comparison.differences = [_kept(each) for each in report.found[:DIFFERENCES_KEPT]]
    comparison.save()
    mine.filter(ended_at__lt=timezone.now() - KEPT).delete()
    if not comparison.failure:
        _alarm(store, again)


def _kept(difference: Difference) -> dict[str, Any]:
    return {"ref": difference.ref, "number": difference.number, "line": difference.line}


def _alarm(store: Store, again: Sequence[Difference]) -> None:
    if not again:
        alarms.clear(store, alarms.DRIFT)
        return
    orders = "1 order differs" if len(again) == 1 else f"{len(again)} orders differ"
    message = (
        f"{orders} from what the store says, and did the time before, such as "
        f"{again[0].number}. The store's page lists them. Look at each, or run: "
        f'manage.py reconcile "{store}" --fix'
    )
    alarms.raise_alarm(store, alarms.DRIFT, message)
    # The count of today, also where the alarm is older.
    store.alarms.filter(kind=alarms.DRIFT, cleared_at=None).update(message=message)
