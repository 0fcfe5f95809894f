"""The present moment, written the way this platform writes it."""

from datetime import UTC, datetime


def stamp() -> str:
    """UTC with milliseconds and a `Z`."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
