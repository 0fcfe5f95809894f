"""Stores at the sandbox: opened, filled with orders, and asked what they were asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests

from benchmarks import furnishing
from benchmarks.furnishing import SKUS
from fulfillment import decisions, intake
from fulfillment.models import FulfillmentOrder
from locations.models import Location, Store
from platforms.records import RequestStatus
from relay.connections import client_for
from relay.models import Pace

SECONDS = 60.0
IN_A_HURRY = 100_000.0


@dataclass(frozen=True, slots=True)
class Shop:
    """A store of ours, and its other side at the sandbox."""

    store: Store
    sandbox: str

    def place(self, count: int) -> None:
        """Have so many orders placed and their fulfillment requested, and take them in."""
        self._control("PUT", "settings", {"rate_limit": 0, "page_size": 200})
        lines = [{"sku": sku, "quantity": 1} for sku in SKUS]
        self._control("POST", "orders", {"count": count, "lines": lines})
        self._pace(IN_A_HURRY)
        with client_for(self.store, "prepare") as client:
            for _ in intake.pull(self.store, client):
                pass

    def limit(self, rate: float) -> None:
        """Have the store refuse what comes faster, and let us know."""
        self._control("PUT", "settings", {"rate_limit": int(rate)})
        self._pace(rate)

    def accept_all(self) -> int:
        """Accept all that is requested, and return how many calls that queues."""
        waiting = self.waiting()
        seen = dict(waiting.values_list("pk", "revision"))
        return len(decisions.accept(seen, by=None).done)

    def waiting(self) -> Any:
        """Return the orders whose request waits for our answer."""
        return FulfillmentOrder.objects.to_decide().filter(
            store=self.store, request_status=RequestStatus.REQUESTED
        )

    def calls(self) -> list[dict[str, Any]]:
        """Return every request that the store has got, as its recorder saw it."""
        found: list[dict[str, Any]] = self._control("GET", "calls")["calls"]
        return found

    def _pace(self, rate: float) -> None:
        Store.objects.filter(pk=self.store.pk).update(requests_per_second=rate)
        self.store.requests_per_second = rate
        Pace.objects.filter(store=self.store).delete()

    def _control(self, method: str, path: str, body: object = None) -> Any:
        url = f"{self.sandbox}/next29/{self.store.account}/_sandbox/{path}"
        answer = requests.request(method, url, json=body, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()


def open_shops(sandbox: str, count: int) -> list[Shop]:
    """Open so many stores at the sandbox, each with a location of ours."""
    base_url = f"{sandbox}/next29/{{}}/api/admin/"
    stores = furnishing.stores(count, places=furnishing.warehouses(1), base_url=base_url)
    return [_open(sandbox, store) for store in stores]


def _open(sandbox: str, store: Store) -> Shop:
    shop = Shop(store, sandbox)
    wish = {"subdomain": store.account, "token": furnishing.token_of(store.account)}
    answer = requests.post(f"{sandbox}/next29/_sandbox/stores", json=wish, timeout=SECONDS)
    answer.raise_for_status()
    place = shop._control("POST", "locations", {"name": "Reno", "owner": "service"})
    Location.objects.filter(store=store).update(ref=str(place["id"]))
    return shop


def most_in_a_second(moments: Sequence[float]) -> int:
    """Return the highest number of moments in any second, wherever that second begins."""
    ordered = sorted(moments)
    most = first = 0
    for last, moment in enumerate(ordered):
        while ordered[first] <= moment - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most
