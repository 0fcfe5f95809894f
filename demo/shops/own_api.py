"""A merchant's own program, which calls our API: it places orders, and asks how they stand."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from secrets import token_hex
from typing import Any

import requests

from demo.letting_in import CLIENT, LOGIN, METHOD
from demo.seen import Placed

SECONDS = 10.0
RECIPIENT = {
    "firstName": "Amara",
    "lastName": "Osei",
    "address1": "418 Maple Hollow Road",
    "addressLocality": "Savannah",
    "addressRegion": "GA",
    "postalCode": "31401",
    "country": "US",
    "phone": "+1 912 555 0143",
    "email": "amara.osei@example.com",
}
ITEMS = (
    {"sku": "NW-MUG-BLUE", "quantity": 2, "declaredValue": "14.50"},
    {"sku": "NW-TEA-SET", "quantity": 1, "declaredValue": "129.99"},
)


@dataclass(frozen=True, slots=True)
class Theirs:
    """What our API tells the merchant of an order."""

    code: str
    status: str
    is_dispatched: bool
    has_departed: bool
    tracking: tuple[str, ...]

    @property
    def happened(self) -> Mapping[str, int]:
        """One order leaves once, in one parcel."""
        return {"a parcel": len(self.tracking)}

    def __str__(self) -> str:
        parts = [f"{self.code} {self.status}"]
        parts += ["dispatched"] if self.is_dispatched else []
        parts += ["departed"] if self.has_departed else []
        parts += [f"tracking {', '.join(self.tracking)}"] if self.tracking else []
        return ", ".join(parts)


class Program:
    """The program: it has asked for a token, and calls over HTTP."""

    def __init__(self, site_url: str) -> None:
        self.page = f"{site_url}/v2/docs"
        self._url = f"{site_url}/v2"
        self._numbers: dict[str, int] = {}
        self._session = requests.Session()
        self._session.trust_env = False
        wish = {**CLIENT, **LOGIN, "grant_type": "password", "scope": "oms"}
        token = self._ask("POST", "oauth/access_token", wish)["access_token"]
        self._session.headers["Authorization"] = f"Bearer {token}"

    def place(self, warehouse_id: int) -> Placed:
        """Order two mugs and a tea set from one of the warehouses."""
        number = f"NW-{token_hex(4).upper()}"
        order = {
            "merchantOrderId": number,
            "shippingMethod": METHOD,
            "recipient": RECIPIENT,
            "items": ITEMS,
            "warehouse": {"id": warehouse_id},
        }
        self._numbers[number] = self._ask("POST", "orders", order)["id"]
        return Placed(number, number)

    def look(self, placed: Placed) -> Theirs:
        """Return what the API says of the order now."""
        order = self._ask("GET", f"orders/{placed.ref}")
        status = order["currentStatus"]["status"]
        return Theirs(
            status["code"],
            f"{status['state']['name']}, {status['name']}",
            "dispatchDate" in order,
            "departDate" in order,
            tuple(each["value"] for each in order["trackingNumbers"]),
        )

    def our_number(self, placed: Placed) -> int:
        """Return the number that we gave to the order."""
        return self._numbers[placed.ref]

    def complaints(self) -> list[str]:
        """Nothing is sent to a program: it asks, and any refusal has ended the chapter."""
        return []

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        answer = self._session.request(method, f"{self._url}/{path}", json=body, timeout=SECONDS)
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            time.sleep(float(answer.headers["Retry-After"]))
            return self._ask(method, path, body)
        answer.raise_for_status()
        return answer.json()
