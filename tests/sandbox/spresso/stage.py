"""What the tests hold in their hands: an organization, its console, and the contract."""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from jsonschema import Draft202012Validator, FormatChecker

from sandbox import Sandbox
from tests.sandbox.stage import HTTP

NUMBERS = itertools.count(1)
CONTRACT = Path(__file__).resolve().parent.parent.parent / "contracts" / "spresso"
SPEC = json.loads((CONTRACT / "openapi.json").read_text(encoding="utf-8"))
TEE, KETTLE = "HBR-TEE-NVY-M", "KTL-1L-STL"


def example(name: str) -> Any:
    return json.loads((CONTRACT / "examples" / f"{name}.json").read_text(encoding="utf-8"))


def problems(schema: str, body: object) -> list[str]:
    """What the published document does not allow of a body."""
    document = {"$ref": f"#/components/schemas/{schema}", "components": SPEC["components"]}
    checker = Draft202012Validator(document, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(body)]


@dataclass
class Console:
    """One organization of the sandbox: its API with a token, and its control endpoints."""

    url: str
    name: str
    token: str
    world: Any

    def put(self, path: str, body: object, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        url = f"{self.url}/spresso/{self.name}/v1/fulfillments/{path}"
        if body is not None:
            options["json"] = body
        return HTTP.put(url, headers=headers, timeout=5, **options)

    def ask_token(self, **changes: object) -> requests.Response:
        body = {
            "client_id": f"client-of-{self.name}",
            "client_secret": f"secret-of-{self.name}",
            "audience": "https://spresso-api",
            "grant_type": "client_credentials",
            **changes,
        }
        url = f"{self.url}/spresso/{self.name}/identity/v1/public/token"
        return HTTP.post(url, json=body, timeout=5)

    def control(self, method: str, path: str, body: object = None, expect: int = 200) -> Any:
        url = f"{self.url}/spresso/{self.name}/_sandbox/{path}"
        answer = HTTP.request(method, url, json=body, timeout=5)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def settings(self, **wishes: object) -> None:
        self.control("PUT", "settings", wishes)

    def fault(self, kind: str, operation: str = "*", **wishes: object) -> None:
        self.control("POST", "faults", {"kind": kind, "operation": operation, **wishes})

    def place(self, *lines: tuple[str, int], **wishes: object) -> dict[str, Any]:
        """One order with one fulfillment, unless told otherwise."""
        wanted = [
            {"sku": sku, "quantity": units} for sku, units in lines or [(TEE, 2), (KETTLE, 1)]
        ]
        placed = self.control("POST", "orders", {"lines": wanted, **wishes})
        order: dict[str, Any] = placed["orders"][0]
        return order

    def parcel(self, order: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A shipment of all that the first fulfillment holds."""
        units = order["fulfillments"][0]["fulfillmentVariants"]
        return {
            "carrier": "ups",
            "carrierReferenceId": "1Z1",
            "trackingNumber": "1Z1",
            "status": "shipped",
            "shipmentVariants": units,
            **changes,
        }

    def count(self, order: dict[str, Any], *units: int) -> dict[str, Any]:
        """The final count of the first fulfillment: all, or what is said."""
        parts = order["fulfillments"][0]["fulfillmentVariants"]
        said = units or [each["quantity"] for each in parts]
        return {
            "status": "in_transit",
            "fulfillmentVariants": [
                {"variant": part["variant"], "fulfilledQuantity": n}
                for part, n in zip(parts, said, strict=True)
            ],
        }

    def effects(self, operation: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", f"effects?operation={operation}")[
            "effects"
        ]
        return found

    def mails(self) -> list[str]:
        return [each["detail"]["kind"] for each in self.effects("mail")]

    def violations(self) -> list[str]:
        return [each["violation"] for each in self.control("GET", "violations")["violations"]]

    def status(self, order: dict[str, Any]) -> str:
        found = self.control("GET", f"orders/{order['id']}")
        return str(found["fulfillments"][0]["status"])

    def listen(self, url: str) -> None:
        """Register an address for each event."""
        events = ("order_fulfillable", "order_cancelled")
        self.control("PUT", "webhooks", {event: [f"{url}/{event}"] for event in events})

    def settle(self) -> None:
        self.world.courier.settle()


def open_console(sandbox: Sandbox) -> Console:
    name = f"harbor-{next(NUMBERS)}"
    wish = {
        "name": name,
        "token": f"token-of-{name}",
        "client_id": f"client-of-{name}",
        "client_secret": f"secret-of-{name}",
        "webhook_secret": "example-only-spresso-client-secret-7f3a",
    }
    answer = HTTP.post(f"{sandbox.url}/spresso/_sandbox/accounts", json=wish, timeout=5)
    assert answer.status_code == 201, answer.text
    return Console(sandbox.url, name, wish["token"], sandbox.world)
