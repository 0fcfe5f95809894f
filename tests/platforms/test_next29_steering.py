"""Hold, release, close short, move and split, against a scripted server."""

import pytest

from platforms.errors import Malformed, Missing, Uncertain, UnknownCarrier
from platforms.next29.client import Next29Client
from platforms.records import Destination, Dispatch, HoldReason, LineQuantity, ParcelRecord
from tests.platforms.contract import example
from tests.platforms.tiny_server import TinyServer, says

HELD = example("fulfillment_order_on_hold_pending.json")
OPEN = example("fulfillment_order_open_pending.json")
SHORT = example("fulfillment_order_incomplete_closed.json")
MOVED = example("move.response.json")
ACCEPTED = example("fulfillment_order_processing_accepted.json")
REMAINING = example("fulfillment_order_after_partial_remaining.json")


def test_hold_release_and_close_say_what_the_contract_shows(
    tiny: TinyServer, client: Next29Client
) -> None:
    tiny.will(says(HELD), says(OPEN), says(SHORT))
    hold, close = example("hold.request.json"), example("close.request.json")
    client.hold(str(HELD["id"]), HoldReason.ADDRESS, hold["reason_message"])
    client.release_hold(str(OPEN["id"]))
    client.close_short(str(SHORT["id"]), close["message"])
    assert [asked.json for asked in tiny.asked] == [hold, {}, close]
    assert [asked.path.rsplit("/", 2)[-2] for asked in tiny.asked] == [
        "hold",
        "release-hold",
        "close",
    ]


def test_available_locations_are_read_as_destinations(
    tiny: TinyServer, client: Next29Client
) -> None:
    published = example("available_locations.response.json")
    tiny.will(says(published))
    found = client.fetch_destinations("80480")
    assert [(place.ref, place.name) for place in found] == [
        (str(place["id"]), place["name"]) for place in published["available_locations"]
    ]
    assert found[0] == Destination(
        str(published["available_locations"][0]["id"]),
        published["available_locations"][0]["name"],
        tuple(
            str(line) for line in published["available_locations"][0]["fulfillment_order_line_ids"]
        ),
    )


@pytest.mark.parametrize("odd", [{}, {"available_locations": None}, {"available_locations": [{}]}])
def test_destinations_that_cannot_be_read_are_said_so(
    tiny: TinyServer, client: Next29Client, odd: object
) -> None:
    tiny.will(says(odd))
    with pytest.raises(Malformed):
        client.fetch_destinations("80480")


def test_a_move_names_whole_lines_and_returns_both_orders(
    tiny: TinyServer, client: Next29Client
) -> None:
    tiny.will(says(MOVED), says(MOVED))
    original, moved = MOVED["original_fulfillment_order"], MOVED["moved_fulfillment_order"]
    lines = example("move.request.json")["fulfillment_order_line_items"]
    target = str(example("move.request.json")["new_location_id"])
    divided = client.move(str(original["id"]), target, [str(line["id"]) for line in lines])
    client.move(str(original["id"]), target, [])
    assert (divided.original.ref, divided.other.ref) == (str(original["id"]), str(moved["id"]))
    assert tiny.asked[0].json == example("move.request.json")
    assert tiny.asked[1].json == {"new_location_id": int(target)}


def test_a_split_names_units(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(says({"original_fulfillment_order": REMAINING, "split_fulfillment_order": ACCEPTED}))
    divided = client.split(str(REMAINING["id"]), [LineQuantity("85731", 2)])
    assert divided.other.ref == str(ACCEPTED["id"])
    assert tiny.asked[0].json == {"fulfillment_order_line_items": [{"id": 85731, "quantity": 2}]}


@pytest.mark.parametrize("odd", [None, {}, {"original_fulfillment_order": HELD}, MOVED])
def test_an_answer_that_does_not_show_the_change_is_in_doubt(
    tiny: TinyServer, client: Next29Client, odd: object
) -> None:
    tiny.will(says(odd))
    with pytest.raises(Uncertain):
        client.split(str(HELD["id"]), [LineQuantity("1", 1)])


def test_an_order_that_cannot_exist_is_not_asked_for(
    tiny: TinyServer, client: Next29Client
) -> None:
    with pytest.raises(Missing):
        client.hold("../locations/1", HoldReason.OTHER, "")
    assert tiny.asked == []


def test_the_group_of_an_order_holds_only_its_own(tiny: TinyServer, client: Next29Client) -> None:
    other = {**OPEN, "order_number": "999"}
    tiny.will(says({"next": None, "results": [OPEN, other]}))
    [found] = client.fetch_order_group(OPEN["order_number"])
    assert found.ref == str(OPEN["id"])


def test_a_group_with_an_order_that_cannot_be_read_is_no_proof(
    tiny: TinyServer, client: Next29Client
) -> None:
    tiny.will(says({"next": None, "results": [OPEN, {"id": 5}]}))
    with pytest.raises(Malformed, match="cannot be read"):
        client.fetch_order_group(OPEN["order_number"])


def test_a_refused_carrier_is_told_apart_from_other_refusals(
    tiny: TinyServer, client: Next29Client
) -> None:
    refusal = {"tracking_info": [{"carrier": ['"ups" is not a valid choice.']}]}
    tiny.will(says(refusal, status=400))
    dispatch = Dispatch((LineQuantity("85731", 1),), (ParcelRecord("ups", "1Z"),))
    with pytest.raises(UnknownCarrier, match="ups"):
        client.create_fulfillment("80480", dispatch)
