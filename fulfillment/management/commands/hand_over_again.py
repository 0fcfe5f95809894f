"""`manage.py hand_over_again`: tries once more what a partner did not take, or has stopped."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from fulfillment.handover import repeating
from fulfillment.handover.jobs import serve_later
from fulfillment.models import PartnerJob
from platforms.errors import Refusal
from relay.management.teaching import TeachingCommand

HELP = """\
Hand an order to its partner once more: after what the partner did not take has been repaired, or
after it was taken back or stopped there.

The partner is asked first whether it has the order, so that it never gets two. What it has stopped
goes by a new number.
"""
EXAMPLE = """\
example, with our number of it at the partner, as the problem on the order's page names it:

  manage.py hand_over_again CD-4711-1
"""


class Command(TeachingCommand):
    """Has a hand-over that was refused or has ended tried again."""

    help = HELP
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the number."""
        parser.add_argument("number", help="our number of the order at the partner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Queue it. Refused for what the partner has, and for what is not to be shipped."""
        found = list(PartnerJob.objects.filter(reference=options["number"]))
        if not found:
            raise CommandError(f"Nothing is handed over as {options['number']}.")
        for job in found:
            try:
                repeating.again(job)
            except Refusal as refusal:
                raise CommandError(f"{job} cannot be handed over again. {refusal}") from refusal
            serve_later(job.account_id)
            self.say(f"{job} is handed to {job.account} once more.")
