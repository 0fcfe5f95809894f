"""Compares a store's stock records with ours for somebody who waits for it, and tells the store."""

import time
from collections.abc import Callable
from typing import Any

from inventory import comparison, sync
from inventory.comparison import Difference, Report
from locations.models import StockPolicy, Store
from platforms.errors import PlatformError
from relay import granting

Say = Callable[[str], None]


def compared(store: Store, *, fix: bool, say: Say) -> dict[str, Any]:
    """Read, compare, and with `fix` queue what differs. `failure` says why it was not possible.

    `left` counts the differences that nobody will be told of: all of them, or with `fix` those
    that wait for a person.
    """
    report, left, failure = Report(), 0, _why_not(store)
    if not failure:
        try:
            report = _read(store)
        except PlatformError as error:
            failure = str(error)
    if not failure:
        left = _report(store, report, fix, say)
    return {
        "store": store.name,
        "compared": report.compared,
        "found": [_as_json(difference) for difference in report.found],
        "left": left,
        "failure": failure,
    }


def _why_not(store: Store) -> str:
    if store.paused_at:
        return f"It is paused. {store.pause_reason}"
    if not store.platform.capabilities.keeps_stock:
        return f"{store.platform.label} has no stock records."
    if store.stock_policy == StockPolicy.OFF:
        return "It is not told of stock. Its page says what it could be told."
    return ""


def _read(store: Store) -> Report:
    asking = granting.asking(store, "reconcile stock", comparison.read_all)
    while True:
        try:
            time.sleep(next(asking))
        except StopIteration as end:
            report: Report = end.value
            return report


def _report(store: Store, report: Report, fix: bool, say: Say) -> int:
    for trouble in report.unreadable:
        say(f"{store}: {trouble} It is left out.")
    for difference in report.found:
        say(f"{store}: {difference.line}")
    say(f"{store}: {_summary(report)}")
    if not fix:
        return len(report.found)
    pushed = sync.push_changes(store)
    if report.found:
        say(
            f"{store}: {pushed.queued} queued, {pushed.left} follow after them, "
            f"{pushed.held_back} wait for a person."
        )
    return pushed.held_back


def _summary(report: Report) -> str:
    return (
        f"{report.read} stock records read, {report.compared} compared, "
        f"{len(report.found)} show another figure; {report.unclear} are not clear, "
        f"{report.untracked} are not tracked there, {report.gone} are gone."
    )


def _as_json(difference: Difference) -> dict[str, Any]:
    return {
        "sku": difference.sku,
        "ref": difference.ref,
        "we_say": difference.ours,
        "they_say": difference.theirs,
        "last_told": difference.told,
    }
