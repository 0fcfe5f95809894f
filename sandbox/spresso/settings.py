"""What a test may change about how an organization behaves: what the contract leaves open."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.settings import changed, insist_for
from sandbox.spresso.words import CARRIERS

MODES = ("normal", "never", "duplicate", "reordered")
BODIES = {
    "json": ('{"ok":true}', "application/json"),
    "empty": ("", ""),
    "html": ("<p>ok", "text/html"),
}


_insist = insist_for("An organization")


@dataclass(frozen=True)
class Settings:
    """Choices that the contract leaves open."""

    webhooks: str = "normal"
    """How messages travel: once, never, several times, or every other one late."""
    times: int = 20
    """How often a `duplicate` message is sent."""
    webhook_retries: list[float] = field(default_factory=list)
    """Pauses in seconds before a message is tried again; a failed one may never be repeated."""
    enveloped: bool = False
    """Whether the order is wrapped in `{"event", "order"}`."""
    success_status: int = 200
    success_body: str = "json"
    carriers: list[str] = field(default_factory=lambda: list(CARRIERS))
    """The closed list of carriers, of which only two are published."""
    token_seconds: int = 86_400
    """How long a token lives that was given for client id and secret."""

    def changed(self, wishes: Mapping[str, Any]) -> "Settings":
        """All of the wishes or, when one of them is bad, none."""
        wanted = changed(self, wishes, _insist)
        _insist(wanted.webhooks in MODES, f"webhooks is one of {', '.join(MODES)}")
        _insist(wanted.success_body in BODIES, f"success_body is one of {', '.join(BODIES)}")
        _insist(200 <= wanted.success_status < 300, "success_status is 200 to 299")
        return wanted

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
