"""The countries of ISO 3166-1: two letters, the number that is their id here, and a name."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "countries.csv"


@dataclass(frozen=True, slots=True)
class Country:
    """One country."""

    iso2: str
    id: int
    name: str


def _read() -> dict[str, Country]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = [Country(row["iso2"], int(row["id"]), row["name"]) for row in csv.DictReader(lines)]
    return {row.iso2: row for row in rows}


COUNTRIES: Mapping[str, Country] = _read()
