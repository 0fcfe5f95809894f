"""A 29 Next store: what a shopper and a merchant do there, and what it shows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from demo.cast import ACME_OUTDOORS
from demo.seen import Placed
from demo.shops.control import Control

ACCOUNT = ACME_OUTDOORS.account
TOKEN = "sandbox-acme-token"  # noqa: S105 - the sandbox's own, known to everybody
ONCE = ("accept", "reject", "accept-cancellation", "reject-cancellation", "fulfillment")
NOWHERE = {
    "first_name": "Dana",
    "last_name": "Whitfield",
    "line1": "",
    "line4": "Boise",
    "state": "ID",
    "postcode": "",
    "country": "US",
}


@dataclass(frozen=True, slots=True)
class Theirs:
    """What the store shows of a fulfillment order, and how often each thing happened to it."""

    status: str
    request_status: str
    tracking_codes: tuple[str, ...]
    happened: Mapping[str, int]

    @property
    def stands_at(self) -> tuple[str, str]:
        """Both of the store's statuses."""
        return self.status, self.request_status

    def __str__(self) -> str:
        tracking = f", tracking {', '.join(self.tracking_codes)}" if self.tracking_codes else ""
        return f"{self.status} / {self.request_status}{tracking}"


class Shop(Control):
    """The sandbox store, over HTTP."""

    def __init__(self, sandbox_url: str) -> None:
        self.page = f"{sandbox_url}/next29/{ACCOUNT}/shop"
        self.api = f"{sandbox_url}/next29/{ACCOUNT}/api/admin/"
        super().__init__(f"{sandbox_url}/next29/{ACCOUNT}")

    def place(self, **wishes: object) -> Placed:
        """Place an order for a tent, and ask for its fulfillment."""
        lines = [{"sku": "TENT-2P-GRN", "quantity": 1}, {"sku": "STAKE-8PK", "quantity": 2}]
        placed = self.ask("POST", "orders", {"lines": lines, **wishes})
        return Placed(placed["order_number"], str(placed["fulfillment_orders"][0]["id"]))

    def ask_to_cancel(self, placed: Placed, message: str) -> None:
        """The merchant changes their mind."""
        self.ask("POST", f"fulfillment-orders/{placed.ref}/ask-cancel", {"message": message})

    def look(self, placed: Placed) -> Theirs:
        """Return what the store shows of the order now."""
        state = self.ask("GET", "state")
        order = next(o for o in state["fulfillment_orders"] if str(o["id"]) == placed.ref)
        codes = [
            code
            for each in state["fulfillments"]
            if _is_of(placed, each)
            for code in each["tracking_codes"]
        ]
        done = [each["operation"] for each in self.effects() if _is_of(placed, each)]
        happened = Counter(each for each in done if each in ONCE)
        return Theirs(order["status"], order["request_status"], tuple(codes), happened)

    def put_in_stock(self, skus: Iterable[str], units: int) -> None:
        """Let the store believe in so many units of each, at the place that ships."""
        records = [{"sku": sku, "num_in_stock": units} for sku in skus]
        self.ask("POST", "stock", {"records": records})

    def in_stock(self, sku: str) -> int | None:
        """Return how many units the store believes to be there."""
        found = self.ask("GET", f"stock?sku={sku}")["records"]
        return found[0]["num_in_stock"] if found else None


def _is_of(placed: Placed, entry: dict[str, Any]) -> bool:
    return str(entry["fulfillment_order_id"]) == placed.ref
