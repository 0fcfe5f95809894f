"""Which addresses a warehouse ships to: countries, and in a country the beginnings of zip codes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from platforms.records import Address

_COUNTRY = re.compile(r"[A-Z]{2}")
_PREFIX = re.compile(r"-?[A-Z0-9]{1,10}")
HINT = (
    "One country a line, such as US; with the beginnings of zip codes only those, such as "
    "DE 1 20 21; with a minus all but those, such as US -967 -968 -995."
)


@dataclass(frozen=True, slots=True)
class Zone:
    """By country, the beginnings of zip codes; no country at all stands for everywhere."""

    countries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def why_not(self, address: Address) -> str:
        """Return why an address is outside, in words; empty when it is inside."""
        if not self.countries:
            return ""
        country = address.country.strip().upper()
        prefixes = self.countries.get(country)
        if prefixes is None:
            return f"This warehouse does not ship to {country or 'an unknown country'}."
        return "" if _fits(address.postcode, prefixes) else _outside(address.postcode)


EVERYWHERE = Zone()


def read_zone(text: str) -> Zone:
    """Return the zone that lines describe; raises ValueError in words. See HINT."""
    countries: dict[str, tuple[str, ...]] = {}
    for line in str(text).upper().splitlines():
        country, *prefixes = line.replace(",", " ").replace(":", " ").split() or [""]
        if not country:
            continue
        if not _COUNTRY.fullmatch(country):
            raise ValueError(f"“{line.strip()}” does not begin with a country. {HINT}")
        for prefix in prefixes:
            if not _PREFIX.fullmatch(prefix):
                raise ValueError(f"“{prefix}” is no beginning of a zip code. {HINT}")
        countries[country] = (*countries.get(country, ()), *prefixes)
    return Zone(countries)


def check_zone(text: str) -> None:
    """Raise ValueError, in words, for lines that describe no zone."""
    read_zone(text)


def _fits(postcode: str, prefixes: tuple[str, ...]) -> bool:
    code = _plain(postcode)
    without = tuple(prefix[1:] for prefix in prefixes if prefix.startswith("-"))
    within = tuple(prefix for prefix in prefixes if not prefix.startswith("-"))
    return not code.startswith(without) and (not within or code.startswith(within))


def _plain(postcode: str) -> str:
    return re.sub(r"[\s-]", "", postcode).upper()


def _outside(postcode: str) -> str:
    return f"Zip code {postcode} is outside the area this warehouse ships to."
