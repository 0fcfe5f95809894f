"""Our callback and our subscription at a store: an alarm when they are gone, and its end."""

import pytest

from locations.models import Location, Store
from relay import jobs, registration, subscription
from relay.connections import client_for
from relay.models import Alarm
from tests.dock import Dock
from tests.factories import WarehouseFactory
from tests.work import work


@pytest.fixture
def registered(dock: Dock, location: Location) -> Location:
    """Our only location there, with the callback that we registered."""
    location.delete()
    location = registration.register(dock.store, WarehouseFactory(name="Sparks"))
    work()
    location.refresh_from_db()
    return location


def look() -> list[Alarm]:
    jobs.watch_all()
    work()
    return list(Alarm.objects.filter(cleared_at=None))


def put_callback(dock: Dock, location: Location, url: str | None) -> None:
    path = f"/locations/{location.ref}/"
    there = dock.shop.service.get(path)
    del there["id"]
    dock.shop.service.good("PUT", path, {**there, "callback_url": url})


def subscribe(dock: Dock, url: str) -> str:
    dock.store.set_credentials(webhook_secret="whsec-of-this-test")
    dock.store.save()
    with client_for(dock.store, "test") as client:
        events = subscription.needed(dock.store)
        return client.create_webhook(url, events, "whsec-of-this-test").ref


def test_a_callback_that_is_in_place_is_no_news(dock: Dock, registered: Location) -> None:
    assert look() == []


@pytest.mark.parametrize("url", [None, "https://somebody.example.com/cb"])
def test_a_callback_that_was_changed_is_alarmed_until_it_is_back(
    dock: Dock, registered: Location, url: str | None
) -> None:
    put_callback(dock, registered, url)
    for _ in range(2):
        [alarm] = look()
    assert alarm.kind == "callback_gone"
    assert "does not call us back at Sparks" in alarm.message
    assert "connect_store" in alarm.message
    with client_for(dock.store, "test") as client:
        registration.ensure(dock.store, registered.warehouse, client)
    assert look() == []


def test_a_location_that_is_gone_is_alarmed(dock: Dock, registered: Location) -> None:
    assert dock.shop.service.call("DELETE", f"/locations/{registered.ref}/").status_code == 204
    [alarm] = look()
    assert "does not know our location Sparks any more" in alarm.message


def test_a_subscription_is_only_looked_for_where_there_was_one(
    dock: Dock, registered: Location
) -> None:
    look()
    assert dock.shop.calls("webhooksList") == []


def test_a_subscription_that_is_gone_is_alarmed_until_it_is_back(
    dock: Dock, registered: Location
) -> None:
    ref = subscribe(dock, subscription.target(dock.store))
    assert look() == []
    dock.shop.service.call("DELETE", f"/webhooks/{ref}/")
    [alarm] = look()
    assert alarm.kind == "webhook_gone"
    assert "has no subscription of ours" in alarm.message
    subscribe(dock, subscription.target(dock.store) + "/")
    assert look() == []


def test_a_store_that_is_down_is_no_news_about_its_callback(
    dock: Dock, registered: Location
) -> None:
    put_callback(dock, registered, None)
    look()
    dock.shop.fault("error_500_before", "locationsList", times=1)
    assert [alarm.kind for alarm in look()] == ["callback_gone"]


def test_a_refused_token_pauses_the_store(dock: Dock, registered: Location) -> None:
    dock.shop.control("DELETE", "tokens", {"token": dock.shop.token})
    assert [alarm.kind for alarm in look()] == ["unauthorized"]
    assert Store.objects.get().paused_at
    assert [alarm.kind for alarm in look()] == ["unauthorized"], "a paused one is left alone"
