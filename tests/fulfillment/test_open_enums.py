"""Words that we do not know, in every enumeration: kept, shown, never fatal (20.18)."""

import uuid
from typing import Any

import pytest
from django.test import Client

from fulfillment import shipments
from fulfillment.shipments import Leaving
from platforms.records import RejectReason
from tests.dock import Dock, parcel
from tests.fulfillment.test_merchant import read_again
from tests.sandbox.stage import example
from tests.work import work

NEW_WORD = "a_word_of_tomorrow"


def plant(dock: Dock, **changes: Any) -> str:
    location = dock.shop.service.get(f"/locations/{dock.store.locations.get().ref}/")
    order = {
        **example("fulfillment_order_open_requested"),
        "id": 90001,
        "assigned_location": location,
        **changes,
    }
    dock.shop.control("POST", "plant", {"fulfillment_orders": [order]})
    return "90001"


UNKNOWN: list[dict[str, Any]] = [
    {"merchant_requests": [{"type": NEW_WORD, "message": "?", "notify": True}]},
    {"merchant_requests": [NEW_WORD, 7, None]},
    {"supported_actions": [NEW_WORD]},
    {"supported_actions": [{"name": NEW_WORD}]},
    {"shipping_method": {"code": NEW_WORD, "name": "Drone"}},
]


@pytest.mark.parametrize("changes", UNKNOWN, ids=lambda changes: str(changes)[:40])
@pytest.mark.acceptance("next29", 18)
def test_an_order_with_an_unknown_word_is_taken_in_and_can_be_answered(
    dock: Dock, changes: dict[str, Any]
) -> None:
    ref = plant(dock, **changes)
    dock.pull()
    order = dock.order(ref)
    assert dock.state(order) == ("requested", "new")
    assert NEW_WORD in str(order.raw)
    dock.reject(order, RejectReason.OTHER)
    work()
    assert dock.state(order) == ("rejected", "new")


@pytest.mark.acceptance("next29", 18)
def test_an_unknown_status_is_kept_as_the_store_writes_it(dock: Dock) -> None:
    ref = plant(dock, status=NEW_WORD)
    dock.pull()
    order = dock.order(ref)
    assert (order.upstream_status, order.request_status) == (NEW_WORD, "requested")


def test_an_unknown_reason_to_hold_holds(dock: Dock) -> None:
    hold = {"reason": NEW_WORD, "reason_message": "Hm", "created_at": None}
    ref = plant(dock, fulfillment_holds=[hold])
    dock.pull()
    order = dock.order(ref)
    assert order.on_hold
    assert [str(each) for each in order.holds.all()] == [f"{NEW_WORD}: Hm"]
    assert "on hold" in dock.accept(order).refused[0][1]


def test_an_unknown_request_status_keeps_an_open_question_open(dock: Dock) -> None:
    order = dock.place()
    planted = {"id": int(order.ref), "request_status": NEW_WORD}
    there = dock.shop.service.order(int(order.ref))
    dock.shop.control("POST", "plant", {"fulfillment_orders": [{**there, **planted}]})
    dock.pull()
    now = dock.again(order)
    assert (now.upstream_request_status, now.request_status) == (NEW_WORD, "requested")
    assert order.requests.get().closed_at is None


def test_an_unknown_request_status_of_accepted_work_stops_the_floor(dock: Dock) -> None:
    order = dock.accepted()
    there = dock.shop.service.order(int(order.ref))
    odd = {**there, "request_status": NEW_WORD}
    dock.shop.control("POST", "plant", {"fulfillment_orders": [odd]})
    read_again(dock, order.ref)
    assert dock.state(order) == ("unknown", "allocated")
    assert dock.again(order).upstream_request_status == NEW_WORD


def test_an_unknown_callback_asks_for_all_work(dock: Dock) -> None:
    ref = dock.shop.place()
    answer = Client().post(
        f"/next29/cb/{dock.store.endpoint_key}/fulfillment-order-notification/",
        f'{{"type": "{NEW_WORD}"}}',
        content_type="application/json",
        headers={"X-29Next-Store": dock.store.account},
    )
    assert answer.status_code == 200
    assert NEW_WORD in dock.store.messages.get().remark
    work()
    assert dock.order(ref)


def test_an_unknown_carrier_is_told_as_other_with_its_name(dock: Dock) -> None:
    order = dock.accepted()
    lines = {line.pk: 1 for line in order.lines.all()}
    leaving = Leaving(lines, [parcel("D-1", carrier=NEW_WORD)], True, uuid.uuid4())
    shipments.ship(order.pk, leaving, by=None)
    work()
    body = dock.shop.calls("fulfillmentsCreate")[0]["body"]
    assert body["tracking_info"][0] == {
        "carrier": "other",
        "carrier_other_name": NEW_WORD,
        "tracking_code": "D-1",
    }
    assert dock.state(order) == ("closed", "shipped")


@pytest.mark.parametrize("wishes", [{"numbers_as_text": True}, {"create_status": 200}], ids=str)
def test_both_spellings_of_an_answer_confirm_a_shipment(dock: Dock, wishes: dict[str, Any]) -> None:
    dock.shop.settings(**wishes)
    order = dock.accepted(lines=[{"sku": "TENT-2P-GRN", "quantity": 2}])
    dock.ship(order, "1Z-A", units={"TENT-2P-GRN": 1})
    work()
    assert [shipment.state for shipment in order.shipments.all()] == ["confirmed"]
