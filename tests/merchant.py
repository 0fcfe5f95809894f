"""A merchant's browser: goes to the store over HTTP, and to our pages."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from tests.sandbox.stage import HTTP, Stage

CLIENT_ID = "crossdock-app"
CLIENT_SECRET = "app-secret-n0b0dy-may-read-this-0123456789"
SITE = "http://127.0.0.1:8000"
ASKED = "fulfillment_service:read fulfillment_service:write webhooks:read webhooks:write"


def register_app(shop: Stage, settings: Any, site: str = SITE) -> None:
    """Make us an app of this store: in the vendor's partner account, and in our settings."""
    settings.PUBLIC_URL = site
    shop.control(
        "PUT",
        "app",
        {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "app_url": f"{site}/next29/app",
            "redirect_urls": [f"{site}/next29/installed"],
        },
    )
    settings.PLATFORM_APPS = {
        "next29": {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "scopes": [*ASKED.split(), "orders:read"],
            "local_stores": f"{shop.url}/next29/{{store}}",
        }
    }


@dataclass
class Browser:
    """One browser with its cookies."""

    shop: Stage
    site: str = SITE
    client: Client = field(default_factory=Client)

    @property
    def domain(self) -> str:
        return f"{self.shop.subdomain}.29next.store"

    @property
    def dashboard(self) -> str:
        return f"{self.shop.url}/next29/{self.shop.subdomain}/dashboard/apps"

    def open(self, url: str) -> Any:
        """Open a page of ours."""
        assert url.startswith((self.site, "/")), url
        return self.client.get(url.removeprefix(self.site))

    def at_store(self, url: str) -> str:
        """Open a page of the store, and return where it sends the browser."""
        answer = HTTP.get(url, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def agree(self) -> str:
        """Begin to install and agree; return the address with the code, not opened yet."""
        ours = self.at_store(f"{self.dashboard}/install-app/?client_id={CLIENT_ID}")
        return self.at_store(self.open(ours).url)

    def install(self) -> Any:
        """All the way: from the store's dashboard to our page that says thank you."""
        return self.open(self.agree())

    def session_link(self) -> str:
        """Where the dashboard leads when the merchant opens the app later."""
        return self.at_store(f"{self.dashboard}/open-app/")

    def look(self) -> Any:
        """Open the app from the dashboard."""
        return self.open(self.session_link())


def text(answer: Any) -> str:
    """What a person reads on a page."""
    return " ".join(answer.content.decode().split())
