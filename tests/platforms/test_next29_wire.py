"""What 29 Next's payloads become (contract next29, sections 9 to 12 and acceptance check 4)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.errors import Malformed, Refused
from platforms.next29.carriers import CARRIERS
from platforms.next29.shipping import (
    read_fulfillment,
    read_location,
    read_webhook,
    write_dispatch,
    write_location,
)
from platforms.next29.wire import read_fulfillment_order, read_listing, read_page
from platforms.records import (
    Address,
    Dispatch,
    FulfillmentOrderRecord,
    LineQuantity,
    MerchantRequest,
    Offer,
    ParcelRecord,
    RequestKind,
    RequestStatus,
    Unreadable,
    UpstreamState,
)
from tests.platforms.contract import example

STATE_EXAMPLES = {
    "not_required_pending": (UpstreamState.NOT_NEEDED, RequestStatus.PENDING),
    "open_pending": (UpstreamState.OPEN, RequestStatus.PENDING),
    "open_requested": (UpstreamState.OPEN, RequestStatus.REQUESTED),
    "open_rejected": (UpstreamState.OPEN, RequestStatus.REJECTED),
    "processing_accepted": (UpstreamState.IN_PROGRESS, RequestStatus.ACCEPTED),
    "processing_cancel_requested": (UpstreamState.IN_PROGRESS, RequestStatus.CANCEL_REQUESTED),
    "processing_cancel_rejected": (UpstreamState.IN_PROGRESS, RequestStatus.CANCEL_REJECTED),
    "canceled_cancel_accepted": (UpstreamState.CANCELLED, RequestStatus.CANCEL_ACCEPTED),
    "closed_closed": (UpstreamState.CLOSED, RequestStatus.CLOSED),
    "incomplete_closed": (UpstreamState.CLOSED_SHORT, RequestStatus.CLOSED),
    "on_hold_pending": (UpstreamState.ON_HOLD, RequestStatus.PENDING),
}


def assigned(page: int) -> list[FulfillmentOrderRecord]:
    read = read_page(example(f"assigned_fulfillment_orders_page{page}.json"))
    return [each for each in read.records if isinstance(each, FulfillmentOrderRecord)]


def order(**changes: Any) -> dict[str, Any]:
    return {**example("fulfillment_order_open_requested.json"), **changes}


def test_a_usual_order_is_read_in_full() -> None:
    page = read_page(example("assigned_fulfillment_orders_page1.json"))
    assert page.next is not None
    assert page.next.endswith("cursor=cD0yMDI2LTAzLTAyKzE0JTNBMDUlM0ExMQ%3D%3D")
    first = assigned(1)[0]
    assert (first.ref, first.order_ref) == ("80470", "100231")
    assert (first.location_ref, first.location_name) == ("31", "Reno Fulfillment Center")
    assert first.address == Address(
        first_name="Dana",
        last_name="Whitfield",
        line1="1209 Alder Ct",
        line2="Apt 4B",
        city="Boise",
        region="ID",
        postcode="83702",
        country="US",
        phone="+12085550119",
        notes="Leave with front desk",
    )
    assert [(each.ref, each.order_line_ref, each.sku) for each in first.lines] == [
        ("85701", "90101", "TENT-2P-GRN"),
        ("85702", "90102", "STAKE-8PK"),
    ]
    assert [(each.quantity, each.open_quantity) for each in first.lines] == [(1, 1), (2, 2)]
    message = "Please ship today if possible"
    assert first.requests == (
        MerchantRequest(RequestKind.FULFILL, message, True, "fulfill_request"),
    )
    assert (first.shipping_code, first.shipping_name) == ("standard", "Standard Shipping")
    assert "create_fulfillment" in first.actions
    assert Offer.SHIP in first.offers
    assert first.updated_at == datetime(2026, 3, 2, 23, 40, 0, 118302, tzinfo=UTC)
    assert first.raw["id"] == 80470


def test_text_quantities_foreign_letters_and_absent_keys() -> None:
    odd = assigned(2)[0]
    assert odd.ref == "80475"
    assert odd.lines[0].open_quantity == 3
    assert odd.address == Address(
        first_name="Søren",
        last_name="Åkesson",
        line1="Västra Hamngatan 3",
        city="Göteborg",
        country="SE",
    )
    assert (odd.requests, odd.holds, odd.actions, odd.offers) == ((), (), (), ())


def test_an_order_without_address_sku_status_and_quantity() -> None:
    odd = assigned(2)[1]
    assert odd.ref == "80476"
    assert odd.address is None
    assert odd.lines[0].sku == ""
    assert (odd.upstream_request_status, odd.request_status) == ("", RequestStatus.UNKNOWN)
    assert (odd.lines[1].quantity, odd.lines[1].open_quantity) == (None, 1)
    assert odd.requests[0].notify is False


def test_an_empty_queue() -> None:
    assert read_page(example("assigned_fulfillment_orders_empty.json")).records == ()


@pytest.mark.parametrize("name", STATE_EXAMPLES)
def test_every_state_of_the_contract(name: str) -> None:
    read = read_fulfillment_order(example(f"fulfillment_order_{name}.json"))
    assert (read.state, read.request_status) == STATE_EXAMPLES[name]


def test_a_hold_says_why_and_since_when() -> None:
    (hold,) = read_fulfillment_order(example("fulfillment_order_on_hold_pending.json")).holds
    assert (hold.reason, hold.message) == ("address_incorrect", "Suite number missing")
    assert hold.since == datetime(2026, 3, 2, 23, 59, 59, 100, tzinfo=UTC)


@pytest.mark.parametrize(
    ("entry", "ref"),
    [
        (None, ""),
        ("80477", ""),
        ({}, ""),
        (order(id=None), ""),
        (order(id=True), ""),
        (order(order_number=None), "80480"),
        (order(order_number=[]), "80480"),
        (order(line_items=None), "80480"),
        (order(line_items={}), "80480"),
        (order(line_items=[{"sku": "A"}]), "80480"),
        (order(line_items=["A"]), "80480"),
        (order(shipping_address="1209 Alder Ct"), "80480"),
        (order(assigned_location=[31]), "80480"),
    ],
)
def test_an_unreadable_entry_does_not_spoil_its_page(entry: Any, ref: str) -> None:
    bad, good = read_page({"results": [entry, order()]}).records
    assert isinstance(bad, Unreadable)
    assert (bad.ref, bad.raw) == (ref, entry)
    assert bad.reason
    assert isinstance(good, FulfillmentOrderRecord)


@pytest.mark.parametrize(
    "payload",
    [None, "x", 1, {}, {"results": None}, {"results": {}}, {"detail": "x"}, {"next": 1}],
)
def test_what_is_no_list_is_malformed(payload: Any) -> None:
    with pytest.raises(Malformed):
        read_listing(payload)


def test_a_list_comes_as_list_object_or_page() -> None:
    (shipment,) = example("fulfillments_list.response.json")
    page = {"next": None, "results": [shipment]}
    assert [read_listing(each).entries for each in ([shipment], shipment, page)] == [[shipment]] * 3


def test_a_shipment_with_numbers_and_one_with_text() -> None:
    plain = read_fulfillment(example("fulfillment_create_partial.response.json"))
    as_text = read_fulfillment(example("fulfillment_create.response_text_types.json"))
    assert plain.tracking_codes == as_text.tracking_codes == ("1Z999AA10123456784",)
    assert plain.quantities == as_text.quantities == {"90141": 1}
    assert (plain.order_ref, plain.upstream_status) == ("100250", "success")
    full = read_fulfillment(example("fulfillment_create.response.json"))
    assert full.quantities == {"90140": 1, "90141": 2}


@pytest.mark.parametrize(
    ("several", "codes"),
    [
        (["A", "B"], ("A", "B", "S")),
        (["A", None, 7], ("A", "7", "S")),
        ("A", ("A", "S")),
        ("A, B", ("A", "B", "S")),
        ('["A", "B"]', ("A", "B", "S")),
        ("[broken", ("[broken", "S")),
        (12345, ("12345", "S")),
        ("", ("S",)),
        (None, ("S",)),
        ("S", ("S",)),
    ],
)
def test_the_plural_fields_come_as_anything(several: Any, codes: tuple[str, ...]) -> None:
    shipment = {"id": 1, "tracking_codes": several, "tracking_code": "S"}
    assert read_fulfillment(shipment).tracking_codes == codes


def test_a_location_survives_the_way_there_and_back() -> None:
    body = example("location.response.json")
    location = read_location(body)
    assert location.address.city == "Reno"
    assert write_location(location) == example("location_create.request.json")
    assert write_location(location, body | {"new": 1})["new"] == 1
    assert "id" not in write_location(location, body)


def test_a_subscription_is_read_without_its_secret() -> None:
    webhook = read_webhook(example("webhook_create.response.json"))
    assert (webhook.ref, webhook.active, len(webhook.events)) == ("39", True, 4)
    assert "whsec" not in repr(webhook)
    assert read_webhook({"id": 1, "events": ["a", None], "active": False}).events == ("a",)


def parcel(carrier: str, name: str = "") -> dict[str, Any]:
    sent = Dispatch((LineQuantity("1", 1),), (ParcelRecord(carrier, "T1", carrier_name=name),))
    written: dict[str, Any] = write_dispatch(sent)["tracking_info"][0]
    return written


def test_carriers_are_the_41_of_the_contract() -> None:
    assert len(CARRIERS) == 41
    assert all(CARRIERS.values())
    assert parcel("usps") == {"carrier": "usps", "tracking_code": "T1"}


@pytest.mark.parametrize(
    ("carrier", "name", "sent_name"),
    [
        ("other", "Speedy Courier Co", "Speedy Courier Co"),
        ("dhl_paket", "", "dhl_paket"),
        ("dhl_paket", "DHL Paket", "DHL Paket"),
        ("", "Bob", "Bob"),
    ],
)
def test_a_carrier_that_is_not_in_the_table_is_sent_as_other(
    carrier: str, name: str, sent_name: str
) -> None:
    assert parcel(carrier, name) == {
        "carrier": "other",
        "carrier_other_name": sent_name,
        "tracking_code": "T1",
    }


def test_a_dispatch_is_written_as_the_contract_shows() -> None:
    link = "https://www.ups.com/track?tracknum=1Z999AA10123456784"
    lines = (LineQuantity("85731", 1),)
    dispatch = Dispatch(lines, (ParcelRecord("ups", "1Z999AA10123456784", link),))
    assert write_dispatch(dispatch) == example("fulfillment_create_partial.request.json")
    other = ParcelRecord(
        "other",
        "SC-0098812",
        "https://speedycourier.example/t/SC-0098812",
        "Speedy Courier Co",
    )
    expected = example("fulfillment_create_other_carrier.request.json")["tracking_info"]
    assert write_dispatch(Dispatch(lines, (other,)))["tracking_info"] == expected


def test_units_of_one_line_in_two_entries_are_one_entry() -> None:
    lines = (LineQuantity("7", 1), LineQuantity("8", 1), LineQuantity("7", 2))
    written = write_dispatch(Dispatch(lines, ()))["fulfillment_order_line_items"]
    assert written == [{"id": 7, "quantity": 3}, {"id": 8, "quantity": 1}]


@pytest.mark.parametrize(
    "lines",
    [(), (LineQuantity("7", 0),), (LineQuantity("x", 1),), (LineQuantity("", 1),)],
)
def test_a_dispatch_that_could_ship_too_much_is_not_written(
    lines: tuple[LineQuantity, ...],
) -> None:
    with pytest.raises(Refused, match="not sent"):
        write_dispatch(Dispatch(lines, ()))
