"""A token that the store refuses is renewed once, by one worker, or the store is paused (20.16)."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from locations.models import Store
from relay import alarms, connecting, engine, granting, registration
from relay.connections import client_for
from relay.courier import Turn
from relay.models import CallState
from tests.conftest import SKU
from tests.dock import Dock
from tests.factories import ProductFactory, UserFactory, WarehouseFactory
from tests.fulfillment.test_at_once import at_once
from tests.merchant import Browser
from tests.work import work

LIST = "assignedFulfillmentOrdersList"


@pytest.fixture
def app(browser: Browser) -> Dock:
    """A store that has installed us, with a warehouse."""
    browser.install()
    store = Store.objects.get()
    ProductFactory(merchant=store.merchant, sku=SKU)
    registration.register(store, WarehouseFactory())
    Store.objects.update(requests_per_second=1000)
    work()
    return Dock(Store.objects.get(), browser.shop, UserFactory())


def end_token(dock: Dock) -> None:
    """The token has run out; the refresh token has not."""
    dock.shop.world.next29[dock.shop.subdomain].tokens.clear()


def end_refresh_token(dock: Dock) -> None:
    dock.shop.world.next29[dock.shop.subdomain].app.refresh_tokens.clear()


def renewals(dock: Dock) -> int:
    """How often the store was asked for a fresh token."""
    calls = dock.shop.calls("oauthToken")
    return len([each for each in calls if each["body"]["grant_type"] == "refresh_token"])


def alarms_of(dock: Dock) -> list[str]:
    return [alarm.kind for alarm in dock.store.alarms.filter(cleared_at=None)]


def by_courier(dock: Dock) -> None:
    order = dock.place()
    dock.accept(order)
    end_token(dock)
    work()
    assert dock.state(order)[0] == "accepted"


def by_pull(dock: Dock) -> None:
    end_token(dock)
    ref = dock.shop.place()
    dock.pull()
    assert dock.order(ref)


def by_command(dock: Dock) -> None:
    end_token(dock)
    ref = dock.shop.place()
    call_command("pull", dock.store.name)
    assert dock.order(ref)


def by_test(dock: Dock) -> None:
    end_token(dock)
    assert connecting.test(dock.store).startswith("Connected")


@pytest.mark.parametrize("way", [by_courier, by_pull, by_command, by_test])
def test_whoever_meets_it_renews_the_token_and_goes_on(
    app: Dock, way: Callable[[Dock], None]
) -> None:
    former = app.store.credentials

    way(app)

    store = Store.objects.get()
    assert renewals(app) == 1
    assert (store.paused_at, alarms_of(app)) == (None, [])
    for name in ("access_token", "refresh_token"):
        assert store.credentials[name] != former[name], name
    assert store.webhook_secret == former["webhook_secret"]


def test_it_can_be_renewed_again_and_again(app: Dock) -> None:
    for _ in range(3):
        by_courier(app)
    assert renewals(app) == 3


@pytest.mark.parametrize("way", ["courier", "pull"])
def test_a_refresh_token_that_is_refused_pauses_the_store_with_one_alarm(
    app: Dock, way: str
) -> None:
    order = app.place()
    end_token(app)
    end_refresh_token(app)
    if way == "courier":
        app.accept(order)
        work()
        assert app.call(order, "accept_request").state == CallState.WAITING
    else:
        app.pull()

    store = Store.objects.get()
    assert store.paused_at
    assert "Invalid token" in store.pause_reason
    assert (renewals(app), alarms_of(app)) == (1, ["unauthorized"])
    engine.wake_courier(store.pk)
    engine.wake_pull(store.pk)
    work()
    assert (renewals(app), alarms_of(app)) == (1, ["unauthorized"])


def test_the_command_says_that_the_store_does_not_let_us_in(app: Dock) -> None:
    end_token(app)
    end_refresh_token(app)
    with pytest.raises(CommandError):
        call_command("pull", app.store.name)
    assert alarms_of(app) == ["unauthorized"]


def test_a_fresh_token_that_is_refused_as_well_is_not_renewed_again(app: Dock) -> None:
    order = app.place()
    app.accept(order)
    app.shop.fault("status_401", "fulfillmentRequestAccept")
    work()
    assert (renewals(app), alarms_of(app)) == (1, ["unauthorized"])
    assert app.call(order, "accept_request").state == CallState.WAITING

    app.shop.fault("status_401", LIST)
    alarms.resume(app.store)
    app.shop.control("DELETE", "faults")
    app.later()
    assert app.state(order)[0] == "accepted"


def test_a_pull_whose_fresh_token_is_refused_pauses(app: Dock) -> None:
    app.shop.fault("status_401", LIST)
    app.pull()
    assert (renewals(app), alarms_of(app)) == (1, ["unauthorized"])


def test_a_store_that_is_no_app_is_paused_at_once(dock: Dock) -> None:
    end_token(dock)
    dock.pull()
    assert (renewals(dock), alarms_of(dock)) == (0, ["unauthorized"])


def test_a_store_that_gave_no_refresh_token_is_paused_at_once(browser: Browser) -> None:
    browser.shop.settings(refresh_tokens=False)
    browser.install()
    work()
    dock = Dock(Store.objects.get(), browser.shop, UserFactory())
    end_token(dock)
    dock.pull()
    assert (renewals(dock), "unauthorized" in alarms_of(dock)) == (0, True)


@pytest.mark.parametrize("way", ["courier", "pull"])
def test_a_token_endpoint_that_is_busy_is_asked_again_later(app: Dock, way: str) -> None:
    order = app.place()
    end_token(app)
    app.shop.fault("status_429", "oauthToken", times=1)
    if way == "courier":
        app.accept(order)
        work()
        app.later()
        assert app.state(order)[0] == "accepted"
    else:
        app.pull()
        assert alarms_of(app) == ["pull_failed"]
        app.pull()
    assert (Store.objects.get().paused_at, alarms_of(app)) == (None, [])


def test_an_answer_that_was_lost_pauses_and_a_person_can_go_on(app: Dock, browser: Browser) -> None:
    """The refresh token is used up, and the fresh token never arrived."""
    end_token(app)
    app.shop.fault("drop_after", "oauthToken", times=1)
    app.pull()
    assert alarms_of(app) == ["unauthorized"]

    browser.install()
    app.pull()
    assert (Store.objects.get().paused_at, alarms_of(app)) == (None, [])


def test_several_workers_use_a_refresh_token_once(app: Dock) -> None:
    refused = app.store.credentials
    end_token(app)
    found: list[bool] = []

    def renew() -> None:
        found.append(granting.renew(Store.objects.get(pk=app.store.pk), refused))

    at_once(renew, renew, renew, renew)

    assert found == [True] * 4
    assert renewals(app) == 1
    with client_for(Store.objects.get(), "test") as client:
        assert client.check()


def test_a_courier_that_has_an_old_token_takes_the_one_that_is_there(
    app: Dock, browser: Browser
) -> None:
    order = app.place()
    app.accept(order)
    slow = Turn(Store.objects.get(pk=app.store.pk))
    browser.install()

    for _ in slow.work():
        pass

    assert app.state(order)[0] == "accepted"
    assert (renewals(app), alarms_of(app)) == (0, [])


def test_what_was_told_to_renew_is_recorded_without_secrets(app: Dock) -> None:
    former = app.store.credentials
    by_pull(app)
    exchange = app.store.exchanges.get(purpose="renew token")
    assert exchange.request_body["refresh_token"] == "***"
    kept = f"{exchange.request_body}{exchange.answer}"
    now = Store.objects.get().credentials
    for secret in (*former.values(), *now.values()):
        assert secret not in kept
