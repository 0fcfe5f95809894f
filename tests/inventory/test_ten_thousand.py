"""Ten thousand SKUs change at once: the store is told within its limit, and answers go first.

The sandbox's clock runs faster than real time: what it allows in a second is allowed ten times
as often. A minute is measured in what the limit lets through in a minute, so that a busy machine
does not decide whether the test passes.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction

from fulfillment.models import FulfillmentOrder
from inventory import ledger
from inventory.ledger import Move
from inventory.models import Kind, Product
from locations.models import CancellationPolicy
from relay import engine
from sandbox import Sandbox, World
from tests import processes
from tests.dock import Dock
from tests.inventory.shelf import Shelf
from tests.processes import WORKER, running

pytestmark = pytest.mark.processes

LIMIT = 4
SPEED = 10
IN_A_MINUTE = 60 * LIMIT
RECORDS = 10_200
CHANGED = 10_000
CANCELLED_AFTER = (300, 2_500, 5_000, 7_500)
PATIENCE = 1500.0


@pytest.fixture
def sandbox(db: None) -> Iterator[Sandbox]:
    """The store is a process of its own: it must not share our processor time."""
    with processes.sandbox() as url:
        yield Sandbox(url, World())


@pytest.fixture
def full(shelf: Shelf) -> Shelf:
    """Ten thousand records and some more, in step with the shelf."""
    store, shop = shelf.dock.store, shelf.dock.shop
    store.cancellation_policy = CancellationPolicy.BY_PHYSICAL_STATE
    store.requests_per_second = LIMIT * SPEED
    store.save()
    shop.settings(page_size=500, rate_limit=LIMIT * SPEED)
    shop.control("POST", "stock", {"count": RECORDS, "sku_prefix": "SKU-", "num_in_stock": 5})
    Product.objects.bulk_create(
        Product(merchant=store.merchant, sku=f"SKU-{n}") for n in range(1, RECORDS + 1)
    )
    move(shelf, range(1, RECORDS + 1), 5)
    shelf.read()
    assert not shelf.calls().exists()
    return shelf


@transaction.atomic
def move(shelf: Shelf, numbers: range, units: int) -> None:
    """So many units more of each of these products."""
    skus = {f"SKU-{n}" for n in numbers}
    products = Product.objects.filter(merchant=shelf.dock.store.merchant, sku__in=skus)
    place = shelf.location.warehouse_id
    ids = ledger.levels_at((pk, place) for pk in products.values_list("pk", flat=True))
    moves = [Move(pk, Kind.RECEIVED, {"on_hand": units}) for pk in ids.values()]
    ledger.post(ledger.lock(ids.values()), moves, by=None)


@pytest.mark.acceptance("next29", 15)
def test_ten_thousand_changes_keep_the_limit_and_hold_up_no_cancellation(full: Shelf) -> None:
    dock = full.dock
    orders = [dock.accepted() for _ in CANCELLED_AFTER]
    move(full, range(1, CHANGED + 1), 2)
    with running(*WORKER):
        between = [
            requests_until_cancelled(dock, order, after)
            for order, after in zip(orders, CANCELLED_AFTER, strict=True)
        ]
        wait_until(lambda: told(dock) >= CHANGED, "all that changed was told")
    assert max(between) <= IN_A_MINUTE, between

    kept = pace(dock)
    assert kept["most_in_a_second"] <= LIMIT * SPEED
    assert kept["throttled"] == 0
    for record in dock.shop.control("GET", "stock")["records"]:
        number = int(record["sku"].removeprefix("SKU-")) if "SKU-" in record["sku"] else 0
        if number:
            expected = (7, 1) if number <= CHANGED else (5, 0)
            assert (record["num_in_stock"], record["patches"]) == expected, record


def requests_until_cancelled(dock: Dock, order: FulfillmentOrder, after: int) -> int:
    """Ask to cancel once so many were told; return how many requests pass until the answer."""
    wait_until(lambda: told(dock) >= after, f"{after} records were told")
    dock.shop.press(int(order.ref), "ask-cancel")
    asked = pace(dock)["calls"]
    # As the doorbell of the store does.
    with transaction.atomic():
        engine.wake_pull(dock.store.pk)
    wait_until(lambda: dock.shop.effects("accept-cancellation", int(order.ref)), "it was cancelled")
    return int(pace(dock)["calls"] - asked)


def pace(dock: Dock) -> dict[str, Any]:
    found: dict[str, Any] = dock.shop.control("GET", "pace")
    return found


def told(dock: Dock) -> int:
    return int(dock.shop.control("GET", "pace?operation=stockrecordsPartialUpdate")["calls"])


def wait_until(met: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline, f"Waited {PATIENCE:g} seconds in vain until {what}."
        time.sleep(0.2)
