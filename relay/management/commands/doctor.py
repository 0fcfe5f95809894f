"""`manage.py doctor`: examines the site and says what to do."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from relay import doctor
from relay.management.teaching import TeachingCommand

HELP = """\
Examine this site: settings, database, migrations, clock, credentials, worker, what waits for the
stores and from them, alarms, locations and subscriptions. Each finding is ok, a warning or a
problem, with what to do. Nothing is changed, no store is asked, and no secret is printed.
"""
EXAMPLE = """\
examples:

  manage.py doctor           for a person
  manage.py doctor --json    for a program

The exit status is 0 when all is well, 1 with a warning, 2 with a problem. It works, and says so,
when the database is down.
"""


class Command(TeachingCommand):
    """Prints the findings, one line each."""

    help = HELP
    example = EXAMPLE
    # They are findings here, and must not keep the others from being found.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Examine, print, and end with the worst level as status."""
        findings = doctor.examine()
        worst = max(finding.level for finding in findings)
        if options["json"]:
            self.say(json.dumps(_as_json(findings, worst), ensure_ascii=False, indent=1))
        else:
            for finding in findings:
                level = finding.level.name.lower()
                self.say(f"{level:8} {finding.about}: {finding.sentence} {finding.todo}".rstrip())
        sys.exit(int(worst))


def _as_json(findings: list[doctor.Finding], worst: doctor.Level) -> dict[str, Any]:
    return {
        "status": worst.name.lower(),
        "findings": [
            {
                "about": finding.about,
                "level": finding.level.name.lower(),
                "sentence": finding.sentence,
                "todo": finding.todo,
            }
            for finding in findings
        ],
    }
