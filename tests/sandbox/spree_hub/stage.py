"""A hub of the sandbox in the hands of a test."""

import itertools
from dataclasses import dataclass
from typing import Any

import requests

from sandbox import Sandbox

NUMBERS = itertools.count(1)
HTTP = requests.Session()
HTTP.trust_env = False


@dataclass
class HubStage:
    """One store behind a hub, with its control endpoints."""

    url: str
    name: str

    def control(self, method: str, path: str, body: object = None, expect: int = 200) -> Any:
        url = f"{self.url}/spree_hub/{self.name}/_sandbox/{path}"
        answer = HTTP.request(method, url, json=body, timeout=60)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def settings(self, **wishes: object) -> None:
        self.control("PUT", "settings", wishes)

    def place(self, **wishes: object) -> str:
        """Place an order with one shipment; the number of that."""
        [number] = self.control("POST", "orders", wishes)["shipments"]
        return str(number)

    def press(self, number: str, action: str, **wishes: object) -> Any:
        return self.control("POST", f"shipments/{number}/{action}", wishes)

    def poll(self, what: str = "shipments") -> list[Any]:
        sent: list[Any] = self.control("POST", "poll", {"what": what})["sent"]
        return sent

    def retry(self) -> list[Any]:
        sent: list[Any] = self.control("POST", "retry")["sent"]
        return sent

    def fault(self, kind: str, times: int = 1) -> None:
        self.control("POST", "faults", {"kind": kind, "times": times})

    def status(self, number: str) -> str:
        return str(self.control("GET", "state")["shipments"][number]["status"])

    def effects(self, *kinds: str) -> list[tuple[str, str, Any]]:
        found = self.control("GET", "effects")["effects"]
        return [
            (each["kind"], each["subject"], each["detail"])
            for each in found
            if not kinds or each["kind"] in kinds
        ]

    def violations(self) -> list[str]:
        found: list[str] = self.control("GET", "violations")["violations"]
        return found


def open_hub_stage(sandbox: Sandbox, **settings: object) -> HubStage:
    name = f"hub-{next(NUMBERS)}"
    answer = HTTP.post(
        f"{sandbox.url}/spree_hub/_sandbox/stores", json={"name": name, **settings}, timeout=5
    )
    assert answer.status_code == 201, answer.text
    return HubStage(sandbox.url, name)
