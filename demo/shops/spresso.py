"""An organization at Spresso: a customer orders there, and it shows what it was told."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo.cast import HARBOR_GOODS
from demo.seen import Placed
from demo.shops.control import Control

ACCOUNT = HARBOR_GOODS.account
LOCATION = "65f1c0aa3d9e417b88e02f01"
# The sandbox's own secrets, known to everybody.
CREDENTIALS = """\
sandbox-harbor-webhook-secret
spresso_client_id=harbor3pl-client
spresso_client_secret=sandbox-harbor-client-secret
"""
FULFILLABLE, CANCELLED = "order_fulfillable", "order_cancelled"


@dataclass(frozen=True, slots=True)
class Theirs:
    """What Spresso shows of a fulfillment, and how often each thing happened to it."""

    status: str
    parcels: Mapping[str, str]
    """What was said of each parcel, by its tracking code."""
    charged: Mapping[str, int] | None
    """The units that the customer pays for, by SKU; None until they were told."""
    mails: tuple[str, ...]
    answered: tuple[int | None, ...]
    happened: Mapping[str, int]

    def __str__(self) -> str:
        parts = [self.status]
        parts += [f"{code} {said}" for code, said in self.parcels.items()]
        units = ", ".join(f"{sku} × {n}" for sku, n in sorted((self.charged or {}).items()))
        parts += [f"charged for {units}"] if units else []
        parts += [f"mails: {', '.join(self.mails)}"] if self.mails else []
        return "; ".join(parts)


class Shop(Control):
    """The sandbox organization, over HTTP."""

    def __init__(self, sandbox_url: str) -> None:
        self.page = f"{sandbox_url}/spresso/{ACCOUNT}/shop"
        self.api = f"{sandbox_url}/spresso/{ACCOUNT}/"
        self.token_url = f"{self.api}identity/v1/public/token"
        super().__init__(f"{sandbox_url}/spresso/{ACCOUNT}")

    def register(self, fulfillable: str, cancelled: str) -> None:
        """Spresso's staff enter where the messages of each event go."""
        self.ask("PUT", "webhooks", {FULFILLABLE: [fulfillable], CANCELLED: [cancelled]})

    def place(self) -> Placed:
        """Order two tees and a kettle; Spresso announces the order with a signed message."""
        lines = [{"sku": "HBR-TEE-NVY-M", "quantity": 2}, {"sku": "KTL-1L-STL", "quantity": 1}]
        [order] = self.ask("POST", "orders", {"lines": lines})["orders"]
        return Placed(str(order["orderNo"]), order["fulfillments"][0]["id"])

    def look(self, placed: Placed) -> Theirs:
        """Return what Spresso shows of the fulfillment now."""
        state = self.ask("GET", "state")
        order, fulfillment = _find(state, placed)
        effects = [each for each in self.effects() if each["fulfillment_id"] == placed.ref]
        mails = tuple(e["detail"]["kind"] for e in effects if e["operation"] == "mail")
        return Theirs(
            fulfillment["status"],
            {e["trackingNumber"]: e.get("status", "") for e in fulfillment.get("shipments", [])},
            _by_sku(order, state["settled"][placed.ref]),
            mails,
            self.answered(FULFILLABLE),
            Counter(_name(each) for each in effects),
        )


def _find(state: dict[str, Any], placed: Placed) -> tuple[dict[str, Any], dict[str, Any]]:
    return next(
        (order, each)
        for order in state["orders"]
        for each in order["fulfillments"]
        if each["id"] == placed.ref
    )


def _by_sku(order: dict[str, Any], units: dict[str, int] | None) -> dict[str, int] | None:
    skus = {each["variant"]["id"]: each["variant"]["sku"] for each in order["orderVariants"]}
    return None if units is None else {skus[variant]: n for variant, n in units.items()}


def _name(effect: dict[str, Any]) -> str:
    """A status, a word about a parcel or a mail is one thing each; it may happen once."""
    detail = effect["detail"]
    said = [str(detail[name]) for name in ("status", "kind", "number") if name in detail]
    return " ".join([effect["operation"], *said])
