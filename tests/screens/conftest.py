"""A warehouse with its staff, and another one that is none of theirs."""

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.test import Client

from locations.models import Location, Store, Warehouse
from tests.factories import LocationFactory, ProductFactory, UserFactory, member

ROLES = ("picker", "shipper", "supervisor", "manager")
TOKEN = "tok_never_to_be_seen"
WEBHOOK_SECRET = "whsec_never_to_be_seen"


@dataclass
class House:
    """Reno, where our people work; Erie, where others do; and one of each kind of user."""

    reno: Location
    erie: Location
    people: dict[str, User]

    @property
    def store(self) -> Store:
        return self.reno.store

    def client(self, role: str) -> Client:
        """A browser in which this person is logged in."""
        client = Client()
        if role != "anonymous":
            client.force_login(self.people[role])
        return client


def staff(warehouse: Warehouse) -> dict[str, User]:
    people = {role: member(role, warehouse, username=role) for role in ROLES}
    people["superuser"] = UserFactory(username="superuser", is_superuser=True)
    people["without a group"] = UserFactory(username="nobody")
    people["not staff"] = UserFactory(username="shopper", is_staff=False)
    return people


def built() -> House:
    """Build the house in an empty database."""
    reno = LocationFactory(warehouse__name="Reno", store__name="Acme Outdoors")
    erie = LocationFactory(warehouse__name="Erie", name="Erie", store=reno.store)
    reno.store.set_credentials(access_token=TOKEN, webhook_secret=WEBHOOK_SECRET)
    reno.store.save()
    ProductFactory(merchant=reno.store.merchant, sku="TENT-2P-GRN")
    return House(reno, erie, staff(reno.warehouse))


@pytest.fixture
def house(db: None) -> House:
    return built()


@pytest.fixture
def picker(house: House) -> Client:
    return house.client("picker")


@pytest.fixture
def shipper(house: House) -> Client:
    return house.client("shipper")


@pytest.fixture
def supervisor(house: House) -> Client:
    return house.client("supervisor")


@pytest.fixture
def manager(house: House) -> Client:
    return house.client("manager")
