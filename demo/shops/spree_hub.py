"""A Spree store behind a hub, which posts shipments to us and asks what became of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from demo.cast import ACME_GOODS
from demo.seen import Placed
from demo.shops.control import Control

ACCOUNT = ACME_GOODS.account
LOCATION = "Dulles East"
STORE_ID = "54a1c07e6465661f2b0c0000"
# The sandbox's own token, known to everybody.
CREDENTIALS = "hub_token=sandboxhubtoken0123456789abcdef01\n"
TAKEN = "add_shipment"


@dataclass(frozen=True, slots=True)
class Theirs:
    """What the storefront shows of a shipment, and how often each thing happened to it."""

    status: str
    tracking: str
    answered: tuple[int | None, ...]
    """What we answered when the shipment was posted."""
    happened: Mapping[str, int]

    def __str__(self) -> str:
        return f"{self.status}, tracking {self.tracking}" if self.tracking else self.status


class Shop(Control):
    """The sandbox storefront and its hub, over HTTP."""

    def __init__(self, sandbox_url: str) -> None:
        self.page = f"{sandbox_url}/spree_hub/{ACCOUNT}/shop"
        super().__init__(f"{sandbox_url}/spree_hub/{ACCOUNT}")

    def place(self) -> Placed:
        """Order two totes and a mug; the hub posts the shipment to us and reads our answer."""
        items = [{"sku": "TOTE-NAT-01", "quantity": 2}, {"sku": "MUG-BLU-35", "quantity": 1}]
        placed = self.ask("POST", "orders", {"items": items})
        return Placed(placed["order_number"], placed["shipments"][0])

    def let_it_ask(self) -> None:
        """The hub's clock strikes: it asks which shipments have left since it last heard."""
        self.ask("POST", "poll", {"what": "shipments"})

    def look(self, placed: Placed) -> Theirs:
        """Return what the storefront shows of the shipment now."""
        shipment = self.ask("GET", "state")["shipments"][placed.ref]
        posted = [
            call["status"]
            for call in self.ask("GET", "calls")["calls"]
            if call["path"] == TAKEN and call["body"]["shipment"]["id"] == placed.ref
        ]
        happened = Counter(each["kind"] for each in self.effects() if each["subject"] == placed.ref)
        return Theirs(shipment["status"], shipment["tracking"] or "", tuple(posted), happened)

    def complaints(self) -> list[str]:
        """Return also what the storefront could make no use of."""
        refused = [each for each in self.effects() if each["kind"] == "refused"]
        useless = [f"{each['subject']} refused: {each['detail']}" for each in refused]
        return [str(each) for each in self.ask("GET", "violations")["violations"]] + useless
