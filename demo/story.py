"""The main job, told in steps. A step is printed only when both sides show that it is true."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Protocol

import requests

from demo.processes import Broken
from demo.shop import NOWHERE, Placed, Shop, Theirs

SKUS = ("TENT-2P-GRN", "STAKE-8PK")
# What the store believes before we have told it.
IN_STOCK_THERE = 10
ONCE = ("accept", "reject", "accept-cancellation", "reject-cancellation", "fulfillment")


@dataclass(frozen=True, slots=True)
class Ours:
    """What Crossdock knows of a fulfillment order. All empty: it has not heard of it."""

    request_status: str = ""
    work_status: str = ""
    on_its_way: str = ""
    suggestion: str = ""
    problems: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()

    @property
    def stands_at(self) -> tuple[str, str]:
        """The request and the work; no answer is on its way that would change them."""
        return ("", "") if self.on_its_way else (self.request_status, self.work_status)

    def __str__(self) -> str:
        if not self.request_status:
            return "; ".join(["not heard of", *self.stuck])
        parts = [f"{self.request_status} / {self.work_status}"]
        parts += [f"{self.on_its_way} on its way"] if self.on_its_way else []
        parts += [f"suggests to {self.suggestion}"] if self.suggestion else []
        parts += [f"tracking {', '.join(self.confirmed)} confirmed"] if self.confirmed else []
        return "; ".join([", ".join(parts), *self.stuck])


class Desk(Protocol):
    """Our side: what it shows of an order, and what people do with it."""

    def look(self, placed: Placed) -> Ours:
        """Return what our side shows of the order now."""

    def accept(self, placed: Placed) -> None:
        """Accept the request."""

    def reject(self, placed: Placed) -> None:
        """Reject the request as suggested."""

    def accept_cancellation(self, placed: Placed) -> None:
        """Let the merchant cancel."""

    def ship(self, placed: Placed, tracking_code: str) -> None:
        """Ship all of it in one parcel."""

    def in_stock(self, sku: str) -> int:
        """Return how many units lie in our warehouse."""

    def read_stock(self) -> None:
        """Have the store's stock records read."""


def _nothing() -> None:
    """Some steps happen by themselves."""


@dataclass(slots=True)
class Story:
    """Tells the main job: one order shipped, one rejected, one cancelled.

    `pause` waits a moment, and raises when something has broken or somebody wants to stop.
    """

    desk: Desk
    shop: Shop
    pause: Callable[[], None]
    say: Callable[[str], None]
    patience: float

    def tell(self) -> None:
        """Tell all of it. Raises Broken that names the step and what was seen."""
        self._stock_is_told()
        self._check_once(self._one_is_shipped())
        self._check_once(self._one_is_rejected())
        self._check_once(self._one_is_cancelled())
        if complaints := self.shop.complaints():
            raise Broken(f"The store finds fault with our calls: {'; '.join(complaints)}")

    def _stock_is_told(self) -> None:
        self.say("\nStock: what lies in the warehouse is what shoppers can buy")
        self.shop.put_in_stock(SKUS, IN_STOCK_THERE)
        self.desk.read_stock()
        self._same_stock("the store is told what is there")

    def _same_stock(self, name: str) -> None:
        """Look at both sides until they say the same. Raises Broken when they do not."""
        deadline = time.monotonic() + self.patience
        while (there := self._there()) != (here := self._here()):
            if time.monotonic() > deadline:
                raise Broken(f"Step “{name}” failed: the store says {there}, Crossdock {here}.")
            self.pause()
        self.say(f"  ✓ {name}")
        for sku in SKUS:
            self.say(f"      {sku}: store {there[sku]}, Crossdock {here[sku]}")

    def _there(self) -> dict[str, int | None]:
        return {sku: self.shop.in_stock(sku) for sku in SKUS}

    def _here(self) -> dict[str, int | None]:
        return {sku: self.desk.in_stock(sku) for sku in SKUS}

    def _one_is_shipped(self) -> Placed:
        order = self._placed("to be shipped")
        self._step(
            "triaged: nothing wrong with it",
            order,
            lambda ours, theirs: ours.suggestion == "accept" and not ours.problems,
        )
        self._accepted(order)
        tracking_code = f"9400{token_hex(9).upper()}"
        self._step(
            "shipped",
            order,
            lambda ours, theirs: ours.work_status == "shipped" and theirs.status == "closed",
            lambda: self.desk.ship(order, tracking_code),
        )
        self._step(
            f"tracking {tracking_code} seen at the store",
            order,
            lambda ours, theirs: (
                ours.confirmed == theirs.tracking_codes == (tracking_code,)
                and ours.stands_at == ("closed", "shipped")
            ),
        )
        self._same_stock("the store’s stock follows")
        return order

    def _one_is_rejected(self) -> Placed:
        order = self._placed("a bad address, to be rejected", shipping_address=NOWHERE)
        self._step(
            "triaged: the address is incomplete",
            order,
            lambda ours, theirs: ours.suggestion == "reject" and bool(ours.problems),
        )
        self._step(
            "rejected",
            order,
            lambda ours, theirs: (
                ours.stands_at == ("rejected", "new") and theirs.stands_at == ("open", "rejected")
            ),
            lambda: self.desk.reject(order),
        )
        return order

    def _one_is_cancelled(self) -> Placed:
        order = self._placed("to be cancelled before it is picked")
        self._accepted(order)
        self._step(
            "the merchant asks to cancel; the request received",
            order,
            lambda ours, theirs: ours.request_status == theirs.request_status == "cancel_requested",
            lambda: self.shop.ask_to_cancel(order, "The shopper changed their mind."),
        )
        self._step(
            "cancellation accepted",
            order,
            lambda ours, theirs: (
                ours.stands_at == ("cancel_accepted", "cancelled")
                and theirs.stands_at == ("canceled", "cancel_accepted")
            ),
            lambda: self.desk.accept_cancellation(order),
        )
        return order

    def _placed(self, what: str, **wishes: object) -> Placed:
        try:
            order = self.shop.place(**wishes)
        except requests.RequestException as error:
            raise Broken(f"Step “an order placed at the store” failed: {error}") from error
        self.say(f"\nOrder {order.number}: {what}")
        self._step(
            "placed at the store; request received",
            order,
            lambda ours, theirs: (
                ours.stands_at == ("requested", "new") and theirs.stands_at == ("open", "requested")
            ),
        )
        return order

    def _accepted(self, order: Placed) -> None:
        self._step(
            "accepted",
            order,
            lambda ours, theirs: (
                ours.stands_at == ("accepted", "allocated")
                and theirs.stands_at == ("processing", "accepted")
            ),
            lambda: self.desk.accept(order),
        )

    def _step(
        self,
        name: str,
        order: Placed,
        holds: Callable[[Ours, Theirs], bool],
        do: Callable[[], None] = _nothing,
    ) -> None:
        """Do it, and look at both sides until it holds. Raises Broken when it does not."""
        deadline = time.monotonic() + self.patience
        try:
            do()
            while not holds(ours := self.desk.look(order), theirs := self.shop.look(order)):
                if time.monotonic() > deadline:
                    raise Broken(
                        f"Step “{name}” of order {order.number} was not confirmed within "
                        f"{self.patience:g} seconds.\n"
                        f"    store:     {theirs}\n    Crossdock: {ours}"
                    )
                self.pause()
        except (requests.RequestException, RuntimeError) as error:
            raise Broken(f"Step “{name}” of order {order.number} failed: {error}") from error
        self.say(f"  ✓ {name}")
        self.say(f"      store: {theirs}   Crossdock: {ours}")

    def _check_once(self, order: Placed) -> None:
        """Whatever happened to the order at the store happened once."""
        happened = self.shop.look(order).happened
        for what in ONCE:
            if happened.get(what, 0) > 1:
                raise Broken(f"Order {order.number}: “{what}” happened {happened[what]} times.")
