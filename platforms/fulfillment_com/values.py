"""Reads the values that Fulfillment.com writes in more than one way."""

from datetime import UTC, datetime
from typing import Any

from platforms.values import read_text


def read_moment(value: Any) -> datetime | None:
    """Return an instant in UTC; one without a zone is UTC already, a blank may stand for the T.

    Contract fulfillment_com, section 2.
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def write_moment(moment: datetime) -> str:
    """Return an instant with Z, because a plus sign in a query may be read as a blank."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def text_at(payload: Any, *names: str) -> str:
    """Return the text at a path; nothing where it, or the way to it, is not there."""
    return read_text(inside(payload, *names)).strip()


def inside(payload: Any, *names: str) -> Any:
    """Return what is at a path; None where it, or the way to it, is not there."""
    for name in names:
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload


def entries_of(value: Any) -> list[Any]:
    """Return a list, and anything else as an empty one."""
    return value if isinstance(value, list) else []
