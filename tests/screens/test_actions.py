"""The pages in between: what they promise, what they refuse and why, and what happens once."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fulfillment.models import FulfillmentOrder, Problem, Request, Shipment
from locations.models import Location
from platforms.records import RejectReason
from relay.models import Alarm, CallState, InboundMessage, OutboundCall
from tests.factories import WarehouseFactory
from tests.screens import rows
from tests.screens.conftest import House
from tests.screens.pages import (
    act,
    address,
    page,
    page_from_list,
    said,
    send,
    shipping,
    text,
    units,
)


def test_the_page_says_what_will_happen_and_what_cannot_and_why(
    supervisor: Client, house: House
) -> None:
    asked, done = rows.order(house.reno, number="1"), rows.accepted(house.reno, number="2")
    rows.problem(asked)
    shown = text(page(supervisor, "accept_request", [asked, done]))
    assert "You promise to ship it. Acme Outdoors is told. It has an open problem." in shown
    assert "Not possible" in shown
    assert "The request stands at “Accepted”." in shown


def test_a_page_on_which_nothing_is_possible_offers_no_button(
    supervisor: Client, house: House
) -> None:
    shown = page(supervisor, "accept_request", [rows.accepted(house.reno)])
    form = shown.content.split(b"xd-confirm")[1].split(b"</form>")[0]
    assert b'type="submit"' not in form


@pytest.mark.parametrize(
    ("name", "make", "filled"),
    [
        ("accept_request", rows.order, {}),
        ("reject_request", rows.order, {"reason": "other", "message": "No"}),
        ("accept_cancellation", rows.cancelling, {}),
        ("reject_cancellation", rows.cancelling, {"message": "Too late"}),
        ("start_picking", rows.accepted, {}),
        ("finish_picking", rows.accepted, {}),
    ],
)
def test_sent_twice_it_happens_once(
    supervisor: Client,
    house: House,
    name: str,
    make: Callable[[Location], FulfillmentOrder],
    filled: dict[str, str],
) -> None:
    order = make(house.reno)
    shown = page(supervisor, name, [order])
    assert said(send(supervisor, shown, **filled)).endswith(": 1.")
    before = len(OutboundCall.objects.all()), order.events.count()
    second = said(send(supervisor, shown, **filled))
    assert second.startswith("Nothing was done.")
    assert len(second) > len("Nothing was done. ") + len(str(order)), "and it says why"
    assert (len(OutboundCall.objects.all()), order.events.count()) == before


@pytest.mark.parametrize("name", ["accept_request", "add_products"])
def test_a_page_that_is_out_of_date_is_refused_with_words(
    supervisor: Client, house: House, name: str
) -> None:
    order = rows.order(house.reno, skus=("NEW-1",))
    shown = page(supervisor, name, [order])
    FulfillmentOrder.objects.filter(pk=order.pk).update(revision=order.revision + 1)
    assert "It has changed since you opened the page." in said(send(supervisor, shown))


def test_a_page_that_comes_back_with_an_error_still_knows_what_was_seen(
    supervisor: Client, house: House
) -> None:
    order = rows.order(house.reno)
    shown = page(supervisor, "reject_request", [order])
    FulfillmentOrder.objects.filter(pk=order.pk).update(revision=order.revision + 1)
    again = send(supervisor, shown, reason="")
    assert "This field is required." in text(again)
    answer = said(send(supervisor, again, reason="other"))
    assert "It has changed since you opened the page." in answer


def test_an_action_chosen_in_the_list_leads_back_to_that_list(
    supervisor: Client, house: House
) -> None:
    several = [rows.accepted(house.reno), rows.accepted(house.reno)]
    shown = page_from_list(supervisor, "start_picking", several, "queue=to_ship")
    answer = send(supervisor, shown)
    assert answer["Location"].endswith("/fulfillmentorder/?queue=to_ship")
    assert said(answer) == "Picking started: 2."


def test_all_that_a_list_holds_can_be_chosen_at_once(supervisor: Client, house: House) -> None:
    orders = rows.many(60, house.reno)
    chosen = {
        "action": "accept_request",
        "select_across": "1",
        "_selected_action": [order.pk for order in orders[:50]],
    }
    shown = supervisor.post(f"{address(FulfillmentOrder, 'changelist')}?queue=to_decide", chosen)
    assert "This will happen to 60" in text(shown)
    assert said(send(supervisor, shown)).endswith("told to the store: 60.")


def test_a_thousand_are_accepted_in_one_go(supervisor: Client, house: House) -> None:
    rows.many(1001, house.reno)
    chosen = {"action": "accept_request", "select_across": "1", "_selected_action": ["1"]}
    shown = supervisor.post(f"{address(FulfillmentOrder, 'changelist')}?queue=to_decide", chosen)
    assert "Only the first 1000 are shown and acted on." in text(shown)
    assert said(send(supervisor, shown)).endswith("told to the store: 1000.")
    assert FulfillmentOrder.objects.to_decide().count() == 1


def test_accepting_many_takes_as_many_statements_as_accepting_few(
    supervisor: Client, house: House
) -> None:
    def statements(count: int) -> tuple[int, int]:
        orders = rows.many(count, house.reno)
        with CaptureQueriesContext(
            connection,
        ) as showing:
            shown = page(supervisor, "accept_request", orders)
        with CaptureQueriesContext(connection) as acting:
            send(supervisor, shown)
        return len(showing), len(acting)

    few, many = statements(10), statements(200)
    assert many <= few


def test_a_thousand_are_rejected_with_as_many_statements_as_a_few(
    supervisor: Client, house: House
) -> None:
    def statements(count: int, reason: str) -> int:
        rows.many(count, house.reno)
        Request.objects.filter(closed_at=None).update(
            suggested_reason=RejectReason.ADDRESS, suggested_message="The address has no city."
        )
        chosen = {"action": "reject_request", "select_across": "1", "_selected_action": ["1"]}
        path = f"{address(FulfillmentOrder, 'changelist')}?queue=to_decide"
        with CaptureQueriesContext(connection) as made:
            shown = supervisor.post(path, chosen)
            answer = send(supervisor, shown, reason=reason, message="")
        assert said(answer).endswith(f"told to the store: {count}.")
        return len(made)

    assert statements(1000, "other") <= statements(10, "other")
    assert statements(1000, "") <= statements(10, ""), "as suggested for each"


def test_the_page_that_ships_reads_as_much_for_many_as_for_few(
    shipper: Client, house: House
) -> None:
    def statements(count: int) -> int:
        orders = [rows.accepted(house.reno) for _ in range(count)]
        with CaptureQueriesContext(connection) as made:
            page(shipper, "ship", orders)
        return len(made)

    few = statements(2)
    assert statements(25) == few


def test_several_are_rejected_each_with_its_own_suggestion(
    supervisor: Client, house: House
) -> None:
    wrong_address, wrong_sku = rows.order(house.reno), rows.order(house.reno)
    rows.suggest(wrong_address, RejectReason.ADDRESS, "The address has no city.")
    rows.suggest(wrong_sku, RejectReason.PRODUCT, "We know no such product.")
    shown = page(supervisor, "reject_request", [wrong_address, wrong_sku])
    assert "As suggested for each order" in text(shown)
    assert said(send(supervisor, shown, reason="")).endswith("told to the store: 2.")
    told = Request.objects.order_by("fulfillment_order_id").values_list("reason", "answer_message")
    assert list(told) == [
        ("address", "The address has no city."),
        ("product", "We know no such product."),
    ]


def test_a_rejection_begins_with_what_was_suggested(supervisor: Client, house: House) -> None:
    order = rows.order(house.reno)
    rows.problem(order, "The address has no city.")
    form = page(supervisor, "reject_request", [order]).context["form"]
    assert (form["reason"].value(), form["message"].value()) == (
        "address",
        "The address has no city.",
    )


def test_a_cancellation_is_not_rejected_without_a_word(supervisor: Client, house: House) -> None:
    order = rows.cancelling(house.reno)
    shown = page(supervisor, "reject_cancellation", [order])
    assert "This field is required." in text(send(supervisor, shown, message=" "))


# --- ship ------------------------------------------------------------------------------------


@pytest.fixture
def packed(house: House) -> FulfillmentOrder:
    return rows.accepted(house.reno, units=3, skus=("TENT-2P-GRN", "MUG"))


def ship(client: Client, *orders: FulfillmentOrder, **wishes: object) -> object:
    shown = page(client, "ship", orders)
    filled: dict[str, object] = {}
    for order in orders:
        filled |= shipping(order, shown, **wishes)
    return send(client, shown, **filled)


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"code0": "", "carrier0": "ups"}, "This field is required."),
        ({"code0": "1Z"}, "Choose the carrier of this parcel."),
        ({"code0": "1Z", "carrier0": "ups", "link0": "no link"}, "Enter a valid URL."),
        ({"code0": "1Z", "carrier0": "other"}, "Write the name of this carrier."),
        ({"code0": "1Z", "carrier0": "nobody"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_with_a_parcel_is_said_beside_it(
    shipper: Client, packed: FulfillmentOrder, wishes: dict[str, str], words: str
) -> None:
    assert words in text(ship(shipper, packed, **wishes))
    assert not Shipment.objects.exists()


def test_no_more_units_leave_than_are_left(shipper: Client, packed: FulfillmentOrder) -> None:
    wishes = units(packed, **{"TENT-2P-GRN": 4, "MUG": 0})
    answer = ship(shipper, packed, code0="1Z", carrier0="ups", **wishes)
    assert "Only 3 are left to ship." in text(answer)


def test_something_must_leave(shipper: Client, packed: FulfillmentOrder) -> None:
    wishes = units(packed, **{"TENT-2P-GRN": 0, "MUG": 0})
    answer = ship(shipper, packed, code0="1Z", carrier0="ups", **wishes)
    assert "Say how many units leave; at least one." in said(answer)


def test_one_code_is_one_parcel(shipper: Client, packed: FulfillmentOrder) -> None:
    answer = ship(shipper, packed, code0="1Z", carrier0="ups", code1=" 1Z ", carrier1="ups")
    assert "Two parcels have the same tracking code." in said(answer)
    assert not Shipment.objects.exists()


def test_a_code_is_used_once_for_an_order(shipper: Client, packed: FulfillmentOrder) -> None:
    part = units(packed, **{"TENT-2P-GRN": 1, "MUG": 0})
    ship(shipper, packed, code0="1Z", carrier0="ups", **part)
    answer = ship(shipper, packed, code0="1Z", carrier0="ups")
    assert "Tracking code 1Z was used for this order already." in said(answer)


def test_the_cursor_waits_where_something_is_wrong(
    shipper: Client, packed: FulfillmentOrder
) -> None:
    fresh = page(shipper, "ship", [packed]).context["form"].forms[0]
    assert fresh.fields["tracking_code0"].widget.attrs.get("autofocus")
    wrong = ship(shipper, packed, code0="1Z").context["form"].forms[0]  # type: ignore[attr-defined]
    assert wrong.fields["carrier0"].widget.attrs.get("autofocus")
    assert wrong["tracking_code0"].value() == "1Z", "what was scanned is not lost"


def test_a_part_leaves_and_then_the_rest(shipper: Client, packed: FulfillmentOrder) -> None:
    part = units(packed, **{"TENT-2P-GRN": 1, "MUG": 0})
    ship(shipper, packed, code0=" 1Z-A\r", carrier0="ups", **part)
    packed.refresh_from_db()
    assert packed.work_status == "partly_shipped"
    assert [parcel.tracking_code for parcel in packed.parcels.all()] == ["1Z-A"]
    ship(shipper, packed, code0="1Z-B", carrier0="", carrier_name0="Bike courier")
    packed.refresh_from_db()
    assert packed.work_status == "shipped"
    assert [line.open for line in packed.lines.all()] == [0, 0]


def test_several_parcels_leave_together(shipper: Client, packed: FulfillmentOrder) -> None:
    ship(shipper, packed, code0="1Z-A", carrier0="ups", code1="1Z-B", carrier1="fedex")
    [shipment] = packed.shipments.all()
    assert shipment.parcels.count() == 2


def test_the_carrier_of_the_last_parcel_is_offered(
    shipper: Client, house: House, packed: FulfillmentOrder
) -> None:
    ship(shipper, packed, code0="1Z", carrier0="fedex")
    form = page(shipper, "ship", [rows.accepted(house.reno)]).context["form"].forms[0]
    assert form["carrier0"].value() == "fedex"


def test_several_orders_leave_each_with_its_own_parcel(shipper: Client, house: House) -> None:
    one, two = rows.accepted(house.reno), rows.accepted(house.reno)
    shown = page(shipper, "ship", [one, two])
    filled = {
        **shipping(one, shown, code0="1Z-A", carrier0="ups"),
        **shipping(two, shown, code0="1Z-B", carrier0="ups"),
    }
    assert said(send(shipper, shown, **filled)).endswith("told to the store: 2.")


def test_as_many_are_shipped_at_once_as_a_browser_can_send(shipper: Client, house: House) -> None:
    orders = [rows.accepted(house.reno) for _ in range(27)]
    shown = page(shipper, "ship", orders)
    assert "Only the first 25 are shown and acted on." in text(shown)
    filled: dict[str, object] = {}
    for number, form in enumerate(shown.context["form"].forms):
        filled |= shipping(form.order, shown, code0=f"1Z-{number}", carrier0="ups")
    assert said(send(shipper, shown, **filled)).endswith("told to the store: 25.")


def test_a_form_sent_twice_is_one_shipment(shipper: Client, packed: FulfillmentOrder) -> None:
    shown = page(shipper, "ship", [packed])
    part = units(packed, **{"TENT-2P-GRN": 1, "MUG": 0})
    filled = shipping(packed, shown, code0="1Z", carrier0="ups", **part)
    send(shipper, shown, **filled)
    send(shipper, shown, **filled)
    [shipment] = Shipment.objects.all()
    assert str(shipment.submission) == str(uuid.UUID(str(filled[f"order{packed.pk}-submission"])))
    assert OutboundCall.objects.count() == 1


# --- what is stuck ----------------------------------------------------------------------------


def test_the_store_is_told_again_what_it_refused(supervisor: Client, house: House) -> None:
    stuck, fine = rows.order(house.reno), rows.order(house.reno)
    call = rows.call(stuck)
    assert "Nothing about it is stuck" in text(page(supervisor, "tell_again", [stuck, fine]))
    shown = page(supervisor, "tell_again", [stuck])
    assert said(send(supervisor, shown)) == "Being told again: 1."
    assert "Nothing was done." in said(send(supervisor, shown))
    call.refresh_from_db()
    assert call.state == CallState.WAITING


def test_problems_are_settled_once_and_by_name(supervisor: Client, house: House) -> None:
    order = rows.order(house.reno)
    rows.problem(order)
    shown = page(supervisor, "settle_problems", [order])
    assert "This field is required." in text(send(supervisor, shown, how=""))
    assert said(send(supervisor, shown, how="Phoned")) == "Problems settled: 1."
    assert "It has no open problem." in said(send(supervisor, shown, how="Phoned"))
    problem = Problem.objects.get()
    assert (problem.settled_how, str(problem.settled_by)) == ("Phoned", "supervisor")


def test_orders_are_read_again(picker: Client, house: House) -> None:
    order = rows.order(house.reno)
    assert act(picker, "read_again", order) == "Being read again: 1."


# --- operator ---------------------------------------------------------------------------------


@pytest.fixture
def call(house: House) -> OutboundCall:
    return rows.call(rows.order(house.reno))


def test_a_call_is_retried_once(manager: Client, call: OutboundCall) -> None:
    shown = page(manager, "retry", [call])
    assert said(send(manager, shown)) == "To be made now: 1."
    call.refresh_from_db()
    assert call.state == CallState.WAITING


def test_a_call_is_given_up_for_a_reason(manager: Client, call: OutboundCall) -> None:
    shown = page(manager, "give_up", [call])
    assert "This field is required." in text(send(manager, shown, reason=""))
    answer = manager.get(address(OutboundCall, "change", call.pk))
    assert [action.name for action, _ in answer.context["possible"]] == ["retry", "give_up"]


def test_a_message_is_read_again_from_its_own_page(manager: Client, house: House) -> None:
    message = InboundMessage.objects.create(
        store=house.store,
        endpoint="callback",
        topic="x",
        dedupe_key="1",
        body=b"{}",
        state="failed",
    )
    answer = manager.get(address(InboundMessage, "change", message.pk))
    assert [action.name for action, _ in answer.context["possible"]] == ["replay"]
    shown = page(manager, "replay", [message])
    assert said(send(manager, shown)) == "To be read again: 1."
    assert "waits to be read" in said(send(manager, shown))


def test_an_alarm_is_cleared_once(manager: Client, house: House) -> None:
    alarm = Alarm.objects.create(store=house.store, kind="x", message="It does not answer.")
    shown = page(manager, "clear", [alarm])
    assert said(send(manager, shown)) == "Cleared: 1."
    assert "It is cleared already." in said(send(manager, shown))


def test_a_store_is_paused_and_resumed(manager: Client, house: House) -> None:
    pausing = page(manager, "pause", [house.store])
    assert "This field is required." in text(send(manager, pausing, reason=""))
    assert said(send(manager, pausing, reason="Stocktaking")) == "Paused: 1."
    assert "It is paused: Stocktaking (manager)" in said(send(manager, pausing, reason="Again"))
    resuming = page(manager, "resume", [house.store])
    assert said(send(manager, resuming)) == "Resumed: 1."
    assert "It is not paused." in said(send(manager, resuming))


@pytest.mark.parametrize("name", ["test", "pull"])
def test_a_store_may_be_asked_as_often_as_one_likes(
    manager: Client, house: House, name: str
) -> None:
    shown = page(manager, name, [house.store])
    assert said(send(manager, shown)) == said(send(manager, shown))


def test_a_warehouse_is_registered_once(manager: Client, house: House) -> None:
    warehouse = WarehouseFactory(name="Salem")
    shown = page(manager, "register", [house.store])
    assert said(send(manager, shown, warehouse=warehouse.pk)) == "Being registered: 1."
    again = said(send(manager, shown, warehouse=warehouse.pk))
    assert "Salem is a location of Acme Outdoors already." in again
    assert OutboundCall.objects.count() == 1


def test_a_manager_says_who_works_in_a_warehouse(manager: Client, house: House) -> None:
    warehouse = house.erie.warehouse
    path = address(type(warehouse), "change", warehouse.pk)
    form = manager.get(path).context["adminform"].form
    offered = str(form["staff"])
    assert "picker" in offered
    assert "shopper" not in offered
    filled = {name: form[name].value() or "" for name in form.fields if name != "staff"}
    manager.post(path, {**filled, "staff": [house.people["picker"].pk]})
    assert [user.username for user in warehouse.staff.all()] == ["picker"]
