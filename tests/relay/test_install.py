"""Installing as an app, over HTTP: the merchant's browser, our two pages, the store's tokens."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client

from locations.models import Merchant, Store
from tests.factories import LocationFactory, StoreFactory, WarehouseFactory
from tests.sandbox.stage import HTTP, Stage
from tests.work import work

pytestmark = pytest.mark.usefixtures("engine")

CLIENT_ID = "crossdock-app"
CLIENT_SECRET = "app-secret-n0b0dy-may-read-this-0123456789"
SITE = "http://127.0.0.1:8000"
ALL = "fulfillment_service:read fulfillment_service:write webhooks:read webhooks:write orders:read"


@dataclass
class Browser:
    """A merchant's browser: goes to the store by HTTP, and to our pages."""

    shop: Stage
    client: Client = field(default_factory=Client)

    @property
    def domain(self) -> str:
        return f"{self.shop.subdomain}.29next.store"

    @property
    def dashboard(self) -> str:
        return f"{self.shop.url}/next29/{self.shop.subdomain}/dashboard/apps"

    def follow(self, url: str) -> Any:
        """Go where one redirect after the other leads, and return our last answer."""
        for _ in range(6):
            there = url.startswith(self.shop.url)
            answer = HTTP.get(url, allow_redirects=False, timeout=5) if there else self.open(url)
            if answer.status_code != 302:
                return answer
            url = answer.headers["Location"]
        raise AssertionError("The redirects do not end.")

    def open(self, url: str) -> Any:
        """Open a page of ours."""
        assert url.startswith((SITE, "/")), url
        return self.client.get(url.removeprefix(SITE))

    def install(self) -> Any:
        return self.follow(f"{self.dashboard}/install-app/?client_id={CLIENT_ID}")

    def begin(self) -> str:
        """As far as the consent page; its answer is where the browser would go next."""
        answer = self.open(f"/next29/app?store={self.domain}")
        return HTTP.get(answer.url, allow_redirects=False, timeout=5).headers["Location"]

    def look(self) -> Any:
        """Open the app from the dashboard, as a merchant does later."""
        return self.follow(f"{self.dashboard}/open-app/")


@pytest.fixture
def browser(shop: Stage, settings: Any) -> Iterator[Browser]:
    shop.control(
        "PUT",
        "app",
        {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "app_url": f"{SITE}/next29/app",
            "redirect_urls": [f"{SITE}/next29/installed"],
        },
    )
    settings.PLATFORM_APPS = {
        "next29": {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "scopes": ALL.split(),
            "local_stores": f"{shop.url}/next29/{{store}}",
        }
    }
    yield Browser(shop)
    assert shop.violations() == []


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_merchant_installs_us_and_the_store_works(browser: Browser) -> None:
    answer = browser.install()

    assert answer.status_code == 200
    assert "Your store is connected to us." in text(answer)
    assert "No warehouse ships for your store yet" in text(answer)
    store = Store.objects.get()
    assert (store.account, store.merchant.name) == (browser.shop.subdomain,) * 2
    assert (store.request_policy, store.scopes, store.paused_at) == ("by_hand", ALL, None)
    assert store.installed_at
    assert set(store.credentials) == {"access_token", "refresh_token"}
    assert [alarm.kind for alarm in store.alarms.all()] == ["needs_warehouse"]
    work()
    store.refresh_from_db()
    [webhook] = browser.shop.control("GET", "state")["webhooks"]
    assert webhook["target"] == f"{SITE}/next29/webhooks/{store.endpoint_key}"
    assert webhook["events"][0] == "app.uninstalled"
    assert store.subscribed_at
    assert store.check_result.startswith("Connected")
