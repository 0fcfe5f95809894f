"""Knows the columns of a tracking file by the names that people give them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from inventory.tables import Table
from platforms.errors import Refusal

# What each column may be called, apart from case, blanks and signs. The first is its own name.
NAMES: Mapping[str, tuple[str, ...]] = {
    "order": ("Order", "Order number", "Order no", "Order id", "Order name", "Order ref"),
    "part": (
        "Fulfillment order",
        "Fulfillment order number",
        "Fulfillment order id",
        "Fulfilment order",
        "Number at the store",
    ),
    "store": ("Store", "Store name", "Shop"),
    "carrier": ("Carrier", "Carrier name", "Courier", "Shipped by"),
    "tracking": (
        "Tracking",
        "Tracking code",
        "Tracking number",
        "Tracking no",
        "Tracking id",
        "AWB",
    ),
    "link": ("Link", "Tracking link", "Tracking URL", "URL"),
    "sku": ("SKU", "Item", "Item SKU", "Product SKU"),
    "quantity": ("Quantity", "Qty", "Units", "Amount"),
}
LONGEST = {"order": 100, "part": 64, "carrier": 100, "tracking": 100, "link": 1000, "sku": 255}
LONGEST_QUANTITY = 8
SCIENTIFIC = re.compile(r"\d[.,]\d+E\+?\d+|\dE\+\d+", re.IGNORECASE)
ERRORS = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|NUM!|DIV/0!|NULL!|SPILL!|CALC!)|#+", re.IGNORECASE)


class Verdict(StrEnum):
    """What a row does, or did."""

    SHIP = "ship"
    SHIPPED = "shipped"
    NOTHING = "nothing"
    REFUSED = "refused"


VERDICTS = {
    Verdict.SHIP: "To be shipped",
    Verdict.SHIPPED: "Shipped",
    Verdict.NOTHING: "Nothing to do",
    Verdict.REFUSED: "Not possible",
}


@dataclass(slots=True)
class Row:
    """One row of a tracking file as text, and what becomes of it."""

    number: int
    order: str = ""
    part: str = ""
    store: str = ""
    carrier: str = ""
    tracking: str = ""
    link: str = ""
    sku: str = ""
    quantity: str = ""
    verdict: str = ""
    words: str = ""
    cells_too_many: bool = False

    @property
    def named(self) -> str:
        """The order as the row names it."""
        return self.part or self.order

    @property
    def verdict_in_words(self) -> str:
        """The verdict as people read it."""
        return VERDICTS[Verdict(self.verdict)]

    def becomes(self, verdict: Verdict, words: str) -> None:
        """Write down what this row does, or why it does nothing."""
        self.verdict, self.words = verdict, words


def read(table: Table) -> tuple[list[Row], list[str]]:
    """Return the rows, and what is to be said about the file. Raises Refusal in words."""
    places, unused = _places(table.columns)
    if not table.rows:
        raise Refusal("There is no row below the names of the columns.")
    rows = [_row(number, cells, places, len(table.columns)) for number, cells in table.rows]
    remarks = [*table.remarks]
    if unused:
        remarks.append(f"Not used: {_listed(unused)}.")
    return rows, remarks


def flaw(row: Row) -> str:
    """Return what is wrong with the row itself, in words; empty when nothing is."""
    if row.cells_too_many:
        return "It has more cells than there are columns. Put text with commas in quotation marks."
    if not row.named:
        return "The order is missing."
    if not row.tracking:
        return "The tracking code is missing."
    for name, most in LONGEST.items():
        value = getattr(row, name)
        if len(value) > most:
            return f"“{value[:20]}…” is too long for {NAMES[name][0].lower()}: {most} at most."
        if ERRORS.fullmatch(value):
            return f"“{value}” is an error of the spreadsheet. Repair the cell, and send it again."
    return _no_code(row) or _no_link(row.link) or _no_quantity(row.quantity)


def _no_code(row: Row) -> str:
    for value in (row.order, row.part, row.tracking):
        if SCIENTIFIC.fullmatch(value):
            return (
                f"“{value}” is what a spreadsheet makes of a long number. Format the column as "
                "text, fill in the numbers anew, and send it again."
            )
    return ""


def _no_link(link: str) -> str:
    if not link:
        return ""
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in ("http", "https") and parts.hostname and " " not in link:
        return ""
    return f"“{link}” is no web address. It begins with https://, or leave the cell empty."


def _no_quantity(quantity: str) -> str:
    if not quantity:
        return ""
    if not (quantity.isascii() and quantity.isdecimal() and len(quantity) < LONGEST_QUANTITY):
        return f"“{quantity}” is no number of units."
    return "" if int(quantity) else "No units leave. Take the row out, or write how many."


def _places(columns: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Return where each column stands, and the names that mean nothing to us."""
    places: dict[str, int] = {}
    unused = []
    for place, name in enumerate(columns):
        meant = KNOWN.get(_plain(name))
        if meant is None:
            unused += [name] if name else []
        elif meant in places:
            raise Refusal(
                f"“{columns[places[meant]]}” and “{name}” mean the same. Keep one of these columns."
            )
        else:
            places[meant] = place
    if "tracking" not in places or not {"order", "part"} & places.keys():
        raise Refusal(
            "The first row must name the columns: “Tracking”, and “Order” or “Fulfillment order”. "
            f"It names: {_listed(columns)}."
        )
    return places, unused


def _row(number: int, cells: Sequence[str], places: Mapping[str, int], width: int) -> Row:
    row = Row(number, cells_too_many=len(cells) > width)
    for name, place in places.items():
        if place < len(cells):
            setattr(row, name, cells[place])
    return row


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name[:40]}”" for name in names[:10] if name)
    return f"{shown} …" if len(names) > 10 else shown


KNOWN = {_plain(name): meant for meant, names in NAMES.items() for name in names}
