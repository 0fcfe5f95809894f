"""What reads the examples of our own API: orders as they were kept."""

from collections.abc import Callable
from typing import Any

from platforms.own_api.wire import read_fulfillment_order

Read = Callable[[Any], object]


def own_api_reader(name: str) -> Read | None:
    """The reader of an example: all are orders."""
    return read_fulfillment_order
