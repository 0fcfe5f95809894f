"""What is sent to Spresso, held against its examples and its document; and what is never sent."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms import registry
from platforms.errors import Missing, Refused, Unauthorized, UnknownCarrier
from platforms.http import Exchange, Transport
from platforms.records import (
    Dispatch,
    LineQuantity,
    ParcelRecord,
    Progress,
    Reported,
    TrackingEventRecord,
    TrackingStatus,
)
from platforms.spresso.client import SpressoClient
from tests.platforms.conftest import PATIENT
from tests.platforms.published import request_problems
from tests.platforms.spresso_examples import spresso_example
from tests.platforms.tiny_server import TinyServer, sends

TOKEN = "tok-n3ver-to-be-seen"
FIRST = "67d06a4f6b2e8f40c17a9d31"
TEE, KETTLE = "67d02b7a91c3f4e8a5d60b12", "67d02b7a91c3f4e8a5d60b13"
NUMBER = "1Z88E41A0391775528"
LINK = f"https://www.ups.com/track?tracknum={NUMBER}"
PARCEL = ParcelRecord("ups", NUMBER, LINK)
TEES = Dispatch((LineQuantity(TEE, 2),), (PARCEL,))
PLATFORM = registry.get("spresso")
NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
OURS = {"externalOrderId", "externalOrderStatus"}


@pytest.fixture
def way(tiny: TinyServer, exchanges: list[Exchange]) -> Iterator[Transport]:
    transport = Transport(tiny.url, record=exchanges.append, limits=PATIENT)
    yield transport
    transport.close()


@pytest.fixture
def spresso(way: Transport, tiny: TinyServer) -> SpressoClient:
    tiny.will(*[sends(b"", 204)] * 9)
    return connected(way)


def connected(way: Transport, **options: Any) -> SpressoClient:
    return SpressoClient({"spresso_token": TOKEN}, way, PLATFORM.filled_in(options))


def sent(tiny: TinyServer) -> tuple[str, Any]:
    """The last request, which is one that the document allows."""
    asked = tiny.asked[-1]
    assert request_problems("spresso", asked) == []
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["content-type"] == "application/json"
    return asked.path, asked.json


def published(name: str, *but: str) -> tuple[str, Any]:
    """An example of a request, without what we may leave out."""
    request = spresso_example(name)["request"]
    return request["path"], {k: v for k, v in request["body"].items() if k not in {*OURS, *but}}


@pytest.mark.parametrize(
    ("progress", "name"),
    [
        (Progress.RECEIVED, "received_by_fulfiller"),
        (Progress.PREPARING, "preparing_items"),
        (Progress.PREPARED, "preparing_items_complete"),
        (Progress.DELIVERED, "delivered"),
    ],
)
def test_progress(tiny: TinyServer, spresso: SpressoClient, progress: Progress, name: str) -> None:
    spresso.report_progress(FIRST, progress)
    assert sent(tiny) == published(f"update_fulfillment.{name}")


@pytest.mark.acceptance("spresso", 12)
@pytest.mark.acceptance("spresso", 13)
@pytest.mark.parametrize(
    ("tees", "kettles", "name"),
    [(2, 1, "in_transit"), (1, 1, "in_transit_short"), (2, 0, "in_transit_out_of_stock_line")],
)
def test_the_final_count_lists_every_line(
    tiny: TinyServer, spresso: SpressoClient, tees: int, kettles: int, name: str
) -> None:
    spresso.report_final(FIRST, (LineQuantity(TEE, tees), LineQuantity(KETTLE, kettles)))
    assert sent(tiny) == published(f"update_fulfillment.{name}")


@pytest.mark.parametrize(
    "shipped",
    [
        (),
        (LineQuantity(TEE, 0), LineQuantity(KETTLE, 0)),
        (LineQuantity(TEE, 2), LineQuantity(KETTLE, -1)),
        (LineQuantity("", 2),),
    ],
)
def test_a_count_that_makes_no_sense_is_not_sent(
    tiny: TinyServer, spresso: SpressoClient, shipped: tuple[LineQuantity, ...]
) -> None:
    with pytest.raises(Refused, match="not sent"):
        spresso.report_final(FIRST, shipped)
    assert tiny.asked == []


@pytest.mark.acceptance("spresso", 14)
def test_nothing_shipped_is_for_the_merchant_to_cancel(spresso: SpressoClient) -> None:
    with pytest.raises(Refused, match="cancel it in Foxtrot"):
        spresso.report_final(FIRST, (LineQuantity(TEE, 0),))


def test_a_parcel_that_left(tiny: TinyServer, spresso: SpressoClient) -> None:
    made = spresso.create_fulfillment(FIRST, TEES)
    assert sent(tiny) == published("shipment.shipped")
    assert (made.ref, made.tracking_codes, made.upstream_status) == (NUMBER, (NUMBER,), "shipped")
    assert made.quantities == {TEE: 2}


def test_the_same_parcel_delivered(tiny: TinyServer, spresso: SpressoClient) -> None:
    event = TrackingEventRecord(NOON, TrackingStatus.DELIVERED, "Front door")
    told = spresso.create_tracking_event(Reported("1", FIRST, NUMBER, TEES), event)
    assert sent(tiny) == published("shipment.delivered")
    assert (told.upstream_status, told.happened_at, told.ref) == ("delivered", NOON, NUMBER)


@pytest.mark.parametrize("status", [each for each in TrackingStatus if each != "delivered"])
def test_no_other_word_of_a_carrier_is_told(
    tiny: TinyServer, spresso: SpressoClient, status: TrackingStatus
) -> None:
    with pytest.raises(Refused, match="no word"):
        spresso.create_tracking_event(
            Reported("1", FIRST, NUMBER, TEES), TrackingEventRecord(NOON, status)
        )
    assert tiny.asked == []


def test_units_of_one_variant_are_added_up(tiny: TinyServer, spresso: SpressoClient) -> None:
    lines = (LineQuantity(TEE, 1), LineQuantity(KETTLE, 1), LineQuantity(TEE, 1))
    spresso.create_fulfillment(FIRST, Dispatch(lines, (PARCEL,)))
    assert sent(tiny)[1]["shipmentVariants"] == [
        {"variant": TEE, "quantity": 2},
        {"variant": KETTLE, "quantity": 1},
    ]


@pytest.mark.parametrize(
    "link", ["", "www.ups.com", "javascript:alert(1)", "https://a b", "https://"]
)
def test_a_link_that_is_none_is_left_out(
    tiny: TinyServer, spresso: SpressoClient, link: str
) -> None:
    parcel = ParcelRecord("ups", f" {NUMBER}\n", link)
    spresso.create_fulfillment(FIRST, Dispatch(TEES.lines, (parcel,)))
    assert sent(tiny) == published("shipment.shipped", "trackingUrl")


@pytest.mark.parametrize(
    "dispatch",
    [
        Dispatch(TEES.lines, ()),
        Dispatch(TEES.lines, (PARCEL, PARCEL)),
        Dispatch(TEES.lines, (ParcelRecord("ups", "  "),)),
        Dispatch((), (PARCEL,)),
        Dispatch((LineQuantity(TEE, 0),), (PARCEL,)),
        Dispatch((LineQuantity("", 1),), (PARCEL,)),
    ],
)
def test_what_is_no_parcel_is_not_sent(
    tiny: TinyServer, spresso: SpressoClient, dispatch: Dispatch
) -> None:
    with pytest.raises(Refused):
        spresso.create_fulfillment(FIRST, dispatch)
    assert tiny.asked == []


@pytest.mark.acceptance("spresso", 16)
@pytest.mark.parametrize("carrier", ["usps", "", "UPS", "other"])
def test_a_carrier_without_a_code_is_not_sent(
    tiny: TinyServer, spresso: SpressoClient, carrier: str
) -> None:
    parcel = ParcelRecord(carrier, NUMBER, carrier_name="Correos")
    with pytest.raises(UnknownCarrier, match="nothing was sent"):
        spresso.create_fulfillment(FIRST, Dispatch(TEES.lines, (parcel,)))
    assert tiny.asked == []


@pytest.mark.parametrize(
    ("parcel", "code"),
    [
        (ParcelRecord("usps", NUMBER), "usps"),
        (ParcelRecord("other", NUMBER, carrier_name="U.S. Postal Service"), "usps"),
        (ParcelRecord("FedEx", NUMBER), "fedex"),
        (ParcelRecord("fedex", NUMBER), "fedex"),
    ],
)
def test_carriers_of_the_store(
    tiny: TinyServer, way: Transport, parcel: ParcelRecord, code: str
) -> None:
    tiny.will(sends(b"{}"))
    client = connected(way, carrier_map="usps = U.S. Postal Service\n\n")
    client.create_fulfillment(FIRST, Dispatch(TEES.lines, (parcel,)))
    assert sent(tiny)[1]["carrier"] == code


@pytest.mark.parametrize("line", ["usps", "= USPS", "usps =", "U SPS = USPS", "USPS = USPS"])
def test_a_line_that_names_no_carrier_is_refused(way: Transport, line: str) -> None:
    (option,) = [each for each in PLATFORM.options if each.name == PLATFORM.carriers_option]
    assert option.check is not None
    with pytest.raises(ValueError, match="is no carrier"):
        option.check(line)
    with pytest.raises(Refused, match="is no carrier"):
        connected(way, carrier_map=line).create_fulfillment(FIRST, TEES)


def test_an_odd_id_stays_within_its_path(tiny: TinyServer, spresso: SpressoClient) -> None:
    spresso.report_progress("a/b?c", Progress.RECEIVED)
    path, _ = sent(tiny)
    assert path == "/v1/fulfillments/a%2Fb%3Fc"
    assert PLATFORM.order_in(tiny.url + path) == "a/b?c"


@pytest.mark.parametrize("ref", ["", " ", "x" * 65, "a\nb"])
def test_what_is_no_id_is_not_asked(tiny: TinyServer, spresso: SpressoClient, ref: str) -> None:
    with pytest.raises(Missing):
        spresso.report_progress(ref, Progress.RECEIVED)
    assert tiny.asked == []


def test_fulfillments_are_found_in_addresses() -> None:
    base = "https://api.spresso.com/pim/"
    assert PLATFORM.order_in(f"{base}v1/fulfillments/{FIRST}") == FIRST
    assert PLATFORM.order_in(f"{base}v1/fulfillments/{FIRST}/shipments?x=1") == FIRST
    assert (
        PLATFORM.order_in(f"{base}v1/webhooks")
        == PLATFORM.order_in(f"{base}v1/fulfillments/")
        == ""
    )


def test_a_connection_has_a_name_of_its_own_at_the_shared_host() -> None:
    assert PLATFORM.base_url(" Harbor-Goods\n") == "https://api.spresso.com/"
    for account in ("-a", "a-", "a" * 64, "https://api.spresso.com"):
        with pytest.raises(ValueError, match="letters"):
            PLATFORM.base_url(account)


def test_a_check_sends_nothing_and_says_so(tiny: TinyServer, spresso: SpressoClient) -> None:
    said = spresso.check()
    assert "nothing to ask" in said
    assert "fedex, ups" in said
    assert TOKEN not in said
    assert tiny.asked == []
    with pytest.raises(Unauthorized):
        SpressoClient({}, Transport("https://a.example/"), {}).check()


def test_what_it_lacks_is_done_by_a_person() -> None:
    able = PLATFORM.capabilities
    assert all(not getattr(able, name) for name in PLATFORM.by_hand)
    assert "Foxtrot" in PLATFORM.by_hand["answers_requests"]


@pytest.mark.acceptance("spresso", 15)
def test_no_code_path_sends_a_cancellation_or_a_list(
    tiny: TinyServer, spresso: SpressoClient
) -> None:
    for progress in Progress:
        spresso.report_progress(FIRST, progress)
    spresso.report_final(FIRST, (LineQuantity(TEE, 2),))
    spresso.create_fulfillment(FIRST, TEES)
    bodies = [each.json for each in tiny.asked]
    assert all(isinstance(body, dict) for body in bodies)
    assert "cancelled" not in json.dumps(bodies)
    assert not [problem for each in tiny.asked for problem in request_problems("spresso", each)]
