"""What a Haravan order says: its parts, its state and its money (contract haravan, section 11)."""

import copy
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.errors import Malformed
from platforms.haravan import HARAVAN
from platforms.haravan.money import read_money
from platforms.haravan.orders import read_order
from platforms.haravan.wire import find_part, read_order_parts, ref_of
from platforms.haravan.words import read_done, read_payment, read_standing
from platforms.records import (
    Cash,
    FulfillmentOrderRecord,
    RequestStatus,
    Unreadable,
    UpstreamState,
)
from platforms.values import read_instant
from tests.platforms.haravan_examples import example, listed

TABLES = example("normalisation_tables")
ORDER = example("order_get.response")["order"]
WANTED = (UpstreamState.OPEN, RequestStatus.REQUESTED)
NOT_YET = (UpstreamState.OPEN, RequestStatus.PENDING)
CLOSED = (UpstreamState.CLOSED, RequestStatus.CLOSED)
CANCELLED = (UpstreamState.CANCELLED, RequestStatus.CANCEL_ACCEPTED)
USUAL = HARAVAN.filled_in({})
Change = Callable[[dict[str, Any]], object]


def order(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(ORDER), **changes}


def with_lines(**changes: Any) -> dict[str, Any]:
    return order(line_items=[{**line, **changes} for line in ORDER["line_items"]])


def one(raw: Any, options: Mapping[str, Any] = USUAL) -> FulfillmentOrderRecord:
    [found] = read_order_parts(raw, options)
    assert isinstance(found, FulfillmentOrderRecord), found
    return found


def standing(raw: Any, **options: Any) -> tuple[UpstreamState, RequestStatus]:
    found = one(raw, HARAVAN.filled_in(options))
    return found.state, found.request_status


def test_an_order_is_read_whole() -> None:
    found = one(ORDER)
    assert (found.ref, found.order_ref, found.order_name) == ("1684205517", "1684205517", "#102387")
    assert (found.state, found.request_status) == WANTED
    assert found.upstream_status == "notfulfilled"
    assert found.upstream_request_status == "confirmed, pending"
    assert (found.location_ref, found.shipping_name) == ("1204471", "Giao hàng tận nơi")
    assert found.cash == Cash(Decimal(1100000), "VND")
    assert found.note == "Giao giờ hành chính, gọi trước khi giao\ngói quà: có"
    assert [each.open_quantity for each in found.lines] == [2, 4, 1]
    bowl = found.lines[0]
    assert (bowl.ref, bowl.order_line_ref, bowl.product_ref) == (
        "1820450101",
        "1820450101",
        "1117730451",
    )
    assert (bowl.sku, bowl.title) == ("GM-BOWL-15", "Tô gốm men ngọc - 15 cm")
    assert bowl.note == "Khắc tên: Nhà Hà"
    assert bowl.image_url.endswith("gm-bowl-15.jpg")


def test_nothing_of_an_address_is_lost() -> None:
    address = one(ORDER).address
    assert address is not None
    assert (address.first_name, address.last_name) == ("Minh Hà", "Trần Thị")
    assert address.line1 == "18/4 Đường Hoa Sứ"
    assert (address.line3, address.city, address.region) == (
        "Phường Tân Định",
        "Quận 1",
        "Hồ Chí Minh",
    )
    assert (address.country, address.phone) == ("VN", "0900000123")


@pytest.mark.parametrize(
    ("changes", "line3", "city"),
    [
        ({"district": None}, "Phường Tân Định", "Hồ Chí Minh"),
        ({"city": "Thủ Đức"}, "Phường Tân Định, Quận 1", "Thủ Đức"),
        ({"ward": None}, "", "Quận 1"),
    ],
)
def test_an_address_has_a_city_with_or_without_a_district(
    changes: dict[str, Any], line3: str, city: str
) -> None:
    address = one(order(shipping_address={**ORDER["shipping_address"], **changes})).address
    assert address is not None
    assert (address.line3, address.city) == (line3, city)


@pytest.mark.parametrize(
    ("given", "country"),
    [
        ({"country_code": "vn"}, "VN"),
        ({"country_code": None}, "VN"),
        ({"country_code": None, "country": "Việt Nam"}, "VN"),
        ({"country_code": None, "country": "Laos"}, "Laos"),
    ],
)
def test_a_country_is_a_code_where_it_can_be(given: dict[str, Any], country: str) -> None:
    address = one(order(shipping_address={**ORDER["shipping_address"], **given})).address
    assert address is not None
    assert address.country == country


def test_a_counter_sale_has_no_address() -> None:
    empty = dict.fromkeys(ORDER["shipping_address"])
    for address in (None, {}, empty, "none"):
        assert one(order(shipping_address=address)).address is None


@pytest.mark.acceptance("haravan", 16)
def test_the_second_order_of_the_list_has_no_customer_and_no_sku() -> None:
    page = example("order_list.response")["orders"]
    found = one(page[1])
    assert (found.address, found.cash, found.lines[0].sku) == (None, None, "")
    assert found.lines[0].product_ref == "1117730466"
    assert (found.state, found.request_status) == NOT_YET


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("order_get", WANTED),
        ("order_get_partially_fulfilled", WANTED),
        ("order_get_fulfilled", CLOSED),
        ("order_get_cancelled_after_fulfilled", CANCELLED),
        ("order_confirm", WANTED),
        ("order_cancel", CANCELLED),
    ],
)
def test_the_state_of_each_example(
    name: str, expected: tuple[UpstreamState, RequestStatus]
) -> None:
    assert standing(example(f"{name}.response")["order"]) == expected


@pytest.mark.parametrize(
    ("raw", "options", "expected"),
    [
        (order(cancelled_at="2026-03-02T05:11:20.41Z"), {}, CANCELLED),
        (order(cancelled_status="cancelled"), {}, CANCELLED),
        (order(cancelled_status="cancelled", closed_status="closed"), {}, CANCELLED),
        (order(fulfillment_status="cancelled"), {}, WANTED),
        (order(closed_status="closed"), {}, CLOSED),
        (order(closed_at="2026-03-02T05:11:20Z"), {}, CLOSED),
        (with_lines(fulfillable_quantity=0), {}, CLOSED),
        (with_lines(fulfillable_quantity="0"), {}, CLOSED),
        (with_lines(fulfillable_quantity=-1), {}, CLOSED),
        (with_lines(fulfillable_quantity=1, fulfillment_status="fulfilled"), {}, WANTED),
        (with_lines(fulfillable_quantity=None, fulfillment_status="Đã hoàn thành"), {}, CLOSED),
        (with_lines(fulfillable_quantity=None, fulfillment_status="new word"), {}, WANTED),
        (order(confirmed_status="unconfirmed", confirmed_at=None), {}, NOT_YET),
        (order(confirmed_status=None, confirmed_at=None), {}, NOT_YET),
        (order(confirmed_status=None), {}, WANTED),
        (order(confirmed_status="a new word"), {}, NOT_YET),
        (order(confirmed_status="unconfirmed"), {"pick_unconfirmed": True}, WANTED),
        (order(gateway_code=None, transactions=[]), {}, NOT_YET),
        (order(gateway_code=None, transactions=None), {"pick_unpaid": True}, WANTED),
        (order(gateway_code="cod", transactions=[]), {}, WANTED),
        (order(gateway_code=None), {}, WANTED),
        (order(financial_status="paid", gateway_code=None, transactions=[]), {}, WANTED),
        (order(financial_status="authorized", gateway_code=None, transactions=[]), {}, WANTED),
        (order(financial_status="partiallypaid", gateway_code="", transactions=[]), {}, NOT_YET),
        (order(financial_status="voided"), {}, NOT_YET),
        (order(financial_status="a new word", gateway_code="x", transactions=[]), {}, NOT_YET),
        (order(total_price="0.00", gateway_code=None, transactions=[]), {}, WANTED),
    ],
)
def test_a_state_is_decided_by_numbers(
    raw: dict[str, Any], options: dict[str, Any], expected: tuple[UpstreamState, RequestStatus]
) -> None:
    assert standing(raw, **options) == expected


def paid(*transactions: tuple[str, Any, Any]) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "amount": amount, "status": status, "is_cod_gateway": True}
        for kind, amount, status in transactions
    ]


@pytest.mark.parametrize(
    ("changes", "amount"),
    [
        ({}, 1100000),
        ({"total_price": "1100000.00"}, 1100000),
        ({"total_price": 1100000.25}, "1100000.25"),
        ({"transactions": paid(("capture", 400000.0, None))}, 700000),
        ({"transactions": paid(("Sale", "400000.00", "Thành công"))}, 700000),
        ({"transactions": paid(("capture", 400000.0, "failure"))}, 1100000),
        ({"transactions": paid(("capture", 400000, None), ("refund", 100000, "success"))}, 800000),
        ({"transactions": paid(("capture", 1100000.0, None))}, None),
        ({"transactions": paid(("authorization", 1100000.0, None))}, 1100000),
        ({"transactions": [None, "odd"]}, 1100000),
        ({"financial_status": "paid", "transactions": None}, None),
        ({"financial_status": "refunded"}, None),
        ({"gateway_code": None, "transactions": []}, None),
    ],
)
def test_what_the_carrier_collects(changes: dict[str, Any], amount: Any) -> None:
    expected = None if amount is None else Cash(Decimal(amount), "VND")
    assert one(order(**changes)).cash == expected


def test_an_amount_to_collect_that_cannot_be_read_is_not_lost() -> None:
    for price in (None, "a lot", True, [], "NaN"):
        [found] = read_order_parts(order(total_price=price), USUAL)
        assert isinstance(found, Unreadable)
        assert found.ref == "1684205517"


def test_partly_paid_without_a_sum_is_said_to_whoever_packs() -> None:
    assert "ask the merchant" in one(order(financial_status="partially_paid")).note
    known = order(financial_status="partially_paid", transactions=paid(("sale", 1, None)))
    assert "ask the merchant" not in one(known).note


def test_each_service_of_an_order_is_a_part_of_its_own() -> None:
    raw = order()
    raw["line_items"][0]["fulfillment_service"] = "kho-sao-mai"
    raw["line_items"][1]["fulfillment_service"] = "Thủ công"
    parts = read_order_parts(raw, USUAL)
    read = {each.ref: each for each in parts if isinstance(each, FulfillmentOrderRecord)}
    assert list(read) == ["1684205517-kho-sao-mai", "1684205517"]
    assert [line.ref for line in read["1684205517"].lines] == ["1820450102", "1820450103"]
    for ref, part in read.items():
        assert find_part(raw, ref, USUAL) == part
        assert HARAVAN.read_order(part.raw, USUAL) == part


def test_a_part_whose_lines_are_gone_is_closed() -> None:
    found = find_part(ORDER, "1684205517-kho-sao-mai", USUAL)
    assert (found.ref, found.lines) == ("1684205517-kho-sao-mai", ())
    assert (found.state, found.request_status) == CLOSED


def test_a_long_service_has_a_short_ref_of_its_own() -> None:
    refs = {ref_of("1684205517", "kho " * 20 + end) for end in ("a", "b")}
    assert len(refs) == 2
    assert all(len(each) <= 64 for each in refs)
    raw = with_lines(fulfillment_service="kho " * 20)
    assert find_part(raw, one(raw).ref, USUAL) == one(raw)


@pytest.mark.parametrize(
    ("changes", "ships"),
    [
        ({"requires_shipping": False}, False),
        ({"gift_card": True}, False),
        ({"requires_shipping": None}, True),
        ({"requires_shipping": "false"}, True),
        ({"fulfillable_quantity": 0}, True),
    ],
)
def test_what_needs_no_parcel_is_left_out(changes: dict[str, Any], ships: bool) -> None:
    assert bool(read_order_parts(with_lines(**changes), USUAL)) is ships


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.pop("line_items"),
        lambda raw: raw.update(line_items="many"),
        lambda raw: raw["line_items"].append("one more"),
        lambda raw: raw["line_items"][0].update(id=None),
    ],
)
def test_an_odd_order_does_not_pass_for_a_smaller_one(change: Change) -> None:
    raw = order()
    change(raw)
    [found] = read_order_parts(raw, USUAL)
    assert isinstance(found, Unreadable)
    with pytest.raises(Malformed):
        HARAVAN.read_order({"order": raw, "service": "manual"}, USUAL)


@pytest.mark.acceptance("haravan", 16)
@pytest.mark.parametrize("name", [name for name in ORDER if name not in ("id", "line_items")])
def test_any_part_of_an_order_may_be_null(name: str) -> None:
    found = read_order_parts(order(**{name: None}), USUAL)
    kind: type[object] = Unreadable if name == "total_price" else FulfillmentOrderRecord
    assert all(isinstance(each, kind) for each in found)
    assert len(found) == 1


@pytest.mark.acceptance("haravan", 16)
@given(
    name=st.sampled_from(sorted(ORDER)),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "name", "status", "amount"]), inner, max_size=3
            )
        ),
        max_leaves=6,
    ),
)
def test_whatever_stands_in_an_order_it_is_read_or_told(name: str, value: Any) -> None:
    for each in read_order_parts(order(**{name: value}), USUAL):
        assert isinstance(each, FulfillmentOrderRecord | Unreadable)


@pytest.mark.acceptance("haravan", 16)
def test_every_order_of_the_contract_is_read_in_whatever_wrapper() -> None:
    read = 0
    for entry in listed():
        if entry.get("schema") not in ("Order", "OrderEnvelope", "OrderList"):
            continue
        if "fields=" in entry.get("query", ""):
            continue
        payload = example(entry["file"].removesuffix(".json"))
        orders = payload["orders"] if "orders" in payload else [payload.get("order", payload)]
        parts = [part for each in orders for part in read_order_parts(each, USUAL)]
        assert not any(isinstance(each, Unreadable) for each in parts), entry["file"]
        read += len(parts)
    assert read > 10


def test_what_an_order_says_beyond_its_parcels() -> None:
    found = read_order(ORDER)
    assert (found.ref, found.email, found.is_test) == ("1684205517", "minhha@khach.example", None)
    assert found.tags == ("web", "hang-de-vo")
    assert read_order(order(email=None, contact_email=None)).email == "minhha@khach.example"
    assert read_order(order(email=None, contact_email=None, customer=None)).email == ""
    with pytest.raises(Malformed):
        read_order({"name": "#1"})


@pytest.mark.parametrize("row", TABLES["money"], ids=lambda row: repr(row["wire"]))
def test_money_of_the_table(row: dict[str, Any]) -> None:
    expected = None if row["expect"] is None else Decimal(row["expect"])
    assert read_money(row["wire"]) == expected


@pytest.mark.parametrize("amount", ["0.0001", "99999999999.1234", "185000.25", "1e5"])
def test_a_number_loses_nothing_on_its_way(amount: str) -> None:
    assert read_money(float(amount)) == Decimal(amount)
    assert "E" not in str(read_money(float(amount)))


@pytest.mark.parametrize("row", TABLES["timestamp"], ids=lambda row: row["wire"])
def test_instants_of_the_table(row: dict[str, Any]) -> None:
    found = read_instant(row["wire"])
    assert found is not None
    assert found.isoformat() == row["expect_utc"]


@pytest.mark.parametrize(
    ("table", "read"),
    [
        ("line_fulfillment_status", read_done),
        ("order_fulfillment_status", read_done),
        ("fulfillment_status", read_standing),
        ("financial_status", read_payment),
    ],
)
def test_words_of_the_tables(table: str, read: Callable[[Any], object]) -> None:
    for row in TABLES[table]:
        assert read(row["wire"]) == row["expect"], row
