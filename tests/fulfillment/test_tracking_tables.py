"""The reader of tracking files: whatever the bytes are, it reads them or says in words why not."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from backoffice.cells import as_meant, harmless
from fulfillment.shipping_files import columns
from fulfillment.shipping_files.columns import NAMES, Row, flaw
from inventory import tables
from inventory.tables import Table
from platforms.errors import Refusal


def book(*lines: tuple[Any, ...], prepare: Callable[[Any], None] = lambda sheet: None) -> bytes:
    made = Workbook()
    for line in lines:
        made.active.append(line)
    prepare(made.active)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(Refusal) as refused:
        columns.read(tables.read(content))
    return str(refused.value)


def only(content: bytes) -> Row:
    [row], _ = columns.read(tables.read(content))
    return row


def inside(content: bytes, name: str, text: bytes) -> bytes:
    """A workbook with one of its parts replaced."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part, text if part.filename == name else old.read(part))
    return file.getvalue()


HEAD = ("Order", "Tracking")
SHEET = "xl/worksheets/sheet1.xml"
GOOD = book(HEAD, ("1001", "1Z"))


# --- whatever the bytes are -------------------------------------------------------------------


def read_or_refused(content: bytes) -> None:
    """Nothing but a refusal may come out, and that is a sentence."""
    said = ""
    try:
        rows, _ = columns.read(tables.read(content))
        for row in rows:
            flaw(row)
    except Refusal as refused:
        said = str(refused)
    assert not said or said.endswith((".", "…"))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    read_or_refused(content)
    read_or_refused(b"Order,Tracking\n" + content)
    read_or_refused(tables.XLSX_STARTS + content)


@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]))
def test_any_text_is_read_or_refused(text: str, encoding: str) -> None:
    read_or_refused(text.encode(encoding, "replace"))
    read_or_refused(("Order;Tracking\n" + text).encode(encoding, "replace"))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_to_a_workbook_is_read_or_refused(data: st.DataObject) -> None:
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(GOOD) - 1))] = data.draw(st.integers(0, 255))
    read_or_refused(bytes(damaged))
    read_or_refused(GOOD[: data.draw(st.integers(0, len(GOOD)))])


# Without the signs that no text has: those are refused.
CELLS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), max_size=30
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=5), st.sampled_from(",;\t"))
def test_what_a_csv_writer_wrote_is_read_as_it_was_meant(
    lines: list[tuple[str, str, str]], delimiter: str
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([("Order", "Tracking", "Carrier"), *lines])
    table = tables.read(text.getvalue().encode())
    meant = [tuple(tables.clean(cell) for cell in line) for line in lines]
    found = [(*cells, "", "", "")[:3] for _, cells in table.rows]
    assert found == [line for line in meant if any(line)]


@given(st.text(max_size=20))
def test_a_cell_of_ours_comes_back_as_it_was(text: str) -> None:
    assert as_meant(harmless(text)) == text or text.startswith("'")
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))


# --- CSV --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "Order,Tracking,Carrier\n00123,1Z,Köln Express\n".encode(),
        "\ufeffOrder,Tracking,Carrier\r\n00123,1Z,Köln Express\r\n".encode(),
        "Carrier;Order;Tracking\nKöln Express;00123;1Z".encode(),
        "Order\tTracking\tCarrier\r00123\t1Z\tKöln Express\r".encode(),
        "Order\tTracking\tCarrier\n00123\t1Z\tKöln Express\n".encode("utf-16"),
        "sep=;\nOrder;Tracking;Carrier\n00123;1Z;Köln Express\n".encode(),
        '\n\nORDER NUMBER,tracking_code,"Courier"\n\n 00123 ,"1Z",Köln\u00a0Express\n'.encode(),
        "'Order,Tracking,Carrier\n00123,1Z,Köln Express\n".encode().replace(b"'", b""),
    ],
)
def test_a_csv_is_read_however_it_was_saved(content: bytes) -> None:
    row = only(content)
    assert (row.order, row.tracking, row.carrier) == ("00123", "1Z", "Köln Express")


def test_windows_1252_is_read_and_remarked() -> None:
    rows, remarks = columns.read(tables.read("Order,Tracking\n1,Müller\n".encode("windows-1252")))
    assert rows[0].tracking == "Müller"
    assert remarks == [tables.NOT_UTF8]


def test_rows_have_the_numbers_that_a_spreadsheet_shows() -> None:
    table = tables.read(b'Order,Tracking\n\n1,"a\nb"\n,,\n2,c\n')
    assert [number for number, _ in table.rows] == [3, 5]


def test_columns_that_mean_nothing_to_us_are_named() -> None:
    _, remarks = columns.read(tables.read(b"Order,Tracking,Colour,Shipped at\n1,1Z,red,today\n"))
    assert remarks == ["Not used: “Colour”, “Shipped at”."]


def test_a_row_that_is_longer_than_the_columns_is_not_guessed_at() -> None:
    assert "It has more cells than there are columns." in flaw(only(b"Order,Tracking\n1,2,1Z\n"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", tables.EMPTY),
        (b"\n \n", tables.EMPTY),
        (b",,\n,\n", tables.EMPTY),
        (b"\xef\xbb\xbf", tables.EMPTY),
        (b"Order,Tracking\n", "There is no row below the names of the columns."),
        (b"Order,Carrier\n1,UPS\n", "“Tracking”, and “Order” or “Fulfillment order”. It names: “O"),
        (b"1001,1Z\n", "The first row must name the columns"),
        (b"Order,Order number,Tracking\n1,1,1Z\n", "“Order” and “Order number” mean the same."),
        (b'Order,Tracking\n1,1Z\n2,"1Z\n', "Row 3 cannot be read."),
        (b"%PDF-1.7\n\x00\x01\x02", tables.NO_TABLE),
        (b"\x89PNG\r\n\x1a\n\x00\x00", tables.NO_TABLE),
        (b"Order,Tracking\n1,\x81\x8d\n", tables.NO_TABLE),
        (b"Order,Tracking\n" + b"1,1Z\n" * (tables.MOST_ROWS + 1), tables.TOO_MANY),
        (b"Order,Tracking\n" + b"1," * 60 + b"1Z\n", tables.TOO_WIDE),
        (b"x" * (tables.MOST_BYTES + 1), tables.TOO_LARGE),
        (tables.OLD_EXCEL_STARTS + b"EncryptedPackage", tables.PROTECTED),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    assert words in refusal(content)


# --- Excel ------------------------------------------------------------------------------------


def test_text_in_a_workbook_keeps_its_zeros_and_numbers_look_as_on_the_screen() -> None:
    names = ("Order", "Tracking", "SKU", "Quantity", "Store")
    row = only(book(names, ("00123", 794644790138, 7.0, 2.0, True)))
    assert (row.order, row.tracking, row.sku, row.quantity) == ("00123", "794644790138", "7", "2")
    assert row.store == "TRUE"
    half_past = datetime(2026, 5, 1, 9, 30)  # noqa: DTZ001 - a workbook knows no time zones
    dates = tables.read(book(("a", "b"), (date(2026, 5, 1), half_past)))
    assert dates.rows[0][1] == ("2026-05-01", "2026-05-01 09:30:00")
    assert only(book(HEAD, (1.5, "x"))).order == "1.5"


@pytest.mark.parametrize("number", [1.23e15, 9400111899223344556677, 10**15, "1.23E+15"])
def test_a_number_that_excel_has_rounded_is_refused(number: object) -> None:
    row = only(book(HEAD, ("1001", number)))
    assert "is what a spreadsheet makes of a long number" in flaw(row)


def test_a_formula_is_read_as_its_value_and_an_error_is_none() -> None:
    def prepare(sheet: Any) -> None:
        sheet["B2"] = "=1+1"

    assert only(book(HEAD, ("1001", ""), prepare=prepare)).tracking == "", "never worked out"
    assert "is an error of the spreadsheet" in flaw(only(book(HEAD, ("1001", "#N/A"))))


def test_only_the_first_sheet_counts() -> None:
    made = Workbook()
    made.active.append(HEAD)
    made.active.append(("1001", "1Z"))
    made.create_sheet().append(("Something", "else"))
    made.active = 1
    file = io.BytesIO()
    made.save(file)
    assert only(file.getvalue()).tracking == "1Z"


def test_rows_far_below_still_count() -> None:
    def prepare(sheet: Any) -> None:
        sheet["A90000"], sheet["B90000"] = "1001", "1Z"

    assert only(book(HEAD, prepare=prepare)).number == 90000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD[:-200], tables.BROKEN),
        (tables.XLSX_STARTS, tables.BROKEN),
        (book(), tables.EMPTY),
        (book(HEAD), "There is no row below the names of the columns."),
        (book(HEAD, ("1",) * 60), tables.TOO_WIDE),
        (book(HEAD, *[("1", "1Z")] * (tables.MOST_ROWS + 1)), tables.TOO_MANY),
        (inside(GOOD, SHEET, b" " * (tables.MOST_BYTES_UNPACKED + 1)), tables.BLOWN_UP),
        (inside(GOOD, SHEET, b"<worksheet"), tables.BROKEN),
    ],
    ids=["cut off", "a start only", "empty", "header only", "wide", "long", "bomb", "no XML"],
)
def test_a_workbook_that_cannot_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    assert words in refusal(content)


def test_entities_that_blow_up_are_refused() -> None:
    entities = b"".join(
        b'<!ENTITY e%d "%s">' % (n, (b"&e%d;" % (n - 1) if n else b"lol") * 10) for n in range(10)
    )
    text = b"<!DOCTYPE w [" + entities + b"]><worksheet>&e9;</worksheet>"
    assert refusal(inside(GOOD, SHEET, text)) == tables.BROKEN


def test_an_archive_that_needs_a_password_is_refused() -> None:
    locked = bytearray(GOOD)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(mark)
        while at >= 0:
            locked[at + place] |= 1
            at = locked.find(mark, at + 1)
    assert refusal(bytes(locked)) == tables.PROTECTED


def test_an_archive_that_lies_about_its_size_is_not_unpacked_beyond_it() -> None:
    bomb = inside(GOOD, SHEET, b"<a>" + b" " * 10_000_000)
    size = (10_000_003).to_bytes(4, "little")
    assert bomb.count(size) >= 1
    assert refusal(bomb.replace(size, (100).to_bytes(4, "little"))) == tables.BROKEN


# --- columns ----------------------------------------------------------------------------------


@pytest.mark.parametrize("meant", NAMES)
def test_every_name_of_a_column_is_known_in_any_spelling(meant: str) -> None:
    for name in NAMES[meant]:
        for spelled in (name, name.upper(), name.replace(" ", "_"), f" {name.lower()}: "):
            head = [n[0] for key, n in NAMES.items() if key in ("order", "tracking", "part")]
            head = [spelled if n == NAMES[meant][0] else n for n in head]
            names = head if spelled in head else [*head, spelled]
            rows, remarks = columns.read(Table(tuple(names), ((2, ("x",) * len(names)),)))
            assert getattr(rows[0], meant) == "x"
            assert remarks == []


def test_the_docs_list_the_columns_as_they_are() -> None:
    docs = (Path(__file__).parents[2] / "docs/how-to/ship-by-file.md").read_text()
    for own, *others in NAMES.values():
        [row] = [line for line in docs.splitlines() if line.startswith(f"| {own} |")]
        assert row.split("|")[3].strip() == ", ".join(others)
