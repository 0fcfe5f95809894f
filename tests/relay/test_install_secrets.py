"""The client secret, codes and tokens are in no log, no record and no page (20.17)."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from locations.models import Store
from tests.merchant import CLIENT_SECRET, Browser
from tests.relay.test_secrets import whole_database
from tests.work import work

LOUD = ("urllib3", "requests", "procrastinate", "relay", "fulfillment", "django", "platforms")


@pytest.fixture
def overheard(browser: Browser, caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """All that was logged, and what a test adds to it; no secret of ours may be in it."""
    caplog.set_level(logging.DEBUG)
    for name in LOUD:
        caplog.set_level(logging.DEBUG, logger=name)
    said: list[str] = []
    yield said
    heard = "\n".join([caplog.text, *said])
    assert not [secret for secret in secrets_of(browser) if secret in heard]


def secrets_of(browser: Browser) -> list[str]:
    """Our client secret, and all that the store ever gave us."""
    there = browser.shop.world.next29[browser.shop.subdomain]
    mine = [value for store in Store.objects.all() for value in store.credentials.values()]
    return [CLIENT_SECRET, *there.app.refresh_tokens, *there.app.tokens, *mine]


def written() -> str:
    """What is kept, without the column that holds the credentials, decrypted by the serializer."""
    text = whole_database()
    for store in Store.objects.all():
        text = text.replace(store.secrets.replace('"', '\\"'), "")
    return text


def test_an_installation_writes_no_secret_down(browser: Browser, overheard: list[str]) -> None:
    overheard.append(browser.install().content.decode())
    work()
    overheard.append(browser.look().content.decode())
    overheard.append(written())
    assert Store.objects.get().exchanges.filter(purpose="install").exists()


@pytest.mark.parametrize("fault", ["status_401", "error_500_after", "drop_after", "empty_success"])
def test_no_failure_writes_a_secret_down(
    browser: Browser, overheard: list[str], fault: str
) -> None:
    browser.install()
    browser.shop.fault(fault, "oauthToken", times=2)
    overheard.append(browser.install().content.decode())
    browser.shop.world.next29[browser.shop.subdomain].tokens.clear()
    work()
    overheard.append(written())


def test_a_renewal_writes_no_secret_down(browser: Browser, overheard: list[str]) -> None:
    browser.install()
    browser.shop.world.next29[browser.shop.subdomain].tokens.clear()
    work()
    assert Store.objects.get().exchanges.filter(purpose="renew token").exists()
    overheard.append(written())


@pytest.mark.parametrize("debug", [False, True])
def test_an_error_page_shows_no_secret(
    browser: Browser, overheard: list[str], debug: bool, settings: Any
) -> None:
    """A fault of ours right after the store gave us tokens: the database has lost a table."""
    settings.DEBUG = debug
    link = browser.agree()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE relay_outboundcall RENAME TO hidden")
    try:
        client = Client(raise_request_exception=False)
        client.cookies = browser.client.cookies
        answer = client.get(link.removeprefix(browser.site))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE hidden RENAME TO relay_outboundcall")
    assert answer.status_code == 500
    # Nothing was kept by halves.
    assert not Store.objects.exists()
    overheard.append(answer.content.decode())
