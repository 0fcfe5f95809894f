"""What people paste: SKUs with blanks, spreadsheets, barcodes; and what is wrong, by its line."""

import pytest

from inventory import pasting
from inventory.models import SkuAlias
from platforms.errors import Refusal
from tests.inventory import rows
from tests.inventory.conftest import Yard


@pytest.mark.parametrize(
    "text",
    ["TENT 3", "TENT\t3", "TENT;3", "TENT,3", " TENT , 3 ", "4006381333931 3", "TENT 1\n\nTENT 2"],
)
def test_a_line_is_a_code_and_a_quantity(yard: Yard, text: str) -> None:
    assert pasting.quantities(text, yard.merchant) == {yard.tent: 3}


def test_a_sku_may_hold_blanks_and_go_by_another_name(yard: Yard) -> None:
    spaced = rows.product(yard.merchant, "TENT 2P, GREEN")
    SkuAlias.objects.create(product=spaced, merchant=yard.merchant, sku="T 2")
    found = pasting.quantities("TENT 2P, GREEN 4\nT 2 1", yard.merchant)
    assert found == {spaced: 5}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("TENT 1\nSOFA 2", "Line 2: “SOFA” is no SKU or barcode of Merchant"),
        ("TENT", "Line 1, “TENT”: write the SKU, a blank, and how many."),
        ("TENT 0", "0 of TENT is no number of units"),
        ("TENT 4006381333931", "4006381333931 of TENT is no number"),
        ("\n".join(["X 1"] * 12), "And 2 more."),
        ("TENT 1\n" * 5001, "At most 5,000 lines"),
    ],
)
def test_what_is_wrong_is_said_by_its_line(yard: Yard, text: str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        pasting.quantities(text, yard.merchant)


def test_any_number_of_lines_is_found_in_three_statements(
    yard: Yard, django_assert_num_queries: object
) -> None:
    text = "\n".join(f"{rows.product(yard.merchant, f'S{n}').sku} 1" for n in range(30))
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len(pasting.quantities(text, yard.merchant)) == 30
