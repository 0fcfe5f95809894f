"""One subscription of ours at each store: made once, put right, and never lost for a crash."""

import re
from dataclasses import replace
from typing import Any

import pytest

from locations.models import Store
from platforms.records import WebhookRecord, secret_print
from relay import credentials, subscription
from relay.connections import client_for
from relay.models import CallState
from tests.dock import Dock
from tests.factories import StoreFactory
from tests.merchant import Browser
from tests.work import work

CREATE = "webhooksCreate"
TARGET = "https://wms.example.com/next29/webhooks/k7Qm2vTz"


def webhooks(dock: Dock) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dock.shop.control("GET", "state")["webhooks"]
    return found


def subscribe(dock: Dock) -> Store:
    subscription.subscribe(dock.store)
    work()
    dock.later()
    dock.store.refresh_from_db()
    return dock.store


def state(dock: Dock) -> str:
    return dock.store.calls.filter(verb="subscribe").latest("id").state


def test_it_is_made_with_a_secret_of_this_store_alone(dock: Dock) -> None:
    store = subscribe(dock)

    [webhook] = webhooks(dock)
    assert webhook["target"] == subscription.target(store)
    assert webhook["events"] == [
        "app.uninstalled",
        "fulfillment.created",
        "fulfillment.updated",
        "order.updated",
    ]
    assert len(store.webhook_secret) >= 32
    assert webhook["secret_key"] == store.webhook_secret
    assert (store.subscribed_at is not None, store.subscription_remark) == (True, "")


def test_asking_again_finds_it_in_place(dock: Dock) -> None:
    subscribe(dock)
    subscribe(dock)
    assert len(dock.shop.calls(CREATE)) == 1
    last = dock.store.calls.filter(verb="subscribe").latest("id")
    assert last.attempts.last().remark == "The store has this subscription already."


def test_asking_many_times_at_once_is_one_call(dock: Dock) -> None:
    for _ in range(3):
        subscription.subscribe(dock.store)
    assert dock.store.calls.filter(verb="subscribe").count() == 1


@pytest.mark.parametrize("fault", ["error_500_after", "drop_after", "empty_after"])
def test_one_whose_fate_is_unknown_is_not_made_twice(dock: Dock, fault: str) -> None:
    dock.shop.fault(fault, CREATE, times=1)
    store = subscribe(dock)
    [webhook] = webhooks(dock)
    assert state(dock) == CallState.DONE
    assert webhook["secret_key"] == store.webhook_secret


WRONG = {
    "switched off": {"active": False},
    "fewer events": {"events": ["order.updated"]},
    "another secret": {"secret_key": "somebody-elses"},
    "no secret": {"secret_key": None},
    "an address of before we moved": {"target": "https://old.example.com{path}/"},
}


@pytest.mark.parametrize("wrong", [name for name in WRONG if name != "no secret"])
def test_one_that_is_wrong_is_put_right_in_its_place(dock: Dock, wrong: str) -> None:
    store = subscribe(dock)
    [former] = webhooks(dock)
    path = re.sub(r"^https?://[^/]+", "", subscription.target(store))
    change = {k: v.format(path=path) if k == "target" else v for k, v in WRONG[wrong].items()}
    dock.shop.service.good("PATCH", f"/webhooks/{former['id']}/", change)

    subscribe(dock)

    [webhook] = webhooks(dock)
    assert webhook["id"] == former["id"]
    for name in ("target", "events", "secret_key", "active"):
        assert webhook[name] == former[name], name


def test_one_whose_secret_we_lost_gets_a_new_one(dock: Dock) -> None:
    former = subscribe(dock).webhook_secret
    credentials.keep(dock.store, webhook_secret="")

    store = subscribe(dock)

    [webhook] = webhooks(dock)
    assert webhook["secret_key"] == store.webhook_secret != former


def test_more_than_one_becomes_one(dock: Dock) -> None:
    store = subscribe(dock)
    with client_for(store, "test") as client:
        client.create_webhook(subscription.target(store), ("order.updated",), "another")

    subscribe(dock)

    [webhook] = webhooks(dock)
    assert webhook["secret_key"] == store.webhook_secret


def test_those_of_others_are_left_alone(dock: Dock) -> None:
    with client_for(dock.store, "test") as client:
        client.create_webhook("https://wms.example.com/other", ("order.updated",), "theirs")
    subscribe(dock)
    assert len(webhooks(dock)) == 2


def test_a_pasted_token_does_without_what_only_apps_are_told_and_says_so(dock: Dock) -> None:
    dock.shop.settings(apps_only=["app.uninstalled"])

    store = subscribe(dock)

    [webhook] = webhooks(dock)
    assert "app.uninstalled" not in webhook["events"]
    assert "does not announce app.uninstalled" in store.subscription_remark
    subscribe(dock)
    assert len(dock.shop.calls("webhooksPartialUpdate")) == 0


def test_an_app_is_told_of_its_end(browser: Browser) -> None:
    browser.shop.settings(apps_only=["app.uninstalled"])
    browser.install()
    work()
    [webhook] = browser.shop.control("GET", "state")["webhooks"]
    assert "app.uninstalled" in webhook["events"]


def test_a_refusal_waits_for_a_person_and_can_be_tried_anew(dock: Dock) -> None:
    scopes = ["fulfillment_service:read", "fulfillment_service:write", "webhooks:read"]
    dock.shop.control("POST", "tokens", {"token": dock.shop.token, "scopes": scopes})
    store = subscribe(dock)
    assert (state(dock), store.subscribed_at) == (CallState.REFUSED, None)
    assert "permission" in store.subscription_remark

    dock.shop.control("POST", "tokens", {"token": dock.shop.token})
    store = subscribe(dock)
    assert (state(dock), store.subscription_remark) == (CallState.DONE, "")


# --- what is missing, in words ----------------------------------------------------------------


@pytest.fixture
def acme(db: None, settings: Any) -> Store:
    settings.PUBLIC_URL = "https://wms.example.com"
    store = StoreFactory(endpoint_key="k7Qm2vTz")
    store.set_credentials(webhook_secret="ours")
    return store


FINE = WebhookRecord(
    ref="39",
    target=TARGET,
    events=("app.uninstalled", "fulfillment.created", "fulfillment.updated", "order.updated"),
    active=True,
    secret_print=secret_print("ours"),
)


@pytest.mark.parametrize(
    "webhooks",
    [
        [FINE],
        [replace(FINE, target=f"{TARGET}/")],
        [replace(FINE, events=(*FINE.events, "order.created"))],
        [replace(FINE, secret_print="")],
        [FINE, replace(FINE, target="https://wms.example.com/other")],
    ],
)
def test_a_subscription_that_is_in_place_lacks_nothing(
    acme: Store, webhooks: list[WebhookRecord]
) -> None:
    assert subscription.is_in_place(acme, webhooks) == ""


@pytest.mark.parametrize(
    ("webhooks", "words"),
    [
        ([], "has no subscription of ours"),
        ([replace(FINE, target=f"{TARGET}x")], "has no subscription of ours"),
        ([FINE, FINE], "has 2 subscriptions of ours"),
        ([replace(FINE, active=False)], "switched our subscription off"),
        ([replace(FINE, events=())], "lacks fulfillment.created, fulfillment.updated"),
        ([replace(FINE, secret_print=secret_print("x"))], "signed with another secret"),
        (
            [replace(FINE, target=TARGET.replace("wms", "old"))],
            "goes to https://old.example.com/next29/webhooks/k7Qm2vTz",
        ),
    ],
)
def test_what_is_missing_is_told_in_words(
    acme: Store, webhooks: list[WebhookRecord], words: str
) -> None:
    assert words in subscription.is_in_place(acme, webhooks)


def test_only_an_app_needs_to_hear_of_its_end(acme: Store) -> None:
    reduced = [replace(FINE, events=FINE.events[1:])]
    assert subscription.is_in_place(acme, reduced) == ""
    acme.installed_at = "2026-01-01T00:00:00Z"
    assert subscription.is_in_place(acme, reduced) == "Our subscription lacks app.uninstalled."


def test_a_secret_we_do_not_know_is_missing(acme: Store) -> None:
    acme.set_credentials(webhook_secret="")
    assert "do not know the secret" in subscription.is_in_place(acme, [FINE])
