"""What is read of Fulfillment.com's answers: every example, every status, and what is not known."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.errors import Malformed
from platforms.exchange import Answer
from platforms.fulfillment_com.answers import read_context_id, read_sentence
from platforms.fulfillment_com.goods import read_return, read_stock, read_stock_in_one
from platforms.fulfillment_com.statuses import read_status
from platforms.fulfillment_com.tokens import read_grant
from platforms.fulfillment_com.values import read_moment, write_moment
from platforms.fulfillment_com.wire import read_order, read_page
from platforms.partner_records import (
    Needs,
    PartnerLine,
    PartnerOrder,
    PartnerState,
    PartnerTracking,
    ReturnedUnits,
    Snag,
)
from platforms.records import Unreadable
from tests.platforms.fulfillment_com_examples import AMARA, example, listed, status_rows

# What only other operations answer or are asked with, and what is read in the tests beside this.
NOT_ASKED_FOR = {
    "AccountingArrayV2",
    "OrderShipV2",
    "OrdersSimpleArrayV2",
    "RmaRequestV2",
    "RmaResponseV2",
    "StatusTypeSimpleV2",
    "TrackByQueryResponseV2",
    "TrackResponseV2",
}
SENT = {"AccessTokenRequestPasswordV2", "AccessTokenRequestRefreshV2", "OrderRequestV2"}
ERRORS = {"ErrorOAuthV2", "ErrorStandardV2", "ErrorStandardWithContextV2"}
LISTS: dict[str, Any] = {
    "OrdersArrayV2": read_order,
    "ItemInventoryArrayV2": read_stock,
    "InventoryArrayV2": read_stock_in_one,
    "ReturnsArrayV2": read_return,
}
ROWS = status_rows()
STATES = {
    "Processing Order": PartnerState.WAITING,
    "Fulfillment In Progress": PartnerState.WORKING,
    "Shipped": PartnerState.SHIPPED,
    "Returned": PartnerState.RETURNED,
    "Cancelled": PartnerState.CANCELLED,
    "Test": PartnerState.TEST,
}


def test_no_example_is_forgotten() -> None:
    read = {*LISTS, *ERRORS, "OrderResponseV2", "AccessTokenResponseV2", "UserContactV2"}
    assert {each["schema"] for each in listed()} == read | SENT | NOT_ASKED_FOR


@pytest.mark.parametrize(
    "entry", [each for each in listed() if each["schema"] in ERRORS], ids=lambda x: x["file"]
)
def test_every_error_says_why(entry: dict[str, str]) -> None:
    body = example(entry["file"].removesuffix(".json"))
    sentence = read_sentence(Answer(400, {}, "", body))
    assert sentence.startswith(body["message"])
    assert "context" not in body or read_context_id(body) or ":" in sentence


@pytest.mark.parametrize(
    "entry",
    [each for each in listed() if each["schema"] == "AccessTokenResponseV2"],
    ids=lambda x: x["file"],
)
def test_every_pair_of_tokens_is_read(entry: dict[str, str]) -> None:
    body = example(entry["file"].removesuffix(".json"))
    given = read_grant(Answer(200, {}, "", body), datetime(2026, 11, 2, tzinfo=UTC))
    assert given["fdc_access_token"] == body["access_token"]
    assert given["fdc_refresh_token"] == body["refresh_token"]


def event(code: str, stage: str = "", detail: str = "", **more: Any) -> dict[str, Any]:
    parts = {"stage": {"code": code[2:4], "name": stage}, "detail": detail}
    return {"id": 1, "status": {"code": code, **parts, **more}}


@pytest.mark.parametrize(
    "entry", [each for each in listed() if each["schema"] in LISTS], ids=lambda x: x["file"]
)
def test_every_list_is_read_to_its_last_entry(entry: dict[str, str]) -> None:
    payload = example(entry["file"].removesuffix(".json"))
    page = read_page(payload, 1, 200, LISTS[entry["schema"]])
    assert len(page.entries) == payload["meta"]["pagination"]["count"]
    assert not any(isinstance(each, Unreadable) for each in page.entries)


@pytest.mark.parametrize(
    "entry",
    [each for each in listed() if each["schema"] == "OrderResponseV2"],
    ids=lambda x: x["file"],
)
def test_every_order_is_read(entry: dict[str, str]) -> None:
    payload = example(entry["file"].removesuffix(".json"))
    order = read_order(payload)
    assert order.ref == str(payload["id"])
    assert order.reference == payload["merchantOrderId"]
    assert order.upstream_code == payload["currentStatus"]["status"]["code"]
    assert order.state is STATES[payload["currentStatus"]["status"]["state"]["name"]]
    assert order.address.line1 == payload["originalConsignee"]["address1"]
    assert order.raw == payload
    assert bool(order.departed_at) == ("departDate" in payload)


def test_an_order_in_full() -> None:
    order = read_order(example("order_hydrated"))
    assert (order.ref, order.reference) == ("11840231", "NW-10482")
    assert order.address == AMARA
    assert order.recorded_at == datetime(2026, 11, 2, 14, 5, 11, tzinfo=UTC)
    assert order.dispatched_at == datetime(2026, 11, 3, 13, 40, tzinfo=UTC)
    assert order.departed_at == datetime(2026, 11, 3, 17, 25, 44, tzinfo=UTC)
    assert order.tracking == (PartnerTracking("1ZC1F423YW00189001", "UPS", "4"),)
    assert order.lines == (PartnerLine("NW-MUG-BLUE", 2), PartnerLine("NW-TEA-SET", 1))
    assert order.upstream_status == "Shipped: Fulfilled By FDC"
    assert order.upstream_reason == "Handed to the carrier"
    assert not order.is_closed


def test_no_tracking_number_is_final_before_the_parcel_departs() -> None:
    """Check 5 of the client: of two numbers only the last counts, and only after departure."""
    first = read_order(example("order_dispatched"))
    second = read_order(example("order_dispatched_again_new_tracking"))
    departed = read_order(example("order_departed"))
    assert first.tracking != second.tracking
    assert (first.final_tracking, second.final_tracking) == ((), ())
    assert departed.final_tracking == departed.tracking != ()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['code']}-{row['variant']}")
def test_every_row_of_the_table_is_read(row: dict[str, str]) -> None:
    state = {"code": row["code"][:2], "name": row["state"]}
    status = read_status(event(row["code"], row["stage"], row["detail"], state=state))
    assert status.state is STATES[row["state"]]
    assert status.variant == int(row["variant"])
    assert status.snag is not Snag.UNKNOWN
    # Whatever is a hold or a problem by its name keeps the order, and somebody has to act.
    troubled = "Problem" in row["stage"] or "Hold" in row["stage"] or "Voided" in row["stage"]
    assert (status.snag is not Snag.NONE) is troubled
    assert not troubled or status.needs is not Needs.NOBODY
    older = read_status(event(row["code"], row["seed_stage"], row["seed_detail"]))
    assert (older.state, older.snag, older.variant) == (status.state, status.snag, status.variant)


@pytest.mark.parametrize(
    ("code", "snag", "needs"),
    [
        ("010102", Snag.NONE, Needs.NOBODY),
        ("010302", Snag.HOLD, Needs.MERCHANT),
        ("010304", Snag.HOLD, Needs.PARTNER),
        ("010306", Snag.ADDRESS, Needs.SOMEBODY),
        ("010399", Snag.HOLD, Needs.SOMEBODY),
        ("010406", Snag.ADDRESS, Needs.SOMEBODY),
        ("010501", Snag.SKU, Needs.MERCHANT),
        ("010601", Snag.SETUP, Needs.PARTNER),
        ("010704", Snag.SETUP, Needs.PARTNER),
        ("010801", Snag.OUT_OF_STOCK, Needs.SOMEBODY),
        ("010802", Snag.INVENTORY, Needs.PARTNER),
        ("010901", Snag.NONE, Needs.NOBODY),
        ("020301", Snag.STOPPED, Needs.SOMEBODY),
        ("020501", Snag.POSTAGE, Needs.PARTNER),
        ("020801", Snag.NONE, Needs.NOBODY),
        ("030102", Snag.NONE, Needs.PARTNER),
    ],
)
def test_what_keeps_an_order_and_who_has_to_act(code: str, snag: Snag, needs: Needs) -> None:
    status = read_status(event(code))
    assert (status.snag, status.needs) == (snag, needs)


def test_whom_the_partner_names_goes_before_the_table() -> None:
    order = read_order(example("order_hold_funds"))
    assert (order.needs, order.upstream_needs) == (Needs.MERCHANT, "Merchant")
    named = read_status(event("010501", actionRequiredBy={"id": 9, "name": "Carrier"}))
    assert (named.needs, named.waits_for) == (Needs.SOMEBODY, "Carrier")
    assert read_status(event("010501", actionRequiredBy={})).needs is Needs.MERCHANT


@pytest.mark.parametrize(
    ("stage", "detail", "variant"),
    [
        ("Postage Voided", "Postage Void Failed Gracefully", 1),
        ("Hold", "Departure Hold Requested", 2),
        ("POSTAGE VOIDED", "", 1),
        ("", "Postage Void Failed Gracefully", 1),
        ("", "Departure Hold Requested", 2),
        ("Hold", "", 2),
        ("", "", 2),
        ("Something", "Else", 2),
    ],
)
def test_of_two_statuses_with_one_code_the_safer_is_believed(
    stage: str, detail: str, variant: int
) -> None:
    assert read_status(event("020301", stage, detail)).variant == variant


@pytest.mark.parametrize(
    ("code", "state", "snag"),
    [
        ("019901", PartnerState.WAITING, Snag.UNKNOWN),
        ("029901", PartnerState.WORKING, Snag.NONE),
        ("039901", PartnerState.SHIPPED, Snag.NONE),
        ("070101", PartnerState.UNKNOWN, Snag.UNKNOWN),
        ("", PartnerState.UNKNOWN, Snag.UNKNOWN),
        ("0101", PartnerState.UNKNOWN, Snag.UNKNOWN),
        ("shipped", PartnerState.UNKNOWN, Snag.UNKNOWN),
    ],
)
def test_an_unknown_code_goes_by_its_first_digits_and_is_kept(
    code: str, state: PartnerState, snag: Snag
) -> None:
    payload = {**example("order_recorded"), "currentStatus": event(code, "New", "Thing")}
    order = read_order(payload)
    assert (order.state, order.snag, order.upstream_code) == (state, snag, code)
    assert order.upstream_status == "New: Thing"
    assert not order.is_closed


def test_a_status_without_a_code_goes_by_the_code_of_its_state() -> None:
    status = read_status({"status": {"state": {"code": "05"}}})
    assert status.state is PartnerState.CANCELLED


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-11-03T17:25:44+00:00", datetime(2026, 11, 3, 17, 25, 44, tzinfo=UTC)),
        ("2026-11-03T17:25:44Z", datetime(2026, 11, 3, 17, 25, 44, tzinfo=UTC)),
        ("2018-07-31 16:15:00", datetime(2018, 7, 31, 16, 15, tzinfo=UTC)),
        ("2025-08-04T15:25:23", datetime(2025, 8, 4, 15, 25, 23, tzinfo=UTC)),
        ("2026-11-03T17:25:44.123-05:00", datetime(2026, 11, 3, 22, 25, 44, 123000, tzinfo=UTC)),
        ("", None),
        (None, None),
        ("soon", None),
        (20261103, None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_moments_in_every_spelling(written: Any, instant: datetime | None) -> None:
    """Check 7 of the client."""
    assert read_moment(written) == instant


def test_a_moment_is_written_without_a_plus_sign() -> None:
    assert write_moment(datetime(2026, 11, 3, 17, 25, 44, 9, tzinfo=UTC)) == "2026-11-03T17:25:44Z"


@pytest.mark.parametrize("nothing", [None, "", "left out"])
def test_what_is_missing_null_or_empty_is_one_and_the_same(nothing: Any) -> None:
    """Check 8 of the client, with a node that nobody knows."""
    payload = {**example("order_departed"), "brandNew": {"node": [1]}}
    for name in ("departDate", "dispatchDate", "trackingNumbers", "currentStatus", "warehouse"):
        payload[name] = nothing
        if nothing == "left out":
            del payload[name]
    order = read_order(payload)
    assert (order.departed_at, order.dispatched_at, order.tracking) == (None, None, ())
    assert order.state is PartnerState.UNKNOWN


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"value": "A1", "carrier": "USPS"}, PartnerTracking("A1", "USPS")),
        ({"value": "A1", "carrier": {"id": 4}}, PartnerTracking("A1", "", "4")),
        ({"value": "A1", "carrier": {"id": 4, "symbol": "X"}}, PartnerTracking("A1", "X", "4")),
        ({"value": " A1 "}, PartnerTracking("A1")),
        ("A1", PartnerTracking("A1")),
    ],
)
def test_a_carrier_is_a_text_or_an_object(given: Any, read: PartnerTracking) -> None:
    blank = {"value": "", "carrier": {"id": 4}}
    payload = {**example("order_dispatched"), "trackingNumbers": [blank, given, None]}
    assert read_order(payload).tracking == (read,)


def test_lines_are_read_all_or_not_at_all() -> None:
    assert read_order(example("order_departed")).lines is None
    payload = copy.deepcopy(example("order_hydrated"))
    payload["lineItems"][0]["requestedSkuData"] = None
    assert read_order(payload).lines == (
        PartnerLine("NW-MUG-BLUE", 2),
        PartnerLine("NW-TEA-SET", 1),
    )
    payload["lineItems"][0]["lineDetails"] = None
    assert read_order(payload).lines is None


@pytest.mark.parametrize("payload", [None, [], {}, {"id": None}, {"id": "x"}, "text", 7])
def test_what_is_no_order_says_so(payload: Any) -> None:
    with pytest.raises(Malformed, match="Expected an order"):
        read_order(payload)


def test_a_list_in_all_three_shapes() -> None:
    """Check 3 of the client."""
    order = example("order_recorded")
    envelope = {"data": [order], "meta": {"pagination": {"totalPages": 1}}}
    for payload in (envelope, [order], order):
        page = read_page(payload, 1, 200, read_order)
        assert [each.ref for each in page.entries if isinstance(each, PartnerOrder)] == ["11840231"]
        assert page.next is None


def test_a_page_leads_to_the_next_one() -> None:
    def following(payload: Any, page: int) -> str | None:
        return read_page(payload, page, 2, read_order).next

    order = example("order_recorded")
    full = [order, order]
    assert following(example("orders_list_page"), 1) == "2"
    assert following(example("orders_list_last_page"), 3) is None
    # Nothing says how many pages there are: a full one may not be the last.
    assert following({"data": full}, 4) == "5"
    assert following({"data": [order]}, 4) is None
    assert following(full, 1) == "2"
    # Nobody goes round for ever on a page that holds nothing.
    assert following({"data": [], "meta": {"pagination": {"totalPages": 9}}}, 1) is None


def test_one_bad_entry_does_not_spoil_its_page() -> None:
    payload = {"data": [example("order_recorded"), {"id": "seven"}, None]}
    good, *bad = read_page(payload, 1, 200, read_order).entries
    assert isinstance(good, PartnerOrder)
    assert all(isinstance(each, Unreadable) for each in bad)
    for nonsense in ("text", 7, None, {"data": "many"}):
        with pytest.raises(Malformed):
            read_page(nonsense, 1, 200, read_order)


def test_stock_of_all_buildings_and_of_one() -> None:
    entries = example("inventory_page")["data"]
    mugs, teas = (read_stock(each) for each in entries)
    assert (mugs.sku, mugs.ref, mugs.available, mugs.on_hand) == ("NW-MUG-BLUE", "8801", 118, 126)
    assert (teas.available, teas.on_hand) == (0, 1)
    one = read_stock_in_one(example("inventory_full_page")["data"][0])
    assert (one.available, one.on_hand, one.warehouse_ref) == (100, None, "3")
    older = {**entries[0], "quantity": {"total": {"availableToPromise": -2}}}
    assert (read_stock(older).available, read_stock(older).on_hand) == (-2, None)
    assert read_stock({"item": {"skuReference": "X"}}).available is None
    with pytest.raises(Malformed):
        read_stock({"item": {"id": 7}})


def test_a_return_of_an_order_and_one_that_nobody_knows() -> None:
    known, unknown = (read_return(each) for each in example("returns_page")["data"])
    assert (known.order_ref, known.reference, known.number) == ("11840231", "NW-10482", "")
    assert (known.upstream_status, known.upstream_reason) == ("Processed", "Refused")
    assert known.lines == (ReturnedUnits("NW-MUG-BLUE", 2, 1, None, "Damaged", "Handle broken"),)
    assert (unknown.order_ref, unknown.number, unknown.lines[0].expected) == ("", "RMA-2087", 1)
    with pytest.raises(Malformed):
        read_return({"status": {}})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = sorted(example("order_hydrated"))


@given(st.dictionaries(st.sampled_from([n for n in NAMES if n != "id"]), JSON))
def test_whatever_an_order_holds_it_is_read(payload: dict[str, Any]) -> None:
    assert read_order({**payload, "id": 7}).ref == "7"


@given(JSON)
def test_whatever_a_status_holds_it_is_read(payload: Any) -> None:
    assert read_status({"status": payload}).state in PartnerState
    assert read_status(payload).state in PartnerState
