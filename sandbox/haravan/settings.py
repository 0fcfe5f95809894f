"""What a test may change about how a shop behaves."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.settings import changed, insist_for

DIALECTS = ("live", "classic")
WEBHOOK_MODES = ("normal", "never", "duplicate", "reordered")


_insist = insist_for("A shop")


@dataclass(frozen=True)
class Settings:
    """Choices the contract leaves open, and limits that tests want smaller or larger."""

    dialect: str = "live"
    """How answers are written: `live` as today's shops, `classic` as the older reference."""
    page_size: int = 50
    """The most rows a page of orders or products has, whatever is asked for."""
    bucket_size: int = 80
    """Calls that a token may be ahead; 0 is no limit."""
    drains: float = 4.0
    """Calls a second that flow out of the bucket."""
    create_status: int = 201
    ending_status: int = 201
    """What complete and cancel answer: 201, or 404 or 405 where a shop has them no more."""
    stale_lines: bool = False
    """Whether a cancelled fulfillment still says that nothing is left of its lines."""
    external_services: list[str] = field(default_factory=lambda: ["kho-sao-mai"])
    """Services whose fulfillments are pending at first."""
    sets_cookies: bool = True
    """Whether answers try to leave a cookie, as the platform's do."""
    set_means: str = "on_hand"
    """Which figure `set` sets: `on_hand` or `available`; the vendor does not say."""
    shipping_lowers_stock: bool = True
    webhook_mode: str = "normal"
    webhook_times: int = 3
    """How often a `duplicate` webhook is sent."""
    webhook_retries: list[float] = field(default_factory=lambda: [0.5, 2.0])
    """Pauses in seconds before a webhook is tried again; the platform takes two days."""
    failures_allowed: int = 19
    """After so many failures in a row a subscription is deleted."""
    subscriptions_wrapped: bool = False
    """Whether the list of subscriptions stands under `data`."""

    def changed(self, wishes: Mapping[str, Any]) -> "Settings":
        """All of the wishes or, when one of them is bad, none."""
        wanted = changed(self, wishes, _insist)
        _insist(wanted.dialect in DIALECTS, f"dialect is one of {', '.join(DIALECTS)}")
        _insist(wanted.webhook_mode in WEBHOOK_MODES, f"it is one of {', '.join(WEBHOOK_MODES)}")
        _insist(wanted.ending_status in (200, 201, 404, 405), "it is 200, 201, 404 or 405")
        _insist(wanted.set_means in ("on_hand", "available"), "it is on_hand or available")
        _insist(wanted.page_size > 0, "page_size is at least 1")
        return wanted

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
