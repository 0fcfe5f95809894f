"""The places of one platform: its stores, shops, accounts or warehouses."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from sandbox.faults import Faults


class Place(Protocol):
    """What every place has, whatever its platform calls it."""

    faults: Faults
    settings: Any
    effects: list[Any]

    @property
    def place(self) -> str:
        """Its name in the recorder."""


P = TypeVar("P")


@dataclass(frozen=True)
class Places(Generic[P]):
    """Where the places of a platform are found, and how one of them is changed."""

    word: str
    """What one of them is called."""
    table: Mapping[str, P]
    acting: Callable[[P], AbstractContextManager[object]]
    """Nobody else acts in it meanwhile, and the outside is told afterwards."""

    def find(self, name: str) -> P | None:
        return self.table.get(name)

    def missing(self, name: str) -> str:
        return f"There is no {self.word} {name}."
