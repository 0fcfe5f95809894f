"""The partner who runs a building of ours: its staff, and what it shows of an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo.seen import Placed
from demo.shops import own_api
from demo.shops.control import Control

ACCOUNT = "savannah"
BEGINS_WITH = "CD-"
# The sandbox's own, known to everybody.
CREDENTIALS = """\
client_id=crossdock-client
client_secret=sandbox-savannah-client-secret
username=integration@northwind.example
password=sandbox-savannah-password
"""


@dataclass(frozen=True, slots=True)
class Theirs:
    """What the partner shows of an order that we gave to it, and what our merchant is told."""

    code: str
    """The partner's status. Empty: it does not have the order."""
    label: tuple[str, ...]
    merchant: own_api.Theirs
    orders: int

    @property
    def happened(self) -> Mapping[str, int]:
        """We give an order to the partner once, and it leaves once."""
        return {"an order at the partner": self.orders, **self.merchant.happened}

    def __str__(self) -> str:
        label = f", label {', '.join(self.label)}" if self.label else ""
        return f"{self.merchant}; partner: {self.code or 'nothing'}{label}"


class Partner(Control):
    """The sandbox partner, over HTTP, beside the program of the merchant who orders."""

    def __init__(self, sandbox_url: str, program: own_api.Program) -> None:
        self.page = f"{sandbox_url}/fulfillment_com/{ACCOUNT}/floor"
        self.api = f"{sandbox_url}/fulfillment_com/{ACCOUNT}/v2/"
        self._program = program
        super().__init__(f"{sandbox_url}/fulfillment_com/{ACCOUNT}")

    def press(self, placed: Placed, *actions: str) -> None:
        """The partner's staff acts on the order."""
        [order] = self._given(placed)
        for action in actions:
            self.ask("POST", f"orders/{order['id']}/{action}", {"carrier": "FedEx"})

    def look(self, placed: Placed) -> Theirs:
        """Return what the partner shows, and what the merchant is told, now."""
        found = self._given(placed)
        latest = found[-1] if found else None
        return Theirs(
            latest["currentStatus"]["status"]["code"] if latest else "",
            tuple(each["value"] for each in latest["trackingNumbers"]) if latest else (),
            self._program.look(placed),
            len(found),
        )

    def _given(self, placed: Placed) -> list[dict[str, Any]]:
        """Our number and the cycle make the number at the partner."""
        ours = f"{BEGINS_WITH}{self._program.our_number(placed)}-"
        orders = self.ask("GET", "state")["orders"]
        return [each for each in orders if each["merchantOrderId"].startswith(ours)]
