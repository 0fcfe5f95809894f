"""The present moment, written the way platforms write it."""

from datetime import UTC, datetime


def now() -> str:
    """RFC 3339 with microseconds and an offset."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
