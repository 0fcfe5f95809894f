"""The topics of Haravan's webhooks, each by one spelling. Contract haravan, section 14.6."""

from collections.abc import Mapping

TEST = "test"
UNREADABLE = "unreadable"
UNKNOWN = "unknown"
APP_UNINSTALLED = "app/uninstalled"
# Without these we would learn of changes only by asking, and not at all that we are removed.
APP_EVENTS = ("orders/create", "orders/updated", "orders/cancelled", APP_UNINSTALLED)

# There is no complete list, and two spellings of some are about.
_SPELLINGS: Mapping[str, str] = {
    "orders/created": "orders/create",
    "orders/update": "orders/updated",
    "orders/cancel": "orders/cancelled",
    "orders/canceled": "orders/cancelled",
    "orders/fulfill": "orders/fulfilled",
    "orders/deleted": "orders/delete",
    "products/updated": "products/update",
    "products/delete": "products/deleted",
    "app/uninstall": APP_UNINSTALLED,
}


def normal(topic: str) -> str:
    """Return a topic as we spell it; one that we do not know stays as it is."""
    known = topic.strip().lower()
    return _SPELLINGS.get(known, known) or UNKNOWN


def is_about_an_order(topic: str) -> bool:
    """Tell whether the subject of a topic is an order: an `id` may be anything's."""
    return topic.startswith("orders/")
