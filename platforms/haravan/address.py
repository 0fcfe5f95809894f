"""Translates Haravan's addresses, with district and ward, into neutral ones; no network here."""

from collections.abc import Mapping
from typing import Any

from platforms.records import Address
from platforms.values import read_text

_VIETNAM = frozenset({"vietnam", "viet nam", "việt nam"})
_PARTS = (
    "first_name",
    "last_name",
    "name",
    "company",
    "address1",
    "address2",
    "ward",
    "district",
    "city",
    "province",
    "zip",
    "phone",
)


def read_shipping_address(raw: Any) -> Address | None:
    """Return an address; None for null, and for one whose parts are all null: a counter sale."""
    if not isinstance(raw, dict) or not any(_part(raw, name) for name in _PARTS):
        return None
    return read_address(raw)


def read_address(raw: Mapping[str, Any]) -> Address:
    """Return an address whose city is the city, else the district, else the province.

    Ward and district that are not the city stand in the third line. Since 2025 addresses without
    a district are usual. Contract haravan, section 11.
    """
    city = _part(raw, "city") or _part(raw, "district") or _part(raw, "province")
    below = [_part(raw, "ward"), _part(raw, "district")]
    first, last = _part(raw, "first_name"), _part(raw, "last_name")
    return Address(
        first_name=first,
        last_name=last if first or last else _part(raw, "name"),
        company=_part(raw, "company"),
        line1=_part(raw, "address1"),
        line2=_part(raw, "address2"),
        line3=", ".join(each for each in below if each and each != city),
        city=city,
        region=_part(raw, "province"),
        postcode=_part(raw, "zip"),
        country=_country(raw),
        phone=_part(raw, "phone"),
    )


def _country(raw: Mapping[str, Any]) -> str:
    """Return the code of a country; it comes in either case, and where it is absent as a name."""
    code, name = _part(raw, "country_code"), _part(raw, "country")
    if not code and name.lower() in _VIETNAM:
        return "VN"
    return code.upper() or name


def _part(raw: Mapping[str, Any], name: str) -> str:
    return read_text(raw.get(name)).strip()
