"""What a test may change about how a store behaves."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sandbox.settings import changed, insist_for

CALLBACK_MODES = ("normal", "never", "duplicate", "double_slash", "reordered")


_insist = insist_for("A store")


@dataclass(frozen=True)
class Callbacks:
    """How the doorbell of a location is rung."""

    mode: str = "normal"
    times: int = 20
    """How often a `duplicate` callback is sent."""
    delay: float = 0.0

    def changed(self, wishes: Mapping[str, Any]) -> "Callbacks":
        wanted = changed(self, wishes, _insist)
        _insist(wanted.mode in CALLBACK_MODES, f"mode is one of {', '.join(CALLBACK_MODES)}")
        return wanted


@dataclass(frozen=True)
class Settings:
    """Choices the contract leaves open, and limits that tests want smaller or larger."""

    page_size: int = 2
    create_status: int = 201
    """201 is published, 200 was seen live."""
    numbers_as_text: bool = False
    compact_webhooks: bool = False
    rate_limit: int = 4
    """Requests in any one second per token; 0 is no limit."""
    partial_listed_on: str = "new"
    """Whose list shows a partial fulfillment: that of the `new` closed order or the `original`."""
    webhook_retries: list[float] = field(default_factory=lambda: [0.5, 2.0])
    """Pauses in seconds before a webhook is tried again; the platform takes days."""
    dropped_carriers: list[str] = field(default_factory=list)
    """Carriers of the published table that this store does not take any more."""
    ask_consent: bool = False
    """Whether the merchant presses a button before an app is installed."""
    echo_state: bool = True
    """Whether `state` comes back from the consent page; the vendor does not say."""
    grant_only: list[str] = field(default_factory=list)
    """The scopes that the merchant agrees to, whatever is asked; empty is all."""
    refresh_tokens: bool = True
    apps_only: list[str] = field(default_factory=list)
    """Events that only a token of the app may subscribe to."""
    allow_backorders: bool = False
    """Whether shoppers may buy more than the net stock level of a tracked record."""
    shipping_lowers_stock: bool = True
    """Whether the store takes shipped units off its own figures, as it probably does."""
    callbacks: Callbacks = field(default_factory=Callbacks)

    def changed(self, wishes: Mapping[str, Any]) -> "Settings":
        """All of the wishes or, when one of them is bad, none."""
        plain = {name: value for name, value in wishes.items() if name != "callbacks"}
        wanted = changed(self, plain, _insist)
        _insist(wanted.create_status in (200, 201), "create_status is 200 or 201")
        _insist(wanted.partial_listed_on in ("new", "original"), "it is on new or original")
        _insist(wanted.page_size > 0, "page_size is at least 1")
        return replace(wanted, callbacks=self.callbacks.changed(wishes.get("callbacks", {})))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
