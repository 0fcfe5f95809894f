"""What the 29 Next client asks, tells and concludes, against a scripted server."""

from typing import Any

import pytest

from platforms.errors import Malformed, Missing, Refused, Uncertain
from platforms.next29.client import Next29Client
from platforms.records import (
    AssignedQueue,
    Dispatch,
    LineQuantity,
    ParcelRecord,
    RejectReason,
)
from tests.platforms.contract import example
from tests.platforms.tiny_server import TinyServer, says

ORDER = example("fulfillment_order_processing_accepted.json")
REMAINING = example("fulfillment_order_after_partial_remaining.json")
SHIPPED = example("fulfillment_order_after_partial_shipped.json")
PARTIAL = example("fulfillment_create_partial.response.json")
FULL = example("fulfillment_create.response.json")
DISPATCH = Dispatch((LineQuantity("85731", 1),), (ParcelRecord("ups", "1z999aa1 0123456784"),))


def page(*results: Any) -> dict[str, Any]:
    return {"next": None, "previous": None, "results": list(results)}


def paths(tiny: TinyServer) -> list[str]:
    return [asked.path.removeprefix("/api/admin/") for asked in tiny.asked]


def test_every_request_carries_token_and_version(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(says(page()))
    assert client.check() == "Connected. No location of ours is registered yet."
    assert tiny.asked[0].headers["x-29next-api-version"] == "2024-04-01"
    assert tiny.asked[0].headers["authorization"].startswith("Bearer ")
    assert paths(tiny) == ["locations/"]


def test_check_counts_locations(tiny: TinyServer, client: Next29Client) -> None:
    both = example("locations_page.json")
    tiny.will(says(both), says(page(both["results"][0])))
    assert client.check() == "Connected: 2 locations of ours."
    assert client.check() == "Connected: 1 location of ours."


def test_one_page_a_call(tiny: TinyServer, client: Next29Client) -> None:
    following = f"{tiny.base_url}assigned-fulfillment-orders/?cursor=a%3D%3D"
    tiny.will(says({"next": following, "results": [ORDER]}), says(page(SHIPPED)))
    first = client.fetch_assigned(AssignedQueue.CANCEL_REQUESTED)
    second = client.fetch_assigned(AssignedQueue.CANCEL_REQUESTED, first.next)
    assert second.next is None
    assert [each.ref for each in (*first.records, *second.records)] == ["80480", "80481"]
    assert paths(tiny) == [
        "assigned-fulfillment-orders/?assignment_status=cancellation_requested",
        "assigned-fulfillment-orders/?cursor=a%3D%3D",
    ]


def test_answers_say_what_the_contract_shows(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(*[says(ORDER)] * 5)
    message = "Carrier reports the address does not exist: 1209 Alder Ct, Boise ID"
    client.accept_request("80480", "")
    client.reject_request("80480", RejectReason.UNDELIVERABLE, message)
    client.accept_cancellation("80480", "Stopped before pick")
    client.reject_cancellation("80480", "Parcel already handed to the carrier")
    assert [asked.json for asked in tiny.asked] == [
        {},
        example("fulfillment_request_reject.request.json"),
        example("cancellation_request_accept.request.json"),
        example("cancellation_request_reject.request.json"),
    ]
    assert paths(tiny) == [
        "fulfillment-orders/80480/fulfillment-request/accept/",
        "fulfillment-orders/80480/fulfillment-request/reject/",
        "fulfillment-orders/80480/cancellation-request/accept/",
        "fulfillment-orders/80480/cancellation-request/reject/",
    ]


def test_an_answer_about_another_order_is_not_believed(
    tiny: TinyServer, client: Next29Client
) -> None:
    tiny.will(says(SHIPPED), says(SHIPPED))
    with pytest.raises(Uncertain, match="80481"):
        client.accept_request("80480", "")
    with pytest.raises(Malformed, match="80481"):
        client.fetch_fulfillment_order("80480")


@pytest.mark.parametrize("ref", ["", "abc", "../1", "1/2", "1?x=", "-1", "1.0"])
def test_a_ref_that_cannot_exist_is_not_asked_for(
    tiny: TinyServer, client: Next29Client, ref: str
) -> None:
    with pytest.raises(Missing, match="Not asked"):
        client.fetch_fulfillment_order(ref)
    assert not tiny.asked


@pytest.mark.parametrize("status", [200, 201])
def test_a_shipment_counts_when_its_tracking_code_comes_back(
    tiny: TinyServer, client: Next29Client, status: int
) -> None:
    tiny.will(says(PARTIAL, status))
    assert client.create_fulfillment("80480", DISPATCH).ref == "70211"
    assert tiny.asked[0].json["fulfillment_order_line_items"] == [{"id": 85731, "quantity": 1}]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        None,
        FULL,
        {**PARTIAL, "id": None},
        {**PARTIAL, "tracking_codes": [], "tracking_code": ""},
    ],
)
def test_any_other_success_means_read_back(
    tiny: TinyServer, client: Next29Client, answer: Any
) -> None:
    tiny.will(says(answer, 201))
    with pytest.raises(Uncertain, match="does not confirm it"):
        client.create_fulfillment("80480", DISPATCH)


def test_a_shipment_without_tracking_counts_when_it_has_an_id(
    tiny: TinyServer, client: Next29Client
) -> None:
    tiny.will(says({**PARTIAL, "tracking_codes": None, "tracking_code": None}, 201))
    made = client.create_fulfillment("80480", Dispatch(DISPATCH.lines, ()))
    assert made.tracking_codes == ()


def test_a_dispatch_without_lines_is_never_sent(tiny: TinyServer, client: Next29Client) -> None:
    with pytest.raises(Refused, match="everything that is left"):
        client.create_fulfillment("80480", Dispatch((), DISPATCH.parcels))
    assert not tiny.asked


def test_shipped_units_are_found_under_the_closed_sibling(
    tiny: TinyServer, client: Next29Client
) -> None:
    elsewhere = {**SHIPPED, "id": 80499, "assigned_location": {"id": 99}}
    opened = {**SHIPPED, "id": 80498, "status": "open"}
    tiny.will(says([]), says(page(REMAINING, SHIPPED, elsewhere, opened)), says([PARTIAL]))
    assert [each.ref for each in client.fetch_fulfillments("80480", "100250")] == ["70211"]
    assert paths(tiny) == [
        "fulfillment-orders/80480/fulfillments/",
        "fulfillment-orders/?order_number=100250",
        "fulfillment-orders/80481/fulfillments/",
    ]


def test_a_shipment_shown_twice_is_one(tiny: TinyServer, client: Next29Client) -> None:
    tiny.will(says(PARTIAL), says(page(SHIPPED)), says(page(PARTIAL, FULL)))
    assert [each.ref for each in client.fetch_fulfillments("80480", "100250")] == ["70211", "70210"]


def test_a_sibling_that_is_not_ours_to_see_is_skipped(
    tiny: TinyServer, client: Next29Client
) -> None:
    tiny.will(says([FULL]), says(page(SHIPPED)), says({"detail": "Not found."}, 404))
    assert [each.ref for each in client.fetch_fulfillments("80480", "100250")] == ["70210"]


def test_an_unreadable_sibling_is_looked_into_all_the_same(
    tiny: TinyServer, client: Next29Client
) -> None:
    tiny.will(says([]), says(page({"id": 80481})), says([PARTIAL]))
    assert [each.ref for each in client.fetch_fulfillments("80480", "100250")] == ["70211"]


def test_without_an_order_number_no_sibling_is_looked_for(
    tiny: TinyServer, client: Next29Client
) -> None:
    tiny.will(says([FULL]))
    assert len(client.fetch_fulfillments("80480", "")) == 1
    assert len(tiny.asked) == 1


@pytest.mark.parametrize("listing", [{}, None, [{}], [None], {"results": 1}, "x"])
def test_an_unreadable_shipment_is_never_overlooked(
    tiny: TinyServer, client: Next29Client, listing: Any
) -> None:
    tiny.will(says(listing))
    with pytest.raises(Malformed):
        client.fetch_fulfillments("80480", "100250")


def test_an_update_sends_back_what_we_do_not_know(tiny: TinyServer, client: Next29Client) -> None:
    present = {**example("location.response.json"), "allowed_destination_countries": ["US"]}
    tiny.will(says(present), says(present), says(present))
    (location,) = [client.update_location(each) for each in client.fetch_locations()]
    assert location.ref == "31"
    assert tiny.asked[2].method == "PUT"
    assert tiny.asked[2].json == {key: value for key, value in present.items() if key != "id"}
