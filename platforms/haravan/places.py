"""Translates Haravan's locations into neutral ones; no network here. Contract, section 12."""

from typing import Any

from platforms.errors import Malformed
from platforms.haravan.address import read_address
from platforms.haravan.words import read_word
from platforms.records import LocationRecord
from platforms.values import describe, read_flag, read_id, read_text

ON_THE_ROAD = "ontheroad"


def read_location(raw: Any) -> LocationRecord:
    """Return a location; raises Malformed."""
    if not isinstance(raw, dict) or not read_id(raw.get("id")):
        raise Malformed(f"Expected a location with an id, got {describe(raw)}.")
    return LocationRecord(read_id(raw.get("id")), read_text(raw.get("name")), read_address(raw))


def holds_goods(raw: Any) -> bool:
    """Tell whether goods are sold from a location: none are while on the road, or set aside."""
    if not isinstance(raw, dict):
        return True
    moving = ON_THE_ROAD in (read_word(raw.get("location_type")), read_word(raw.get("type")))
    return not moving and read_flag(raw.get("is_unavailable_quantity")) is not True
