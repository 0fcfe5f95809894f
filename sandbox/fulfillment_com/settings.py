"""What a test may change about how a warehouse behaves: what the contract leaves open."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.settings import changed, insist_for

CHOICES: Mapping[str, tuple[object, ...]] = {
    "list_shape": ("envelope", "array", "record"),
    "context_shape": ("object", "array", "none"),
    "carrier_shape": ("object", "text"),
    "dates": ("zone", "blank"),
    "cancel_twice": (200, 405),
    "refresh_refused": (401, 400),
}


_insist = insist_for("A warehouse")


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
        wanted = changed(self, wishes, _insist)
        for name, value in wishes.items():
            choices = CHOICES.get(name, (value,))
            _insist(value in choices, f"{name} is one of {choices}")
        return wanted

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
