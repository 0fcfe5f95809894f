"""Turning an order another way on its page: hold, close short, split, move, take over."""

import pytest
from django.test import Client

from fulfillment.models import FulfillmentOrder
from platforms.records import RequestStatus
from relay.models import CallState, OutboundCall
from tests.factories import LocationFactory
from tests.screens import rows
from tests.screens.conftest import House
from tests.screens.pages import act, address, page, said, send, text


def again(order: FulfillmentOrder) -> FulfillmentOrder:
    return FulfillmentOrder.objects.get(pk=order.pk)


def test_a_picker_holds_an_order_and_releases_it(picker: Client, house: House) -> None:
    order = rows.accepted(house.reno)
    assert act(picker, "hold", order, reason="out_of_stock", message="Box is wet") == (
        "Put on hold here: 1."
    )
    shown = text(picker.get(address(FulfillmentOrder, "change", order.pk)))
    assert "Goods missing or damaged: Box is wet" in shown
    assert "On hold" in shown
    assert "It is on hold here. Release it first." in text(page(picker, "start_picking", [order]))
    assert act(picker, "release", order) == "Released: 1."
    assert not again(order).held_here


def test_rare_actions_stand_behind_more(supervisor: Client, house: House) -> None:
    order = rows.accepted(house.reno)
    shown = supervisor.get(address(FulfillmentOrder, "change", order.pk))
    assert {"hold", "close_short"} <= {action.name for action, _ in shown.context["rare"]}
    assert "ship" in {action.name for action, _ in shown.context["usual"]}


def test_closing_short_needs_words_for_the_merchant(supervisor: Client, house: House) -> None:
    order = rows.accepted(house.reno)
    shown = page(supervisor, "close_short", [order])
    assert "The units still open will not be shipped. Acme Outdoors is told." in text(shown)
    assert "This field is required." in text(send(supervisor, shown))
    assert said(send(supervisor, shown, message="Lost")).endswith("told to the store: 1.")
    assert again(order).pending_answer == "close_short"


def test_a_split_that_leaves_nothing_is_said_so_on_the_page(
    supervisor: Client, house: House
) -> None:
    order = rows.accepted(house.reno, units=3)
    field = f"units{order.lines.get().pk}"
    shown = page(supervisor, "split", [order])
    assert "at least one must stay" in text(send(supervisor, shown, **{field: "3"}))
    assert "Only 3 are open." in text(send(supervisor, shown, **{field: "4"}))
    assert said(send(supervisor, shown, **{field: "1"})).endswith("split it: 1.")
    call = OutboundCall.objects.get(verb="split")
    assert call.payload["lines"] == {order.lines.get().ref: [3, 1]}


def test_a_move_offers_our_places_and_those_the_store_has_named(
    supervisor: Client, house: House
) -> None:
    order = rows.order(house.reno)
    LocationFactory(store=house.store, ref="77", name="Sparks")
    shown = page(supervisor, "move", [order])
    assert "Only places of ours are listed" in text(shown)
    named = {"ref": "99", "name": "Their own shop", "line_refs": []}
    FulfillmentOrder.objects.filter(pk=order.pk).update(
        destinations=[named], destinations_read_at=order.recorded_at
    )
    shown = page(supervisor, "move", [order])
    assert "Their own shop" in text(shown)
    assert "This field is required" in text(send(supervisor, shown, lines=[]))
    assert "Choose at least one line" in text(send(supervisor, shown, place="77"))
    line = str(order.lines.get().pk)
    assert "is not one of the available choices" in text(
        send(supervisor, shown, place="1234", lines=[line])
    )
    assert said(send(supervisor, shown, place="99", lines=[line])).endswith("move it: 1.")
    assert OutboundCall.objects.get(verb="move").payload["location_ref"] == "99"


def test_asking_for_places_is_a_job_and_not_a_wait(supervisor: Client, house: House) -> None:
    order = rows.order(house.reno)
    assert act(supervisor, "ask_destinations", order) == "Being asked: 1."


def test_what_the_store_refused_can_be_taken_back(supervisor: Client, house: House) -> None:
    order = rows.accepted(house.reno)
    act(supervisor, "close_short", order, message="Lost")
    OutboundCall.objects.filter(verb="close_short").update(state=CallState.REFUSED)
    assert act(supervisor, "take_back", order) == "Taken back: 1."
    assert again(order).pending_answer == ""


@pytest.mark.parametrize("status", [RequestStatus.REJECTED, RequestStatus.CANCEL_ACCEPTED])
def test_what_is_not_ours_to_ship_can_be_held_at_the_store(
    supervisor: Client, house: House, status: RequestStatus
) -> None:
    order = rows.order(house.reno)
    FulfillmentOrder.objects.filter(pk=order.pk).update(request_status=status)
    said_then = act(supervisor, "hold_at_store", order, reason="address", message="Which flat?")
    assert said_then == "The store is being asked to hold it: 1."
