"""`manage.py reconcile`: compares our orders or our stock with the stores', and repairs."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.management.base import CommandError

from fulfillment import reconcile
from fulfillment.reconcile import Difference, Report, Wish
from inventory import reconcile_stock
from locations.models import Store
from platforms.errors import PlatformError
from relay import granting
from relay.management.named import named
from relay.management.teaching import TeachingCommand

HELP = """\
Compare our orders with the stores': every live one, those that ended recently, and what the
stores list as assigned to us. Each difference is one line: what we say, what the store says, who
is ahead, and what --fix would do.

Without --fix nothing is changed, neither here nor there. It can be run at any time, also while a
worker runs, and be stopped at any moment: it keeps to each store's rate limit, and begins anew.

With --stock, all stock records of the stores that are told of stock are read, and each that shows
another figure than ours is one line. --fix tells the store: the worker sends it, behind answers
and shipments. What would fall to zero together with many others still waits for a person.
"""
EXAMPLE = """\
examples:

  manage.py reconcile                        compare all stores that are not paused
  manage.py reconcile "Acme Outdoors" --fix  repair what is safe at one store
  manage.py reconcile --json                 for a program
  manage.py reconcile --stock --fix          tell all stores their stock again where it differs

What is newer at the store is taken in, orders we never saw are adopted, and what the store lacks
is queued again: the worker looks at the store before it sends. What needs a person becomes a
problem of its order, once. What somebody gave up is never told again by itself.

The exit status is 0 when all is in step, 1 when differences remain, 2 when a store could not be
asked.
"""
IN_STEP, DIFFERENT, NOT_ASKED = 0, 1, 2
PROGRESS_SECONDS = 10.0


class Command(TeachingCommand):
    """Compares the stores named, or all, one after the other."""

    help = HELP
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "stores", nargs="*", metavar="STORE", help="a store's name (default: all not paused)"
        )
        parser.add_argument("--fix", action="store_true", help="repair what can be repaired safely")
        parser.add_argument(
            "--since",
            type=float,
            default=reconcile.RECENTLY.days,
            metavar="DAYS",
            help="how long ago an order may have ended (default: %(default)s)",
        )
        parser.add_argument(
            "--stock", action="store_true", help="compare stock records instead of orders"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare each store; one that fails does not keep the others from being compared."""
        if not 0 <= options["since"] <= 3650:
            raise CommandError("--since is a number of days, such as 7.")
        self._quiet = options["json"]
        stores = named(options["stores"]) if options["stores"] else self._running()
        if not options["stock"]:
            stores = self._able(stores)
        compared = self._stock_compared if options["stock"] else self._compared
        results = [compared(store, options) for store in stores]
        if self._quiet:
            self.say(json.dumps({"stores": results}, ensure_ascii=False, indent=1))
        if any(result["failure"] for result in results):
            sys.exit(NOT_ASKED)
        sys.exit(DIFFERENT if any(result["left"] for result in results) else IN_STEP)

    def _running(self) -> Sequence[Store]:
        for store in Store.objects.exclude(paused_at=None):
            self._note(f"{store}: not compared, for it is paused. {store.pause_reason}")
        stores = list(Store.objects.running())
        if not stores:
            self._note("There is no store to compare with.")
        return stores

    def _able(self, stores: Sequence[Store]) -> Sequence[Store]:
        """Leave out, in words, those that cannot be asked how an order stands."""
        able = []
        for store in stores:
            platform = store.platform
            if platform.capabilities.reads_orders_back:
                able.append(store)
                continue
            task = platform.by_hand.get("reads_orders_back", "")
            self._note(f"{store}: {platform.label} cannot be asked how an order stands. {task}")
        return able

    def _compared(self, store: Store, options: dict[str, Any]) -> dict[str, Any]:
        report, failure = Report(), ""
        if store.paused_at:
            failure = f"It is paused. {store.pause_reason}"
        else:
            try:
                self._compare(store, options, report)
            except PlatformError as error:
                failure = str(error)
        if failure:
            self.stderr.write(f"{store}: could not be compared. {failure}")
        else:
            self._note(f"{store}: {_summary(report, options['fix'])}")
        return {
            "store": store.name,
            "compared": report.compared,
            "found": [_as_json(difference) for difference in report.found],
            "left": len(report.left),
            "failure": failure,
        }

    def _compare(self, store: Store, options: dict[str, Any], report: Report) -> None:
        """Ask, wait as the store's pace demands, and say now and then how far it is."""
        wish = Wish(
            since=timedelta(days=options["since"]),
            fix=options["fix"],
            tell=lambda difference: self._note(f"{store}: {difference.line}"),
        )
        said_at = time.monotonic()
        question = partial(reconcile.compare, wish=wish, report=report)
        for wait in granting.asking(store, "reconcile", question):
            if time.monotonic() > said_at + PROGRESS_SECONDS:
                said_at = time.monotonic()
                self._note(f"{store}: {report.compared} orders compared …")
            time.sleep(wait)

    def _stock_compared(self, store: Store, options: dict[str, Any]) -> dict[str, Any]:
        result = reconcile_stock.compared(store, fix=options["fix"], say=self._note)
        if result["failure"]:
            self.stderr.write(f"{store}: could not be compared. {result['failure']}")
        return result

    def _note(self, words: str) -> None:
        if not self._quiet:
            self.say(words)


def _summary(report: Report, fixed: bool) -> str:
    orders = f"{report.compared} order{'' if report.compared == 1 else 's'} compared"
    if not report.found:
        return f"{orders}, all in step."
    found = f"{len(report.found)} difference{'' if len(report.found) == 1 else 's'}"
    return f"{orders}, {found}, {len(report.left)} remaining." if fixed else f"{orders}, {found}."


def _as_json(difference: Difference) -> dict[str, str]:
    return {
        "order": difference.number,
        "ref": difference.ref,
        "finding": difference.finding,
        "we_say": difference.ours,
        "they_say": difference.theirs,
        "verdict": difference.verdict,
        "repair": difference.repair,
        "outcome": difference.outcome,
    }
