"""How a warehouse's working days and closed days are written down, and read."""

from datetime import date

from django.core.exceptions import ValidationError

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONDAY_TO_FRIDAY = "Mon Tue Wed Thu Fri"


def read_weekdays(text: str) -> frozenset[int]:
    """Return the days that `Mon Tue Fri` names, Monday being 0. Raises ValueError in words."""
    for word in text.split():
        if word not in WEEKDAYS:
            raise ValueError(f"“{word}” is no day of the week. Write {MONDAY_TO_FRIDAY} Sat Sun.")
    return frozenset(WEEKDAYS.index(word) for word in text.split())


def read_dates(text: str) -> frozenset[date]:
    """Return the dates that begin the lines of a text. Raises ValueError in words."""
    return frozenset(_date(line) for line in text.splitlines() if line.strip())


def _date(line: str) -> date:
    word = line.split()[0]
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise ValueError(
            f"“{word}” is not a date. Write one date a line, like: 2026-12-25 Christmas"
        ) from error


def check_weekdays(text: str) -> None:
    """Raise ValidationError unless the text names at least one day of the week."""
    try:
        days = read_weekdays(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if not days:
        raise ValidationError(
            "Choose at least one day. A warehouse that never works has no cutoff."
        )


def check_dates(text: str) -> None:
    """Raise ValidationError unless every line begins with a date."""
    try:
        read_dates(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error
