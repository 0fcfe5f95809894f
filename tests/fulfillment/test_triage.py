"""What is found wrong on arrival, and which reason the merchant is told first. No database."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fulfillment import triage
from fulfillment.triage import AskedLine, AskedMethod, Finding
from platforms.records import Address, RejectReason

SKUS = frozenset({"TENT"})
TENT = AskedLine("1", "TENT", "Ridge Tent", 1)


def address(**parts: str) -> Address:
    good = {
        "first_name": "Dana",
        "last_name": "Whitfield",
        "line1": "1209 Alder Ct",
        "city": "Boise",
        "region": "ID",
        "postcode": "83702",
        "country": "US",
    }
    return Address(**{**good, **parts})


def find(
    where: Address | None = None,
    lines: tuple[AskedLine, ...] = (TENT,),
    *,
    location_known: bool = True,
    method: AskedMethod | None = None,
) -> list[Finding]:
    return triage.find(
        address=where,
        lines=lines,
        known_skus=SKUS,
        location_name="Reno",
        location_known=location_known,
        method=method,
    )


GOOD = [
    {},
    {"postcode": "83702-1234"},
    {"region": "id"},
    {"region": "Idaho"},
    {"country": "us"},
    {"line1": "", "line2": "PO Box 3"},
    {"first_name": "", "last_name": "Cher"},
    {"country": "CA", "city": "Toronto", "region": "ON", "postcode": "M5V 2T6"},
    {"country": "GB", "city": "London", "region": "", "postcode": "sw1a 1aa"},
    {"country": "DE", "city": "Köln", "region": "", "postcode": "50667"},
    {"country": "FR", "city": "Lyon", "region": "", "postcode": "69001"},
    {"country": "SE", "city": "Göteborg", "region": "", "postcode": "411 14"},
    {"country": "NL", "city": "Utrecht", "region": "", "postcode": "3511 AB"},
    {"country": "IE", "city": "Dublin", "region": "", "postcode": ""},
    {"country": "AU", "city": "Sydney", "region": "NSW", "postcode": "2000"},
    {"country": "JP", "city": "", "region": "Tokyo", "postcode": "100-0001"},
    {"country": "BR", "city": "São Paulo", "region": "SP", "postcode": "01310-100"},
    {"country": "MX", "city": "Mérida", "region": "Yuc.", "postcode": "97000"},
    {"country": "SG", "city": "Singapore", "region": "", "postcode": "018956"},
    {"country": "AE", "city": "", "region": "Dubai", "postcode": ""},
    {"country": "NZ", "city": "Wellington", "region": "", "postcode": "6011"},
    {"country": "CH", "city": "Zürich", "region": "", "postcode": "8001"},
    {"country": "VN", "city": "Quận 1", "region": "Hồ Chí Minh", "postcode": ""},
]
BAD = [
    ({"postcode": ""}, "010401", "The address has no postal code."),
    ({"postcode": "ABC"}, "010406", "“ABC” is no postal code in US."),
    ({"postcode": "10001"}, "010406", "“10001” is no postal code in US."),
    ({"region": ""}, "010401", "The address has no state or region."),
    ({"region": "Bavaria"}, "010403", "“Bavaria” is no state or region in US."),
    ({"city": ""}, "010401", "The address has no city."),
    ({"line1": ""}, "010401", "The address has no street."),
    ({"line1": "  ", "line2": " "}, "010401", "The address has no street."),
    ({"country": ""}, "010407", "The address has no country."),
    ({"country": "XX"}, "010407", "“XX” is no country."),
    ({"first_name": "", "last_name": " "}, "010408", "The recipient has no name."),
    (
        {"country": "SE", "city": "Göteborg", "region": "", "postcode": ""},
        "010401",
        "The address has no postal code.",
    ),
    (
        {"country": "GB", "city": "London", "region": "", "postcode": "12345"},
        "010406",
        "“12345” is no postal code in GB.",
    ),
]


@pytest.mark.parametrize("parts", GOOD, ids=str)
def test_a_usual_address_is_clear(parts: dict[str, str]) -> None:
    assert find(address(**parts)) == []


@pytest.mark.parametrize(("parts", "code", "detail"), BAD, ids=lambda value: str(value)[:40])
def test_a_fault_of_an_address_is_named(parts: dict[str, str], code: str, detail: str) -> None:
    found = find(address(**parts))
    assert (code, detail) in [(each.code, each.detail) for each in found]
    assert {each.reject_reason for each in found} == {RejectReason.ADDRESS}


def test_no_address_at_all_is_one_finding() -> None:
    assert [(each.code, each.detail) for each in find(None)] == [
        ("010401", "There is no shipping address.")
    ]


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        (AskedLine("7", "", "Gift Box", 1), "“Gift Box” has no SKU."),
        (AskedLine("7", "", "", 1), "“line 7” has no SKU."),
        (AskedLine("7", "tent", "T", 1), "We know no product with SKU “tent” (T)."),
        (AskedLine("7", "TENT ", "T", 1), "We know no product with SKU “TENT ” (T)."),
        (AskedLine("7", "TENT", "T", 0), "“T” asks for no units."),
    ],
)
def test_a_fault_of_a_line_names_the_line(line: AskedLine, detail: str) -> None:
    [found] = find(address(), (TENT, line))
    assert (found.detail, found.line_ref) == (detail, "7")
    assert (found.code, found.reject_reason) == ("010501", RejectReason.PRODUCT)


def test_a_place_of_nobody_is_the_least_of_reasons() -> None:
    [found] = find(address(), location_known=False)
    assert (found.code, found.reject_reason) == ("010601", RejectReason.OTHER)
    assert "Reno" in found.detail


def test_the_address_comes_before_the_product_and_the_product_before_the_place() -> None:
    found = find(None, (AskedLine("1", "", "Gift", 1),), location_known=False)
    assert [each.reject_reason for each in found] == [
        RejectReason.ADDRESS,
        RejectReason.PRODUCT,
        RejectReason.OTHER,
    ]


WORDS = st.text(max_size=30)
ODD_COUNTRIES = ("US", "CA", "GB", "CN", "KR", "JP", "BR", "HK", "TW", "AE", "KY", "VA", "XX", "zz")
COUNTRIES = st.one_of(st.sampled_from(ODD_COUNTRIES), WORDS)


@settings(max_examples=300, deadline=None)
@given(
    st.builds(
        Address,
        first_name=WORDS,
        line1=WORDS,
        city=WORDS,
        region=WORDS,
        postcode=WORDS,
        country=COUNTRIES,
    )
)
def test_no_address_whatever_makes_the_check_fail(where: Address) -> None:
    for found in find(where):
        assert found.code
        assert found.detail


@pytest.mark.parametrize(
    ("name", "carrier", "code"),
    [("Ground", "", "010701"), (" ", "", "010703"), ("Ground", "pony", "010704")],
)
def test_a_method_without_a_carrier_is_ours_to_repair(name: str, carrier: str, code: str) -> None:
    method = AskedMethod(name, carrier, frozenset({"ups"}))
    [found] = find(address(), method=method)
    assert (found.code, found.reject_reason) == (code, None)
    both = find(address(postcode=""), method=method)
    assert [each.code for each in both] == ["010401", code]


def test_a_method_with_a_carrier_is_no_problem() -> None:
    assert find(address(), method=AskedMethod("Ground", "ups", frozenset({"ups"}))) == []
