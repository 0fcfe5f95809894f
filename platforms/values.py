"""Reads single values of a payload whose types cannot be trusted; none of these ever raises."""

import json
import re
from datetime import UTC, datetime
from typing import Any, TypeGuard

MAX_COUNT = 2**31 - 1
MAX_NUMBER = 10**20
_WHOLE = re.compile(r"\s*([+-]?\d{1,10})(?:\.0*)?\s*", re.ASCII)
_ID = re.compile(r"\d{1,20}", re.ASCII)


def read_text(value: Any) -> str:
    """Return text as it came, nothing for null, and any other value as its JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def is_token(value: object) -> TypeGuard[str]:
    """Tell whether a value is text that can be sent in a header as a token."""
    if not isinstance(value, str) or not value:
        return False
    return value.isascii() and value.isprintable() and " " not in value


def read_id(value: Any) -> str:
    """Return a whole number, or text that is one, as text; anything else as nothing."""
    text = _number_text(value).strip()
    return text if _ID.fullmatch(text) else ""


def read_count(value: Any) -> int | None:
    """Return a number of units sent as number or text; None where it is no such number."""
    count = read_whole(value)
    return count if count is not None and count >= 0 else None


def read_whole(value: Any) -> int | None:
    """Return a whole number sent as number or text, which may be below zero; else None."""
    found = _WHOLE.fullmatch(_number_text(value))
    number = int(found[1]) if found else None
    return number if number is not None and abs(number) <= MAX_COUNT else None


def read_flag(value: Any) -> bool | None:
    """Return true and false; None for anything else, because "false" is no answer."""
    return value if isinstance(value, bool) else None


def read_instant(value: Any) -> datetime | None:
    """Return an RFC 3339 instant in UTC; None without an offset, for then it is no instant."""
    if not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value.strip())
        return instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None


def describe(value: Any) -> str:
    """Return what kind of value this is, for a sentence; never its content, which may be secret."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return (
            f"an object with {', '.join(str(name)[:30] for name in list(value)[:8]) or 'nothing'}"
        )
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return "true or false"
    return "text" if isinstance(value, str) else "a number"


def _number_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    # True is an int, and an int may be too long to be written down at all.
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > MAX_NUMBER:
        return ""
    return str(value)
