"""Counts what happens, for the metrics: totals that only ever rise, in a few small rows.

`add` belongs at the end of the transaction of what it counts, so that both are kept or neither,
and so that nobody waits for a lock while it holds one of a tally.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Sum

from relay.models import Tally

# What is counted: attempts by verb, messages by topic, and what was refused at an endpoint.
ATTEMPTS = "attempts"
MESSAGES = "messages"
REFUSED = "refused"
SLOTS = 8

ADD = """
    INSERT INTO relay_tally AS tally (what, kind, outcome, slot, count)
    VALUES (%(what)s, %(kind)s, %(outcome)s, pg_backend_pid() %% %(slots)s, %(by)s)
    ON CONFLICT (what, kind, outcome, slot) DO UPDATE SET count = tally.count + excluded.count
"""


def add(what: str, kind: str, outcome: str, by: int = 1) -> None:
    """Count something once more. `kind` and `outcome` are words of ours, never a stranger's."""
    named: dict[str, str | int] = {"what": what, "kind": kind, "outcome": outcome}
    with connection.cursor() as cursor:
        cursor.execute(ADD, {**named, "slots": SLOTS, "by": by})


def totals() -> Mapping[str, Mapping[tuple[str, str], int]]:
    """Return how often each thing has happened: by what, then by kind and outcome."""
    found: dict[str, dict[tuple[str, str], int]] = {ATTEMPTS: {}, MESSAGES: {}, REFUSED: {}}
    rows: Any = Tally.objects.values_list("what", "kind", "outcome").annotate(Sum("count"))
    for what, kind, outcome, count in rows.order_by():
        found.setdefault(what, {})[kind, outcome] = count
    return found
