"""Files of products and of stock: seen first, then applied at once, whole, and only once."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from openpyxl import Workbook

from inventory import importing
from inventory.files.rows import Row
from inventory.models import (
    Barcode,
    FileState,
    Product,
    SkuAlias,
    StockFile,
    StockLevel,
    UnknownSku,
)
from locations.models import Merchant, Warehouse
from platforms.errors import Refusal
from tests.factories import (
    LocationFactory,
    MerchantFactory,
    ProductFactory,
    WarehouseFactory,
    member,
    stock,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def reno() -> Warehouse:
    place: Warehouse = LocationFactory(
        store__merchant__name="Acme", warehouse__name="Reno"
    ).warehouse
    return place


@pytest.fixture
def acme(reno: Warehouse) -> Merchant:
    return Merchant.objects.get(name="Acme")


@pytest.fixture
def person(reno: Warehouse) -> User:
    return member("supervisor", reno, username="dana")


def sent(text: str | bytes, kind: str, by: User, **more: Any) -> StockFile:
    content = text if isinstance(text, bytes) else text.encode()
    return importing.preview(content, "goods.csv", kind, by=by, **more)


def rows(made: StockFile) -> list[tuple[str, str]]:
    return [(row.verdict, row.words) for row in importing.rows_of(made)]


def sheet(*lines: tuple[Any, ...]) -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


# --- products --------------------------------------------------------------------------------


def test_products_are_seen_first_and_then_made_and_changed(acme: Merchant, person: User) -> None:
    ProductFactory(merchant=acme, sku="TENT", title="Tent", weight_grams=900)
    ProductFactory(merchant=acme, sku="SAME", title="Same")
    made = sent(
        "merchant,sku,title,barcodes,other skus,Weight (g)\n"
        'Acme,Mug  Blue,A mug,"1; 2 3","CUP; CUP BLUE",350\n'
        "Acme,TENT,Two people,,,950\n"
        "Acme,SAME,Same,,,\n",
        "products",
        person,
    )
    assert rows(made) == [
        (
            "new",
            "title “A mug”; weight_grams “350”; barcodes “1; 2; 3”; other_skus “CUP; CUP BLUE”",
        ),
        ("changed", "title “Tent” → “Two people”; weight_grams “900” → “950”"),
        ("unchanged", "It is so already."),
    ]
    assert Product.objects.count() == 2
    importing.apply(made.pk, by=person)
    mug = Product.objects.get(sku="Mug  Blue")
    assert (mug.weight_grams, mug.merchant) == (350, acme)
    assert sorted(str(code) for code in mug.barcodes.all()) == ["1", "2", "3"]
    assert sorted(str(alias) for alias in mug.aliases.all()) == ["CUP", "CUP BLUE"]
    assert Product.objects.get(sku="TENT").title == "Two people"


def test_one_bad_row_and_nothing_is_applied(acme: Merchant, person: User) -> None:
    ProductFactory(merchant=acme, sku="TENT").barcodes.create(merchant=acme, code="1")
    made = sent(
        "merchant,sku,barcodes,weight_grams,origin,other_skus\n"
        "Acme,GOOD,,,,\n"
        "Nobody,A,,,,\n"
        ",B,,,,\n"
        "Acme,,9,,,\n"
        "Acme,GOOD,,,,\n"
        "Acme,C,1,,,\n"
        "Acme,D,,heavy,,\n"
        "Acme,E,,,usa,\n"
        "Acme,F,,,,TENT\n"
        "Acme,1.2E+05,,,,\n",
        "products",
        person,
    )
    found = {row.number: row.words for row in importing.rows_of(made) if row.verdict == "wrong"}
    assert found == {
        3: "No merchant of yours is called “Nobody”.",
        4: "The merchant is missing. Name it, or choose one above.",
        5: "The sku is missing.",
        6: "Row 2 has the same SKU.",
        7: "The barcode 1 belongs to TENT.",
        8: "weight_grams: “heavy” is not a number.",
        9: "origin: Two capital letters, such as US. "
        "Ensure this value has at most 2 characters (it has 3).",
        10: "The other SKU TENT is the SKU of a product itself.",
        11: "The sku “1.2E+05” was shortened by a spreadsheet. "
        "Format the column as text, and write it again.",
    }
    assert made.state == FileState.WRONG
    with pytest.raises(Refusal, match="It has errors, so nothing of it is applied"):
        importing.apply(made.pk, by=person)
    assert Product.objects.count() == 1


def test_what_changed_since_the_preview_is_not_overwritten(acme: Merchant, person: User) -> None:
    tent = ProductFactory(merchant=acme, sku="TENT", title="Tent")
    made = sent("merchant,sku,title\nAcme,NEW,New\nAcme,TENT,Two people\n", "products", person)
    Product.objects.filter(pk=tent.pk).update(title="For two")
    with pytest.raises(Refusal, match=r"Row 3 \(Acme · TENT\) changed since the preview"):
        importing.apply(made.pk, by=person)
    tent.refresh_from_db()
    assert tent.title == "For two"
    assert not Product.objects.filter(sku="NEW").exists()


def test_an_unknown_sku_is_known_as_soon_as_a_file_names_it(acme: Merchant, person: User) -> None:
    for sku in ("MUG", "CUP"):
        UnknownSku.objects.create(merchant=acme, sku=sku)
    made = sent("sku,other_skus\nMUG,CUP\n", "products", person, merchant=acme)
    importing.apply(made.pk, by=person)
    assert not UnknownSku.objects.exists()


def test_a_number_in_a_spreadsheet_is_not_taken_for_a_new_sku(acme: Merchant, person: User) -> None:
    ProductFactory(merchant=acme, sku="456")
    book = sheet(
        ("merchant", "sku", "title"), ("Acme", 123, "A"), ("Acme", 456, "B"), ("Acme", "007", "C")
    )
    made = sent(book, "products", person)
    assert [verdict for verdict, _ in rows(made)] == ["wrong", "changed", "new"]
    assert (
        "The sku 123 is a number in this file, and zeros before it may be lost." in rows(made)[0][1]
    )


def test_a_file_of_ours_comes_back_as_it_went(acme: Merchant, person: User) -> None:
    """Exports put an apostrophe before what a spreadsheet would work out."""
    ProductFactory(merchant=acme, sku="=1+1", title="-5 °C")
    made = sent("Merchant,SKU,Title\nAcme,'=1+1,'-5 °C\n", "products", person)
    assert rows(made) == [("unchanged", "It is so already.")]


def test_other_skus_and_barcodes_in_a_cell_are_all_of_them(acme: Merchant, person: User) -> None:
    tent = ProductFactory(merchant=acme, sku="TENT")
    Barcode.objects.create(product=tent, merchant=acme, code="1")
    SkuAlias.objects.create(product=tent, merchant=acme, sku="OLD")
    made = sent("merchant,sku,barcodes,other_skus\nAcme,TENT,2,\n", "products", person)
    assert rows(made) == [("changed", "barcodes “1” → “2”")]
    importing.apply(made.pk, by=person)
    assert [str(code) for code in tent.barcodes.all()] == ["2"]
    assert [str(alias) for alias in tent.aliases.all()] == ["OLD"]


# --- stock -----------------------------------------------------------------------------------


@pytest.fixture
def tent(acme: Merchant) -> Product:
    product: Product = ProductFactory(merchant=acme, sku="TENT")
    return product


def test_figures_are_seen_first_and_then_booked_with_the_file_as_their_cause(
    tent: Product, acme: Merchant, reno: Warehouse, person: User
) -> None:
    stock(tent, reno, 10)
    mug, lamp = (ProductFactory(merchant=acme, sku=sku) for sku in ("MUG", "LAMP"))
    made = sent(
        "merchant,warehouse,sku,on_hand\nAcme,Reno,TENT,47\nAcme,Reno,MUG,5\nAcme,Reno,LAMP,0\n",
        "levels",
        person,
    )
    assert rows(made) == [
        ("changed", "on hand 10 → 47"),
        ("new", "on hand 5; counting begins"),
        ("new", "on hand 0; counting begins"),
    ]
    importing.apply(made.pk, by=person)
    found = StockLevel.objects.filter(on_hand__gt=0).values_list("product__sku", "on_hand")
    assert dict(found) == {"TENT": 47, "MUG": 5}
    lamp.refresh_from_db()
    assert lamp.counted
    movement = mug.levels.get().movements.get()
    assert (movement.kind, movement.reason, movement.by) == ("adjusted", "File goods.csv", person)
    assert (movement.cause_model, movement.cause_id) == ("inventory.stockfile", made.pk)


def test_a_level_that_moved_since_the_preview_stops_the_whole_file(
    tent: Product, acme: Merchant, reno: Warehouse, person: User
) -> None:
    stock(tent, reno, 10)
    ProductFactory(merchant=acme, sku="MUG")
    made = sent(
        "merchant,warehouse,sku,on_hand\nAcme,Reno,TENT,47\nAcme,Reno,MUG,5\n", "levels", person
    )
    stock(tent, reno, 11)
    stock(tent, reno, 10)
    with pytest.raises(Refusal, match=r"Row 2 \(Acme · Reno · TENT\) changed since the preview"):
        importing.apply(made.pk, by=person)
    assert [level.on_hand for level in StockLevel.objects.all()] == [10]


def test_a_file_is_applied_once(tent: Product, reno: Warehouse, person: User) -> None:
    made = sent("merchant,warehouse,sku,on_hand\nAcme,Reno,TENT,47\n", "levels", person)
    importing.apply(made.pk, by=person)
    with pytest.raises(Refusal, match="dana has applied it at"):
        importing.apply(made.pk, by=person)
    assert tent.levels.get().moves == 1


def test_rows_that_cannot_be_meant_are_named_in_words(
    tent: Product, reno: Warehouse, person: User
) -> None:
    WarehouseFactory(name="Erie")
    ProductFactory(merchant=MerchantFactory(name="Elsewhere"), sku="TENT")
    made = sent(
        "merchant,warehouse,sku,on_hand\n"
        "Acme,Reno,TENT,1\n"
        "Acme,Erie,TENT,1\n"
        "Elsewhere,Reno,TENT,1\n"
        "Acme,Reno,tent,1\n"
        "Acme,Reno,TENT,2\n"
        "Acme,Reno,TENT,-1\n"
        "Acme,Reno,TENT,1.5\n",
        "levels",
        person,
    )
    assert [words for verdict, words in rows(made) if verdict == "wrong"] == [
        "You work in no warehouse that is called “Erie”.",
        "No merchant of yours is called “Elsewhere”.",
        "No product of this merchant has this SKU. Make the product first.",
        "Row 2 says how many of it lie there already.",
        "“-1” is no figure: write how many are on hand, such as 47.",
        "“1.5” is no figure: write how many are on hand, such as 47.",
    ]


def test_numbers_of_a_spreadsheet_are_figures(tent: Product, reno: Warehouse, person: User) -> None:
    head = ("Merchant", "Warehouse", "Product", "On hand", "Promised")
    made = sent(sheet(head, ("Acme", "Reno", "TENT", 47, 3)), "levels", person)
    assert rows(made) == [("new", "on hand 47; counting begins")]
    assert made.remarks == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"\x00\x01", "neither a CSV nor an Excel file"),
        (b"sku,warehouse\nA,B\n", "The column on_hand is missing."),
        (b"sku,warehouse,on_hand\n", "There is no row below the names of the columns."),
        (b"sku,sku,warehouse,on_hand\n1,1,1,1\n", "Two columns are called sku."),
        (b"sku,warehouse,on_hand\n" + b"A,B,1\n" * 5_001, "more than 5,000 rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    person: User, content: bytes, words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        sent(content, "levels", person)
    assert not StockFile.objects.exists()


def test_many_rows_take_few_statements(
    acme: Merchant, reno: Warehouse, person: User, django_assert_max_num_queries: Any
) -> None:
    lines = []
    for number in range(50):
        ProductFactory(merchant=acme, sku=f"P{number}")
        lines.append(f"Acme,Reno,P{number},{number + 1}\n")
    content = "merchant,warehouse,sku,on_hand\n" + "".join(lines)
    with django_assert_max_num_queries(15):
        made = sent(content, "levels", person)
    with django_assert_max_num_queries(45):
        importing.apply(made.pk, by=person)
    assert StockLevel.objects.count() == 50


def test_many_products_take_few_statements(
    acme: Merchant, person: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(25):
        ProductFactory(merchant=acme, sku=f"P{number}")
    content = "merchant,sku,title,barcodes,other_skus\n" + "".join(
        f"Acme,P{number},Thing {number},B{number} C{number},Q{number}\n" for number in range(50)
    )
    with django_assert_max_num_queries(15):
        made = sent(content, "products", person)
    with django_assert_max_num_queries(45):
        importing.apply(made.pk, by=person)
    assert Product.objects.exclude(title="").count() == 50
    assert (Barcode.objects.count(), SkuAlias.objects.count()) == (100, 50)


def test_a_row_knows_whom_it_is_about() -> None:
    assert Row(2, {"merchant": "Acme", "sku": "A"}).named == "Acme · A"
