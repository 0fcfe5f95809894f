"""Knows the columns of a file by the names that people, and our own lists, give them."""

import re
from collections.abc import Mapping, Sequence

from inventory.files.rows import Row
from inventory.tables import FromNumber, Table
from platforms.errors import Refusal

MOST_ROWS = 5_000
TOO_MANY = f"The file has more than {MOST_ROWS:,} rows. Send it in parts."
Names = Mapping[str, tuple[str, ...]]
# The first of each is its own name, and stands in the template.
PRODUCTS: Names = {
    "merchant": ("merchant",),
    "sku": ("sku",),
    "title": ("title", "name"),
    "barcodes": ("barcodes", "barcode", "ean", "gtin"),
    "other_skus": ("other_skus", "other_sku"),
    "weight_grams": ("weight_grams", "weight_g"),
    "length_mm": ("length_mm",),
    "width_mm": ("width_mm",),
    "height_mm": ("height_mm",),
    "hs_code": ("hs_code",),
    "origin": ("origin", "country_of_origin"),
    "customs_text": ("customs_text", "description_for_customs"),
    "customs_value": ("customs_value", "value_of_one_unit"),
    "customs_currency": ("customs_currency", "currency"),
    "image_url": ("image_url", "image_link", "image"),
}
LEVELS: Names = {
    "merchant": ("merchant",),
    "warehouse": ("warehouse",),
    "sku": ("sku", "product"),
    "on_hand": ("on_hand", "quantity", "units"),
}
# Columns of our own lists that say how things stand, and are not read.
SHOWN_ONLY = {"stock_is_counted", "available", "promised", "damaged", "quarantine", "safety_stock"}
SHOWN_ONLY |= {"title", "buffer", "uncovered", "last_moved"}
# A spreadsheet shortens a long number to this, and what it was is lost.
SHORTENED = re.compile(r"\d+[.,]?\d*E\+\d+", re.IGNORECASE)


def read(table: Table, names: Names, needed: Sequence[str]) -> tuple[list[Row], list[str]]:
    """Return the rows, and what is to be said about the file. Raises Refusal in words."""
    if len(table.rows) > MOST_ROWS:
        raise Refusal(TOO_MANY)
    if not table.rows:
        raise Refusal("There is no row below the names of the columns.")
    places, unused = _places(table.columns, names)
    if missing := [name for name in needed if name not in places]:
        raise Refusal(
            f"The column {missing[0]} is missing. The first row names the columns: "
            f"{', '.join(names)}."
        )
    rows = [_row(number, cells, places) for number, cells in table.rows]
    said = [f"Not read: {', '.join(unused)}."] if unused else []
    return rows, [*table.remarks, *said]


def flaw(row: Row, *exact: str) -> str:
    """Return what is wrong with texts that must be exact; empty when nothing is."""
    for column in exact:
        text = row.get(column)
        if SHORTENED.fullmatch(text):
            return (
                f"The {column} “{text}” was shortened by a spreadsheet. Format the column as text, "
                "and write it again."
            )
    return ""


def lost_zeros(row: Row, column: str) -> str:
    """Say that a number cannot be trusted to be the text that somebody meant."""
    return (
        f"The {column} {row.get(column)} is a number in this file, and zeros before it may be "
        "lost. Format the column as text, and write it again."
    )


def _places(columns: Sequence[str], names: Names) -> tuple[dict[str, int], list[str]]:
    by_name = {name: column for column, called in names.items() for name in called}
    places: dict[str, int] = {}
    unused = []
    for place, title in enumerate(columns):
        name = re.sub(r"\W+", "_", title.strip().lower()).strip("_")
        column = by_name.get(name)
        if column is None:
            unused += [title] if title and name not in SHOWN_ONLY else []
        elif column in places:
            raise Refusal(f"Two columns are called {column}. Keep one of them.")
        else:
            places[column] = place
    return places, unused


def _row(number: int, cells: Sequence[str], places: Mapping[str, int]) -> Row:
    found = {name: cells[place] for name, place in places.items() if place < len(cells)}
    numbers = [name for name, cell in found.items() if isinstance(cell, FromNumber)]
    return Row(number, {name: str(cell) for name, cell in found.items()}, numbers)
