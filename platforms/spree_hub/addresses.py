"""Reads a postal address as the hub sends it, or as Spree itself has it. Contract, section 8.1."""

from collections.abc import Mapping
from typing import Any

from platforms.records import Address
from platforms.values import read_text

NAMES = ("shipping_address", "ship_address")
Raw = Mapping[str, Any]


def address_in(*things: Raw) -> Address | None:
    """Return the first shipping address that any of these has."""
    for thing in things:
        for name in NAMES:
            found = thing.get(name)
            if isinstance(found, dict) and found:
                return read_address(found)
    return None


def read_address(raw: Raw) -> Address:
    """Return an address; a country or a state may be an object, as in raw Spree data."""
    return Address(
        first_name=_text(raw, "firstname", "first_name"),
        last_name=_text(raw, "lastname", "last_name"),
        company=_text(raw, "company"),
        line1=_text(raw, "address1"),
        line2=_text(raw, "address2"),
        line3=_text(raw, "address3"),
        city=_text(raw, "city"),
        region=_place(raw.get("state"), "abbr") or _text(raw, "state_name"),
        postcode=_text(raw, "zipcode"),
        country=_place(raw.get("country"), "iso"),
        phone=_text(raw, "phone"),
    )


def _text(raw: Raw, *names: str) -> str:
    return next(filter(None, (read_text(raw.get(name)).strip() for name in names)), "")


def _place(value: Any, short: str) -> str:
    if isinstance(value, dict):
        return read_text(value.get(short)).strip() or read_text(value.get("name")).strip()
    return read_text(value).strip()
