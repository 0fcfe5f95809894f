"""A Haravan shop in the words of a test: its customers, its staff, and what it has of ours."""

import itertools
from dataclasses import dataclass
from typing import Any

from sandbox import Sandbox
from tests.sandbox.stage import HTTP

NUMBERS = itertools.count(1)
BOWL, CUP, TRAY = "GM-BOWL-15", "GM-CUP-08", "GM-TRAY-30"
LOCATION = "1204471"


@dataclass
class Shop:
    """One shop of the sandbox."""

    url: str
    name: str
    token: str
    secret: str
    world: Any
    org_id: str

    def control(self, method: str, path: str, body: object = None) -> Any:
        url = f"{self.url}/haravan/{self.name}/_sandbox/{path}"
        answer = HTTP.request(method, url, json=body, timeout=5)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def place(self, *lines: tuple[str, int], **wishes: object) -> dict[str, Any]:
        wanted = [{"sku": sku, "quantity": units} for sku, units in lines or [(BOWL, 2), (CUP, 1)]]
        order: dict[str, Any] = self.control("POST", "orders", {"lines": wanted, **wishes})[
            "orders"
        ][0]
        return order

    def press(self, order_ref: str, action: str, **wishes: object) -> None:
        self.control("POST", f"orders/{order_ref}/{action}", wishes)

    def fault(self, kind: str, operation: str, **wishes: object) -> None:
        self.control("POST", "faults", {"kind": kind, "operation": operation, **wishes})

    def listen(self, target: str) -> None:
        self.control("POST", "webhooks", {"target": target, "secret": self.secret})

    def settle(self) -> None:
        self.world.courier.settle()

    def made(self, order_ref: str) -> list[dict[str, Any]]:
        """The fulfillments of an order."""
        found = self.control("GET", "state")["fulfillments"]
        return [each for each in found if str(each["order_id"]) == order_ref]

    def violations(self) -> list[str]:
        return [each["violation"] for each in self.control("GET", "violations")["violations"]]


def open_shop(sandbox: Sandbox) -> Shop:
    name = f"gom-{next(NUMBERS)}"
    token = f"token-of-{name}"
    answer = HTTP.post(
        f"{sandbox.url}/haravan/_sandbox/stores", json={"name": name, "token": token}, timeout=5
    )
    assert answer.status_code == 201, answer.text
    org_id = str(answer.json()["org_id"])
    return Shop(sandbox.url, name, token, f"secret-of-{name}", sandbox.world, org_id)
