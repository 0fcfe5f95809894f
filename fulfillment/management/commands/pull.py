"""`manage.py pull`: asks stores for work now, in this process."""

import time
from argparse import ArgumentParser
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Count, Q

from fulfillment import intake, jobs
from fulfillment.intake import Report
from fulfillment.models import Request
from locations.models import Store
from platforms.errors import PlatformError
from platforms.records import RequestKind
from relay import alarms, granting
from relay.management.named import named
from relay.management.teaching import TeachingCommand

HELP = """\
Ask stores for work now: new requests, cancellations, and what was withdrawn.

The worker does this by itself, when a store calls and every few minutes. Ask by hand when you
have just connected a store, or want to see why nothing arrives. It is harmless at any time, also
while a worker runs: what is known already is not taken in twice.
"""
EXAMPLE = """\
examples:

  manage.py pull                      all stores that are not paused
  manage.py pull "Acme Outdoors"      one store, by its name here
  manage.py pull acme-outdoors        or by its name at the platform

The exit status is 0 when every store could be asked and every order could be read, else 1.
"""
PROGRESS_SECONDS = 2.0


class Command(TeachingCommand):
    """Asks the stores named, or all, one after the other."""

    help = HELP
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "stores", nargs="*", metavar="STORE", help="a store's name (default: all not paused)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask each store; one that fails does not keep the others from being asked."""
        stores = named(options["stores"]) if options["stores"] else self._running()
        failed = [store.name for store in stores if not self._asked(store)]
        if failed:
            raise CommandError(f"Not all work could be taken in: {', '.join(failed)}.")

    def _running(self) -> Sequence[Store]:
        for store in Store.objects.exclude(paused_at=None):
            self.say(f"{store}: not asked, for it is paused. {store.pause_reason}")
        stores = list(Store.objects.running())
        if not stores:
            self.say("There is no store to ask. Connect one: manage.py connect_store --help")
        return stores

    def _asked(self, store: Store) -> bool:
        if store.paused_at:
            self.stderr.write(f"{store}: not asked, for it is paused. {store.pause_reason}")
            return False
        if not store.platform.capabilities.lists_work:
            platform = store.platform
            task = platform.by_hand.get("lists_work", "")
            self.say(f"{store}: {platform.label} sends its orders; it lists none. {task}".strip())
            return True
        before = Request.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        try:
            report = self._pull(store)
        except PlatformError as error:
            jobs.note_failure(store, error)
            self.stderr.write(f"{store}: could not be asked. {error}")
            return False
        alarms.clear(store, alarms.PULL_FAILED)
        self.say(f"{store}: {_found(store, before)}")
        if report.failed:
            for alarm in store.alarms.filter(cleared_at=None):
                self.stderr.write(f"{store}: {alarm.message}")
        return not report.failed

    def _pull(self, store: Store) -> Report:
        """Ask, wait as the store's pace demands, and say now and then how far it is."""
        report, said_at = Report(), time.monotonic()
        for wait in granting.asking(store, "pull by hand", partial(intake.pull, report=report)):
            if time.monotonic() > said_at + PROGRESS_SECONDS:
                said_at = time.monotonic()
                self.say(f"{store}: {report.listed} orders listed, {report.read} taken in …")
            time.sleep(wait)
        return report


def _found(store: Store, before: int) -> str:
    """Say what is new since `before`, and what waits for an answer."""
    new = Request.objects.filter(fulfillment_order__store=store, pk__gt=before).aggregate(
        asked=Count("pk", filter=Q(kind=RequestKind.FULFILL)),
        cancelled=Count("pk", filter=Q(kind=RequestKind.CANCEL)),
    )
    waiting = store.fulfillment_orders
    return (
        f"{new['asked']} new, {_cancellations(new['cancelled'])}. Now waiting for an answer: "
        f"{_requests(waiting.to_decide().count())}, "
        f"{_cancellations(waiting.cancellations().count())}."
    )


def _cancellations(count: int) -> str:
    return f"{count} cancellation{'' if count == 1 else 's'}"


def _requests(count: int) -> str:
    return f"{count} request{'' if count == 1 else 's'}"
