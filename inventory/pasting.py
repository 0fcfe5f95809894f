"""Reads what people paste: a SKU or barcode on each line, and how many units of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from inventory import codes
from inventory.models import Product
from locations.models import Merchant
from platforms.errors import Refusal

MOST_LINES = 5000
MOST_UNITS = 1_000_000
NAMED_AT_MOST = 10
# The last number of a line is the quantity; a SKU may hold blanks, commas and digits.
WITH_UNITS = re.compile(r"(?P<code>.*\S)[\s,;]+(?P<units>\d{1,15})")


@dataclass(frozen=True, slots=True)
class Pasted:
    """One line of the text: its number, what it names, and how many of it."""

    number: int
    code: str
    units: int


def quantities(text: str, merchant: Merchant) -> dict[Product, int]:
    """Return how many units of which products a text names; a product named twice is added up.

    Raises Refusal that says which lines have to be repaired.
    """
    lines = [_with_units(number, line) for number, line in _lines(text)]
    wrong = [str(line) for line in lines if isinstance(line, Refusal)]
    read = [line for line in lines if isinstance(line, Pasted)]
    found, unknown = _products(read, merchant)
    _raise(wrong + unknown)
    units: dict[Product, int] = {}
    for line in read:
        units[found[line.code]] = units.get(found[line.code], 0) + line.units
    return units


def products(text: str, merchant: Merchant) -> list[Product]:
    """Return the products that a text names, one a line. Raises Refusal as `quantities` does."""
    read = [Pasted(number, line, 0) for number, line in _lines(text)]
    found, unknown = _products(read, merchant)
    _raise(unknown)
    return list({found[line.code].pk: found[line.code] for line in read}.values())


def _lines(text: str) -> list[tuple[int, str]]:
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > MOST_LINES:
        raise Refusal(f"At most {MOST_LINES:,} lines go in at once; these are {len(lines):,}.")
    return lines


def _with_units(number: int, line: str) -> Pasted | Refusal:
    match = WITH_UNITS.fullmatch(line)
    if not match:
        return Refusal(f"Line {number}, “{line[:60]}”: write the SKU, a blank, and how many.")
    units = int(match["units"])
    if not 0 < units <= MOST_UNITS:
        return Refusal(f"Line {number}: {units} of {match['code'][:60]} is no number of units.")
    return Pasted(number, match["code"].rstrip(" ,;\t"), units)


def _products(read: Sequence[Pasted], merchant: Merchant) -> tuple[dict[str, Product], list[str]]:
    found = codes.find(merchant.pk, {line.code for line in read})
    unknown = [
        f"Line {line.number}: “{line.code[:60]}” is no SKU or barcode of {merchant}."
        for line in read
        if line.code not in found
    ]
    return found, unknown


def _raise(wrong: Sequence[str]) -> None:
    if not wrong:
        return
    more = len(wrong) - NAMED_AT_MOST
    tail = f" And {more} more." if more > 0 else ""
    raise Refusal(" ".join(wrong[:NAMED_AT_MOST]) + tail)
