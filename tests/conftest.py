"""What all tests share: a sandbox over real HTTP, and a store of ours that is connected to it."""

from collections.abc import Iterator

import pytest

from locations.models import Location, Store
from relay import senders
from sandbox import Sandbox, serve
from tests.factories import LocationFactory, ProductFactory, StoreFactory
from tests.sandbox.stage import Stage, open_store

SKU = "TENT-2P-GRN"
KEEPS = "django_db_serialized_rollback"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need the machine for themselves run one after the other, also with -n.

    A test that commits leaves the tables empty; what the migrations wrote has to come back.
    """
    for item in items:
        names = getattr(item, "fixturenames", [])
        if "transactional_db" in names and KEEPS not in names:
            names.append(KEEPS)
        if item.get_closest_marker("processes") or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("processes"))


@pytest.fixture(autouse=True)
def nobody_is_remembered() -> None:
    """The stores of the test before are gone, and so is what the site remembers of them."""
    senders.forget()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with serve() as running:
        yield running


@pytest.fixture
def shop(sandbox: Sandbox) -> Stage:
    """A store at the sandbox, with one location of ours."""
    return open_store(sandbox)


@pytest.fixture
def location(shop: Stage, transactional_db: None) -> Location:
    """Our side of the shop: a connected store, a warehouse, and a product we know."""
    store = StoreFactory(
        account=shop.subdomain,
        base_url=f"{shop.url}/next29/{shop.subdomain}/api/admin/",
        requests_per_second=1000,
    )
    store.set_credentials(access_token=shop.token)
    store.save()
    ProductFactory(merchant=store.merchant, sku=SKU)
    return LocationFactory(store=store, ref=str(shop.location()))


@pytest.fixture
def store(location: Location) -> Store:
    return location.store
