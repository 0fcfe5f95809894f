"""The merchant removes us, and takes us back (acceptance check 14)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from fulfillment import jobs as intake_jobs
from locations.models import Store
from relay import alarms, engine, jobs, registration, subscription
from relay.models import CallState
from sandbox import Sandbox
from tests.conftest import SKU
from tests.dock import Dock
from tests.factories import (
    LocationFactory,
    ProductFactory,
    StoreFactory,
    UserFactory,
    WarehouseFactory,
)
from tests.merchant import Browser, register_app, text
from tests.sandbox.stage import Received, Receiver, Stage, open_store
from tests.work import work


@dataclass
class Post:
    """What a store sends is caught by a server that stands for ours, and then handed to us.

    So it arrives when a test says so, and not while jobs are run.
    """

    receiver: Receiver
    shop: Stage

    def hand_over(self, topic: str = "") -> list[int]:
        """Give us what has come since the last time; return how we answered to this topic."""
        self.shop.settle()
        came, self.receiver.received[:] = list(self.receiver.received), []
        return [self._give(each) for each in came if topic in ("", each.body.get("event_type", ""))]

    def _give(self, each: Received) -> int:
        kept = {k: v for k, v in each.headers.items() if k.lower().startswith("x-29next")}
        answer = Client().post(each.path, each.text, content_type="application/json", headers=kept)
        return answer.status_code


@pytest.fixture
def post(browser: Browser) -> Iterator[Post]:
    receiver = Receiver()
    server = receiver.start()
    yield Post(receiver, browser.shop)
    server.shutdown()
    server.server_close()


@pytest.fixture
def installed(browser: Browser, post: Post, settings: Any) -> Dock:
    """A store that has installed us."""
    register_app(browser.shop, settings, post.receiver.url)
    browser.site = post.receiver.url
    browser.install()
    store = Store.objects.get()
    ProductFactory(merchant=store.merchant, sku=SKU)
    registration.register(store, WarehouseFactory())
    # Nobody waits for the sandbox's rate limit here.
    Store.objects.update(requests_per_second=1000)
    work()
    return Dock(Store.objects.get(), browser.shop, UserFactory())


@pytest.fixture
def neighbour(sandbox: Sandbox, installed: Dock) -> Stage:
    """Another store, which is none of this merchant's business."""
    shop = open_store(sandbox)
    store = StoreFactory(
        account=shop.subdomain,
        base_url=f"{shop.url}/next29/{shop.subdomain}/api/admin/",
        requests_per_second=1000,
    )
    store.set_credentials(access_token=shop.token)
    store.save()
    LocationFactory(store=store, ref=str(shop.location()))
    return shop


def uninstall(dock: Dock, post: Post) -> None:
    dock.shop.control("POST", "uninstall")
    assert post.hand_over("app.uninstalled") == [200]
    work()
    dock.store.refresh_from_db()


def everything_that_could_ask(store: Store) -> None:
    """Whatever makes us talk to a store, by the clock or by a person."""
    engine.wake_courier(store.pk)
    engine.wake_pull(store.pk)
    engine.wake_test(store.pk)
    jobs.sweep.defer()
    intake_jobs.pull_all.defer()
    intake_jobs.reread_all.defer()
    work()


@pytest.mark.acceptance("next29", 14)
def test_it_stops_all_traffic_to_that_store_and_to_no_other(
    installed: Dock, post: Post, neighbour: Stage
) -> None:
    order = installed.place()
    installed.accept(order)

    uninstall(installed, post)

    store = installed.store
    assert store.paused_at
    assert set(store.credentials) == {"webhook_secret"}
    assert (store.installed_at, store.scopes, store.subscribed_at) == (None, "", None)
    assert store.alarms.filter(kind=alarms.UNINSTALLED, cleared_at=None).count() == 1
    calls = len(installed.shop.control("GET", "calls")["calls"])
    asked = len(neighbour.calls("assignedFulfillmentOrdersList"))
    everything_that_could_ask(store)
    assert len(installed.shop.control("GET", "calls")["calls"]) == calls
    assert len(neighbour.calls("assignedFulfillmentOrdersList")) > asked
    assert Store.objects.running().count() == 1
    assert installed.call(order, "accept_request").state == CallState.WAITING


def test_the_merchants_page_says_so(installed: Dock, post: Post, browser: Browser) -> None:
    uninstall(installed, post)
    said = text(browser.look())
    assert "Your store does not let us in any more. Install the app again." in said


def test_taking_us_back_makes_the_waiting_calls_and_subscribes_again(
    installed: Dock, post: Post, browser: Browser
) -> None:
    order = installed.place()
    installed.accept(order)
    uninstall(installed, post)
    assert installed.shop.control("GET", "state")["webhooks"] == []

    browser.install()
    work()

    store = Store.objects.get()
    assert (store.paused_at, store.pause_reason) == (None, "")
    assert not store.alarms.filter(cleared_at=None).exists()
    there = installed.shop.control("GET", "state")
    assert [each["request_status"] for each in there["fulfillment_orders"]] == ["accepted"]
    assert installed.state(order)[0] == "accepted"
    [webhook] = there["webhooks"]
    assert webhook["target"] == subscription.target(store)
    assert store.subscribed_at
    installed.shop.place()
    assert post.hand_over("order.updated")[-1] == 200


def test_a_pasted_token_brings_the_store_back_too(installed: Dock, post: Post) -> None:
    uninstall(installed, post)
    installed.shop.control("POST", "tokens", {"token": "pasted"})
    installed.store.set_credentials(access_token="pasted")
    installed.store.save()

    engine.wake_test(installed.store.pk)
    work()

    store = Store.objects.get()
    assert store.paused_at is None
    assert store.subscribed_at


def test_a_late_word_of_an_earlier_end_is_not_believed(
    installed: Dock, post: Post, browser: Browser
) -> None:
    """The store could not reach us when it uninstalled us, and tries again for days."""
    installed.shop.control("POST", "uninstall")
    browser.install()
    work()

    assert post.hand_over("app.uninstalled") == [401]

    work()
    assert Store.objects.get().paused_at is None


def test_a_word_read_late_is_about_the_installation_before(
    installed: Dock, post: Post, browser: Browser
) -> None:
    """It came in time, but no worker read it until the merchant had taken us back."""
    installed.shop.control("POST", "uninstall")
    assert post.hand_over("app.uninstalled") == [200]
    browser.install()

    work()

    store = Store.objects.get()
    assert store.messages.get(topic="app.uninstalled").state == "done"
    assert store.paused_at is None
    assert store.credentials["access_token"]
