"""A Haravan shop: a shopper orders there and pays on delivery, and it shows what we shipped."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from demo.cast import GOM_MAY
from demo.seen import Placed
from demo.shops.control import Control

ACCOUNT = GOM_MAY.account
LOCATION = "1204471"
WEBHOOK_SECRET = "sandbox-gom-may-webhook-secret"  # noqa: S105 - made up for the demo
CREDENTIALS = f"""\
sandbox-gom-may-token
webhook_secret={WEBHOOK_SECRET}
"""
CREATED = "orders/create"


@dataclass(frozen=True, slots=True)
class Theirs:
    """What the shop shows of an order, and how often each thing happened to it."""

    status: str
    to_collect: str
    parcels: tuple[tuple[str, ...], ...]
    """The tracking codes of each fulfillment."""
    answered: tuple[int | None, ...]
    happened: Mapping[str, int]

    def __str__(self) -> str:
        parts = [self.status]
        parts += [f"{self.to_collect} to pay on delivery"] if self.to_collect else []
        parts += [f"fulfillment with tracking {', '.join(codes)}" for codes in self.parcels]
        return ", ".join(parts)


class Shop(Control):
    """The sandbox shop, over HTTP."""

    def __init__(self, sandbox_url: str) -> None:
        self.page = f"{sandbox_url}/haravan/{ACCOUNT}/shop"
        self.api = f"{sandbox_url}/haravan/{ACCOUNT}/"
        super().__init__(f"{sandbox_url}/haravan/{ACCOUNT}")

    def organisation(self) -> str:
        """Return the shop's number, which every message of it names."""
        return str(self.ask("GET", "state")["org_id"])

    def register(self, address: str) -> None:
        """The merchant enters where the shop's messages go, and gets to see their secret."""
        self.ask("POST", "webhooks", {"target": address, "secret": WEBHOOK_SECRET})

    def place(self) -> Placed:
        """Order two bowls and a cup, to be paid on delivery; the shop announces the order."""
        lines = [{"sku": "GM-BOWL-15", "quantity": 2}, {"sku": "GM-CUP-08", "quantity": 1}]
        [order] = self.ask("POST", "orders", {"lines": lines, "cod": True})["orders"]
        return Placed(order["name"], str(order["id"]))

    def look(self, placed: Placed) -> Theirs:
        """Return what the shop shows of the order now."""
        state = self.ask("GET", "state")
        order = next(each for each in state["orders"] if str(each["id"]) == placed.ref)
        made = [each for each in state["fulfillments"] if str(each["order_id"]) == placed.ref]
        due = order["total_price"] if order["financial_status"] == "pending" else 0
        happened = Counter(
            each["operation"] for each in self.effects() if str(each["order_id"]) == placed.ref
        )
        return Theirs(
            order["fulfillment_status"],
            f"{due:,.0f} {order['currency']}" if due else "",
            tuple(tuple(each["numbers"]) for each in made),
            self.answered(CREATED),
            happened,
        )
