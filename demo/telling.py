"""Tells a chapter in steps. A step is printed only when both sides show that it is true."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import requests

from demo.processes import Broken
from demo.seen import Ours, Placed
from platforms.errors import Refusal


class Shown(Protocol):
    """What a store shows of an order."""

    @property
    def happened(self) -> Mapping[str, int]:
        """How often each thing happened to it that may happen once."""


Theirs = TypeVar("Theirs", bound=Shown, covariant=True)


class Desk(Protocol):
    """Our side, as far as it is only looked at."""

    def look(self, placed: Placed) -> Ours:
        """Return what our side shows of the order now."""


class Shop(Protocol[Theirs]):
    """A store's side, as far as it is only looked at."""

    @property
    def page(self) -> str:
        """Where a person can visit it."""

    def look(self, placed: Placed) -> Theirs:
        """Return what the store shows of the order now."""

    def complaints(self) -> list[str]:
        """Return what the store finds fault with in the calls it got."""


def _nothing() -> None:
    """Some steps happen by themselves."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells. `pause` waits a moment; it raises when something broke or somebody wants to stop.

    `patience` is how many seconds a step may take.
    """

    pause: Callable[[], None]
    say: Callable[[str], None]
    patience: float

    def place(self, what: str, place: Callable[[], Placed]) -> Placed:
        """Have an order placed, and say what it is for. Raises Broken."""
        try:
            order = place()
        except requests.RequestException as error:
            raise Broken(f"Step “an order placed at the store” failed: {error}") from error
        self.say(f"\nOrder {order.number}: {what}")
        return order


@dataclass(frozen=True, slots=True)
class Scene(Generic[Theirs]):
    """An order, and both sides that show it."""

    teller: Teller
    order: Placed
    desk: Desk
    shop: Shop[Theirs]

    def step(
        self,
        name: str,
        holds: Callable[[Ours, Theirs], bool],
        do: Callable[[], object] = _nothing,
    ) -> None:
        """Do it, and look at both sides until it holds. Raises Broken when it does not."""
        number, patience = self.order.number, self.teller.patience
        deadline = time.monotonic() + patience
        try:
            do()
            while not holds(ours := self.desk.look(self.order), theirs := self._there()):
                if time.monotonic() > deadline:
                    raise Broken(
                        f"Step “{name}” of order {number} was not confirmed within "
                        f"{patience:g} seconds.\n"
                        f"    store:     {theirs}\n    Crossdock: {ours}"
                    )
                self.teller.pause()
        except (requests.RequestException, Refusal, RuntimeError) as error:
            raise Broken(f"Step “{name}” of order {number} failed: {error}") from error
        self.teller.say(f"  ✓ {name}")
        self.teller.say(f"      store: {theirs}   Crossdock: {ours}")

    def _there(self) -> Theirs:
        return self.shop.look(self.order)


@dataclass(frozen=True, slots=True)
class Told:
    """A chapter that was told: its store, and what was ordered there."""

    shop: Shop[Shown]
    orders: tuple[Placed, ...]

    def check(self) -> None:
        """Nothing happened twice, and the store finds no fault with our calls. Raises Broken."""
        for order in self.orders:
            for what, times in self.shop.look(order).happened.items():
                if times > 1:
                    raise Broken(f"Order {order.number}: “{what}” happened {times} times.")
        if complaints := self.shop.complaints():
            raise Broken(f"The store finds fault with our calls: {'; '.join(complaints)}")
