"""Reads the rows of a CSV or Excel file that a person sends, or says in words why it cannot.

The bytes are whatever somebody uploads. Nothing but Refusal comes out, and the work is bounded: by
the size of the file, by what a workbook holds when it is unpacked, by rows and by columns.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from openpyxl import load_workbook

from backoffice.cells import as_meant
from platforms.errors import Refusal

MOST_BYTES = 5 * 1024 * 1024
MOST_BYTES_UNPACKED = 40 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 50
SHEET_ENDS = 1_048_576
# A spreadsheet keeps 15 digits of a number; what is longer has lost its end.
FIRST_ROUNDED_NUMBER = 10**15

XLSX_STARTS = b"PK\x03\x04"
OLD_EXCEL_STARTS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DELIMITERS = (",", ";", "\t")

EMPTY = "The file is empty."
TOO_LARGE = f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Send it in parts."
TOO_MANY = f"The file has more than {MOST_ROWS:,} rows. Send it in parts."
TOO_WIDE = f"The file has more than {MOST_COLUMNS} columns. Keep only those that are needed."
NO_TABLE = "This is neither a CSV nor an Excel file (.xlsx). Save it as one of these."
PROTECTED = (
    "This Excel file is protected with a password, or of the old kind (.xls). "
    "Save it without a password as .xlsx or CSV."
)
BROKEN = "The Excel file cannot be read. Open it, save it anew as .xlsx or CSV, and send that."
BLOWN_UP = "The Excel file is far larger inside than it looks. Save only the one sheet, as CSV."
NOT_UTF8 = (
    "The file is not written in UTF-8, so it was read as Windows-1252. "
    "If letters look wrong below, save it as “CSV UTF-8”."
)


@dataclass(frozen=True, slots=True)
class Table:
    """The names of the columns, and the rows below them with their numbers in the sheet."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    remarks: tuple[str, ...] = ()


class FromNumber(str):
    """What a spreadsheet kept as a number: zeros that it began with are lost."""


def read(content: bytes, tidy: Callable[[str], str] | None = None) -> Table:
    """Return what the file holds, its cells as `clean` leaves them, or as another `tidy` does.

    Raises Refusal with the reason in words.
    """
    tidy = tidy or clean
    if not content.strip():
        raise Refusal(EMPTY)
    if len(content) > MOST_BYTES:
        raise Refusal(TOO_LARGE)
    if content.startswith(OLD_EXCEL_STARTS):
        raise Refusal(PROTECTED)
    if content.startswith(XLSX_STARTS):
        return _table(_workbook_rows(content), tidy)
    text, remarks = _text(content)
    return _table(_csv_rows(text), tidy, remarks)


def clean(text: str) -> str:
    """Return a cell as people see it: no blanks around it, no signs that cannot be seen."""
    visible = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return as_meant(visible.strip())


def exact(text: str) -> str:
    """Return a cell as it is, but for blanks around it: a SKU is the merchant's own text."""
    return text if isinstance(text, FromNumber) else as_meant(text.replace("\0", "").strip())


def _table(
    rows: Iterable[Iterable[str]],
    tidy: Callable[[str], str],
    remarks: tuple[str, ...] = (),
) -> Table:
    """The first row that is not empty names the columns."""
    columns: tuple[str, ...] = ()
    kept: list[tuple[int, tuple[str, ...]]] = []
    for number, row in enumerate(rows, start=1):
        cells = _without_end(tuple(tidy(cell) for cell in row))
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise Refusal(TOO_WIDE)
        if not columns:
            columns = cells
            continue
        if len(kept) == MOST_ROWS:
            raise Refusal(TOO_MANY)
        kept.append((number, cells))
    if not columns:
        raise Refusal(EMPTY)
    return Table(columns, tuple(kept), remarks)


def _without_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    filled = [place for place, cell in enumerate(cells, start=1) if cell]
    return cells[: filled[-1]] if filled else ()


# --- CSV ------------------------------------------------------------------------------------


def _text(content: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        text, remarks = _decoded(content)
    except UnicodeDecodeError as error:
        raise Refusal(NO_TABLE) from error
    if any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text):
        raise Refusal(NO_TABLE)
    return text, remarks


def _decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16"), ()
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return content.decode("windows-1252"), (NOT_UTF8,)


def _csv_rows(text: str) -> Iterator[list[str]]:
    first, _, rest = text.lstrip("\r\n").partition("\n")
    # Excel's own way to name the delimiter.
    if first.strip().lower().startswith("sep=") and len(first.strip()) <= len("sep=") + 1:
        delimiter, text = first.strip("\r")[len("sep=") :] or "\t", "\n" + rest
    else:
        delimiter = max(DELIMITERS, key=first.count)
    rows = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows += 1
            yield row
    except csv.Error as error:
        raise Refusal(
            f"Row {rows + 1} cannot be read. Perhaps a quotation mark is not closed there."
        ) from error


# --- Excel ----------------------------------------------------------------------------------


def _workbook_rows(content: bytes) -> Iterator[list[str]]:
    _check_size_inside(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(max_row=SHEET_ENDS, max_col=MOST_COLUMNS + 1, values_only=True):
            yield [_cell(value) for value in row]
    except Exception as error:
        # The library raises whatever a broken workbook makes it run into.
        raise Refusal(BROKEN) from error


def _check_size_inside(content: bytes) -> None:
    """What is said here binds: nothing is unpacked beyond the size that the archive names."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except Exception as error:
        raise Refusal(BROKEN) from error
    if sum(part.file_size for part in parts) > MOST_BYTES_UNPACKED:
        raise Refusal(BLOWN_UP)
    if any(part.flag_bits & 1 for part in parts):
        raise Refusal(PROTECTED)


def _cell(value: Any) -> str:
    """Return a cell's value as text. Text stays as it is, with its leading zeros."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number(value)
        case datetime() if value.time() == time.min:
            return value.date().isoformat()
        case _:
            return str(value)


def _number(value: float) -> str:
    if abs(value) >= FIRST_ROUNDED_NUMBER:
        return FromNumber(f"{value:E}")
    return FromNumber(int(value) if value == int(value) else value)
