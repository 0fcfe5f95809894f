"""A worker that is killed midway, at stores that are told and not asked, and at those that are."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from fulfillment.models import FulfillmentOrder, ShipmentState
from locations.models import Store
from relay import mapping
from relay.models import Attempt, CallState
from sandbox import Sandbox, World
from tests import processes
from tests.dock import Dock
from tests.factories import ProductFactory, StoreFactory, UserFactory, WarehouseFactory
from tests.fulfillment.haravan_shop import CUP, LOCATION, Shop, open_shop
from tests.processes import WORKER, running, wait_until
from tests.sandbox.spresso.stage import KETTLE, TEE, Console, open_console
from tests.work import work

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("engine")]

FOUND = "The store had it already."
HOLD_BACK = 30.0


@pytest.fixture
def sandbox(db: None) -> Iterator[Sandbox]:
    """The store is a process too: nothing is shared but sockets and the database."""
    with processes.sandbox() as url:
        yield Sandbox(url, World())


@pytest.fixture
def spresso(engine: None, sandbox: Sandbox) -> Iterator[Dock]:
    console = open_console(sandbox)
    store = connected("spresso", console, TEE, KETTLE, spresso_token=console.token)
    yield Dock(store, console, UserFactory(username="kim"))  # type: ignore[arg-type]
    assert console.violations() == []


@pytest.fixture
def haravan(engine: None, sandbox: Sandbox) -> Iterator[Dock]:
    shop = open_shop(sandbox)
    store = connected("haravan", shop, CUP, haravan_token=shop.token)
    mapping.assign(store, WarehouseFactory(country="VN"), LOCATION)
    yield Dock(store, shop, UserFactory(username="kim"))  # type: ignore[arg-type]
    assert shop.violations() == []


def connected(key: str, there: Console | Shop, *skus: str, **credentials: str) -> Store:
    store = StoreFactory(
        platform_key=key,
        account=there.name,
        base_url=f"{there.url}/{key}/{there.name}/",
        requests_per_second=1000,
    )
    store.set_credentials(**credentials)
    store.save()
    for sku in skus:
        ProductFactory(merchant=store.merchant, sku=sku)
    return store


def killed_while_sending(dock: Dock, verb: str, operation: str, applied: Callable[[], Any]) -> None:
    """Start a worker and kill it when the store has made a change and has not yet said so."""
    dock.shop.fault("delay_after", operation, times=1, seconds=HOLD_BACK)
    with running(*WORKER) as worker:
        wait_until(applied, f"the store applied {operation}")
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert dock.store.calls.get(verb=verb).state == CallState.SENDING


def until_told(dock: Dock, order: FulfillmentOrder) -> None:
    """Let another worker do what is left."""
    with running(*WORKER):
        wait_until(lambda: dock.state(order)[0] == "closed", "the store knows all of it")


def loaded(dock: Dock, folder: Path) -> FulfillmentOrder:
    """An order of Spresso that is accepted; its message came by hand."""
    placed = dock.shop.place()
    [part] = placed["fulfillments"]
    mapping.assign(dock.store, WarehouseFactory(), part["fulfillerLocation"])
    body = folder / "order.json"
    body.write_text(json.dumps(placed))
    call_command("load_message", dock.store.name, "fulfillable", str(body))
    work()
    order = dock.order(part["id"])
    assert dock.accept(order).done
    work()
    return dock.again(order)


def bodies(dock: Dock, status: str) -> list[Any]:
    """What Spresso was sent with this status."""
    found = dock.shop.control("GET", "calls")["calls"]
    return [each["body"] for each in found if each["body"]["status"] == status]


def test_a_parcel_that_spresso_took_is_told_once_more_and_never_after_that(
    spresso: Dock, tmp_path: Path
) -> None:
    order = loaded(spresso, tmp_path)
    spresso.ship(order, "1Z1")
    killed_while_sending(spresso, "create_fulfillment", "upsertShipment", spresso.shop.mails)
    assert spresso.shop.effects("settle") == []

    until_told(spresso, order)
    first, *others = bodies(spresso, "shipped")
    # The contract accepts that a mail is sent twice where the first call was not confirmed.
    assert others == [first]
    assert spresso.shop.mails() == ["shipped"] * 2
    assert len(bodies(spresso, "in_transit")) == len(spresso.shop.effects("settle")) == 1
    assert spresso.state(order) == ("closed", "shipped")


def test_a_final_count_that_spresso_took_is_told_once_more_and_paid_once(
    spresso: Dock, tmp_path: Path
) -> None:
    order = loaded(spresso, tmp_path)
    spresso.ship(order, "1Z1")

    def settled() -> Any:
        return spresso.shop.effects("settle")

    killed_while_sending(spresso, "report_final", "updateFulfillment", settled)

    until_told(spresso, order)
    first, *others = bodies(spresso, "in_transit")
    assert others == [first]
    assert len(settled()) == 1
    assert len(bodies(spresso, "shipped")) == 1
    assert spresso.shop.mails() == ["shipped"]


@pytest.mark.parametrize("service", ["manual", "kho-sao-mai"])
def test_a_shipment_that_a_haravan_shop_took_is_found_and_made_once(
    haravan: Dock, service: str
) -> None:
    """Units are left, so that a second one would be taken too."""
    lines = [{"sku": CUP, "quantity": 4, "service": service}]
    placed = haravan.shop.control("POST", "orders", {"lines": lines})["orders"][0]
    haravan.pull()
    order = haravan.store.fulfillment_orders.get(order__ref=str(placed["id"]))
    assert haravan.accept(order).done
    work()
    shipment = haravan.ship(haravan.again(order), "VTP1", units={CUP: 1})

    def made() -> Any:
        return haravan.shop.made(str(placed["id"]))

    killed_while_sending(haravan, "create_fulfillment", "createFulfillment", made)

    call = haravan.store.calls.get(verb="create_fulfillment")
    with running(*WORKER):
        wait_until(
            lambda: not haravan.store.calls.exclude(state=CallState.DONE).exists(), "all is told"
        )
        wait_until(lambda: made()[0]["status"] == "success", "it counts as shipped")
    [only] = made()
    shipment.refresh_from_db()
    assert (shipment.state, shipment.ref) == (ShipmentState.CONFIRMED, str(only["id"]))
    assert Attempt.objects.filter(call=call).latest("id").remark == FOUND
    calls = haravan.shop.control("GET", "calls?operation=createFulfillment")["calls"]
    assert len(calls) == 1
    assert haravan.state(order) == ("accepted", "partly_shipped")
