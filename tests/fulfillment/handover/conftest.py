"""A connected store whose warehouse is run by a partner; both are in the sandbox."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from django.utils import timezone

from fulfillment.handover import accounts
from fulfillment.handover.jobs import serve_later
from fulfillment.models import FulfillmentOrder, PartnerAccount, PartnerJob
from locations.models import Location
from sandbox import Sandbox
from tests.dock import Dock
from tests.fulfillment.conftest import dock, engine, no_clock, ruled, tents
from tests.work import work

__all__ = ["dock", "engine", "no_clock", "ruled", "tents"]

NUMBERS = itertools.count(1)
OPENS = {
    "client_id": "client-1",
    "client_secret": "client-secret-1",
    "username": "we@provider.example",
    "password": "a good password",
}


@dataclass
class Partner:
    """The partner of the sandbox: our account there, and what its staff does."""

    url: str
    account: PartnerAccount
    # What a test lets us do that a careful client would not.
    breaks: list[str] = field(default_factory=list)

    def turn(self) -> None:
        """Let the clock run on to when everything is due, and serve the partner."""
        self.account.jobs.update(run_after=timezone.now())
        serve_later(self.account.pk)
        work()

    def act(self, method: str, path: str, wish: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/_sandbox/{path}", json=wish, timeout=5)
        assert answer.ok, answer.text
        return answer.json()

    def press(self, job: PartnerJob, *actions: str, **wish: Any) -> None:
        """The staff acts, and we hear of it."""
        for action in actions:
            self.act("POST", f"orders/{job.ref}/{action}", wish)
        self.turn()

    def fault(self, kind: str, operation: str, **wish: Any) -> None:
        self.act("POST", "faults", {"kind": kind, "operation": operation, "times": 1, **wish})

    def orders(self) -> list[Any]:
        found: list[Any] = self.act("GET", "state")["orders"]
        return found

    def effects(self, operation: str) -> list[Any]:
        found: list[Any] = self.act("GET", f"effects?operation={operation}")["effects"]
        return found

    def job(self, order: FulfillmentOrder) -> PartnerJob:
        return PartnerJob.objects.filter(fulfillment_order=order).latest("id")


@pytest.fixture
def partner(sandbox: Sandbox, location: Location, dock: Dock) -> Iterator[Partner]:
    name = f"partner-of-{next(NUMBERS)}"
    base = f"{sandbox.url}/fulfillment_com"
    opened = requests.post(f"{base}/_sandbox/warehouses", json={"name": name, **OPENS}, timeout=5)
    assert opened.ok
    account = PartnerAccount(
        warehouse=location.warehouse,
        merchant=location.store.merchant,
        partner_key="fulfillment_com",
        base_url=f"{base}/{name}/v2/",
        options={
            "token_url": f"{base}/{name}/v2/oauth/access_token",
            "phone": "+1 800",
            "email": "desk@provider.example",
        },
        begins_with="CD-",
        requests_per_second=1000,
    )
    accounts.connect(account, **{f"fdc_{key}": value for key, value in OPENS.items()})
    partner = Partner(f"{base}/{name}", account)
    partner.act("PUT", "settings", {"calls_per_second": 0})
    yield partner
    found = partner.act("GET", "violations")["violations"]
    assert [each["violation"] for each in found] == partner.breaks


@pytest.fixture
def order(dock: Dock) -> FulfillmentOrder:
    """An order that the store knows to be accepted."""
    return dock.accepted()
