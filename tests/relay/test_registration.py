"""Registering a warehouse at a store: once, whatever becomes of the first try."""

import pytest

from locations.models import Location, LocationState, Store
from platforms.errors import Refusal
from relay import registration
from relay.models import CallState
from tests.dock import Dock
from tests.factories import WarehouseFactory
from tests.work import work


def register(dock: Dock) -> Location:
    location = registration.register(dock.store, WarehouseFactory(name="Sparks"), by=dock.person)
    work()
    location.refresh_from_db()
    return location


def named(dock: Dock, name: str) -> list[str]:
    found = dock.shop.control("GET", "state")["locations"]
    return [each["callback_url"] for each in found if each["name"] == name]


def test_a_location_carries_the_address_at_which_only_this_store_rings(dock: Dock) -> None:
    location = register(dock)
    assert location.state == LocationState.REGISTERED
    [url] = named(dock, "Sparks")
    assert url == registration.callback_url(dock.store)
    assert dock.store.endpoint_key in url
    assert not url.endswith("/")


@pytest.mark.parametrize("fault", ["error_500_after", "drop_after", "empty_after"])
def test_a_location_that_was_made_without_a_word_is_adopted(dock: Dock, fault: str) -> None:
    dock.shop.fault(fault, "locationsCreate", times=1)
    location = register(dock)
    assert location.state == LocationState.WANTED
    dock.later()
    location.refresh_from_db()
    assert location.state == LocationState.REGISTERED
    assert len(named(dock, "Sparks")) == 1


def test_a_refused_location_says_why_and_can_be_tried_again(dock: Dock) -> None:
    dock.shop.control("POST", "tokens", {"token": dock.shop.token, "scopes": ["locations:read"]})
    location = register(dock)
    assert location.state == LocationState.REFUSED
    assert "permission" in location.remark
    dock.shop.control("POST", "tokens", {"token": dock.shop.token})
    registration.register(dock.store, location.warehouse)
    work()
    location.refresh_from_db()
    assert (location.state, location.remark) == (LocationState.REGISTERED, "")


def test_a_warehouse_is_registered_at_a_store_once(dock: Dock) -> None:
    location = register(dock)
    with pytest.raises(Refusal, match="is a location of"):
        registration.register(dock.store, location.warehouse)
    assert dock.store.calls.filter(state=CallState.DONE).count() == 1
    assert Store.objects.count() == 1
