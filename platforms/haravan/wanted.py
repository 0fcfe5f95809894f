"""Which fulfillments of an order to list or to count. Contract haravan, section 5."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which fulfillments of an order to list; without anything, all of them.

    In which time zone the store reads the moments is not known: work is never selected by them.
    """

    limit: int | None = None
    page: int | None = None
    since_id: str = ""
    created_at_min: datetime | None = None
    created_at_max: datetime | None = None
    updated_at_min: datetime | None = None
    updated_at_max: datetime | None = None
    fields: tuple[str, ...] = ()

    def params(self) -> dict[str, str]:
        """Return what a list takes."""
        named = {"limit": self.limit, "page": self.page, "since_id": self.since_id}
        given = {name: str(value) for name, value in named.items() if value}
        fields = {"fields": ",".join(self.fields)} if self.fields else {}
        return {**given, **self.moments(), **fields}

    def moments(self) -> dict[str, str]:
        """Return what a count takes."""
        given = {
            "created_at_min": self.created_at_min,
            "created_at_max": self.created_at_max,
            "updated_at_min": self.updated_at_min,
            "updated_at_max": self.updated_at_max,
        }
        return {name: _minute(moment) for name, moment in given.items() if moment}


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
