"""The fulfillment service as an app of a store: how it is registered, and what it was granted."""

from dataclasses import dataclass, field
from typing import Any

CLIENT_ID = "sandbox-app"
CLIENT_SECRET = "sandbox-app-secret-0123456789abcdef"
SITE = "http://127.0.0.1:8000"


@dataclass
class Code:
    """One code, good for one exchange: who may exchange it, and for which scopes."""

    redirect_uri: str
    scopes: tuple[str, ...]
    spent: bool = False


@dataclass
class App:
    """What the vendor's partner account and the store know of the app."""

    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    app_url: str = f"{SITE}/next29/app"
    redirect_urls: list[str] = field(default_factory=lambda: [f"{SITE}/next29/installed"])
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    """The access tokens that the app was given; those of the store's own API access are not."""
    refresh_tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def live_at(self, site: str) -> None:
        """Move the app to another site of the same build."""
        self.app_url = f"{site.rstrip('/')}/next29/app"
        self.redirect_urls = [f"{site.rstrip('/')}/next29/installed"]

    def register(self, wish: dict[str, Any]) -> None:
        """Change what the partner account holds."""
        for name in ("client_id", "client_secret", "app_url"):
            setattr(self, name, str(wish.get(name, getattr(self, name))))
        self.redirect_urls = [str(url) for url in wish.get("redirect_urls", self.redirect_urls)]

    def forget(self) -> None:
        """The app is uninstalled: nothing that it was given is good any more."""
        self.codes.clear()
        self.tokens.clear()
        self.refresh_tokens.clear()

    def as_json(self) -> dict[str, Any]:
        """All but the secret."""
        return {
            "client_id": self.client_id,
            "app_url": self.app_url,
            "redirect_urls": self.redirect_urls,
            "tokens": len(self.tokens),
        }
