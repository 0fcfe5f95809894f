"""`manage.py connect_store` over the sandbox: what it makes, keeps, refuses and says."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from locations.models import Location, LocationState, Merchant, Store
from relay import alarms, health, registration
from tests.factories import StoreFactory, WarehouseFactory
from tests.processes import WORKER, running, wait_until
from tests.sandbox.stage import Stage
from tests.work import work

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture
def connect(shop: Stage, tmp_path: Path) -> "Connect":
    return Connect(shop, tmp_path / "token")


class Connect:
    """The command with the arguments that all tests share."""

    def __init__(self, shop: Stage, token_file: Path) -> None:
        self.shop = shop
        self.token_file = token_file

    def __call__(self, *arguments: str, token: str | None = None, **options: Any) -> str:
        self.token_file.write_text(f"{token or self.shop.token}\n")
        said = io.StringIO()
        call_command(
            "connect_store",
            "next29",
            self.shop.subdomain,
            *(f"--base-url={self.shop.url}/next29/{self.shop.subdomain}/api/admin/",),
            *(f"--token-file={self.token_file}", *arguments),
            stdout=said,
            **options,
        )
        return said.getvalue()


def test_it_connects_a_new_store_without_a_worker(connect: Connect) -> None:
    WarehouseFactory(name="Reno")

    said = connect("--merchant=Acme Outdoors", "--policy=accept_when_clear")

    store = Store.objects.get()
    assert (store.name, store.merchant.name) == ("Acme Outdoors", "Acme Outdoors")
    assert store.credentials == {"access_token": connect.shop.token}
    assert (store.request_policy, store.paused_at) == ("accept_when_clear", None)
    assert store.checked_at
    assert "Connected. No location of ours is registered yet." in said
    assert "waits to be registered, for no worker runs" in said
    assert connect.shop.token not in said
    work()
    location = Location.objects.get()
    there = connect.shop.control("GET", "state")["locations"]
    assert [(str(place["id"]), place["name"]) for place in there] == [(location.ref, "Reno")]
    assert there[0]["callback_url"] == registration.callback_url(store)


def test_the_rules_can_be_put_in_the_shadow(connect: Connect) -> None:
    said = connect(
        "--merchant=Acme Outdoors", "--no-register", "--policy=shadow", "--cancellations=shadow"
    )
    store = Store.objects.get()
    assert (store.request_policy, store.cancellation_policy) == ("shadow", "shadow")
    assert "Requests: A person decides every request, and is compared with the rule." in said
    with pytest.raises(CommandError, match="invalid choice: 'sometimes'"):
        connect("--policy=sometimes")


def test_a_second_run_replaces_the_token_and_adds_nothing(connect: Connect) -> None:
    WarehouseFactory(name="Reno")
    connect("--merchant=Acme Outdoors", "--name=Acme US")
    work()
    connect.shop.control("POST", "tokens", {"token": "a-fresh-one"})

    said = connect("--policy=accept_when_clear", token="a-fresh-one")

    store = Store.objects.get()
    assert set(store.credentials) == {"access_token", "webhook_secret"}
    assert store.credentials["access_token"] == "a-fresh-one"
    assert (store.name, store.request_policy) == ("Acme US", "accept_when_clear")
    assert (Merchant.objects.count(), Location.objects.count()) == (1, 1)
    assert len(connect.shop.effects("location-create")) == 1
    assert f"number {Location.objects.get().ref} at the store" in said


def test_a_token_that_does_not_work_never_replaces_one_that_does(connect: Connect) -> None:
    connect("--merchant=Acme Outdoors", "--no-register")

    with pytest.raises(CommandError, match="what was known of the store stays in place"):
        connect("--no-register", "--name=Other", token="wrong")

    store = Store.objects.get()
    assert store.credentials == {"access_token": connect.shop.token}
    assert (store.name, store.paused_at) == ("Acme Outdoors", None)


def test_a_new_store_stays_paused_until_its_token_works(connect: Connect) -> None:
    with pytest.raises(CommandError, match="The connection does not work"):
        connect("--merchant=Acme Outdoors", "--no-register", token="wrong")
    assert Store.objects.get().paused_at

    connect("--no-register")

    store = Store.objects.get()
    assert (store.paused_at, store.pause_reason) == (None, "")
    assert store.credentials == {"access_token": connect.shop.token}


def test_a_fresh_token_resumes_a_store_paused_for_its_old_one(connect: Connect) -> None:
    connect("--merchant=Acme Outdoors", "--no-register")
    alarms.pause(Store.objects.get(), "The token is not valid.", kind=alarms.UNAUTHORIZED)

    connect("--no-register")

    store = Store.objects.get()
    assert store.paused_at is None
    assert not store.alarms.filter(cleared_at=None).exists()


def test_it_does_not_resume_a_store_that_somebody_paused(connect: Connect) -> None:
    connect("--merchant=Acme Outdoors", "--no-register")
    alarms.pause(Store.objects.get(), "Stocktaking.")

    connect("--no-register")

    assert Store.objects.get().pause_reason == "Stocktaking."


def test_credentials_encrypted_with_a_lost_key_can_be_replaced(connect: Connect) -> None:
    connect("--merchant=Acme Outdoors", "--no-register")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE locations_store SET secrets = 'not to be decrypted'")

    connect("--no-register")

    assert Store.objects.get().credentials == {"access_token": connect.shop.token}


@pytest.fixture
def heartbeat() -> Iterator[None]:
    """A worker that is alive, as far as the heartbeats say."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")


@pytest.fixture
def worker(engine: None) -> Iterator[None]:
    """A worker as a process of its own."""
    with running(*WORKER):
        wait_until(lambda: health.worker() == health.ALIVE, "the worker lives")
        yield


@pytest.mark.processes
def test_it_waits_until_the_worker_has_registered_the_warehouse(
    connect: Connect, worker: None
) -> None:
    WarehouseFactory(name="Reno")

    said = connect("--merchant=Acme Outdoors")

    location = Location.objects.get()
    assert (location.state, location.ref != "") == (LocationState.REGISTERED, True)
    assert f"Warehouse Reno: number {location.ref} at the store." in said


@pytest.mark.processes
def test_it_says_why_the_store_refused_the_warehouse(connect: Connect, worker: None) -> None:
    WarehouseFactory(name="Reno")
    scopes = ["fulfillment_service:read"]
    connect.shop.control("POST", "tokens", {"token": "may-only-look", "scopes": scopes})

    with pytest.raises(CommandError, match=r"The store refused Reno: .+"):
        connect("--merchant=Acme Outdoors", token="may-only-look")


def test_it_does_not_wait_for_ever(connect: Connect, heartbeat: None) -> None:
    WarehouseFactory(name="Reno")

    with pytest.raises(CommandError, match="Reno is not registered after 0 seconds"):
        connect("--merchant=Acme Outdoors", wait=0.0)


def test_a_location_the_store_has_forgotten_is_registered_again(connect: Connect) -> None:
    WarehouseFactory(name="Reno")
    connect("--merchant=Acme Outdoors")
    work()
    first = Location.objects.get().ref
    connect.shop.service.call("DELETE", f"/locations/{first}/")

    connect()
    work()

    location = Location.objects.get()
    assert (location.state, location.ref != first) == (LocationState.REGISTERED, True)


def test_a_changed_public_url_is_told_to_the_store(connect: Connect, settings: Any) -> None:
    WarehouseFactory(name="Reno")
    connect("--merchant=Acme Outdoors")
    work()
    settings.PUBLIC_URL = "https://elsewhere.example.com"

    connect()

    there = connect.shop.control("GET", "state")["locations"]
    assert [place["callback_url"] for place in there] == [
        registration.callback_url(Store.objects.get())
    ]
    assert there[0]["callback_url"].startswith("https://elsewhere.example.com/")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--no-register"], "This store is new. Say whose it is"),
        (["--merchant=Acme"], "There is no warehouse yet"),
        (["--merchant=Acme", "--no-register", "--token-file=/nowhere"], "cannot be read"),
        (["--merchant=Acme", "--no-register", "--base-url=http://x.example"], "https://"),
        (["--merchant=Acme", "--no-register", "--name=Taken"], "already exists"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    connect: Connect, arguments: list[str], words: str
) -> None:
    StoreFactory(name="Taken")

    with pytest.raises(CommandError, match=words):
        connect(*arguments)

    assert not Store.objects.filter(account=connect.shop.subdomain).exists()
    assert not Merchant.objects.filter(name="Acme").exists()


def test_it_asks_which_of_several_warehouses(connect: Connect) -> None:
    WarehouseFactory(name="Reno")
    WarehouseFactory(name="Ulm")
    with pytest.raises(CommandError, match=r"one of Reno, Ulm"):
        connect("--merchant=Acme")
    with pytest.raises(CommandError, match=r"There are: Reno, Ulm"):
        connect("--merchant=Acme", "--warehouse=Oslo")


def test_a_store_keeps_its_merchant_and_its_one_name(connect: Connect) -> None:
    connect("--merchant=Acme Outdoors", "--no-register")

    with pytest.raises(CommandError, match="belongs to the merchant Acme Outdoors"):
        connect("--merchant=Blue Harbor", "--no-register")
    store = Store.objects.get()
    with pytest.raises(CommandError, match="is connected already, as Acme Outdoors"):
        call_command(
            "connect_store",
            *("next29", f"{store.account}.29next.store", "--merchant=Acme Outdoors"),
            *("--name=Again", f"--base-url={store.base_url}", "--no-register"),
            f"--token-file={connect.token_file}",
        )


def test_the_token_is_read_from_standard_input(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{connect.shop.token}\n"))

    connect("--merchant=Acme Outdoors", "--no-register", token="not this one", token_file=None)

    assert Store.objects.get().credentials == {"access_token": connect.shop.token}


def test_an_empty_token_is_refused(connect: Connect) -> None:
    with pytest.raises(CommandError, match="29 Next needs, one line each: Access token"):
        connect("--merchant=Acme Outdoors", "--no-register", token=" ")


def test_what_is_read_and_told_is_wished_for_and_taken_back(connect: Connect) -> None:
    said = connect("--merchant=Acme", "--no-register", "--read-orders", "--tell-tracking")
    store = Store.objects.get()
    assert (store.reads_orders, store.tells_tracking) == (True, True)
    assert "Whole orders: read" in said
    assert "What carriers say: told to the store." in said
    connect("--no-register")
    store.refresh_from_db()
    assert store.reads_orders, "what is left out stays"
    connect("--no-register", "--no-read-orders")
    store.refresh_from_db()
    assert (store.reads_orders, store.tells_tracking) == (False, True)
