"""The store's side: what a shopper and a merchant do there, and what the store shows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

ACCOUNT = "acme-outdoors"
TOKEN = "sandbox-acme-token"  # noqa: S105 - the sandbox's own, known to everybody
SECONDS = 10.0
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


@dataclass(frozen=True, slots=True)
class Placed:
    """An order at the store: its number, and the number of its fulfillment order."""

    number: str
    ref: str


class Shop:
    """The sandbox store, over HTTP."""

    def __init__(self, sandbox_url: str) -> None:
        self.page = f"{sandbox_url}/next29/{ACCOUNT}/shop"
        self.api = f"{sandbox_url}/next29/{ACCOUNT}/api/admin/"
        self._control = f"{sandbox_url}/next29/{ACCOUNT}/_sandbox"
        self._session = requests.Session()
        self._session.trust_env = False

    def place(self, **wishes: object) -> Placed:
        """Place an order for a tent, and ask for its fulfillment."""
        lines = [{"sku": "TENT-2P-GRN", "quantity": 1}, {"sku": "STAKE-8PK", "quantity": 2}]
        placed = self._ask("POST", "orders", {"lines": lines, **wishes})
        return Placed(placed["order_number"], str(placed["fulfillment_orders"][0]["id"]))

    def ask_to_cancel(self, placed: Placed, message: str) -> None:
        """The merchant changes their mind."""
        self._ask("POST", f"fulfillment-orders/{placed.ref}/ask-cancel", {"message": message})

    def look(self, placed: Placed) -> Theirs:
        """Return what the store shows of the order now."""
        state = self._ask("GET", "state")
        order = next(o for o in state["fulfillment_orders"] if str(o["id"]) == placed.ref)
        codes = [
            code
            for each in state["fulfillments"]
            if _is_of(placed, each)
            for code in each["tracking_codes"]
        ]
        effects = self._ask("GET", "effects")["effects"]
        happened = Counter(each["operation"] for each in effects if _is_of(placed, each))
        return Theirs(order["status"], order["request_status"], tuple(codes), happened)

    def put_in_stock(self, skus: Iterable[str], units: int) -> None:
        """Let the store believe in so many units of each, at the place that ships."""
        records = [{"sku": sku, "num_in_stock": units} for sku in skus]
        self._ask("POST", "stock", {"records": records})

    def in_stock(self, sku: str) -> int | None:
        """Return how many units the store believes to be there."""
        found = self._ask("GET", f"stock?sku={sku}")["records"]
        return found[0]["num_in_stock"] if found else None

    def complaints(self) -> list[str]:
        """Return what the store finds fault with in the calls it got."""
        found = self._ask("GET", "violations")["violations"]
        return [str(each["violation"]) for each in found]

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        answer = self._session.request(
            method, f"{self._control}/{path}", json=body, timeout=SECONDS
        )
        answer.raise_for_status()
        return answer.json()


def _is_of(placed: Placed, entry: dict[str, Any]) -> bool:
    return str(entry["fulfillment_order_id"]) == placed.ref
