"""Finds what `config/messages.py` lists: who reads a topic, answers a call, delivers a verb."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from locations.models import Store
    from platforms.desk import Answered, Asked, Operation
    from relay.delivery import Delivery
    from relay.models import InboundMessage

    Reader = Callable[[InboundMessage], None]
    Answerer = Callable[[Store, Asked], Answered]


def reader(platform_key: str, topic: str) -> "Reader":
    """Return the function that reads messages of this topic.

    Raises LookupError, in words, for a topic that nobody reads.
    """
    try:
        return _readers()[platform_key, topic]
    except KeyError:
        raise LookupError(f"Nobody reads messages about “{topic}” from {platform_key}.") from None


def answerer(platform_key: str, operation: "Operation") -> "Answerer":
    """Return the function that does what a platform's call asks for, and says what became of it."""
    found: Mapping[tuple[str, str], Answerer] = import_string(
        f"{settings.MESSAGES_MODULE}.ANSWERERS"
    )
    return found[platform_key, operation]


def deliveries() -> "Mapping[str, Delivery]":
    """Return the delivery for each verb of an outbound call."""
    found: Mapping[str, Delivery] = import_string(f"{settings.MESSAGES_MODULE}.DELIVERIES")
    return found


def known_topic(platform_key: str, topic: str) -> str:
    """Return platform and topic as one word; a topic that nobody reads becomes `other`.

    Senders make topics up; what is counted by topic must not grow with them.
    """
    return f"{platform_key}:{topic if (platform_key, topic) in _readers() else 'other'}"


def _readers() -> "Mapping[tuple[str, str], Reader]":
    found: Mapping[tuple[str, str], Reader] = import_string(f"{settings.MESSAGES_MODULE}.READERS")
    return found
