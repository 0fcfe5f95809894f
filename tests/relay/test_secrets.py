"""Tokens and signing secrets are in no log, no record, no alarm and no page (20.17)."""

import logging
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core import serializers
from django.db import connection
from django.test import Client

from locations.models import Store
from platforms.interface import Sender
from relay import jobs
from tests.dock import Dock
from tests.work import work

TOKEN = "tok-3cR3t-aBcDeFgHiJkLmNoPqRsTuVwXyZ"
SECRET = "whsec-n0b0dy-may-read-this-0123456789"
FAULTS = (
    "status_401",
    "error_500_after",
    "drop_after",
    "html_404",
    "empty_success",
    "status_429",
)


@pytest.fixture
def guarded(dock: Dock, caplog: pytest.LogCaptureFixture) -> Iterator[Dock]:
    """A store with secrets that are easy to find again, everything logged."""
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "requests", "procrastinate", "relay", "fulfillment", "django"):
        caplog.set_level(logging.DEBUG, logger=name)
    dock.shop.control("POST", "tokens", {"token": TOKEN})
    dock.store.set_credentials(access_token=TOKEN, webhook_secret=SECRET)
    dock.store.save()
    yield dock
    assert not secrets_in(caplog.text)


def secrets_in(text: str) -> list[str]:
    return [secret for secret in (TOKEN, SECRET) if secret in text]


def whole_database() -> str:
    """Every row of every table of ours and of the engine, as text."""
    rows = []
    for label in ("locations", "relay", "fulfillment", "inventory"):
        for model in apps.get_app_config(label).get_models():
            rows.append(serializers.serialize("json", model._default_manager.all()))
    with connection.cursor() as cursor:
        for table in ("procrastinate_jobs", "locations_store"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


def written(guarded: Dock) -> str:
    """What is kept, without the column that holds the credentials, decrypted by the serializer."""
    store = Store.objects.get(pk=guarded.store.pk)
    return whole_database().replace(store.secrets.replace('"', '\\"'), "")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.acceptance("next29", 17)
def test_no_failure_writes_a_secret_down(guarded: Dock, fault: str) -> None:
    order = guarded.place()
    guarded.shop.fault(fault, "fulfillmentRequestAccept", times=1)
    guarded.shop.fault(fault, "assignedFulfillmentOrdersList", times=1)
    guarded.accept(order)
    work()
    guarded.pull()
    assert guarded.store.exchanges.exists()
    assert not secrets_in(written(guarded))


def test_a_store_that_echoes_our_token_does_not_get_it_into_our_records(guarded: Dock) -> None:
    guarded.shop.place(message=f"Bearer {TOKEN}", lines=[{"sku": TOKEN, "quantity": 1}])
    guarded.pull()
    kept = "\n".join(guarded.store.exchanges.values_list("answer", flat=True))
    assert kept
    assert TOKEN not in kept


def test_credentials_are_encrypted_at_rest_and_absent_from_every_repr(guarded: Dock) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM locations_store")
        assert not secrets_in(str(cursor.fetchall()))
    store = Store.objects.get(pk=guarded.store.pk)
    texts = [repr(store), str(store), repr(Sender("acme", store.webhook_secret))]
    assert not secrets_in("".join(texts))


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.acceptance("next29", 17)
def test_an_error_page_shows_no_secret(guarded: Dock, debug: bool, settings: LazySettings) -> None:
    """A fault of ours while a message is taken in: the database has lost the table."""
    settings.DEBUG = debug
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE relay_inboundmessage RENAME TO hidden")
    try:
        answer = Client(raise_request_exception=False).post(
            f"/next29/cb/{guarded.store.endpoint_key}",
            '{"type": "fulfillment_requested"}',
            content_type="application/json",
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE hidden RENAME TO relay_inboundmessage")
    assert answer.status_code == 500
    assert not secrets_in(answer.content.decode())


def test_a_refused_webhook_does_not_tell_the_secret(guarded: Dock) -> None:
    answer = Client().post(
        f"/next29/webhooks/{guarded.store.endpoint_key}/",
        "{}",
        content_type="application/json",
        headers={"X-29Next-Signature": "0" * 64},
    )
    assert answer.status_code == 401
    assert not secrets_in(answer.content.decode())


def test_old_exchanges_are_forgotten_and_new_ones_kept(dock: Dock) -> None:
    dock.place()
    newest = dock.store.exchanges.latest("id")
    dock.store.exchanges.exclude(pk=newest.pk).update(at="2020-01-01T00:00:00Z")
    jobs.prune.defer()
    work()
    assert list(dock.store.exchanges.all()) == [newest]
