"""What a test may change about how a warehouse behaves: what the contract leaves open."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

CHOICES: Mapping[str, tuple[object, ...]] = {
    "list_shape": ("envelope", "array", "record"),
    "context_shape": ("object", "array", "none"),
    "carrier_shape": ("object", "text"),
    "dates": ("zone", "blank"),
    "cancel_twice": (200, 405),
    "refresh_refused": (401, 400),
}


class BadSetting(ValueError):
    """The setting does not exist or cannot have that value; the message says which."""


@dataclass(frozen=True)
class Settings:
    """Choices, and limits that tests want smaller or larger."""

    calls_per_second: int = 10
    """No limit is published; 0 is none."""
    token_seconds: int = 604_800
    refresh_seconds: int = 2_592_000
    list_shape: str = "envelope"
    """How `GET /orders` answers: the document of today shows a single record."""
    context_shape: str = "object"
    """How a 409 names the first order."""
    carrier_shape: str = "object"
    dates: str = "zone"
    """`blank` writes moments as two of the published samples do: no T and no zone."""
    cancel_twice: int = 200
    refresh_refused: int = 401
    most_a_page: int = 200
    shows_inventory: bool = True
    """Whether the login has the raised permission that stock takes."""
    gives_refresh_token: bool = True

    def changed(self, wishes: Mapping[str, Any]) -> "Settings":
        """All of the wishes or, when one of them is bad, none."""
        known = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        for name, value in wishes.items():
            _insist(name in known, f"there is no setting {name!r}; there are {', '.join(known)}")
            fits = type(value) is known[name]
            _insist(fits, f"{name} is of type {known[name].__name__}, not {value!r}")
            choices = CHOICES.get(name, (value,))
            _insist(value in choices, f"{name} is one of {choices}")
        return replace(self, **wishes)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _insist(condition: bool, why_not: str) -> None:
    if not condition:
        raise BadSetting(f"A warehouse cannot be set so: {why_not}.")
