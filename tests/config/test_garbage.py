"""Garbage at every address of the site: refused in few words, no 500, and nothing kept of it."""

import random
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from locations.models import Store
from relay.models import Tally
from tests.factories import StoreFactory, UserFactory
from tests.relay.test_secrets import whole_database

DICE = random.Random(29)
DEEP = b"[" * 100_000 + b"]" * 100_000
BODIES = {
    "nothing": b"",
    "random bytes": DICE.randbytes(4096),
    "no text": b"\xff\xfe\x00\xd8",
    "half a document": b'{"type": ',
    "deep nesting": b'{"type": ' + DEEP + b"}",
    "wrong types": b'[1, {"type": 2}, "fulfillment_requested"]',
    "a number without an end": b'{"type": ' + b"9" * 50_000 + b"}",
    "10 MB": b'{"type": "' + b"x" * 10_000_000,
}
QUERIES = (
    "",
    "store=%00&code=%FF&state=%ED%A0%80&token=..&q=%00",
    "store[]=a&store=b&token=" + "a" * 20_000,
    "store=http://127.0.0.1/&code=x&state=y",
    "token=" + "e30." * 3000 + "&store=acme-outdoors.29next.store",
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def addresses() -> list[str]:
    """Every address of config/urls.py, with a key where one belongs."""
    return [*_addresses(), "/admin/login/", "/admin/nowhere/", "/nowhere"]


def _addresses() -> Iterator[str]:
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            route = re.sub(r"\(\?P<key>[^)]*\)|<str:key>", "KEY", str(pattern.pattern))
            yield "/" + re.sub(r"[\^$?+]", "", route)


@pytest.fixture
def store(db: None) -> Store:
    store = StoreFactory(account="acme-outdoors")
    store.set_credentials(access_token="token", webhook_secret="s" * 32)
    store.save()
    return store


@pytest.mark.parametrize("address", addresses())
def test_garbage_is_refused_in_few_words_and_leaves_nothing_but_a_number(
    address: str, store: Store
) -> None:
    client = Client(raise_request_exception=False)
    before = whole_database()
    path = address.replace("KEY", store.endpoint_key)
    for method in METHODS:
        for name, body in BODIES.items():
            answer = client.generic(method, path, body, content_type="application/json")
            assert answer.status_code < 500 or path == "/health/ready", (method, name)
            if path.startswith("/next29/c") or path.startswith("/next29/w"):
                assert 400 <= answer.status_code < 500, (method, name)
                assert len(answer.content) < 300
    assert _without_counters() == before


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:24])
@pytest.mark.parametrize("address", addresses())
def test_an_odd_query_never_breaks_a_page(address: str, query: str, store: Store) -> None:
    client = Client(raise_request_exception=False)
    before = whole_database()
    path = address.replace("KEY", store.endpoint_key)
    answer = client.get(f"{path}?{query}")
    assert answer.status_code < 500 or path == "/health/ready"
    assert _without_counters() == before


def test_a_form_of_staff_with_garbage_is_refused(store: Store) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    before = whole_database()
    for page in ("fulfillmentorder/act/ship/", "fulfillmentorder/", "trackingimport/add/"):
        for body in BODIES.values():
            for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
                answer = client.generic(
                    "POST", f"/admin/fulfillment/{page}", body, content_type=kind
                )
                assert answer.status_code < 500, (page, body[:20])
    assert _without_counters() == before


def _without_counters() -> object:
    """The number of refusals is all that may be left; sessions of the install page are its own."""
    Tally.objects.all().delete()
    return whole_database()
