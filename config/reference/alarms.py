"""Every kind of alarm: what it means, and what to do."""

from config.reference.markdown import code, page, prose, table
from relay.alarms import MEANINGS

INTRODUCTION = """
An alarm says that something is wrong with a store, or with an account at a partner, as a whole. It
is on the first page of the admin and under Alarms; there is one open alarm for each of them and
each kind, however often it happens.
"""


def text() -> str:
    """Return the page."""
    rows = ((code(kind), prose(meaning)) for kind, meaning in sorted(MEANINGS.items()))
    return page("Alarms", INTRODUCTION, table(("kind", "what it means, and what to do"), rows))
