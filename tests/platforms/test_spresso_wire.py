"""Spresso's order as our records: joined lines, added units, standings, and anything odd."""

import contextlib
import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms import registry
from platforms.errors import Malformed
from platforms.records import (
    Address,
    FulfillmentOrderRecord,
    LineRecord,
    RequestStatus,
    Unreadable,
    UpstreamState,
)
from platforms.spresso.countries import TWO_LETTERS, read_country
from platforms.spresso.wire import STANDINGS, read_fulfillments, read_kept
from tests.platforms.spresso_examples import SPRESSO, spresso_example, told_by
from tests.platforms.test_next29_fuzz import JSON, paths

ORDER = spresso_example("order_fulfillable")["body"]
TEE, KETTLE = "67d02b7a91c3f4e8a5d60b12", "67d02b7a91c3f4e8a5d60b13"


def first(**changes: Any) -> FulfillmentOrderRecord:
    """The first fulfillment of the example, with some of its own fields changed."""
    return of({**ORDER, "fulfillments": [{**ORDER["fulfillments"][0], **changes}]})


def of(order: dict[str, Any]) -> FulfillmentOrderRecord:
    record = read_fulfillments(order)[0]
    assert isinstance(record, FulfillmentOrderRecord), record
    return record


def test_a_fulfillment_of_the_example() -> None:
    record = of(ORDER)
    assert (record.ref, record.order_ref) == ("67d06a4f6b2e8f40c17a9d31", ORDER["id"])
    assert (record.order_name, record.location_ref) == ("20488131", "65f1c0aa3d9e417b88e02f01")
    assert (record.upstream_status, record.upstream_request_status) == (
        "order_placed",
        "sent_to_fulfiller",
    )
    assert (record.state, record.request_status) == (UpstreamState.OPEN, RequestStatus.REQUESTED)
    assert record.address == Address(
        first_name="Noémie",
        last_name="Peña",
        line1="418 Alder St",
        line2="Unit 7/B & rear door",
        city="Seattle",
        region="WA",
        postcode="98104",
        country="US",
        phone="02065550142",
    )
    assert record.lines[1] == LineRecord(
        ref=KETTLE,
        order_line_ref="67d0691d6b2e8f40c17a9d12",
        sku="KTL-1L-STL",
        title="Kettle 1 L “Classic”",
        quantity=1,
        open_quantity=1,
        product_ref=KETTLE,
    )
    assert record.created_at is not None


def test_what_is_kept_of_each_is_read_again_as_it_was() -> None:
    platform = registry.get("spresso")
    records = told_by("order_fulfillable").records
    assert len(records) == 2
    for record in records:
        assert isinstance(record, FulfillmentOrderRecord)
        assert platform.read_order(record.raw, platform.filled_in({})) == record
        assert len(record.raw["order"]["fulfillments"]) == 1


def test_a_fulfillment_that_is_not_in_what_was_kept_is_malformed() -> None:
    with pytest.raises(Malformed, match="does not hold it"):
        read_kept({"order": ORDER, "fulfillment": "another"})


def test_the_same_variant_twice_is_added_up() -> None:
    twice = [{"variant": TEE, "quantity": 2}, {"variant": KETTLE, "quantity": 1}]
    lines = first(fulfillmentVariants=[*twice, {"variant": TEE, "quantity": "3"}]).lines
    assert [(line.ref, line.quantity) for line in lines] == [(TEE, 5), (KETTLE, 1)]


@pytest.mark.parametrize("unsaid", [None, "two", -1, 1.5, True])
def test_units_that_are_not_said_are_not_guessed(unsaid: Any) -> None:
    parts = [{"variant": TEE, "quantity": unsaid}, {"variant": TEE, "quantity": 2}]
    (line,) = first(fulfillmentVariants=parts).lines
    assert (line.quantity, line.open_quantity) == (None, None)


@pytest.mark.parametrize("lines", [None, [], "x", [7], [{}], [{"variant": TEE}], [{"variant": {}}]])
def test_a_variant_that_the_order_does_not_describe_is_shown(lines: Any) -> None:
    record = of({**ORDER, "orderVariants": lines})
    assert [(each.ref, each.sku, each.order_line_ref) for each in record.lines] == [
        (TEE, "", ""),
        (KETTLE, "", ""),
    ]
    assert TEE in record.lines[0].title
    assert record.lines[0].quantity == 2


def test_the_orders_own_figure_of_what_left_is_not_believed() -> None:
    order = copy.deepcopy(ORDER)
    order["orderVariants"][0]["fulfilledQuantity"] = 3
    assert of(order).lines == of(ORDER).lines


@pytest.mark.parametrize("parts", [None, [], "x", [7], [{}], [{"variant": None, "quantity": 1}]])
def test_a_fulfillment_whose_parts_cannot_be_read_does_not_spoil_the_other(parts: Any) -> None:
    broken = {**ORDER["fulfillments"][0], "fulfillmentVariants": parts}
    bad, good = read_fulfillments({**ORDER, "fulfillments": [broken, ORDER["fulfillments"][1]]})
    assert isinstance(bad, Unreadable)
    assert bad.ref == broken["id"]
    assert good == read_fulfillments(ORDER)[1]


def test_a_fulfillment_listed_twice_is_shown() -> None:
    one = ORDER["fulfillments"][0]
    kept, again, nameless, other = read_fulfillments(
        {**ORDER, "fulfillments": [one, one, {**one, "id": ""}, {**one, "id": None}]}
    )
    assert isinstance(kept, FulfillmentOrderRecord)
    assert isinstance(again, Unreadable)
    assert "twice" in again.reason
    assert isinstance(nameless, Unreadable)
    assert isinstance(other, Unreadable)
    assert "no id" in other.reason


@pytest.mark.parametrize(
    "order", [{}, None, [], {**ORDER, "fulfillments": []}, {**ORDER, "id": ""}]
)
def test_what_is_no_order_is_malformed(order: Any) -> None:
    with pytest.raises(Malformed):
        read_fulfillments(order)


@pytest.mark.parametrize(
    ("status", "state", "request_status"),
    [
        ("order_placed", UpstreamState.OPEN, RequestStatus.REQUESTED),
        (None, UpstreamState.OPEN, RequestStatus.REQUESTED),
        ("received_by_fulfiller", UpstreamState.OPEN, RequestStatus.REQUESTED),
        ("preparing_items_complete", UpstreamState.OPEN, RequestStatus.REQUESTED),
        ("in_transit", UpstreamState.CLOSED, RequestStatus.CLOSED),
        ("delivered", UpstreamState.CLOSED, RequestStatus.CLOSED),
        ("failed", UpstreamState.CLOSED, RequestStatus.CLOSED),
        ("cancelled", UpstreamState.CANCELLED, RequestStatus.CANCEL_ACCEPTED),
        ("picked_up", UpstreamState.UNKNOWN, RequestStatus.UNKNOWN),
        (["order_placed"], UpstreamState.UNKNOWN, RequestStatus.UNKNOWN),
        (7, UpstreamState.UNKNOWN, RequestStatus.UNKNOWN),
    ],
)
def test_how_a_fulfillment_stands(
    status: Any, state: UpstreamState, request_status: RequestStatus
) -> None:
    record = first(status=status)
    assert (record.state, record.request_status) == (state, request_status)
    assert status is None or record.raw["order"]["fulfillments"][0]["status"] == status


def test_the_table_of_standings_is_that_of_the_document() -> None:
    document = json.loads((SPRESSO / "openapi.json").read_text(encoding="utf-8"))
    marks = document["components"]["schemas"]["FulfillmentStatus"]["x-known-values"]
    assert {status for status, mark in marks.items() if mark != "unverified"} == set(STANDINGS)


@pytest.mark.parametrize("method", ["in_store_pickup", "local_delivery", "by_drone", 7])
def test_another_way_of_delivery_is_kept_and_not_worked_on(method: Any) -> None:
    record = first(fulfillmentMethod=method)
    assert (record.state, record.request_status) == (
        UpstreamState.NOT_NEEDED,
        RequestStatus.PENDING,
    )
    assert record.shipping_code == str(method)


def test_no_way_of_delivery_is_unknown() -> None:
    assert first(fulfillmentMethod=None).state is UpstreamState.UNKNOWN


def test_an_order_that_is_cancelled_is_not_to_be_shipped() -> None:
    assert of({**ORDER, "status": "cancelled"}).state is UpstreamState.CANCELLED
    assert of({**ORDER, "status": "completed"}).state is UpstreamState.OPEN


@pytest.mark.acceptance("spresso", 8)
def test_unknown_values_survive() -> None:
    said = told_by("order_fulfillable.foreign_location")
    ours, theirs = said.records
    assert isinstance(ours, FulfillmentOrderRecord)
    assert isinstance(theirs, FulfillmentOrderRecord)
    assert (ours.state, theirs.state) == (UpstreamState.OPEN, UpstreamState.NOT_NEEDED)
    assert theirs.location_ref == "65f1c0aa3d9e417b88e0ffff"
    assert ours.raw["order"]["loyaltyTier"] == "gold"
    assert ours.raw["order"]["financialStatus"] == "payment_pending"


@pytest.mark.acceptance("spresso", 22)
@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("USA", "US"),
        ("usa ", "US"),
        ("GBR", "GB"),
        ("US", "US"),
        ("de", "DE"),
        ("XKX", "XK"),
        ("Wonderland", "Wonderland"),
        ("ZZZ", "ZZZ"),
        (None, ""),
        (840, "840"),
    ],
)
def test_countries(given: Any, read: str) -> None:
    assert read_country(given) == read


def test_the_table_of_countries_is_whole() -> None:
    assert len(TWO_LETTERS) == len(set(TWO_LETTERS.values())) == 250
    assert all(len(three) == 3 and len(two) == 2 for three, two in TWO_LETTERS.items())


@pytest.mark.parametrize("number", [20488131, "20488131"])
def test_the_number_of_an_order_is_kept_as_text(number: Any) -> None:
    assert of({**ORDER, "orderNo": number}).order_name == "20488131"


@given(st.data(), JSON)
def test_any_value_anywhere_is_read_or_refused_in_words(data: st.DataObject, junk: Any) -> None:
    order = copy.deepcopy(ORDER)
    *way, last = data.draw(st.sampled_from([path for path in paths(order) if path]))
    node: Any = order
    for step in way:
        node = node[step]
    node[last] = junk
    with contextlib.suppress(Malformed):
        for record in read_fulfillments(order):
            if isinstance(record, FulfillmentOrderRecord):
                assert read_kept(record.raw) == record
